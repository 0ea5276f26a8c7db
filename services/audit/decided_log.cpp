#include "services/audit/decided_log.hpp"

#include "common/ledger/merkle.hpp"
#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "services/cores.hpp"

namespace nrm {
namespace {
constexpr std::uint64_t told_every = 4'096;

// What VaultHooks completes from what comes beside a command and is in no log: the form of a
// personal part, the proof of a key, boxes; whether a password may be kept. And what redact() took
// out: the facts of a refused notification.
Recompute::Beside beside(const Command& command) {
  using enum Recompute::Beside;
  if (const auto* seal = get_if<SealDossier>(&command)) return seal->digest ? nothing : missing;
  if (const auto* notified = get_if<SubmitNotification>(&command))
    return notified->coarsened ? nothing : missing;
  if (const auto* store = get_if<StoreSealedItem>(&command))
    return store->digest ? nothing : missing;
  if (const auto* key = get_if<RegisterOrganisationKey>(&command))
    return key->fingerprint ? nothing : missing;
  const auto* issue = get_if<IssueAccount>(&command);
  return issue != nullptr && issue->kind == AccountKind::password ? perhaps : nothing;
}
}  // namespace

DecidedLog::DecidedLog(Parts parts) : parts_(std::move(parts)), name_(log_name(parts_.service)) {}

void DecidedLog::check(Store& scratch, const Progress& progress) {
  const auto good = take_all(scratch, progress);
  if (!good) fold_faults_.push_back({{}, name_ + ": " + good.error().detail});
}

Result<void> DecidedLog::take_all(Store& scratch, const Progress& progress) {
  NRM_TRY_ASSIGN(const std::uint64_t head, log_head(parts_.log));
  std::uint64_t until = UINT64_MAX;  // never: there is nothing to compare with
  if (parts_.stored_states) {
    const auto stored = folded_until(parts_.log);
    if (stored)
      until = *stored;
    else if (stored.error().code == Code::unavailable)
      fold_faults_.push_back({{}, name_ + ": " + stored.error().detail});
    else
      return stored.error();
    if (stored && until > head)
      return Error(Code::corrupt, "", "the stored states are ahead of their log");
  }
  Recompute again(
      core_of(parts_.service), parts_.pack, scratch,
      {.named = [&](const ReceivedNote& note) { return named(note); },
       .beside = [](const Command& command) { return beside(command); },
       .golden = [&](std::uint32_t engine) { return golden_core(parts_.service, engine); }},
      parts_.start);
  Result<void> good;
  NRM_TRY(read_log(parts_.log, parts_.from, [&](std::uint64_t seq, std::string_view bytes) {
    if (seq == until) good = compare(again, scratch);
    if (!good) return false;
    const auto difference = again.take(seq, bytes);
    if (!difference) {
      good = Error(Code::corrupt, "", "record " + std::to_string(seq) + " is not one");
      return false;
    }
    if (!difference->empty())
      decision_faults_.push_back(
          {seq, name_ + " record " + std::to_string(seq) + ": " + *difference});
    if (seq % told_every == 0 && progress) progress(seq, head);
    return true;
  }));
  counts_ = again.counts();
  adopted_ = again.policies().adoptions();
  last_at_ = again.last_at();
  last_engine_ = again.last_engine();
  NRM_TRY(good);
  if (until == head) NRM_TRY(compare(again, scratch));
  return parts_.keep ? again.write() : Result<void>();
}

Result<void> DecidedLog::compare(Recompute& again, const Store& scratch) {
  if (!again.sound()) return {};  // these states are nobody's
  NRM_TRY(again.write());
  NRM_TRY_ASSIGN(const std::uint64_t until, folded_until(parts_.log));
  refolded_ = until;
  NRM_TRY_ASSIGN(const auto difference, compare_derived(parts_.log, scratch));
  if (difference)
    fold_faults_.push_back(
        {{}, name_ + ": what is stored is not what the log gives: " + *difference});
  return {};
}

// The last one is kept: the events of a record are taken one after the other.
Result<const Record*> DecidedLog::named(const ReceivedNote& note) {
  if (note.log == named_log_ && note.hash == named_hash_) return &named_record_;
  named_log_.clear();
  const Store* store = parts_.owner(note.log);
  const Error absent(Code::not_found, "", "no such record");
  if (store == nullptr) return Error(Code::unavailable, "", "that log cannot be read");
  NRM_TRY_ASSIGN(const auto bytes, store->get(Family::log, keys::log(note.seq)));
  // A log of an export may end before what others have taken of it.
  if (!bytes && !parts_.stored_states)
    return Error(Code::unavailable, "", "it is past the end of what was exported");
  if (!bytes || leaf_hash(*bytes).hex() != note.hash) return absent;
  json::Document document;
  NRM_TRY(document.parse_trusted(*bytes));
  NRM_TRY_ASSIGN(named_record_, read_record(document.root()));
  named_log_ = note.log;
  named_hash_ = note.hash;
  return &named_record_;
}
}  // namespace nrm
