// Places: where a stream stands in its service's log, which events lead where, and which clock
// runs there. Data; conservation.hpp applies it.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/event/events.hpp"

namespace nrm {
// clang-format off
// More than Boost.Describe takes in one enumeration.
#define NRM_PLACES(X) \
  X(nowhere) \
  /* vault: a case's dossier; an erasure under way or done */ \
  X(dossier_sealed) X(dossier_reported) X(dossier_abandoned) X(dossier_erasure_asked) \
  X(dossier_erasure_held) X(dossier_erased) \
  /* vault: withdrawals by recipient, reviews of broken glass, openings by two */ \
  X(withdrawal_open) X(withdrawal_overdue) X(withdrawal_answered) X(review_awaited) \
  X(review_overdue) X(reviewed) X(opening_proposed) X(opening_approved) X(opening_used) \
  X(opening_lapsed) \
  /* vault: the epochs of keys; suspicions that two cases are of one person */ \
  X(epoch_current) X(epoch_ending) X(merge_proposed) X(merge_open) X(cases_merged) \
  X(duplicate_dismissed) \
  /* identification: before there is a person */ \
  X(signal) X(signal_overdue) X(signal_resolved) X(group_open) X(group_overdue) \
  X(group_closed) \
  /* identification */ \
  X(reported) X(reported_overdue) X(recovery) X(second_stage) X(second_stage_overdue) \
  X(second_stage_queue) X(negative_contestable) X(negative) X(not_confirmed_contestable) \
  X(not_confirmed) X(confirmed) X(notified) X(identification_ended) \
  /* identification: what interrupts a case, contests a decision or ends it early */ \
  X(information) X(reconsidering) X(reconsidering_overdue) X(disqualified_contestable) \
  X(disqualified) X(withdrawn) X(contact_lost) X(lost_for_good) X(deceased) X(merged) \
  X(opened_in_error) \
  /* referral: its note of the case */ \
  X(referral_case) X(referral_case_ended) X(handover_pending) \
  /* referral: each need */ \
  X(requested) X(referral_draft) X(awaiting_consent) X(offered) X(acknowledged) X(waitlisted) \
  X(let_go) X(escalated) X(accepted) X(on_hold) X(at_risk) X(completed) X(cancelled) \
  /* referral: packages to other states */ \
  X(package_sent) X(package_answered) X(package_revoked) \
  /* assistance: a case's file */ \
  X(support_opened) X(support_planned) X(support_ended) X(support_closed) \
  /* assistance: what has a clock of its own */ \
  X(procedure_running) X(procedure_ended) X(alarm_raised) X(alarm_ended) X(incident_open) \
  X(incident_closed) X(child_notice_raised) X(child_notice_ended) X(moving_on) \
  X(move_on_passed) X(reach_in) X(transition_ended) \
  /* assistance: a child's pathway */ \
  X(child_unreported) X(child_guardian_awaited) X(child_best_interests_due) X(child_settled) \
  X(child_ended) \
  /* closure; `owing`: an obligation came before the report */ \
  X(owing) X(closure_checklist) X(closure_approval) X(closure_approval_overdue) X(closed) \
  /* closure: the data, and visits, afterwards */ \
  X(erasure_ordered) X(data_erased) X(visit_planned) X(visit_overdue) X(visit_ended) \
  /* audit: releases of figures; a budget stays where it is */ \
  X(publication_proposed) X(figures_published) X(figures_revised) X(publication_refused) \
  X(publication_lapsed) \
  /* audit: complaints */ \
  X(complaint_received) X(complaint_recorded) X(complaint_assigned) X(complaint_answered) \
  X(complaint_escalated) X(complaint_ended) \
  /* audit: early warnings */ \
  X(warning_raised) X(warning_acknowledged)
enum class Place : std::uint8_t {
#define NRM_PLACE_ENUMERATOR(name) name,
  NRM_PLACES(NRM_PLACE_ENUMERATOR)
#undef NRM_PLACE_ENUMERATOR
};
std::string_view to_text(Place place);

BOOST_DEFINE_ENUM_CLASS(Rule,
    dense_log, time_forward, own_events, received_in_order, cause_exists, no_dead_letter,
    legal_transition, reported_once, reference_unique, dossier_of_report, dossier_kept,
    somewhere, owned, one_clock, clock_taken_up, one_answer, answer_by_holder,
    places_within_capacity, place_of_accepted, one_service, service_of_acceptance,
    support_has_services, service_ends_with_referral, referral_ends_with_service,
    report_in_referral, report_in_closure, obligations_met, two_people, closed_once,
    closed_everywhere, end_has_closure, kept_for_procedures, erasure_noted, silence_recorded)
// clang-format on

// One sentence for a person.
std::string_view sentence(Rule rule);

// Whether the table says anything about this type of event.
bool moves(const Event& event);
// Where `event` leads from `from`; the rule it breaks when it may not follow there.
struct Move {
  Place to{};
  std::optional<Rule> broken;
};
Move move(Place from, const Event& event);

// The one clock that runs in a place; none: no clock at all (an end, or a named queue).
std::optional<ClockName> clock_of(Place place);
// Whether running out is somebody's breach; else it is the end of a period that the rules give, or
// of a wait that nobody owed an answer.
bool breach_of(ClockName clock);
// Passed through within one record, never a place to stay.
bool between(Place place);
}  // namespace nrm
