// Checkpoints: signed by the key that the log names, over exactly the records that were read.
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/witness_policy.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/log.hpp"
#include "services/audit/layers.hpp"
#include "services/audit/log_export.hpp"

namespace nrm {
namespace {
constexpr LayerName layer = LayerName::checkpoints;

Hash root_at(const CheckedLog& log, std::uint64_t size) {
  if (size == log.tree.size()) return log.tree.root();
  MerkleTree prefix;
  Batch tiles;
  log.leaves.each(size, [&](const Hash& leaf) {
    prefix.append(leaf, tiles);
    if (!tiles.empty()) tiles.clear();
  });
  return prefix.root();
}

// A note covers a prefix: its root is computed from the leaves that were read.
void check_note(Check& check, const CheckedLog& log, const std::string& note,
                const std::string& keeper, const std::string& file) {
  ++check.findings.at(layer).checked;
  const auto fault = [&](const std::string& what, std::optional<std::uint64_t> seq = {}) {
    check.findings.fault(layer, log.fault(log.name + ": " + what, seq, file));
  };
  if (!log.keys) return fault("mechanism.json has no key of this log");
  const std::string& origin = log.given->origin;
  const auto claimed = read_checkpoint(note_text(note));
  const auto text = open_note(note, origin, log.keys->at(claimed ? claimed->size : 0));
  const auto checkpoint = text ? read_checkpoint(*text) : Result<Checkpoint>(text.error());
  if (!checkpoint || checkpoint->origin != origin)
    return fault("a checkpoint kept by " + keeper + " has no good signature");
  if (checkpoint->size > log.leaves.size())
    return fault(keeper + " has a signed checkpoint over " + std::to_string(checkpoint->size) +
                     " records, the log has " + std::to_string(log.leaves.size()) +
                     ": its end is missing",
                 log.leaves.size());
  if (root_at(log, checkpoint->size) != checkpoint->root)
    fault("the records are not those that were signed (" + keeper + ", size " +
          std::to_string(checkpoint->size) + ")");
}

void check_log(Check& check, CheckedLog& log) {
  if (log.keys && !check.evidence.names_key(log.service, log.keys->in_force()))
    check.findings.fault(
        layer,
        log.fault(log.name + (check.exported()
                                  ? ": the key that it names last is not the one in its file vkey"
                                  : ": the key that it names last is not the one in "
                                    "mechanism.json")));
  const auto own = log.store->get(Family::meta, "checkpoint");
  if (own && *own)
    check_note(check, log, **own, "the log itself", check.exported() ? "checkpoint" : "");
  // Every batch of records but the first carries one.
  if (own && !*own && log.leaves.size() > 1)
    check.findings.fault(layer, log.fault(log.name + ": its signed checkpoint was taken away"));
  // An adoption is signed by the key before alone, which whoever made up the log may have; only a
  // later checkpoint shows that the key that is named last has signed anything.
  const auto signed_until =
      own && *own ? read_checkpoint(note_text(**own)) : Error(Code::not_found);
  if (!check.options.live && log.keys && signed_until &&
      signed_until->size < log.keys->adopted_at())
    check.findings.fault(
        layer, log.fault(log.name + ": the key that it names last has signed nothing of it"));
  if (!check.evidence.archive) return;
  const auto kept = check.evidence.archive->get(Family::meta, "checkpoint/" + log.name);
  if (kept && *kept) check_note(check, log, **kept, "the archive", "");
}

// What the auditor kept from before.
void check_kept(Check& check, const Since::Note& kept) {
  const auto claimed = read_checkpoint(note_text(kept.note));
  for (const CheckedLog& log : check.logs) {
    if (!claimed || claimed->origin != log.given->origin) continue;
    if (log.readable) check_note(check, log, kept.note, "who verifies", kept.file);
    return;
  }
  check.findings.fault(layer,
                       {.log = {},
                        .seq = {},
                        .file = kept.file,
                        .text = kept.file + (claimed ? ": no log here is called " + claimed->origin
                                                     : ": is not a signed checkpoint")});
}
// What witnesses have cosigned of this log; empty: nothing is here.
std::string cosigned_note(const Check& check, const CheckedLog& log) {
  const auto given = check.options.cosigned.find(log.name);
  if (given != check.options.cosigned.end()) return given->second;
  if (!check.exported()) return {};
  auto kept = read_file(log.given->folder + '/' + std::string(cosigned_file));
  return kept ? std::move(*kept) : std::string();
}

// The auditor's own policy. Witnesses are some records behind the log's newest checkpoint; what
// they cosigned has to be of this very history.
void check_quorum(Check& check, const CheckedLog& log, const WitnessPolicy& policy,
                  std::uint64_t& cosigned) {
  const std::string text = cosigned_note(check, log);
  const auto note = text.empty() ? Result<Note>(Error(Code::not_found)) : read_note(text);
  if (!note)
    return check.findings.fault(
        layer, log.fault(log.name + (text.empty() ? ": no checkpoint that witnesses have cosigned"
                                                  : ": what witnesses cosigned is no note"),
                         {}, text.empty() ? "" : std::string(cosigned_file)));
  check_note(check, log, text, "witnesses", std::string(cosigned_file));
  const Trust trust = is_trusted(*note, policy, log.given->origin);
  if (trust.trusted) {
    ++cosigned;
    // What is younger rests on the log's own key alone: who reads this says whether that is much.
    const std::uint64_t covered = trust.checkpoint ? trust.checkpoint->size : 0;
    check.findings.remark(layer, log.name + ": cosigned up to record " + std::to_string(covered) +
                                     " of " + std::to_string(log.leaves.size()) +
                                     (trust.at ? ", by " + trust.at->text() : std::string()));
  } else
    check.findings.fault(
        layer, log.fault(log.name + ": its checkpoint is not trusted by the quorum: " + trust.why));
}

Result<void> check_quorums(Check& check) {
  NRM_TRY_ASSIGN(const std::string text, read_file(check.options.quorum));
  NRM_TRY_ASSIGN(const WitnessPolicy policy, read_witness_policy(text));
  std::uint64_t cosigned = 0;
  for (const CheckedLog& log : check.logs)
    if (log.readable) check_quorum(check, log, policy, cosigned);
  check.findings.at(layer).counts.push_back({"logs trusted by the quorum", cosigned});
  return {};
}
}  // namespace

void check_checkpoints(Check& check) {
  for (CheckedLog& log : check.logs)
    if (log.readable) check_log(check, log);
  if (check.options.quorum.empty()) {
    check.findings.remark(layer, "no quorum was asked for: --quorum FILE names one");
  } else if (const auto good = check_quorums(check); !good) {
    const std::string what =
        check.options.quorum + ": " + good.error().where + ' ' + good.error().detail;
    check.findings.fault(layer, {.log = {}, .seq = {}, .file = check.options.quorum, .text = what});
  }
  for (const Since::Note& kept : check.kept) check_kept(check, kept);
  if (check.exported())
    check.findings.remark(layer,
                          "by the keys in the export: compare their fingerprints with those that "
                          "you were given");
}
}  // namespace nrm
