#include "services/audit/places.hpp"

#include <array>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <cstdint>

#include "common/base/check.hpp"

namespace nrm {
namespace {
using enum Place;
#define NRM_PLACE_ONE(name) +1
constexpr std::size_t place_count = 0 NRM_PLACES(NRM_PLACE_ONE);
#undef NRM_PLACE_ONE

// A set of places; std::bitset is not constexpr enough before C++23.
class Set {
 public:
  template <class... P>
  constexpr explicit Set(P... places) {
    (add(static_cast<unsigned>(places)), ...);
  }
  constexpr bool has(Place place) const {
    const auto bit = static_cast<unsigned>(place);
    return (words_[bit / 64] >> bit % 64 & 1) != 0;
  }
  constexpr Set operator|(const Set& other) const {
    Set out = *this;
    for (std::size_t i = 0; i < words_.size(); ++i) out.words_[i] |= other.words_[i];
    return out;
  }

 private:
  constexpr void add(unsigned bit) { words_[bit / 64] |= std::uint64_t{1} << bit % 64; }
  std::array<std::uint64_t, 4> words_{};
};

template <class... P>
constexpr Set any(P... places) {
  return Set(places...);
}
constexpr Set contestable =
    any(negative_contestable, not_confirmed_contestable, disqualified_contestable);
constexpr Set first_stage = any(reported, reported_overdue);
constexpr Set second = any(second_stage, second_stage_overdue, second_stage_queue);
constexpr Set reconsidered = any(reconsidering, reconsidering_overdue);
// Something is awaited of a person, or for one.
constexpr Set awaited = first_stage | any(recovery) | second | contestable | reconsidered;
constexpr Set persons =
    awaited | any(information, contact_lost, lost_for_good, negative, not_confirmed, confirmed,
                  disqualified, withdrawn, deceased, merged, opened_in_error);
constexpr Set held = any(offered, acknowledged, waitlisted);
constexpr Set taken = any(accepted, on_hold, at_risk);
// What is said of whom is heard when a case has ended, too: it may be opened again.
constexpr Set referral_told = any(nowhere, referral_case, handover_pending, referral_case_ended);
constexpr Set in_identification = persons | any(notified);
constexpr Set unmet = any(requested, referral_draft, awaiting_consent, let_go, escalated) | held;
constexpr Set supported = any(support_opened, support_planned);
constexpr Set erasing = any(dossier_erasure_asked, dossier_erasure_held);
constexpr Set sealed = any(dossier_sealed, dossier_reported) | erasing;
constexpr Set approvable = any(closure_approval, closure_approval_overdue);
constexpr Set closable = any(nowhere, owing, closure_checklist) | approvable;
constexpr Set kept = any(closed, erasure_ordered);
constexpr Set assisted = any(support_ended) | supported;
constexpr Set before_exit = any(moving_on, move_on_passed);
constexpr Set child_under_way =
    any(child_guardian_awaited, child_best_interests_due, child_settled);
constexpr Set visit_open = any(visit_planned, visit_overdue);
constexpr Set complaint_unconcluded =
    any(complaint_received, complaint_recorded, complaint_assigned, complaint_answered);
// Somebody owes something, beside who complained.
constexpr Set complaint_due =
    any(complaint_received, complaint_recorded, complaint_assigned, complaint_escalated);

// `to` nowhere: stays where it is. Some rows depend on what the event says: destination().
struct Row {
  std::size_t event = 0;
  Set from;
  Place to = nowhere;
  Rule rule = Rule::legal_transition;
};
template <class E>
constexpr Row row(Set from, Place to = nowhere, Rule rule = Rule::legal_transition) {
  return {boost::mp11::mp_find<AllEvents, E>::value, from, to, rule};
}

constexpr Row rows[] = {
    row<DossierSealed>(any(nowhere), dossier_sealed),
    row<DossierReported>(any(dossier_sealed), dossier_reported),
    row<DeciderNoted>(sealed),
    row<DossierAbandoned>(any(dossier_sealed), dossier_abandoned, Rule::dossier_kept),
    row<ConsentRecorded>(sealed),
    row<DossierOpened>(sealed),
    row<DossierHandedOver>(sealed),
    row<SafeguardingNoted>(sealed),
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
    row<FirstStageDecided>(first_stage, recovery),
    row<RecoveryPeriodStarted>(any(recovery) | second, recovery),
    row<RecoveryPeriodEnded>(any(recovery), second_stage),
    row<SecondStageOverdue>(any(second_stage, second_stage_overdue), second_stage_overdue),
    row<SecondStageDecided>(second, confirmed),
    row<ReconsiderationWindowClosed>(contestable, negative),
    row<IdentificationEnded>(in_identification, identification_ended),
    row<SignalReceived>(any(nowhere), signal, Rule::reported_once),
    row<SignalOverdue>(any(signal, signal_overdue), signal_overdue),
    row<SignalResolved>(any(signal, signal_overdue), signal_resolved),
    row<GroupEventRecorded>(any(nowhere), group_open),
    row<GroupPersonReported>(any(group_open, group_overdue)),
    row<GroupEventOverdue>(any(group_open, group_overdue), group_overdue),
    row<GroupEventClosed>(any(group_open, group_overdue), group_closed),
    row<ScreeningRecorded>(awaited | any(information, contact_lost)),
    row<AgeAssessed>(in_identification),
    row<InformationRequested>(first_stage, information),
    row<InformationAnswered>(any(information), reported),
    row<InformationOverdue>(any(information), reported),
    row<VoteCast>(first_stage | second | reconsidered),
    row<MemberRecused>(persons),
    row<RouteChanged>(first_stage, reported),
    row<DeciderAppointed>(persons),
    row<SecondStageAwaited>(any(recovery, confirmed, second_stage_queue), second_stage),
    row<RecoveryPeriodExtended>(any(recovery)),
    row<ReconsiderationRequested>(contestable, reconsidering),
    row<ReconsiderationOverdue>(reconsidered, reconsidering_overdue),
    row<ReconsiderationDecided>(reconsidered, negative),
    row<Disqualified>(second | any(confirmed), disqualified),
    row<FurtherEpisodeOpened>(
        any(negative, not_confirmed, confirmed, disqualified, withdrawn, lost_for_good), reported),
    row<IdentificationWithdrawn>(awaited | any(information, contact_lost), withdrawn),
    row<ContactAttempted>(awaited | any(contact_lost, lost_for_good)),
    row<ContactLost>(awaited, contact_lost),
    row<ContactRegained>(any(contact_lost, lost_for_good), reported),
    row<PersonDied>(persons, deceased),
    row<OpenedInError>(first_stage | any(information, signal, signal_overdue), opened_in_error),
    row<IdentificationSettled>(persons),
    row<IdentificationReopened>(persons),
    row<CaseMerged>(persons | any(identification_ended), merged),
    row<CaseUnmerged>(any(merged, identification_ended), reported),
    row<IdentificationResumed>(any(identification_ended), reported),
    row<IdentificationHandedOver>(any(identification_ended) | in_identification),
    row<MergeProposed>(any(nowhere, merge_open), merge_proposed),
    row<MergeProposalLapsed>(any(merge_proposed), merge_open),
    row<DuplicateDismissed>(any(nowhere, merge_open, merge_proposed), duplicate_dismissed),
    row<CasesMerged>(any(merge_proposed), cases_merged),
    row<MergeReversed>(any(cases_merged), merge_open),

    row<ReferralCaseOpened>(any(nowhere, referral_case_ended), referral_case),
    row<ReferralCaseReopened>(any(referral_case_ended), referral_case),
    row<ReferralCaseEnded>(any(nowhere, referral_case), referral_case_ended),
    row<HandoverProposed>(any(referral_case), handover_pending),
    row<HandoverDeclined>(any(handover_pending), referral_case, Rule::one_answer),
    row<HandoverRevoked>(any(handover_pending), referral_case, Rule::one_answer),
    row<HandoverExpired>(any(handover_pending), referral_case, Rule::one_answer),
    row<CaseHandedOver>(any(handover_pending), referral_case, Rule::one_answer),
    row<MatchingFactsNoted>(any(referral_case, handover_pending)),
    row<ProtectionNoted>(any(referral_case, handover_pending)),
    row<RecipientConsentNoted>(referral_told),
    row<SameNetworkNoted>(any(referral_case, handover_pending, referral_case_ended)),
    row<ReferralDenialNoted>(referral_told),
    row<SealedPackageNoted>(referral_told),
    row<TransnationalSent>(any(nowhere), package_sent),
    row<TransnationalOverdue>(any(package_sent)),
    row<TransnationalOwnerChanged>(any(package_sent)),
    row<TransnationalAnswered>(any(package_sent), package_answered, Rule::one_answer),
    row<TransnationalRevoked>(any(package_sent), package_revoked, Rule::one_answer),
    row<ReferralRequested>(any(nowhere), requested),
    row<ReferralDrafted>(any(requested, let_go), referral_draft),
    row<ReferralProposed>(any(requested, referral_draft, awaiting_consent, let_go, escalated)),
    row<ReferralAwaitsConsent>(any(requested, referral_draft, awaiting_consent, let_go, escalated),
                               awaiting_consent),
    row<ReferralConsentOverridden>(any(awaiting_consent, escalated)),
    row<ReferralOwnerChanged>(unmet | taken),
    // From the waiting list: a place became free.
    row<ReferralOffered>(
        any(requested, referral_draft, awaiting_consent, let_go, escalated, waitlisted), offered),
    row<ReferralDelivered>(any(offered)),
    row<ReferralReminded>(any(offered, acknowledged)),
    row<OfferRevoked>(held, let_go, Rule::one_answer),
    row<ReferralAcknowledged>(any(offered), acknowledged, Rule::one_answer),
    row<ReferralAccepted>(held, accepted, Rule::one_answer),
    row<ReferralWaitlisted>(held, waitlisted, Rule::one_answer),
    row<ReferralDeclined>(held, let_go, Rule::one_answer),
    row<ReferralExpired>(held, let_go, Rule::one_answer),
    row<ReferralEscalated>(any(requested, referral_draft, awaiting_consent, let_go, escalated),
                           escalated),
    row<ReferralEscalationOverdue>(any(escalated, on_hold, at_risk)),
    row<ReferralStarted>(any(accepted, at_risk)),
    row<ReferralHeld>(any(accepted), on_hold),
    row<ReferralResumed>(any(on_hold), accepted),
    row<ReferralAtRisk>(any(accepted, on_hold), at_risk),
    row<ReferralKept>(any(at_risk), accepted),
    row<ReferralCompleted>(taken, completed),
    row<ReferralCancelled>(unmet | taken, cancelled),

    row<SupportOpened>(any(nowhere, support_ended, support_closed), support_opened),
    row<ServiceStarted>(supported),
    row<PlanOverdue>(any(support_opened)),
    row<PlanAgreed>(supported, support_planned),
    row<ServiceGiven>(supported),
    row<ReviewOverdue>(any(support_planned)),
    row<ReviewHeld>(any(support_planned)),
    row<ServiceEnded>(supported),
    row<SupportEnded>(supported, support_ended),
    row<SupportFileClosed>(any(support_ended), support_closed),
    row<SupportFileReopened>(any(support_closed) | assisted, support_ended),
    row<ContactRecorded>(assisted),
    row<RiskAssessed>(assisted),
    row<NeedsAssessed>(assisted),
    row<PreferencesRecorded>(assisted),
    row<ContactRulesSet>(assisted),
    row<ProcedureOpened>(any(nowhere), procedure_running),
    row<ProcedureRecorded>(any(procedure_running)),
    row<ProcedureDue>(any(procedure_running)),
    row<ProcedureHandedOver>(any(procedure_running)),
    row<ProcedureEnded>(any(procedure_running), procedure_ended),
    row<AlarmRaised>(any(nowhere), alarm_raised),
    row<AlarmEscalated>(any(alarm_raised)),
    row<AlarmHandedOver>(any(alarm_raised)),
    row<AlarmEnded>(any(alarm_raised), alarm_ended),
    row<IncidentReported>(any(nowhere), incident_open),
    row<IncidentOverdue>(any(incident_open)),
    row<IncidentHandedOver>(any(incident_open)),
    row<IncidentClosed>(any(incident_open), incident_closed),
    row<ChildNoticeRaised>(any(nowhere), child_notice_raised),
    row<ChildNoticeOverdue>(any(child_notice_raised)),
    row<ChildNoticeHandedOver>(any(child_notice_raised)),
    row<ChildNoticeAcknowledged>(any(child_notice_raised), child_notice_ended),
    row<ChildNoticeDropped>(any(child_notice_raised), child_notice_ended),
    row<MoveOnStarted>(any(nowhere), moving_on),
    row<MoveOnExtended>(before_exit, moving_on),
    row<TransitionAgreed>(before_exit),
    row<MoveOnPassed>(before_exit, move_on_passed),
    row<TransitionHandedOver>(before_exit | any(reach_in)),
    row<ReachInOpened>(before_exit, reach_in),
    row<ReachInRecorded>(any(reach_in)),
    row<TransitionEnded>(before_exit | any(reach_in), transition_ended),
    row<ChildPathwayOpened>(any(nowhere, child_unreported, child_ended)),
    row<GuardianNoted>(any(nowhere, child_unreported, child_ended) | child_under_way),
    row<ChildPathwayOverdue>(child_under_way),
    row<BestInterestsDetermined>(any(child_best_interests_due, child_settled), child_settled),
    row<EducationRecorded>(child_under_way),
    row<ChildPathwayEnded>(child_under_way | any(child_ended), child_ended),
    row<ChildHandedOver>(any(nowhere, child_unreported, child_ended) | child_under_way),
    row<SupportHandedOver>(assisted | any(support_closed)),

    row<ClosureHandedOver>(closable | kept),
    row<ClosureDeciderNoted>(closable | kept),
    row<ClosureAgeNoted>(closable | kept),
    row<ClosureFileOpened>(any(nowhere, owing), closure_checklist),
    row<ObligationNoted>(closable | kept),
    row<ObligationMet>(closable | kept),
    row<SafeContactNoted>(closable | kept | any(data_erased)),
    row<PersonInformed>(any(closure_checklist) | approvable),
    row<ClosureRequested>(any(closure_checklist), closure_approval),
    row<ClosureApprovalOverdue>(approvable, closure_approval_overdue),
    row<ClosureRefused>(approvable, closure_checklist),
    row<CaseClosed>(approvable, closed, Rule::closed_once),
    row<CaseReopened>(kept, closure_checklist),
    row<RetentionExtended>(any(closed)),
    row<ErasureOrdered>(kept, erasure_ordered),
    row<ErasureNoted>(closable | kept),
    row<FollowUpPlanned>(any(nowhere), visit_planned),
    row<FollowUpOverdue>(visit_open, visit_overdue),
    row<FollowUpHandedOver>(visit_open),
    row<FollowUpRecorded>(visit_open, visit_ended),
    row<FollowUpRefused>(visit_open, visit_ended),
    row<FollowUpDropped>(visit_open, visit_ended),

    row<PublicationProposed>(any(nowhere), publication_proposed),
    row<FiguresPublished>(any(publication_proposed), figures_published),
    row<PublicationRefused>(any(publication_proposed), publication_refused),
    row<PublicationLapsed>(any(publication_proposed), publication_lapsed),
    row<PublicationRevised>(any(figures_published), figures_revised),
    row<ComplaintReceived>(any(nowhere), complaint_received),
    row<ComplaintRecorded>(any(complaint_received), complaint_recorded),
    row<ComplaintAssigned>(any(complaint_recorded), complaint_assigned),
    row<ComplaintInadmissible>(any(complaint_received, complaint_recorded), complaint_ended),
    row<ComplaintAnswered>(any(complaint_assigned), complaint_answered),
    row<ComplaintSatisfied>(any(complaint_answered), complaint_ended),
    row<ComplaintSettled>(any(complaint_answered), complaint_ended),
    row<ComplaintOverdue>(complaint_due),
    row<ComplaintEscalated>(complaint_unconcluded, complaint_escalated),
    row<ComplaintConcluded>(any(complaint_escalated), complaint_ended),
    row<ComplaintWithdrawn>(complaint_unconcluded | any(complaint_escalated), complaint_ended),
    row<WarningRaised>(any(nowhere, warning_acknowledged), warning_raised),
    row<WarningOverdue>(any(warning_raised)),
    row<WarningAcknowledged>(any(warning_raised), warning_acknowledged),
};

const Row* row_of(const Event& event) {
  static constexpr auto by_event = [] {
    std::array<const Row*, Event::count> out{};
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

Place of_child(ChildStatus status) {
  switch (status) {
    case ChildStatus::none:
      return child_unreported;
    case ChildStatus::guardian_awaited:
      return child_guardian_awaited;
    case ChildStatus::best_interests_due:
      return child_best_interests_due;
    case ChildStatus::settled:
      return child_settled;
    case ChildStatus::ended:
      break;
  }
  return child_ended;
}

// Of the events whose status is in them, or that leave an open case where it is.
std::optional<Place> said_by(Place from, const Event& event) {
  if (const auto* opened = get_if<ChildPathwayOpened>(&event)) return of_child(opened->status);
  if (const auto* noted = get_if<GuardianNoted>(&event)) return of_child(noted->status);
  if (const auto* late = get_if<ChildPathwayOverdue>(&event)) return of_child(late->status);
  if (holds<ErasureNoted>(event))
    return kept.has(from) ? data_erased : from == nowhere ? owing : from;
  if (holds<ReferralCaseOpened>(event) && from == referral_case_ended) return from;
  if (const auto* on = get_if<ReferralKept>(&event)) return on->review_at ? on_hold : accepted;
  if (holds<SupportFileReopened>(event)) return from == support_closed ? support_ended : from;
  if (holds<SafeContactNoted>(event)) return from == nowhere ? owing : from;
  return std::nullopt;
}

// Where a case stands that has this status; `due`: its clock runs out then.
Place place_of(IdentificationStatus status, bool overdue, bool due) {
  switch (status) {
    case IdentificationStatus::reported:
      return overdue ? reported_overdue : reported;
    case IdentificationStatus::recovery_period:
      return recovery;
    case IdentificationStatus::awaiting_second_stage:
      if (overdue) return second_stage_overdue;
      return due ? second_stage : second_stage_queue;
    case IdentificationStatus::negative_first_stage:
      return due ? negative_contestable : negative;
    case IdentificationStatus::not_confirmed:
      return due ? not_confirmed_contestable : not_confirmed;
    case IdentificationStatus::disqualified:
      return due ? disqualified_contestable : disqualified;
    case IdentificationStatus::reconsideration:
      return overdue ? reconsidering_overdue : reconsidering;
    case IdentificationStatus::information_requested:
      return information;
    case IdentificationStatus::contact_lost:
      return due ? contact_lost : lost_for_good;
    case IdentificationStatus::confirmed:
      return confirmed;
    case IdentificationStatus::notified_anonymous:
      return notified;
    case IdentificationStatus::ended:
      return identification_ended;
    case IdentificationStatus::signal:
      return overdue ? signal_overdue : signal;
    case IdentificationStatus::signal_resolved:
      return signal_resolved;
    case IdentificationStatus::withdrawn:
      return withdrawn;
    case IdentificationStatus::deceased:
      return deceased;
    case IdentificationStatus::merged:
      return merged;
    case IdentificationStatus::opened_in_error:
      return opened_in_error;
  }
  return nowhere;
}

// What the events of identification's other paths say of where they lead.
std::optional<Place> stated(const Event& event) {
  if (const auto* answered = get_if<InformationAnswered>(&event))
    return answered->overdue ? reported_overdue : reported;
  if (const auto* silent = get_if<InformationOverdue>(&event))
    return silent->overdue ? reported_overdue : reported;
  if (const auto* found = get_if<ContactRegained>(&event))
    return place_of(found->status, found->overdue, found->due.has_value());
  if (const auto* again = get_if<IdentificationResumed>(&event))
    return place_of(again->status, again->overdue, again->due.has_value());
  if (const auto* apart = get_if<CaseUnmerged>(&event))
    return place_of(apart->status, apart->overdue, apart->due.has_value());
  if (const auto* awaits = get_if<SecondStageAwaited>(&event))
    return awaits->decide_by ? second_stage : second_stage_queue;
  if (const auto* lost = get_if<Disqualified>(&event))
    return lost->reconsider_until ? disqualified_contestable : disqualified;
  if (const auto* again = get_if<ReconsiderationDecided>(&event)) {
    const bool changed = again->admitted && again->outcome == Outcome::positive;
    if (again->stage == Stage::first) return changed ? recovery : negative;
    if (changed) return confirmed;
    return again->stage == Stage::second ? not_confirmed : disqualified;
  }
  if (const auto* settled = get_if<IdentificationSettled>(&event))
    return place_of(settled->status, false, false);
  return std::nullopt;
}

Place destination(Place from, Place to, const Event& event) {
  // A closed case stays closed, whatever is found out about it.
  const bool of_merging = holds<CaseMerged>(event) || holds<CaseUnmerged>(event);
  if (from == identification_ended && of_merging) return from;
  if (const auto said = said_by(from, event)) return *said;
  if (const auto place = stated(event)) return *place;
  if (const auto* first = get_if<FirstStageDecided>(&event))
    return after_decision(first->outcome, first->reconsider_until.has_value(), recovery,
                          negative_contestable, negative);
  if (const auto* last = get_if<SecondStageDecided>(&event))
    return after_decision(last->outcome, last->reconsider_until.has_value(), confirmed,
                          not_confirmed_contestable, not_confirmed);
  if (const auto* ended = get_if<RecoveryPeriodEnded>(&event))
    return ended->decide_by ? second_stage : second_stage_queue;
  if (holds<ReconsiderationWindowClosed>(event)) {
    if (from == disqualified_contestable) return disqualified;
    return from == not_confirmed_contestable ? not_confirmed : negative;
  }
  if (holds<KeyEpochBegun>(event) && from == nowhere) return epoch_current;
  const bool before_report = holds<ObligationNoted>(event) || holds<ClosureHandedOver>(event);
  if (before_report && from == nowhere) return owing;
  return to == nowhere ? from : to;
}

// Not here: ends, named queues, and accepted: assistance's clock runs.
struct RunningClock {
  Place place;
  ClockName clock;
};
constexpr RunningClock running_clocks[] = {
    {dossier_sealed, ClockName::report_follows},
    {withdrawal_open, ClockName::withdrawal_acknowledgement},
    {review_awaited, ClockName::break_glass_review},
    {opening_proposed, ClockName::opening_approval},
    {opening_approved, ClockName::opening_approval},
    {reported, ClockName::first_stage},
    {recovery, ClockName::recovery},
    {second_stage, ClockName::second_stage},
    {negative_contestable, ClockName::reconsideration},
    {not_confirmed_contestable, ClockName::reconsideration},
    {disqualified_contestable, ClockName::reconsideration},
    {referral_draft, ClockName::awaiting_consent},
    {awaiting_consent, ClockName::awaiting_consent},
    {handover_pending, ClockName::handover_answer},
    {package_sent, ClockName::transnational_answer},
    {offered, ClockName::answer_offer},
    {acknowledged, ClockName::answer_offer},
    {waitlisted, ClockName::waitlist_review},
    {on_hold, ClockName::waitlist_review},
    {support_opened, ClockName::plan},
    {support_planned, ClockName::review},
    {closure_approval, ClockName::closure_approval},
    {dossier_erasure_asked, ClockName::erasure_answer},
    {dossier_erasure_held, ClockName::erasure_hold},
    {publication_proposed, ClockName::publication_approval},
    {complaint_received, ClockName::complaint_registration},
    {complaint_recorded, ClockName::complaint_registration},
    {complaint_assigned, ClockName::complaint_answer},
    {complaint_answered, ClockName::complaint_response},
    {complaint_escalated, ClockName::complaint_conclusion},
    {warning_raised, ClockName::warning_acknowledgement},
    {epoch_current, ClockName::key_epoch},
    {epoch_ending, ClockName::key_retirement},
    {signal, ClockName::signal_follow_up},
    {group_open, ClockName::group_completion},
    {information, ClockName::information_answer},
    {reconsidering, ClockName::reconsideration_decision},
    {contact_lost, ClockName::contact_lost},
    {merge_proposed, ClockName::merge_approval},
    {signal_overdue, ClockName::escalation},
    {group_overdue, ClockName::escalation},
    {reconsidering_overdue, ClockName::escalation},
    {reported_overdue, ClockName::escalation},
    {second_stage_overdue, ClockName::escalation},
    {escalated, ClockName::escalation},
    {at_risk, ClockName::escalation},
    {closure_approval_overdue, ClockName::escalation},
    {visit_overdue, ClockName::escalation},
    {procedure_running, ClockName::procedure},
    {alarm_raised, ClockName::missing_alarm},
    {incident_open, ClockName::incident},
    {child_notice_raised, ClockName::child_notice},
    {moving_on, ClockName::move_on},
    {move_on_passed, ClockName::move_on},
    {reach_in, ClockName::reach_in},
    {child_guardian_awaited, ClockName::guardian},
    {child_best_interests_due, ClockName::best_interests},
    {child_settled, ClockName::best_interests},
    {closed, ClockName::retention},
    {erasure_ordered, ClockName::erasure_order},
    {visit_planned, ClockName::follow_up},
};

// In the order of Rule.
struct Sentence {
  Rule rule;
  std::string_view text;
};
constexpr Sentence sentences[] = {
    {Rule::dense_log, "records of a log are numbered 0, 1, 2 …"},
    {Rule::time_forward, "a record is never earlier than the one before"},
    {Rule::own_events, "a log holds its own service's events, on streams of their kind"},
    {Rule::received_in_order, "another log's events are taken in order, each once"},
    {Rule::cause_exists, "a received event exists in its owner's log"},
    {Rule::no_dead_letter, "every received event could be taken in"},
    {Rule::legal_transition, "this event may not follow in this place"},
    {Rule::reported_once, "each case is reported exactly once"},
    {Rule::reference_unique, "no two cases have one reference"},
    {Rule::dossier_of_report, "each report has its sealed dossier, of the same digest"},
    {Rule::dossier_kept, "the keys of a reported dossier are never destroyed as abandoned"},
    {Rule::somewhere, "a referral is never left between two places"},
    {Rule::owned, "the owner is never nobody"},
    {Rule::one_clock, "the clock of the place runs, and no other"},
    {Rule::clock_taken_up, "a clock that ran out is taken up"},
    {Rule::one_answer, "an offer gets one answer while it is open"},
    {Rule::answer_by_holder, "the provider that was offered the referral answers"},
    {Rule::places_within_capacity, "places reserved never exceed the capacity"},
    {Rule::place_of_accepted, "each reserved place belongs to one accepted referral"},
    {Rule::one_service, "an accepted referral has one service, and it starts and ends once"},
    {Rule::service_of_acceptance, "a service runs exactly for an accepted referral"},
    {Rule::support_has_services, "support runs while a service runs, and no longer"},
    {Rule::service_ends_with_referral, "a cancelled referral's service ends"},
    {Rule::referral_ends_with_service, "a referral whose service ended is completed"},
    {Rule::report_in_referral, "each report reaches referral"},
    {Rule::report_in_closure, "each report has a closure file"},
    {Rule::obligations_met, "closure is asked for and given with nothing owed"},
    {Rule::two_people, "who asks for closure does not approve it"},
    {Rule::closed_once, "a case is closed once, after a request"},
    {Rule::closed_everywhere, "what a closed case had open elsewhere ends"},
    {Rule::end_has_closure, "nothing ends as closed while the case is not"},
    {Rule::kept_for_procedures, "no data is ordered to be erased while a legal procedure runs"},
    {Rule::erasure_noted, "closure notes each erasure that the vault carried out"},
    {Rule::silence_recorded, "silence becomes an event"},
};
static_assert(std::size(sentences) ==
              boost::mp11::mp_size<boost::describe::describe_enumerators<Rule>>::value);
static_assert([] {
  std::size_t at = 0;
  for (const Sentence& one : sentences)
    if (one.rule != static_cast<Rule>(at++)) return false;
  return true;
}());
}  // namespace

bool moves(const Event& event) { return row_of(event) != nullptr; }

Move move(Place from, const Event& event) {
  const Row* row = row_of(event);
  CHECK(row != nullptr, "ask moves() first");
  Move out{destination(from, row->to, event), std::nullopt};
  if (!row->from.has(from)) out.broken = row->rule;
  return out;
}

std::optional<ClockName> clock_of(Place place) {
  static constexpr auto by_place = [] {
    std::array<const RunningClock*, place_count> out{};
    for (const RunningClock& one : running_clocks) out[static_cast<std::size_t>(one.place)] = &one;
    return out;
  }();
  const RunningClock* runs = by_place[static_cast<std::size_t>(place)];
  return runs == nullptr ? std::nullopt : std::optional(runs->clock);
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
    case ClockName::contact_lost:        // the time given to find somebody again
    case ClockName::merge_approval:      // a proposal lapses
    case ClockName::handover_answer:     // the same
    case ClockName::suspension_sweep:    // the service's own next step
    case ClockName::procedure_reminder:  // says what is ahead
    case ClockName::compensation_claim:  // a window that may be used
    case ClockName::move_on:             // the person's own time
    case ClockName::reach_in:            // a window that may be used
    case ClockName::retention:           // the data's term
    case ClockName::complaint_response:  // a window that may be used
      return false;
    default:
      return true;
  }
}

std::string_view to_text(Place place) {
  static constexpr std::string_view names[] = {
#define NRM_PLACE_NAME(name) #name,
      NRM_PLACES(NRM_PLACE_NAME)
#undef NRM_PLACE_NAME
  };
  return names[static_cast<std::size_t>(place)];
}

bool between(Place place) { return place == requested || place == let_go; }

std::string_view sentence(Rule rule) { return sentences[static_cast<std::size_t>(rule)].text; }
}  // namespace nrm
