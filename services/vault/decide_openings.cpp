// Openings: by one person, by two, or behind broken glass; counted, and refused beyond the pack's
// limits. The record of it is on disk before a byte of text leaves.
#include <algorithm>

#include "services/vault/rules.hpp"

namespace nrm {
namespace {
bool contains(const auto& list, const auto& one) {
  return std::ranges::find(list, one) != list.end();
}

Result<void> check_classes(std::span<const DataClass> classes) {
  if (classes.empty()) return Error(Code::missing_field, "/classes", "name at least one class");
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (contains(classes.subspan(0, i), classes[i]))
      return Error(Code::out_of_range, "/classes/" + std::to_string(i), "each class once");
  return {};
}

// Who hears of an opening without consent: the state owner, and where it is the owner's own, the
// overseer.
OrganisationId told_of_safety(const Actor& by, const Appointments& offices) {
  if (by.organisation != offices.case_management) return offices.case_management;
  return offices.overseer.value_or(offices.competent_authority);
}

// The proposal that this opening may use up. ERRORS: second_person_required.
Result<void> check_proposal(const VaultRules& rules, const OpenDossier& command) {
  const Error refusal(Code::second_person_required, "/proposal",
                      "propose this opening, and have a colleague approve it within the hour");
  const auto* found = command.proposal ? rules.view.find<Proposal>(*command.proposal) : nullptr;
  if (found == nullptr || found->status != ProposalStatus::approved ||
      rules.input.at >= found->until)
    return refusal;
  const bool same = found->subject == command.subject && found->by == rules.actor() &&
                    found->purpose == command.purpose && found->classes == command.classes;
  return same ? Result<void>() : refusal;
}
}  // namespace

std::vector<OrganisationId> recipients_of(const View& view, const CaseId& subject,
                                          const Dossier& dossier) {
  std::vector<OrganisationId> out = dossier.recipients;
  view.rows("sealed_recipient/" + subject.text() + '/', [&](std::string_view key, auto) {
    const auto one = OrganisationId::parse(key.substr(key.size() - 36));
    CHECK(one, "fold_seals.cpp writes this key");
    if (!contains(out, *one)) out.push_back(*one);
    return true;
  });
  return out;
}

Result<bool> VaultRules::first_opening(const CaseId& subject, const Dossier& dossier) const {
  if (contains(dossier.recipients, actor().organisation)) return false;
  const auto told = recipients_of(view, subject, dossier);
  if (contains(told, actor().organisation)) return false;
  if (told.size() < limits::recipients_per_case_max) return true;
  return Error(Code::not_in_state, "", "too many organisations have had this case opened");
}

Result<void> VaultRules::count_opening(const CaseId& subject, Decision& out) const {
  const Instant now = input.at;
  const Actor& by = actor();
  const auto* account = view.find<AccountFile>(by.account);
  const auto* organisation = view.find<OrganisationFile>(by.organisation);
  const std::uint32_t mine = (account ? account->opened.count(now) : 0) + 1;
  const std::uint32_t ours = (organisation ? organisation->opened.count(now) : 0) + 1;
  const std::uint32_t most = policy.per_hour(LimitName::openings_per_account);
  if (mine > most)
    return Error(Code::quota_exceeded, "",
                 "an account opens dossiers and sealed items at most " + std::to_string(most) +
                     " times an hour");
  if (const auto all = policy.per_hour(LimitName::openings_per_organisation); ours > all)
    return Error(Code::quota_exceeded, "",
                 "an organisation opens dossiers and sealed items at most " + std::to_string(all) +
                     " times an hour");
  out.emit(account_stream(by.account), AccountOpened{subject, now});
  out.emit(organisation_stream(by.organisation), OrganisationOpened{by.account, now});
  const bool alarmed =
      account && account->openings_alarm && now < *account->openings_alarm + hours(1);
  if (!alarmed && std::uint64_t{mine} * 100 >= std::uint64_t{most} * limits::anomaly_percent)
    out.emit(account_stream(by.account), AccessAnomaly{AnomalyKind::openings, by.organisation, mine,
                                                       offices(policy).overseer, now});
  return {};
}

Result<Decision> VaultRules::on(const OpenDossier& command) const {
  NRM_TRY(only(case_workers));
  NRM_TRY_ASSIGN(const Dossier* dossier, present(command.subject));
  const BrokenGlass* glass = open_glass(*dossier, actor(), input.at);
  const bool by_relation = own(command.subject).has_value();
  if (!by_relation && glass == nullptr) return nothing_here();
  NRM_TRY(check_classes(command.classes));
  DossierOpened opened{actor(), command.purpose, command.classes};
  // The glass serves only where role and relation do not reach.
  const auto right = by_relation ? check_right(actor().role, command.purpose, command.classes)
                                 : Result<void>(nothing_here());
  if (right) {
    if (command.purpose == OpeningPurpose::safety && !command.ground)
      return Error(Code::missing_field, "/ground", "say why life is at risk");
    NRM_TRY(check_consent(*dossier, actor(), command.purpose, command.classes, input.at));
    opened.ground = command.ground;
  } else if (glass != nullptr) {
    NRM_TRY(check_glass(command.purpose, command.classes));
    opened.ground = glass->ground;
    opened.emergency = glass->emergency;
  } else {
    return right.error();
  }
  if (command.purpose == OpeningPurpose::safety)
    opened.notice_to = told_of_safety(actor(), offices(policy));
  NRM_TRY(first_opening(command.subject, *dossier));
  const bool two = needs_two_people(command.purpose, command.classes);
  if (two) {
    NRM_TRY(check_proposal(*this, command));
    opened.proposal = command.proposal;
  }
  Decision decision;
  decision.emit(case_stream(command.subject), std::move(opened));
  NRM_TRY(count_opening(command.subject, decision));
  if (two) {
    decision.emit(proposal_stream(*command.proposal), ProposalUsed{command.subject});
    decision.clear_clock(proposal_stream(*command.proposal), ClockName::opening_approval);
  }
  return decision;
}

// Asked for before a colleague is: what could not be opened anyway is refused at once.
Result<Decision> VaultRules::on(const ProposeOpening& command) const {
  NRM_TRY(only({Role::case_manager, Role::competent_authority}));
  NRM_TRY_ASSIGN(const Dossier* dossier, own(command.subject));
  NRM_TRY(check_classes(command.classes));
  NRM_TRY(check_right(actor().role, command.purpose, command.classes));
  NRM_TRY(check_consent(*dossier, actor(), command.purpose, command.classes, input.at));
  const auto stream = proposal_stream(input.fresh<ProposalId>(0));
  const Instant approve_by = input.at + std::chrono::minutes(limits::opening_approval_minutes);
  Decision decision;
  decision.emit(stream, OpeningProposed{command.subject, actor(), command.purpose, command.classes,
                                        approve_by});
  return decision.set_clock(stream, ClockName::opening_approval, approve_by);
}

Result<Decision> VaultRules::on(const ApproveOpening& command) const {
  NRM_TRY(only({Role::case_manager, Role::competent_authority}));
  const auto* proposal = view.find<Proposal>(command.proposal);
  if (proposal == nullptr || proposal->by.organisation != actor().organisation ||
      proposal->by.role != actor().role)
    return nothing_here();
  NRM_TRY(own(proposal->subject));
  if (proposal->by.account == actor().account)
    return Error(Code::second_person_required, "", "somebody else approves what you proposed");
  if (proposal->status == ProposalStatus::lapsed || input.at >= proposal->until)
    return Error(Code::window_closed, "", "the hour has passed; propose it again");
  if (proposal->status != ProposalStatus::proposed)
    return Error(Code::already_decided, "", "this was approved already");
  const auto stream = proposal_stream(command.proposal);
  const Instant until = input.at + std::chrono::minutes(limits::opening_approval_minutes);
  Decision decision;
  decision.emit(stream, OpeningApproved{proposal->subject, actor().account, until});
  return decision.set_clock(stream, ClockName::opening_approval, until);
}

// Who is barred does not get in this way either. Notice and review are in this record, or the
// glass stays whole.
Result<Decision> VaultRules::on(const BreakGlass& command) const {
  NRM_TRY(only(case_workers));
  NRM_TRY_ASSIGN(const Dossier* dossier, present(command.subject));
  const auto overseer = offices(policy).overseer;
  if (!overseer) return Error(Code::not_in_state, "", "nobody is appointed to review it");
  if (open_glass(*dossier, actor(), input.at) != nullptr)
    return Error(Code::already_exists, "", "you have broken it already, and it is open");
  NRM_TRY(first_opening(command.subject, *dossier));
  if (dossier->broken.size() >= limits::access_entries_per_case_max)
    return Error(Code::not_in_state, "", "too many have broken the glass of this case");
  const auto emergency = input.fresh<EmergencyId>(0);
  const Instant until = input.at + std::chrono::minutes(limits::break_glass_minutes);
  const Instant review_by = due(ClockName::break_glass_review);
  Decision decision;
  decision.emit(case_stream(command.subject),
                BreakGlassStarted{emergency, actor(), command.ground, until, *overseer, review_by});
  decision.emit(
      emergency_stream(emergency),
      EmergencyReviewOpened{command.subject, actor(), command.ground, *overseer, review_by});
  return decision.set_clock(emergency_stream(emergency), ClockName::break_glass_review, review_by);
}

Result<Decision> VaultRules::on(const ReviewEmergency& command) const {
  NRM_TRY(only({Role::auditor}));
  const auto* emergency = view.find<Emergency>(command.emergency);
  if (emergency == nullptr || emergency->overseer != actor().organisation) return nothing_here();
  if (emergency->status == ReviewStatus::reviewed)
    return Error(Code::already_decided, "", "this was reviewed already");
  const auto stream = emergency_stream(command.emergency);
  Decision decision;
  decision.emit(stream, EmergencyReviewed{emergency->subject, command.outcome, actor().account});
  return decision.clear_clock(stream, ClockName::break_glass_review);
}
}  // namespace nrm
