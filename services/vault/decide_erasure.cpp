#include "services/vault/erasure.hpp"

#include "services/vault/rules.hpp"

namespace nrm {
namespace {
// Where a pack sets no time. A week is how long copies of an erased case's keys may live in old
// files; three days to call a mistake off (reliability.md, 1.5); a week to answer, well within the
// month of GDPR art. 12(3).
constexpr Milliseconds epoch_default = days(7), hold_default = hours(72), answer_default = days(7);

Instant due_or(const Desk& desk, ClockName name, Milliseconds otherwise) {
  return desk.policy.due(name, desk.input.at).value_or(desk.input.at + otherwise);
}

// The dossier, for who holds an office that decides about erasures; all others see nothing.
Result<const Dossier*> find_for_office(const CaseId& subject, const Desk& desk,
                                       bool authority_too) {
  const char* const otherwise = "this role may not do this";
  NRM_TRY(authority_too ? desk.only({Role::case_manager, Role::competent_authority}, otherwise)
                        : desk.only({Role::case_manager}, otherwise));
  const Actor& actor = *desk.input.actor;
  const auto* dossier = desk.view.find<Dossier>(subject);
  // Before its report a dossier is the reporter's alone; it abandons itself.
  if (!is_appointed(actor, offices(desk.policy)) || dossier == nullptr ||
      dossier->status != DossierStatus::reported || barred(*dossier, actor))
    return nothing_here();
  return dossier;
}

void erase(Decision& decision, const StreamKey& stream, ErasureGround ground, const Desk& desk) {
  const auto* keys = desk.view.find<KeyLedger>(keys_stream().id);
  CHECK(keys != nullptr, "the dossier that is erased began an epoch, or came in one");
  decision.emit(stream, CaseErased{ground, keys->epoch, keys->until});
}
}  // namespace

void begin_first_epoch(Decision& decision, const View& view, const Input& input,
                       const Policy& policy) {
  if (view.find<KeyLedger>(keys_stream().id)) return;
  const Instant until = due_or({view, input, policy}, ClockName::key_epoch, epoch_default);
  decision.emit(keys_stream(), KeyEpochBegun{1, until});
  decision.set_clock(keys_stream(), ClockName::key_epoch, until);
}

Result<Decision> decide_erasure(const EraseCase& command, const Desk& desk) {
  NRM_TRY_ASSIGN(const Dossier* dossier, find_for_office(command.subject, desk, false));
  if (dossier->erasure) return Error(Code::not_in_state, "", "the erasure is asked for already");
  const auto stream = case_stream(command.subject);
  const Instant answer_by = due_or(desk, ClockName::erasure_answer, answer_default);
  return Decision()
      .emit(stream, ErasureRequested{desk.input.actor->account, command.ground, command.emergency,
                                     answer_by})
      .set_clock(stream, ClockName::erasure_answer, answer_by);
}

Result<Decision> decide_erasure(const ConfirmErasure& command, const Desk& desk) {
  NRM_TRY_ASSIGN(const Dossier* dossier, find_for_office(command.subject, desk, true));
  if (!dossier->erasure || dossier->erasure->erase_at)
    return Error(Code::not_in_state, "", "no erasure waits to be confirmed");
  const Actor& actor = *desk.input.actor;
  if (actor.account == dossier->erasure->by)
    return Error(Code::second_person_required, "", "who asked for an erasure does not confirm it");
  const auto stream = case_stream(command.subject);
  const bool now = dossier->erasure->emergency;
  const Instant erase_at =
      now ? desk.input.at : due_or(desk, ClockName::erasure_hold, hold_default);
  Decision decision;
  decision.emit(stream, ErasureConfirmed{actor.account, erase_at});
  decision.clear_clock(stream, ClockName::erasure_answer);
  if (now)
    erase(decision, stream, dossier->erasure->ground, desk);
  else
    decision.set_clock(stream, ClockName::erasure_hold, erase_at);
  return decision;
}

Result<Decision> decide_erasure(const CancelErasure& command, const Desk& desk) {
  NRM_TRY_ASSIGN(const Dossier* dossier, find_for_office(command.subject, desk, true));
  if (!dossier->erasure) return Error(Code::not_in_state, "", "no erasure is under way");
  const auto stream = case_stream(command.subject);
  Decision decision;
  decision.emit(stream, ErasureCancelled{desk.input.actor->account});
  return decision.clear_clock(
      stream, dossier->erasure->erase_at ? ClockName::erasure_hold : ClockName::erasure_answer);
}

Result<Decision> decide_erasure(const Due& due, const Desk& desk) {
  Decision decision;
  const auto* dossier =
      due.stream.kind == StreamKind::case_ ? desk.view.find<Dossier>(due.stream.id) : nullptr;
  const auto* keys =
      due.stream.kind == StreamKind::keys ? desk.view.find<KeyLedger>(due.stream.id) : nullptr;
  if (due.name == ClockName::erasure_answer && dossier != nullptr && dossier->erasure) {
    const Instant again = due_or(desk, ClockName::erasure_answer, answer_default);
    decision.emit(due.stream, ErasureOverdue{offices(desk.policy).competent_authority, again});
    decision.set_clock(due.stream, ClockName::erasure_answer, again);
  } else if (due.name == ClockName::erasure_hold && dossier != nullptr && dossier->erasure) {
    erase(decision, due.stream, dossier->erasure->ground, desk);
  } else if (due.name == ClockName::key_epoch && keys != nullptr) {
    const Instant until = due_or(desk, ClockName::key_epoch, epoch_default);
    decision.emit(due.stream, KeyEpochBegun{keys->epoch + 1, until});
    // Taken up when nothing needs the old key any more (Sealing::may_take_up).
    decision.set_clock(due.stream, ClockName::key_retirement, desk.input.at);
  } else if (due.name == ClockName::key_retirement && keys != nullptr) {
    decision.emit(due.stream, EpochDestroyed{keys->epoch - 1});
    decision.set_clock(due.stream, ClockName::key_epoch, keys->until);
  }
  return decision;
}
}  // namespace nrm
