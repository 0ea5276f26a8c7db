// Places: where a stream stands in its service's log, which events lead where, and which clock
// runs there. Data; conservation.hpp applies it.
#pragma once
#include <optional>
#include <string_view>

#include "common/event/events.hpp"

namespace nrm {
// clang-format off
BOOST_DEFINE_ENUM_CLASS(Place, nowhere,
    // vault, a case's dossier
    dossier_sealed, dossier_reported, dossier_abandoned,
    // vault: withdrawals by recipient, reviews of broken glass, openings by two
    withdrawal_open, withdrawal_overdue, withdrawal_answered, review_awaited, review_overdue,
    reviewed, opening_proposed, opening_approved, opening_used, opening_lapsed,
    // identification
    reported, reported_overdue, recovery, second_stage, second_stage_overdue, second_stage_queue,
    negative_contestable, negative, not_confirmed_contestable, not_confirmed, confirmed, notified,
    identification_ended,
    // referral: its note of the case, and each need
    referral_case, referral_case_ended, requested, awaiting_consent, offered, acknowledged,
    waitlisted, let_go, escalated, accepted, completed, cancelled,
    // assistance
    support_opened, support_planned, support_ended,
    // closure; `owing`: an obligation came before the report
    owing, closure_checklist, closure_approval, closure_approval_overdue, closed,
    // vault: an erasure under way or done; the epochs of keys
    dossier_erasure_asked, dossier_erasure_held, dossier_erased, epoch_current, epoch_ending)

BOOST_DEFINE_ENUM_CLASS(Rule,
    dense_log, time_forward, own_events, received_in_order, cause_exists, no_dead_letter,
    legal_transition, reported_once, reference_unique, dossier_of_report, dossier_kept,
    somewhere, owned, one_clock, clock_taken_up, one_answer, answer_by_holder,
    places_within_capacity, place_of_accepted, one_service, service_of_acceptance,
    support_has_services, service_ends_with_referral, referral_ends_with_service,
    report_in_referral, report_in_closure, obligations_met, two_people, closed_once,
    closed_everywhere, end_has_closure, silence_recorded)
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
