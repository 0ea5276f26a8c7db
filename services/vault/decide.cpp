// What the vault decides on each kind of input; the rules themselves are in decide_*.cpp.
#include <algorithm>

#include "services/vault/rules.hpp"

namespace nrm {
Error nothing_here() { return Error(Code::not_found, "", "there is nothing here for you"); }

Result<void> VaultRules::only(std::initializer_list<Role> roles) const {
  return Desk::only(roles, "this role may not do this");
}

Result<const Dossier*> VaultRules::present(const CaseId& subject) const {
  const auto* dossier = view.find<Dossier>(subject);
  if (dossier == nullptr || dossier->status == DossierStatus::none || dossier->gone() ||
      barred(*dossier, actor()))
    return nothing_here();
  return dossier;
}

Result<const Dossier*> VaultRules::own(const CaseId& subject) const {
  NRM_TRY_ASSIGN(const Dossier* dossier, present(subject));
  if (!related(*dossier, subject, actor(), view.find<AccountFile>(actor().account),
               offices(policy)))
    return nothing_here();
  return dossier;
}

namespace {
Result<Decision> decide_command(const VaultRules& rules, const Command& command) {
  return visit(
      [&](const auto& one) -> Result<Decision> {
        if constexpr (requires { rules.on(one); })
          return rules.on(one);
        else
          return Error(Code::bad_request, "", "this command is for another service");
      },
      command);
}

Result<Decision> on_report(const View& view, const StreamKey& stream, const ReportReceived& report,
                           const Policy& policy) {
  const auto* dossier = view.find<Dossier>(stream.id);
  // A report whose keys are gone, or without a dossier: nobody may take that for normal.
  if (dossier == nullptr || dossier->status != DossierStatus::sealed)
    return Error(Code::not_in_state, "", "a report came without a sealed dossier");
  Decision decision;
  std::optional<OrganisationId> decider;
  if (report.owner != offices(policy).competent_authority) decider = report.owner;
  decision.emit(stream, DossierReported{decider});
  return decision.clear_clock(stream, ClockName::report_follows);
}

// Every supporter is told when a consent is withdrawn, so there is room for each, or a dead letter
// that somebody must look at.
Result<Decision> on_acceptance(const View& view, const ReferralAccepted& accepted) {
  Decision decision;
  const auto* dossier = view.find<Dossier>(accepted.subject);
  if (dossier == nullptr) return decision;
  const auto lists = [&](const auto& organisations) {
    return std::ranges::find(organisations, accepted.organisation) != organisations.end();
  };
  if (!lists(dossier->recipients)) {  // else nobody has to be looked up
    const auto told = recipients_of(view, accepted.subject, *dossier);
    if (told.size() >= limits::recipients_per_case_max && !lists(told))
      return Error(Code::too_long, "", "more organisations support this case than can be told");
  }
  return decision.emit(case_stream(accepted.subject),
                       SupportRelationNoted{accepted.organisation, true});
}

// Ends that wait for their beginning are kept: no more than a case can have services.
Result<Decision> on_end(const StreamKey& stream, const Dossier& dossier,
                        const OrganisationId& organisation) {
  const bool begun =
      std::ranges::find(dossier.supporters, organisation) != dossier.supporters.end();
  if (!begun && dossier.ended.size() >= limits::referrals_per_case_max)
    return Error(Code::too_long, "", "more services of this case ended than it can have had");
  return Decision().emit(stream, SupportRelationNoted{organisation, false});
}

// While the age is in doubt the person stays safeguarded. An adult needs no guardian: whoever is in
// office loses the sight of the case with it.
Decision on_age(const StreamKey& stream, const Dossier& dossier, const AgeAssessed& assessed) {
  Decision decision;
  if (assessed.moment != AgeMoment::today || dossier.gone()) return decision;
  if (dossier.safeguarded != assessed.treated_as_child)
    decision.emit(stream, SafeguardingNoted{assessed.treated_as_child});
  if (!assessed.treated_as_child)
    for (const AccountId& guardian : dossier.guardians)
      decision.emit(stream, GuardianshipEnded{guardian, GuardianshipEndReason::assessed_adult});
  return decision;
}

Result<Decision> decide_received(const VaultRules& rules, const Received& received) {
  const View& view = rules.view;
  if (const auto* report = get_if<ReportReceived>(&received.event))
    return on_report(view, received.stream, *report, rules.policy);
  if (const auto* accepted = get_if<ReferralAccepted>(&received.event))
    return on_acceptance(view, *accepted);
  if (holds<ErasureOrdered>(received.event)) return rules.ordered(received.stream);
  if (holds<CaseReopened>(received.event)) return rules.reopened(received.stream);
  Decision decision;
  const auto* dossier = view.find<Dossier>(received.stream.id);
  if (dossier == nullptr) return decision;
  if (const auto* appointed = get_if<DeciderAppointed>(&received.event))
    return dossier->gone() ? decision
                           : decision.emit(received.stream, DeciderNoted{appointed->owner});
  if (const auto* assessed = get_if<AgeAssessed>(&received.event))
    return on_age(received.stream, *dossier, *assessed);
  if (const auto* ended = get_if<ServiceEnded>(&received.event))
    return on_end(received.stream, *dossier, ended->organisation);
  const auto* handed_over = get_if<CaseHandedOver>(&received.event);
  if (handed_over != nullptr && !dossier->gone())
    return decision.emit(received.stream, DossierHandedOver{handed_over->to});
  // Of everybody at once: to end each service here would end it again when assistance says so, and
  // take away one that begins after the case was reopened.
  if (holds<CaseClosed>(received.event) && !dossier->gone() && !dossier->closed)
    decision.emit(received.stream, SupportRelationNoted{OrganisationId{}, false});
  return decision;
}

// Whose case it is: the state owner's, or since a hand-over another case management's.
OrganisationId owner_of(const View& view, const CaseId& subject, const Policy& policy) {
  const auto* dossier = view.find<Dossier>(subject);
  const OrganisationId& office = offices(policy).case_management;
  return dossier == nullptr ? office : dossier->owner.value_or(office);
}

// What a clock means that has run out; nothing, when what it was set for has happened.
Decision decide_due(const View& view, const Due& due, const Policy& policy) {
  Decision decision;
  if (due.name == ClockName::report_follows) {
    const auto* dossier = view.find<Dossier>(due.stream.id);
    if (dossier != nullptr && dossier->status == DossierStatus::sealed)
      decision.emit(due.stream, DossierAbandoned{});
  } else if (due.name == ClockName::withdrawal_acknowledgement) {
    const auto* withdrawal = view.find<Withdrawal>(due.stream.id);
    if (withdrawal != nullptr && withdrawal->status == WithdrawalStatus::notified)
      decision.emit(due.stream, WithdrawalOverdue{withdrawal->subject, withdrawal->recipient,
                                                  owner_of(view, withdrawal->subject, policy)});
  } else if (due.name == ClockName::break_glass_review) {
    const auto* emergency = view.find<Emergency>(due.stream.id);
    if (emergency != nullptr && emergency->status == ReviewStatus::awaited)
      decision.emit(due.stream, EmergencyReviewOverdue{emergency->subject,
                                                       offices(policy).competent_authority});
  } else if (due.name == ClockName::opening_approval) {
    const auto* proposal = view.find<Proposal>(due.stream.id);
    if (proposal != nullptr && (proposal->status == ProposalStatus::proposed ||
                                proposal->status == ProposalStatus::approved))
      decision.emit(due.stream, ProposalLapsed{proposal->subject});
  }
  return decision;
}
}  // namespace

Result<Decision> Vault::decide(const View& view, const Input& input, const Policy& policy) {
  const VaultRules rules{{view, input, policy}};
  if (const auto* received = std::get_if<Received>(&input.what))
    return decide_received(rules, *received);
  if (const auto* due = std::get_if<Due>(&input.what)) {
    if (due->name == ClockName::erasure_answer || due->name == ClockName::erasure_hold ||
        due->name == ClockName::key_epoch || due->name == ClockName::key_retirement)
      return rules.erasure_due(*due);
    if (due->name == ClockName::merge_approval) return rules.merge_due(*due);
    return decide_due(view, *due, policy);
  }
  return decide_command(rules, std::get<Command>(input.what));
}
}  // namespace nrm
