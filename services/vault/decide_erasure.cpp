// Erasure and the epochs of keys: when keys die. Two people erase a case: case management asks,
// somebody else confirms, and unless lives are at stake there is time to call it off. An accidental
// erasure cannot be mended. Closure asks by itself when the time to keep the data has passed.
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
Result<const Dossier*> find_for_office(const VaultRules& rules, const CaseId& subject,
                                       std::initializer_list<Role> deciders) {
  NRM_TRY(rules.only(deciders));
  const auto* dossier = rules.view.find<Dossier>(subject);
  // Before its report a dossier is the reporter's alone; it abandons itself.
  if (dossier == nullptr ||
      !related(*dossier, subject, rules.actor(), nullptr, offices(rules.policy)) ||
      dossier->status != DossierStatus::reported || barred(*dossier, rules.actor()))
    return nothing_here();
  return dossier;
}

void erase(Decision& decision, const StreamKey& stream, ErasureGround ground, const Desk& desk) {
  const auto* keys = desk.view.find<KeyLedger>(keys_stream().id);
  CHECK(keys != nullptr, "the dossier that is erased began an epoch, or came in one");
  decision.emit(stream, CaseErased{ground, keys->epoch, keys->until});
}
}  // namespace

void VaultRules::begin_first_epoch(Decision& decision) const {
  if (view.find<KeyLedger>(keys_stream().id)) return;
  const Instant until = due_or(*this, ClockName::key_epoch, epoch_default);
  decision.emit(keys_stream(), KeyEpochBegun{1, until});
  decision.set_clock(keys_stream(), ClockName::key_epoch, until);
}

Result<Decision> VaultRules::on(const EraseCase& command) const {
  NRM_TRY_ASSIGN(const Dossier* dossier,
                 find_for_office(*this, command.subject, {Role::case_manager}));
  if (command.ground == ErasureGround::retention_ended)
    return Error(Code::out_of_range, "/ground",
                 "when the time to keep the data has passed, it is erased without being asked");
  if (dossier->erasure) return Error(Code::not_in_state, "", "the erasure is asked for already");
  const auto stream = case_stream(command.subject);
  const Instant answer_by = due_or(*this, ClockName::erasure_answer, answer_default);
  return Decision()
      .emit(stream, ErasureRequested{actor().account, command.ground, command.emergency, answer_by})
      .set_clock(stream, ClockName::erasure_answer, answer_by);
}

// The order stands for the first of the two people: closing the case took two, and nobody is needed
// to count days. A second one confirms as ever, and there is time to call it off.
Decision VaultRules::ordered(const StreamKey& stream) const {
  const auto* dossier = view.find<Dossier>(stream.id);
  Decision decision;
  if (dossier == nullptr || dossier->status != DossierStatus::reported || dossier->erasure)
    return decision;
  const Instant answer_by = due_or(*this, ClockName::erasure_answer, answer_default);
  decision.emit(stream,
                ErasureRequested{AccountId{}, ErasureGround::retention_ended, false, answer_by});
  return decision.set_clock(stream, ClockName::erasure_answer, answer_by);
}

// Services count again. Of erasures only what was ordered is called off; what the person asked for
// is the person's.
Decision VaultRules::reopened(const StreamKey& stream) const {
  const auto* dossier = view.find<Dossier>(stream.id);
  Decision decision;
  if (dossier == nullptr) return decision;
  if (dossier->closed && !dossier->gone())
    decision.emit(stream, SupportRelationNoted{OrganisationId{}, true});
  if (!dossier->erasure || dossier->erasure->ground != ErasureGround::retention_ended)
    return decision;
  decision.emit(stream, ErasureCancelled{AccountId{}});
  return decision.clear_clock(
      stream, dossier->erasure->erase_at ? ClockName::erasure_hold : ClockName::erasure_answer);
}

Result<Decision> VaultRules::on(const ConfirmErasure& command) const {
  NRM_TRY_ASSIGN(
      const Dossier* dossier,
      find_for_office(*this, command.subject, {Role::case_manager, Role::competent_authority}));
  if (!dossier->erasure || dossier->erasure->erase_at)
    return Error(Code::not_in_state, "", "no erasure waits to be confirmed");
  if (actor().account == dossier->erasure->by)
    return Error(Code::second_person_required, "", "who asked for an erasure does not confirm it");
  const auto stream = case_stream(command.subject);
  const bool now = dossier->erasure->emergency;
  const Instant erase_at = now ? input.at : due_or(*this, ClockName::erasure_hold, hold_default);
  Decision decision;
  decision.emit(stream, ErasureConfirmed{actor().account, erase_at});
  decision.clear_clock(stream, ClockName::erasure_answer);
  if (now)
    erase(decision, stream, dossier->erasure->ground, *this);
  else
    decision.set_clock(stream, ClockName::erasure_hold, erase_at);
  return decision;
}

Result<Decision> VaultRules::on(const CancelErasure& command) const {
  NRM_TRY_ASSIGN(
      const Dossier* dossier,
      find_for_office(*this, command.subject, {Role::case_manager, Role::competent_authority}));
  if (!dossier->erasure) return Error(Code::not_in_state, "", "no erasure is under way");
  const auto stream = case_stream(command.subject);
  Decision decision;
  decision.emit(stream, ErasureCancelled{actor().account});
  return decision.clear_clock(
      stream, dossier->erasure->erase_at ? ClockName::erasure_hold : ClockName::erasure_answer);
}

Decision VaultRules::erasure_due(const Due& over) const {
  Decision decision;
  const auto* dossier =
      over.stream.kind == StreamKind::case_ ? view.find<Dossier>(over.stream.id) : nullptr;
  const auto* keys =
      over.stream.kind == StreamKind::keys ? view.find<KeyLedger>(over.stream.id) : nullptr;
  if (over.name == ClockName::erasure_answer && dossier != nullptr && dossier->erasure) {
    const Instant again = due_or(*this, ClockName::erasure_answer, answer_default);
    const OrganisationId& decides = dossier->decider.value_or(offices(policy).competent_authority);
    decision.emit(over.stream, ErasureOverdue{decides, again});
    decision.set_clock(over.stream, ClockName::erasure_answer, again);
  } else if (over.name == ClockName::erasure_hold && dossier != nullptr && dossier->erasure) {
    erase(decision, over.stream, dossier->erasure->ground, *this);
  } else if (over.name == ClockName::key_epoch && keys != nullptr) {
    const Instant until = due_or(*this, ClockName::key_epoch, epoch_default);
    decision.emit(over.stream, KeyEpochBegun{keys->epoch + 1, until});
    // Taken up when nothing needs the old key any more (Sealing::may_take_up).
    decision.set_clock(over.stream, ClockName::key_retirement, input.at);
  } else if (over.name == ClockName::key_retirement && keys != nullptr) {
    decision.emit(over.stream, EpochDestroyed{keys->epoch - 1});
    decision.set_clock(over.stream, ClockName::key_epoch, keys->until);
  }
  return decision;
}
}  // namespace nrm
