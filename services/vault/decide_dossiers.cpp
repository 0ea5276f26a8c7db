// Dossiers are sealed, consents recorded; what a consent no longer opens reaches all who had it.
#include <algorithm>

#include "services/vault/rules.hpp"

namespace nrm {
namespace {
// What is wrong with an entry of the ledger by itself. ERRORS: with pointers into the entry.
Result<void> check_entry(const Consent& entry, const View& view, Instant now) {
  for (std::size_t i = 0; i < entry.recipients.size(); ++i) {
    const std::string where = "/recipients/" + std::to_string(i);
    if (!view.find<OrganisationFile>(entry.recipients[i]))
      return Error(Code::not_found, where, "there is no such organisation");
    if (std::ranges::count(entry.recipients, entry.recipients[i]) > 1)
      return Error(Code::out_of_range, where, "each recipient once");
  }
  if (!entry.given && (!entry.classes.empty() || entry.until))
    return Error(Code::out_of_range, entry.until ? "/until" : "/classes",
                 "a withdrawal ends all of it now; to narrow a consent, give the narrower one");
  if (entry.until && now > end_of(*entry.until))
    return Error(Code::out_of_range, "/until", "this day has passed");
  return {};
}

Result<void> check_entry_at(const std::string& where, const Consent& entry, const View& view,
                            Instant now) {
  auto good = check_entry(entry, view, now);
  if (!good) return Error(good.error().code, where + good.error().where, good.error().detail);
  return {};
}

// Who speaks for the person: each about itself.
Result<void> check_giver(const Actor& actor, const Consent& consent) {
  const bool wrong = (actor.role == Role::person && consent.by != ConsentGiver::individual) ||
                     (actor.role == Role::guardian && consent.by != ConsentGiver::guardian);
  if (wrong) return Error(Code::out_of_range, "/consent/by", "you consent for yourself alone");
  return {};
}

// Some packs say which kinds of organisations report (domain.md, c9).
Result<void> check_kind(const VaultRules& rules) {
  const auto& kinds = rules.policy.identification.first_responders;
  if (kinds.empty()) return {};
  const auto* organisation = rules.view.find<OrganisationFile>(rules.actor().organisation);
  if (organisation != nullptr && std::ranges::find(kinds, organisation->sort) != kinds.end())
    return {};
  return Error(Code::forbidden, "", "in this mechanism organisations of your kind do not report");
}

// One event at least, of nobody when nobody was found: what follows from it, here and in all that
// read this log, is the same work either way (README.md, "Duplicates").
void suspect(const CaseId& subject, const std::vector<DuplicateCandidate>& found, const View& view,
             const Input& input, Decision& out) {
  std::uint32_t number = 0;
  const auto emit = [&](const CaseId& other, const std::vector<DuplicateGround>& grounds) {
    out.emit(duplicate_stream(input.fresh<DuplicateId>(++number)),
             DuplicateSuspected{subject, other, grounds});
  };
  for (const auto& [other, grounds] : found) {
    const auto* dossier = view.find<Dossier>(other);
    if (dossier != nullptr && !dossier->gone()) emit(other, grounds);
  }
  if (number == 0) emit(CaseId(), {});
}
}  // namespace

Result<Decision> VaultRules::on(const SealDossier& command) const {
  NRM_TRY(only({Role::first_responder}));
  NRM_TRY(check_kind(*this));
  for (std::size_t i = 0; i < command.consents.size(); ++i) {
    const std::string where = "/consents/" + std::to_string(i);
    for (std::size_t j = 0; j < i; ++j)
      if (command.consents[j].purpose == command.consents[i].purpose)
        return Error(Code::out_of_range, where + "/purpose", "each purpose once");
    NRM_TRY(check_entry_at(where, command.consents[i], view, input.at));
  }
  // An adult decides; a child is referred without (domain.md, b6), and who may be a child is
  // treated as one (Council of Europe Convention, art. 10(3)).
  const bool agreed = std::ranges::any_of(command.consents, [](const Consent& one) {
    return one.purpose == ConsentPurpose::identification && one.given;
  });
  if (command.age_now == AgeBand::adult && !agreed)
    return Error(Code::consent_missing, "/consents",
                 "an adult's formal report needs the consent to identification");
  CHECK(command.digest, "the hook sealed the personal part");
  const auto subject = case_stream(input.fresh<CaseId>(0));
  const Instant report_by = due(ClockName::report_follows);
  Decision decision;
  decision.emit(subject, DossierSealed{actor().organisation, command.classes, *command.digest,
                                       command.consents, report_by, command.age_now});
  suspect(CaseId(subject.id), command.duplicates, view, input, decision);
  // The day between is for clocks of two machines that differ.
  decision.set_clock(subject, ClockName::report_follows, report_by + days(1));
  begin_first_epoch(decision);
  return decision;
}

// What it closes is closed with this record; who had it gets a task with a clock, in this record.
Result<Decision> VaultRules::on(const RecordConsent& command) const {
  NRM_TRY(only({Role::first_responder, Role::case_manager, Role::competent_authority,
                Role::service_provider, Role::person, Role::guardian}));
  NRM_TRY_ASSIGN(const Dossier* dossier, own(command.subject));
  NRM_TRY(check_giver(actor(), command.consent));
  NRM_TRY(check_entry_at("/consent", command.consent, view, input.at));
  // A withdrawal is never refused for want of room.
  if (command.consent.given && dossier->consents.size() >= limits::access_entries_per_case_max)
    return Error(Code::too_long, "/consent", "too many entries stand; withdraw some first");
  Decision decision;
  decision.emit(case_stream(command.subject), ConsentRecorded{command.consent});
  const Instant answer_by = due(ClockName::withdrawal_acknowledgement);
  std::uint32_t n = 0;
  const auto recipients = recipients_of(view, command.subject, *dossier);
  for (const auto& recipient : closed_to(*dossier, recipients, command.consent, input.at)) {
    const auto stream = withdrawal_stream(input.fresh<WithdrawalId>(n++));
    decision.emit(
        stream, WithdrawalNotified{command.subject, command.consent.purpose, recipient, answer_by});
    decision.set_clock(stream, ClockName::withdrawal_acknowledgement, answer_by);
  }
  return decision;
}

Result<Decision> VaultRules::on(const AcknowledgeWithdrawal& command) const {
  NRM_TRY(only(case_workers));
  const auto* withdrawal = view.find<Withdrawal>(command.withdrawal);
  if (withdrawal == nullptr || withdrawal->recipient != actor().organisation) return nothing_here();
  if (withdrawal->status == WithdrawalStatus::acknowledged)
    return Error(Code::already_decided, "", "this was acknowledged already");
  const auto stream = withdrawal_stream(command.withdrawal);
  Decision decision;
  decision.emit(stream,
                WithdrawalAcknowledged{withdrawal->subject, command.outcome, actor().account});
  return decision.clear_clock(stream, ClockName::withdrawal_acknowledgement);
}
}  // namespace nrm
