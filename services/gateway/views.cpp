#include "services/gateway/views.hpp"

#include <algorithm>

#include "common/event/consents.hpp"

namespace nrm::gateway {
namespace {
// Events that say nothing to this view.
template <class View, class E>
void fold(View&, const E&, Instant) {}

// --- a case: vault ------------------------------------------------------------------------------

void fold(CaseView& view, const DossierSealed& e, Instant) {
  for (const Consent& consent : e.consents) note_consent(view.consents, consent);
}
void fold(CaseView& view, const ConsentRecorded& e, Instant) {
  note_consent(view.consents, e.consent);
}
void fold(CaseView& view, const GuardianAppointed& e, Instant) {
  view.guardians.push_back(e.account);
}
void fold(CaseView& view, const GuardianshipEnded& e, Instant) {
  std::erase(view.guardians, e.account);
}
void deny(CaseView& view, Denied denied) {
  if (std::ranges::find(view.denied, denied) == view.denied.end()) view.denied.push_back(denied);
}
void fold(CaseView& view, const AccessDenied& e, Instant) {
  deny(view, {e.account, e.organisation});
}
void fold(CaseView& view, const ConflictDeclared& e, Instant) { deny(view, {e.account, {}}); }
void fold(CaseView& view, const DenialLifted& e, Instant) {
  std::erase(view.denied, Denied{e.account, e.organisation});
}
void fold(CaseView& view, const DossierAbandoned&, Instant) { view.abandoned = true; }

// --- identification -----------------------------------------------------------------------------

template <class Taken>
void take_in(CaseView& view, const Taken& e, Instant at, IdentificationStatus status) {
  view.reported_at = at;
  view.reference = e.reference;
  view.reporter = e.organisation;
  view.owner = e.owner;
  view.status = status;
}
void move(CaseView& view, IdentificationStatus status, std::optional<Instant> due) {
  view.status = status;
  view.due = due;
  view.overdue = false;
}

void fold(CaseView& view, const ReportReceived& e, Instant at) {
  take_in(view, e, at, IdentificationStatus::reported);
  view.due = e.decide_by;
}
void fold(CaseView& view, const NotificationRecorded& e, Instant at) {
  take_in(view, e, at, IdentificationStatus::notified_anonymous);
}
void fold(CaseView& view, const SignalReceived& e, Instant at) {
  take_in(view, e, at, IdentificationStatus::signal);
  view.due = e.follow_up_by;
}
void fold(CaseView& view, const SignalOverdue&, Instant) { view.overdue = true; }
void fold(CaseView& view, const SignalResolved&, Instant) {
  move(view, IdentificationStatus::signal_resolved, std::nullopt);
}
void fold(CaseView& view, const DeciderAppointed& e, Instant) { view.owner = e.owner; }
void fold(CaseView& view, const ScreeningRecorded& e, Instant) { view.score = e.score; }
void fold(CaseView& view, const InformationRequested& e, Instant) {
  move(view, IdentificationStatus::information_requested, e.answer_by);
}
void back(CaseView& view, IdentificationStatus status, bool overdue, std::optional<Instant> due) {
  move(view, status, due);
  view.overdue = overdue;
}
void fold(CaseView& view, const InformationAnswered& e, Instant) {
  back(view, IdentificationStatus::reported, e.overdue, e.decide_by);
}
void fold(CaseView& view, const InformationOverdue& e, Instant) {
  back(view, IdentificationStatus::reported, e.overdue, e.decide_by);
}
void fold(CaseView& view, const RouteChanged& e, Instant) { move(view, view.status, e.decide_by); }
void fold(CaseView& view, const SecondStageAwaited& e, Instant) {
  move(view, IdentificationStatus::awaiting_second_stage, e.decide_by);
}
void fold(CaseView& view, const RecoveryPeriodExtended& e, Instant) { view.due = e.until; }
void fold(CaseView& view, const ReconsiderationRequested& e, Instant) {
  move(view, IdentificationStatus::reconsideration, e.decide_by);
}
void fold(CaseView& view, const ReconsiderationOverdue&, Instant) { view.overdue = true; }
// What follows a positive one is in the same record.
void fold(CaseView& view, const ReconsiderationDecided& e, Instant) {
  const bool changed = e.admitted && e.outcome == Outcome::positive;
  if (e.stage == Stage::first)
    move(view,
         changed ? IdentificationStatus::recovery_period
                 : IdentificationStatus::negative_first_stage,
         std::nullopt);
  else if (changed)
    move(view, IdentificationStatus::confirmed, std::nullopt);
  else
    move(view,
         e.stage == Stage::second ? IdentificationStatus::not_confirmed
                                  : IdentificationStatus::disqualified,
         std::nullopt);
}
void fold(CaseView& view, const Disqualified& e, Instant) {
  move(view, IdentificationStatus::disqualified, e.reconsider_until);
}
void fold(CaseView& view, const FurtherEpisodeOpened& e, Instant) {
  view.reporter = e.organisation;
  move(view, IdentificationStatus::reported, e.decide_by);
}
void fold(CaseView& view, const ContactLost& e, Instant) {
  move(view, IdentificationStatus::contact_lost, e.until);
}
void fold(CaseView& view, const ContactRegained& e, Instant) {
  back(view, e.status, e.overdue, e.due);
}
void fold(CaseView& view, const PersonDied&, Instant) {
  move(view, IdentificationStatus::deceased, std::nullopt);
}
void fold(CaseView& view, const IdentificationSettled& e, Instant) {
  move(view, e.status, std::nullopt);
}
void fold(CaseView& view, const CaseMerged&, Instant) {
  if (view.status == IdentificationStatus::ended) return;  // it stays so
  move(view, IdentificationStatus::merged, std::nullopt);
}
void fold(CaseView& view, const CaseUnmerged& e, Instant) {
  if (view.status == IdentificationStatus::ended) return;  // closed since
  back(view, e.status, e.overdue, e.due);
}
void fold(CaseView& view, const FirstStageOverdue&, Instant) { view.overdue = true; }
void fold(CaseView& view, const FirstStageDecided& e, Instant) {
  move(view,
       e.outcome == Outcome::positive ? IdentificationStatus::recovery_period
                                      : IdentificationStatus::negative_first_stage,
       e.reconsider_until);
}
void fold(CaseView& view, const RecoveryPeriodStarted& e, Instant) {
  move(view, IdentificationStatus::recovery_period, e.until);
}
void fold(CaseView& view, const RecoveryPeriodEnded& e, Instant) {
  move(view, IdentificationStatus::awaiting_second_stage, e.decide_by);
}
void fold(CaseView& view, const SecondStageOverdue&, Instant) { view.overdue = true; }
void fold(CaseView& view, const SecondStageDecided& e, Instant) {
  move(view,
       e.outcome == Outcome::positive ? IdentificationStatus::confirmed
                                      : IdentificationStatus::not_confirmed,
       e.reconsider_until);
}
void fold(CaseView& view, const ReconsiderationWindowClosed&, Instant) { view.due.reset(); }
void fold(CaseView& view, const IdentificationEnded&, Instant) {
  move(view, IdentificationStatus::ended, std::nullopt);
}
void fold(CaseView& view, const IdentificationResumed& e, Instant) {
  back(view, e.status, e.overdue, e.due);
}

// --- assistance ---------------------------------------------------------------------------------

void support(CaseView& view, SupportStatus status, std::optional<Instant> due) {
  view.support = status;
  view.support_due = due;
  view.support_overdue = false;
}
void fold(CaseView& view, const SupportOpened& e, Instant) {
  support(view, SupportStatus::opened, e.plan_by);
}
void fold(CaseView& view, const PlanOverdue&, Instant) { view.support_overdue = true; }
void fold(CaseView& view, const PlanAgreed& e, Instant) {
  support(view, SupportStatus::plan_agreed, e.review_at);
}
void fold(CaseView& view, const ServiceGiven&, Instant) {
  if (view.support == SupportStatus::plan_agreed) view.support = SupportStatus::in_support;
}
void fold(CaseView& view, const ReviewOverdue&, Instant) { view.support_overdue = true; }
void fold(CaseView& view, const ReviewHeld& e, Instant) { support(view, view.support, e.next_at); }
void fold(CaseView& view, const SupportEnded&, Instant) {
  support(view, SupportStatus::ended, std::nullopt);
}

void fold(CaseView& view, const ContactRecorded& e, Instant) {
  if (!e.assessed && !view.unassessed_since) view.unassessed_since = e.at;
}
void fold(CaseView& view, const RiskAssessed&, Instant) { view.unassessed_since.reset(); }
void fold(CaseView& view, const SupportFileClosed&, Instant) { view.unassessed_since.reset(); }

// --- closure ------------------------------------------------------------------------------------

void note(CaseView& view, const OpenObligation& open) {
  if (std::ranges::find(view.obligations, open) == view.obligations.end())
    view.obligations.push_back(open);
}
void forget_request(CaseView& view) {
  view.approve_by.reset();
  view.closure_overdue = false;
}
void fold(CaseView& view, const ClosureFileOpened& e, Instant) {
  view.closure = ClosureStatus::open;
  view.closure_opened = e.opened_at;
  for (const Obligation obligation : e.obligations) note(view, {obligation, Uuid{}});
}
void fold(CaseView& view, const ObligationNoted& e, Instant) {
  note(view, {e.obligation, e.subject});
}
void fold(CaseView& view, const ObligationMet& e, Instant) {
  std::erase(view.obligations, OpenObligation{e.obligation, e.subject});
}
void fold(CaseView& view, const PersonInformed&, Instant) { view.informed = true; }
void fold(CaseView& view, const ClosureRequested& e, Instant) {
  view.closure = ClosureStatus::requested;
  view.approve_by = e.approve_by;
  view.closure_reason = e.reason;
}
void fold(CaseView& view, const ClosureApprovalOverdue&, Instant) { view.closure_overdue = true; }
void fold(CaseView& view, const ClosureRefused&, Instant) {
  view.closure = ClosureStatus::open;
  view.closure_reason.reset();
  forget_request(view);
}
void fold(CaseView& view, const CaseClosed& e, Instant) {
  view.closure = ClosureStatus::closed;
  view.closure_reason = e.reason;
  view.kept_until = end_of(e.retain_until);
  std::erase_if(view.obligations, [](const OpenObligation& one) {
    return one.obligation != Obligation::procedure_running;
  });
  forget_request(view);
}
void fold(CaseView& view, const RetentionExtended& e, Instant) { view.kept_until = e.until; }
void fold(CaseView& view, const ErasureOrdered& e, Instant) {
  if (e.number == 1) view.kept_until = e.confirm_by;
  view.closure = ClosureStatus::erasure_ordered;
}
void fold(CaseView& view, const ErasureNoted&, Instant) {
  if (view.closure != ClosureStatus::closed && view.closure != ClosureStatus::erasure_ordered)
    return;
  view.closure = ClosureStatus::erased;
  view.kept_until.reset();
}
void fold(CaseView& view, const CaseReopened& e, Instant) {
  view.closure = ClosureStatus::open;
  view.closure_reason.reset();
  view.kept_until.reset();
  view.informed = false;
  for (const Obligation obligation : e.obligations) note(view, {obligation, Uuid{}});
}

// --- hand-overs ---------------------------------------------------------------------------------

void fold(CaseView& view, const HandoverProposed& e, Instant) {
  view.handover_to = e.to;
  view.handover_by = e.answer_by;
  view.handover_preview = e.preview;
}
// Who did not take the case keeps nothing of it.
void forget_handover(CaseView& view) {
  view.handover_to.reset();
  view.handover_by.reset();
  view.handover_preview = {};
}
void fold(CaseView& view, const HandoverDeclined&, Instant) { forget_handover(view); }
void fold(CaseView& view, const HandoverRevoked&, Instant) { forget_handover(view); }
void fold(CaseView& view, const HandoverExpired&, Instant) { forget_handover(view); }
void fold(CaseView& view, const CaseHandedOver& e, Instant) {
  forget_handover(view);
  view.manager = e.to;
}

// --- abroad -------------------------------------------------------------------------------------

void fold(TransnationalView& view, const TransnationalSent& e, Instant at) {
  view = {e.subject, e.owner, e.focal_point, e.country, e.item, at, e.answer_by, false, {}, {}};
}
void fold(TransnationalView& view, const TransnationalOverdue& e, Instant) {
  view.overdue = true;
  view.due = e.answer_by;
}
void fold(TransnationalView& view, const TransnationalOwnerChanged& e, Instant) {
  view.owner = e.owner;
}
void fold(TransnationalView& view, const TransnationalAnswered& e, Instant) {
  view.outcome = e.outcome;
  view.due.reset();
}
void fold(TransnationalView& view, const TransnationalRevoked& e, Instant) {
  view.revocation = e.reason;
  view.due.reset();
}

// --- a referral ---------------------------------------------------------------------------------

void enter(ReferralView& view, ReferralStatus status, Instant at) {
  view.status = status;
  view.since = at;
  view.due.reset();
  view.escalation.reset();
  view.overdue = false;
  view.level.reset();
  view.position.reset();
  view.at_risk = false;
}
void let_go(ReferralView& view) {
  view.provider.reset();
  view.organisation.reset();
  view.by_hand.reset();
  view.proposed.reset();
}

void fold(ReferralView& view, const ReferralRequested& e, Instant at) {
  view.subject = e.subject;
  view.owner = e.owner;
  view.service = e.service;
  view.profile = e.profile;
  view.follows = e.follows;
  view.since = at;
}
void fold(ReferralView& view, const ReferralAwaitsConsent&, Instant at) {
  enter(view, ReferralStatus::awaiting_consent, at);
}
void fold(ReferralView& view, const ReferralDrafted& e, Instant at) {
  enter(view, ReferralStatus::draft, at);
  let_go(view);
  view.due = e.send_by;
}
void fold(ReferralView& view, const ReferralProposed& e, Instant) {
  view.proposed = e.organisation;
}
void fold(ReferralView& view, const ReferralConsentOverridden& e, Instant) {
  view.override_until = e.until;
  view.override_ground = e.ground;
}
void fold(ReferralView& view, const ReferralDelivered&, Instant at) {
  view.status = ReferralStatus::delivered;  // the clock runs on
  view.since = at;
}
void fold(ReferralView& view, const ReferralReminded& e, Instant) { view.due = e.answer_by; }
void fold(ReferralView& view, const OfferRevoked&, Instant) { let_go(view); }
void fold(ReferralView& view, const ReferralStarted&, Instant at) {
  view.status = ReferralStatus::in_progress;
  view.started = true;
  view.since = at;
}
void fold(ReferralView& view, const ReferralHeld& e, Instant at) {
  enter(view, ReferralStatus::on_hold, at);
  view.due = e.review_at;
}
void go_on(ReferralView& view, Instant at) {
  enter(view, view.started ? ReferralStatus::in_progress : ReferralStatus::accepted, at);
}
void fold(ReferralView& view, const ReferralResumed&, Instant at) { go_on(view, at); }
void fold(ReferralView& view, const ReferralKept& e, Instant at) {
  go_on(view, at);
  if (!e.review_at) return;
  view.status = ReferralStatus::on_hold;
  view.due = e.review_at;
}
void fold(ReferralView& view, const ReferralAtRisk& e, Instant at) {
  const ReferralStatus before = view.status;
  go_on(view, at);
  if (before == ReferralStatus::on_hold) view.status = before;  // who is away is away still
  view.at_risk = true;
  view.due = e.solve_by;
}
void fold(ReferralView& view, const ReferralOwnerChanged& e, Instant) { view.owner = e.owner; }
void fold(ReferralView& view, const ReferralOffered& e, Instant at) {
  enter(view, ReferralStatus::offered, at);
  view.provider = e.provider;
  view.organisation = e.organisation;
  view.profile = e.profile;  // as it is now: more may be known, or more urgent, than when requested
  view.due = e.answer_by;
  view.attempt = e.attempt;
  view.by_hand = e.by_hand;
  view.proposed.reset();
}
void fold(ReferralView& view, const ReferralAcknowledged&, Instant at) {
  view.status = ReferralStatus::acknowledged;  // the clock runs on
  view.since = at;
}
void fold(ReferralView& view, const ReferralAccepted&, Instant at) {
  enter(view, ReferralStatus::accepted, at);
}
void fold(ReferralView& view, const ReferralWaitlisted& e, Instant at) {
  enter(view, ReferralStatus::waitlisted, at);
  view.due = e.review_at;
  view.position = e.position;
}
// The next event of the same record offers it to another or escalates it.
void fold(ReferralView& view, const ReferralDeclined&, Instant) { let_go(view); }
void fold(ReferralView& view, const ReferralExpired&, Instant) { let_go(view); }
void fold(ReferralView& view, const ReferralEscalated& e, Instant at) {
  enter(view, ReferralStatus::escalated, at);
  let_go(view);
  view.escalation = e.reason;
  view.level = e.level;
}
void fold(ReferralView& view, const ReferralEscalationOverdue& e, Instant) {
  view.overdue = true;
  if (view.due) view.due = e.solve_by;
}
void fold(ReferralView& view, const ReferralCompleted&, Instant at) {
  enter(view, ReferralStatus::completed, at);
}
ReferralStatus end_for(CancelReason reason) {
  switch (reason) {
    case CancelReason::entered_in_error:
      return ReferralStatus::entered_in_error;
    case CancelReason::revoked_by_owner:
      return ReferralStatus::revoked;
    case CancelReason::provider_failed:
    case CancelReason::person_did_not_arrive:
    case CancelReason::nobody_could:
      return ReferralStatus::failed;
    default:
      return ReferralStatus::cancelled;
  }
}
void fold(ReferralView& view, const ReferralCancelled& e, Instant at) {
  enter(view, end_for(e.reason), at);
}

// --- providers, organisations, accounts ---------------------------------------------------------

void fold(ProviderView& view, const ProviderRegistered& e, Instant) { view.offering = e.offering; }
void fold(ProviderView& view, const ProviderCapacityChanged& e, Instant) {
  view.offering.places = e.places;
  if (e.as_of) view.offering.places_as_of = e.as_of;
}
void fold(ProviderView& view, const ProviderOfferingChanged& e, Instant) {
  view.offering = e.offering;
}
void fold(ProviderView& view, const ProviderSuspended& e, Instant) { view.suspended = e.reason; }
void fold(ProviderView& view, const ProviderReinstated&, Instant) { view.suspended.reset(); }
void fold(ProviderView& view, const PlaceReserved&, Instant) { ++view.reserved; }
void fold(ProviderView& view, const PlaceReleased&, Instant) {
  view.reserved -= view.reserved > 0 ? 1 : 0;
}

void fold(OrganisationView& view, const OrganisationRegistered& e, Instant) {
  view.name = e.name;
  view.sort = e.kind;
}
void fold(OrganisationView& view, const FocalPointNamed& e, Instant) {
  view.focal_point_of = e.country;
}

void fold(AccountView& view, const AccountIssued& e, Instant) {
  view.organisation = e.organisation;
  view.role = e.role;
  view.token_digest = e.token_digest;
  view.subject = e.subject;
  view.sort = e.kind;
  view.scopes = e.scopes;
  view.expires = e.expires;
  view.certificate = e.certificate;
}
void fold(AccountView& view, const SessionOpened& e, Instant) {
  view.sessions.push_back({e.token_digest, e.until});
  if (view.sessions.size() > limits::sessions_per_account_max)
    view.sessions.erase(view.sessions.begin());
}
void fold(AccountView& view, const SessionEnded& e, Instant) {
  std::erase_if(view.sessions, [&](const auto& one) { return one.token_digest == e.token_digest; });
}
void fold(AccountView& view, const PasswordChanged&, Instant) { view.sessions.clear(); }
void fold(AccountView& view, const AccountRevoked&, Instant) { view.revoked = true; }
void fold(AccountView& view, const AccessAnomaly& e, Instant) { view.anomaly = e; }
void fold(AccountView& view, const AnomalyReviewed&, Instant) { view.anomaly.reset(); }

// --- access -------------------------------------------------------------------------------------

void fold(WithdrawalView& view, const WithdrawalNotified& e, Instant) {
  view = {e.subject, e.purpose, e.recipient, e.due, false, {}, {}};
}
void fold(WithdrawalView& view, const WithdrawalOverdue& e, Instant) {
  view.overdue = true;
  view.escalated_to = e.escalated_to;
}
void fold(WithdrawalView& view, const WithdrawalAcknowledged& e, Instant) {
  view.outcome = e.outcome;
}
void fold(EmergencyView& view, const EmergencyReviewOpened& e, Instant) {
  view = {e.subject, e.by, e.ground, e.due, false, {}};
}
void fold(EmergencyView& view, const EmergencyReviewOverdue&, Instant) { view.overdue = true; }
void fold(EmergencyView& view, const EmergencyReviewed& e, Instant) { view.outcome = e.outcome; }
void fold(ProposalView& view, const OpeningProposed& e, Instant) {
  view = {e.subject, e.by, e.purpose, e.classes, e.approve_by, true};
}
void fold(ProposalView& view, const OpeningApproved&, Instant) { view.open = false; }
void fold(ProposalView& view, const ProposalLapsed&, Instant) { view.open = false; }

void count(CaseView& view, const Event& event) {
  const auto owner = visit(
      []<class E>(const E&) -> std::optional<Service> {
        if constexpr (requires { E::emitter; })
          return E::emitter;
        else
          return std::nullopt;
      },
      event);
  if (owner) ++view.versions.of(*owner);
}
}  // namespace

std::uint32_t& Versions::of(Service service) {
  switch (service) {
    case Service::vault:
      return vault;
    case Service::identification:
      return identification;
    case Service::referral:
      return referral;
    case Service::assistance:
      return assistance;
    case Service::closure:
      return closure;
    case Service::audit:
    case Service::gateway:
      break;
  }
  check_failed(__FILE__, __LINE__, "a service that emits events about cases");
}

void Views::evolve(CaseView& view, const Event& event, Instant at) {
  count(view, event);
  visit([&](const auto& e) { fold(view, e, at); }, event);
}
void Views::evolve(ReferralView& view, const Event& event, Instant at) {
  visit([&](const auto& e) { fold(view, e, at); }, event);
}
void Views::evolve(TransnationalView& view, const Event& event, Instant at) {
  visit([&](const auto& e) { fold(view, e, at); }, event);
}
void Views::evolve(ProviderView& view, const Event& event) {
  visit([&](const auto& e) { fold(view, e, Instant{}); }, event);
}
void Views::evolve(OrganisationView& view, const Event& event) {
  visit([&](const auto& e) { fold(view, e, Instant{}); }, event);
}
void Views::evolve(AccountView& view, const Event& event) {
  visit([&](const auto& e) { fold(view, e, Instant{}); }, event);
}
void Views::evolve(WithdrawalView& view, const Event& event) {
  visit([&](const auto& e) { fold(view, e, Instant{}); }, event);
}
void Views::evolve(EmergencyView& view, const Event& event) {
  visit([&](const auto& e) { fold(view, e, Instant{}); }, event);
}
void Views::evolve(ProposalView& view, const Event& event) {
  visit([&](const auto& e) { fold(view, e, Instant{}); }, event);
}
}  // namespace nrm::gateway
