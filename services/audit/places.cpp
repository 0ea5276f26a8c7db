#include "services/audit/places.hpp"

#include <array>
#include <boost/mp11/algorithm.hpp>
#include <cstdint>

#include "common/base/check.hpp"

namespace nrm {
namespace {
using Set = std::uint64_t;
using enum Place;

template <class... P>
constexpr Set any(P... places) {
  return ((Set{1} << static_cast<unsigned>(places)) | ...);
}
constexpr Set contestable = any(negative_contestable, not_confirmed_contestable);
constexpr Set held = any(offered, acknowledged, waitlisted);
constexpr Set in_identification =
    any(reported, reported_overdue, recovery, second_stage, second_stage_overdue,
        second_stage_queue, negative, not_confirmed, confirmed, notified) |
    contestable;
constexpr Set unmet = any(requested, awaiting_consent, let_go, escalated) | held;
constexpr Set supported = any(support_opened, support_planned);
constexpr Set erasing = any(dossier_erasure_asked, dossier_erasure_held);
constexpr Set sealed = any(dossier_sealed, dossier_reported) | erasing;
constexpr Set approvable = any(closure_approval, closure_approval_overdue);
constexpr Set closable = any(nowhere, owing, closure_checklist) | approvable;

// `to` nowhere: stays where it is. Some rows depend on what the event says: destination().
struct Row {
  std::size_t event = 0;
  Set from = 0;
  Place to = nowhere;
  Rule rule = Rule::legal_transition;
};
template <class E>
constexpr Row row(Set from, Place to = nowhere, Rule rule = Rule::legal_transition) {
  return {boost::mp11::mp_find<Event, E>::value, from, to, rule};
}

constexpr Row rows[] = {
    row<DossierSealed>(any(nowhere), dossier_sealed),
    row<DossierReported>(any(dossier_sealed), dossier_reported),
    row<DossierAbandoned>(any(dossier_sealed), dossier_abandoned, Rule::dossier_kept),
    row<ConsentRecorded>(sealed),
    row<DossierOpened>(sealed),
    row<ErasureRequested>(any(dossier_reported), dossier_erasure_asked),
    row<ErasureOverdue>(any(dossier_erasure_asked)),
    row<ErasureConfirmed>(any(dossier_erasure_asked), dossier_erasure_held),
    row<ErasureCancelled>(erasing, dossier_reported),
    row<CaseErased>(any(dossier_erasure_held), dossier_erased),
    row<KeyEpochBegun>(any(nowhere, epoch_current), epoch_ending),
    row<EpochDestroyed>(any(epoch_ending), epoch_current),
    row<GuardianAppointed>(sealed),
    row<GuardianshipEnded>(sealed),
    row<ConflictDeclared>(sealed),
    row<AccessDenied>(sealed),
    row<DenialLifted>(sealed),
    row<BreakGlassStarted>(sealed),
    row<WithdrawalNotified>(any(nowhere), withdrawal_open),
    row<WithdrawalOverdue>(any(withdrawal_open), withdrawal_overdue),
    row<WithdrawalAcknowledged>(any(withdrawal_open, withdrawal_overdue), withdrawal_answered),
    row<EmergencyReviewOpened>(any(nowhere), review_awaited),
    row<EmergencyReviewOverdue>(any(review_awaited), review_overdue),
    row<EmergencyReviewed>(any(review_awaited, review_overdue), reviewed),
    row<OpeningProposed>(any(nowhere), opening_proposed),
    row<OpeningApproved>(any(opening_proposed), opening_approved),
    row<ProposalUsed>(any(opening_approved), opening_used),
    row<ProposalLapsed>(any(opening_proposed, opening_approved), opening_lapsed),

    row<ReportReceived>(any(nowhere), reported, Rule::reported_once),
    row<NotificationRecorded>(any(nowhere), notified, Rule::reported_once),
    row<FirstStageOverdue>(any(reported, reported_overdue), reported_overdue),
    row<FirstStageDecided>(any(reported, reported_overdue), recovery),
    row<RecoveryPeriodStarted>(any(recovery)),
    row<RecoveryPeriodEnded>(any(recovery), second_stage),
    row<SecondStageOverdue>(any(second_stage, second_stage_overdue), second_stage_overdue),
    row<SecondStageDecided>(any(second_stage, second_stage_overdue, second_stage_queue), confirmed),
    row<ReconsiderationWindowClosed>(contestable, negative),
    row<IdentificationEnded>(in_identification, identification_ended),

    row<ReferralCaseOpened>(any(nowhere), referral_case),
    row<ReferralCaseEnded>(any(nowhere, referral_case), referral_case_ended),
    row<ReferralRequested>(any(nowhere), requested),
    row<ReferralAwaitsConsent>(any(requested), awaiting_consent),
    row<ReferralOffered>(any(requested, awaiting_consent, let_go, escalated), offered),
    row<ReferralAcknowledged>(any(offered), acknowledged, Rule::one_answer),
    row<ReferralAccepted>(held, accepted, Rule::one_answer),
    row<ReferralWaitlisted>(held, waitlisted, Rule::one_answer),
    row<ReferralDeclined>(held, let_go, Rule::one_answer),
    row<ReferralExpired>(held, let_go, Rule::one_answer),
    row<ReferralEscalated>(any(requested, awaiting_consent, let_go, escalated), escalated),
    row<ReferralEscalationOverdue>(any(escalated)),
    row<ReferralCompleted>(any(accepted), completed),
    row<ReferralCancelled>(unmet | any(accepted), cancelled),

    row<SupportOpened>(any(nowhere, support_ended), support_opened),
    row<ServiceStarted>(supported),
    row<PlanOverdue>(any(support_opened)),
    row<PlanAgreed>(supported, support_planned),
    row<ServiceGiven>(supported),
    row<ReviewOverdue>(any(support_planned)),
    row<ReviewHeld>(any(support_planned)),
    row<ServiceEnded>(supported),
    row<SupportEnded>(supported, support_ended),

    row<ClosureFileOpened>(any(nowhere, owing), closure_checklist),
    row<ObligationNoted>(closable),
    row<ObligationMet>(closable),
    row<PersonInformed>(any(closure_checklist) | approvable),
    row<ClosureRequested>(any(closure_checklist), closure_approval),
    row<ClosureApprovalOverdue>(approvable, closure_approval_overdue),
    row<ClosureRefused>(approvable, closure_checklist),
    row<CaseClosed>(approvable, closed, Rule::closed_once),
};

const Row* row_of(const Event& event) {
  static constexpr auto by_event = [] {
    std::array<const Row*, std::variant_size_v<Event>> out{};
    for (const Row& one : rows) out[one.event] = &one;
    return out;
  }();
  return by_event[event.index()];
}

Place after_decision(Outcome outcome, bool contestable_yet, Place positive, Place open,
                     Place final_one) {
  if (outcome == Outcome::positive) return positive;
  return contestable_yet ? open : final_one;
}

Place destination(Place from, Place to, const Event& event) {
  if (const auto* first = std::get_if<FirstStageDecided>(&event))
    return after_decision(first->outcome, first->reconsider_until.has_value(), recovery,
                          negative_contestable, negative);
  if (const auto* second = std::get_if<SecondStageDecided>(&event))
    return after_decision(second->outcome, second->reconsider_until.has_value(), confirmed,
                          not_confirmed_contestable, not_confirmed);
  if (const auto* ended = std::get_if<RecoveryPeriodEnded>(&event))
    return ended->decide_by ? second_stage : second_stage_queue;
  if (std::holds_alternative<ReconsiderationWindowClosed>(event))
    return from == not_confirmed_contestable ? not_confirmed : negative;
  if (std::holds_alternative<KeyEpochBegun>(event) && from == nowhere) return epoch_current;
  if (std::holds_alternative<ObligationNoted>(event) && from == nowhere) return owing;
  return to == nowhere ? from : to;
}
}  // namespace

bool moves(const Event& event) { return row_of(event) != nullptr; }

Move move(Place from, const Event& event) {
  const Row* row = row_of(event);
  CHECK(row != nullptr, "ask moves() first");
  Move out{destination(from, row->to, event), std::nullopt};
  if ((row->from & any(from)) == 0) out.broken = row->rule;
  return out;
}

std::optional<ClockName> clock_of(Place place) {
  switch (place) {
    case dossier_sealed:
      return ClockName::report_follows;
    case withdrawal_open:
      return ClockName::withdrawal_acknowledgement;
    case review_awaited:
      return ClockName::break_glass_review;
    case opening_proposed:
    case opening_approved:
      return ClockName::opening_approval;
    case reported:
      return ClockName::first_stage;
    case recovery:
      return ClockName::recovery;
    case second_stage:
      return ClockName::second_stage;
    case negative_contestable:
    case not_confirmed_contestable:
      return ClockName::reconsideration;
    case awaiting_consent:
      return ClockName::awaiting_consent;
    case offered:
    case acknowledged:
      return ClockName::answer_offer;
    case waitlisted:
      return ClockName::waitlist_review;
    case support_opened:
      return ClockName::plan;
    case support_planned:
      return ClockName::review;
    case closure_approval:
      return ClockName::closure_approval;
    case dossier_erasure_asked:
      return ClockName::erasure_answer;
    case dossier_erasure_held:
      return ClockName::erasure_hold;
    case epoch_current:
      return ClockName::key_epoch;
    case epoch_ending:
      return ClockName::key_retirement;
    case reported_overdue:
    case second_stage_overdue:
    case escalated:
    case closure_approval_overdue:
      return ClockName::escalation;
    default:
      return std::nullopt;  // ends, named queues, and accepted: assistance's clock runs
  }
}

bool breach_of(ClockName clock) {
  switch (clock) {
    case ClockName::recovery:          // the person's own time
    case ClockName::reconsideration:   // a window that may be used
    case ClockName::waitlist_review:   // looked at again
    case ClockName::awaiting_consent:  // looked at again
    case ClockName::opening_approval:  // a proposal lapses
    case ClockName::erasure_hold:      // the hold before an erasure
    case ClockName::key_epoch:         // a key's term
    case ClockName::key_retirement:
      return false;
    default:
      return true;
  }
}

bool between(Place place) { return place == requested || place == let_go; }

std::string_view sentence(Rule rule) {
  switch (rule) {
    case Rule::dense_log:
      return "records of a log are numbered 0, 1, 2 …";
    case Rule::time_forward:
      return "a record is never earlier than the one before";
    case Rule::own_events:
      return "a log holds its own service's events, on streams of their kind";
    case Rule::received_in_order:
      return "another log's events are taken in order, each once";
    case Rule::cause_exists:
      return "a received event exists in its owner's log";
    case Rule::no_dead_letter:
      return "every received event could be taken in";
    case Rule::legal_transition:
      return "this event may not follow in this place";
    case Rule::reported_once:
      return "each case is reported exactly once";
    case Rule::reference_unique:
      return "no two cases have one reference";
    case Rule::dossier_of_report:
      return "each report has its sealed dossier, of the same digest";
    case Rule::dossier_kept:
      return "the keys of a reported dossier are never destroyed as abandoned";
    case Rule::somewhere:
      return "a referral is never left between two places";
    case Rule::owned:
      return "the owner is never nobody";
    case Rule::one_clock:
      return "the clock of the place runs, and no other";
    case Rule::clock_taken_up:
      return "a clock that ran out is taken up";
    case Rule::one_answer:
      return "an offer gets one answer while it is open";
    case Rule::answer_by_holder:
      return "the provider that was offered the referral answers";
    case Rule::places_within_capacity:
      return "places reserved never exceed the capacity";
    case Rule::place_of_accepted:
      return "each reserved place belongs to one accepted referral";
    case Rule::one_service:
      return "an accepted referral has one service, and it starts and ends once";
    case Rule::service_of_acceptance:
      return "a service runs exactly for an accepted referral";
    case Rule::support_has_services:
      return "support runs while a service runs, and no longer";
    case Rule::service_ends_with_referral:
      return "a cancelled referral's service ends";
    case Rule::referral_ends_with_service:
      return "a referral whose service ended is completed";
    case Rule::report_in_referral:
      return "each report reaches referral";
    case Rule::report_in_closure:
      return "each report has a closure file";
    case Rule::obligations_met:
      return "closure is asked for and given with nothing owed";
    case Rule::two_people:
      return "who asks for closure does not approve it";
    case Rule::closed_once:
      return "a case is closed once, after a request";
    case Rule::closed_everywhere:
      return "what a closed case had open elsewhere ends";
    case Rule::end_has_closure:
      return "nothing ends as closed while the case is not";
    case Rule::silence_recorded:
      return "silence becomes an event";
  }
  return "";
}
}  // namespace nrm
