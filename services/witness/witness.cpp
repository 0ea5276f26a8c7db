#include "services/witness/witness.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/folder.hpp"

namespace nrm {
namespace {
// Pairs of contradicting checkpoints kept of one log: one is proof, the rest is for its history.
constexpr std::size_t forks_kept_max = 16;

Witness::Answer refused(int status, std::string_view why) {
  return {.status = status, .body = std::string(why) + '\n'};
}

Witness::Answer size_is(std::uint64_t size) {
  return {.status = 409, .type = "text/x.tlog.size", .body = std::to_string(size) + '\n'};
}

Checkpoint nothing_of(const std::string& origin) { return {origin, 0, MerkleTree().root()}; }
}  // namespace

Witness::Witness(Parts parts)
    : parts_(std::move(parts)),
      key_{parts_.name, KeyType::cosignature_v1, parts_.signer.public_key()} {}

Result<Witness> Witness::open(Parts parts) {
  Witness out(std::move(parts));
  for (const WitnessPolicy::Log& one : out.parts_.logs)
    out.logs_[one.key.name].keys.push_back(one.key);
  for (auto& [origin, log] : out.logs_) NRM_TRY(out.remember(log, origin));
  return out;
}

Result<void> Witness::remember(Log& log, const std::string& origin) {
  log.file = parts_.folder + '/' + crypto::sha256(origin).hex().substr(0, 32);
  log.latest = nothing_of(origin);
  log.cosigned_at = Instant{0};
  const auto kept = read_file(log.file, limits::note_bytes_max);
  if (!kept && kept.error().code == Code::not_found) return {};
  if (!kept) return kept.error();
  const auto wrong = [&](const char* what) {
    return Error(Code::corrupt, "",
                 log.file + ": " + what +
                     "; a witness that lost its memory must not go on with the same key");
  };
  const auto note = read_note(*kept);
  if (!note) return wrong("is not a signed note");
  const auto checkpoint = read_checkpoint(note->text, Extensions::allowed);
  if (!checkpoint || checkpoint->origin != origin) return wrong("is not a checkpoint of this log");
  const auto at = cosigned_at(*note, key_);
  if (!at || !*at) return wrong("was not cosigned with this key");
  log.latest = *checkpoint;
  log.note = *kept;
  log.cosigned_at = **at;
  return {};
}

Result<Witness::Answer> Witness::add_checkpoint(std::string_view body, Instant now) {
  const auto request = read_add_checkpoint(body);
  if (!request) return refused(400, request.error().detail);
  const auto checkpoint = read_checkpoint(request->note.text, Extensions::allowed);
  if (!checkpoint) return refused(400, checkpoint.error().detail);
  const auto log = logs_.find(checkpoint->origin);
  if (log == logs_.end()) return refused(404, "this witness does not know that log");
  bool is_by_log = false, is_bad = false;
  for (const NoteKey& key : log->second.keys) {
    const auto good = is_signed(request->note, key);
    is_bad |= !good;
    is_by_log |= good && *good;
  }
  if (is_bad || !is_by_log) return refused(403, "no known key of that log has signed this");
  return answer_from(log->second, *request, *checkpoint, now);
}

Result<Witness::Answer> Witness::answer_from(Log& log, const AddCheckpoint& request,
                                             const Checkpoint& checkpoint, Instant now) {
  if (request.old_size > checkpoint.size)
    return refused(400, "the old size is larger than the checkpoint's");
  if (request.old_size != log.latest.size) return size_is(log.latest.size);
  if (checkpoint.size == log.latest.size && checkpoint.root != log.latest.root) {
    diag::error("log_forked", {{"log", checkpoint.origin}, {"size", checkpoint.size}});
    NRM_TRY(keep_fork(log, request));
    return size_is(log.latest.size);
  }
  const bool continues = log.latest.size == 0
                             ? request.proof.empty()
                             : verify_consistency(log.latest.size, log.latest.root, checkpoint.size,
                                                  checkpoint.root, request.proof);
  if (!continues) {
    diag::warning("checkpoint_not_proved", {{"log", checkpoint.origin}, {"size", checkpoint.size}});
    return refused(422, "the proof does not show that this continues what was cosigned before");
  }
  // Never before what it said last, whatever the machine's clock says after a start.
  const Instant at = std::max(now, log.cosigned_at);
  const std::string line = cosign(request.note.text, key_.name, parts_.signer, at);
  if (checkpoint.size != log.latest.size || log.note.empty()) {
    // Of the signatures that came, only the log's: others' may be anybody's, and are many.
    Note kept{request.note.text, {}};
    for (const NoteSignature& one : request.note.signatures)
      if (std::ranges::any_of(log.keys, [&](const NoteKey& key) {
            return one.name == key.name && one.key_id == key.id();
          }))
        kept.signatures.push_back(one);
    std::string bytes = write_note(kept) + line;
    if (bytes.size() > limits::note_bytes_max) return refused(400, "the checkpoint is too long");
    NRM_TRY(parts_.keep(log.file, bytes));
    log.note = std::move(bytes);
    log.latest = checkpoint;
  }
  log.cosigned_at = at;
  diag::count("checkpoints_cosigned_total");
  return Answer{.body = line};
}

// Two notes by one key over one size and two roots: who has both can show it to anybody.
Result<void> Witness::keep_fork(Log& log, const AddCheckpoint& request) {
  if (log.forks >= forks_kept_max || log.note.empty()) return {};
  ++log.forks;
  return parts_.keep(log.file + ".fork-" + std::to_string(log.latest.size),
                     log.note + '\n' + write_note(request.note));
}
}  // namespace nrm
