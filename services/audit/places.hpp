// Places: where a stream stands in its service's log, which events lead where, and which clock
// runs there. Data; conservation.hpp applies it.
#pragma once
#include <optional>
#include <string_view>

#include "common/event/events.hpp"

namespace nrm {
// One list per owner: Boost.Describe (1.81) describes at most 52 enumerators at a time.
// clang-format off
// Vault: a case's dossier; withdrawals by recipient; reviews of broken glass; openings by two; an
// erasure under way or done; the epochs of keys; suspicions that two cases are of one person.
#define NRM_PLACES_OF_VAULT                                                                        \
    dossier_sealed, dossier_reported, dossier_abandoned,                                           \
    withdrawal_open, withdrawal_overdue, withdrawal_answered, review_awaited, review_overdue,      \
    reviewed, opening_proposed, opening_approved, opening_used, opening_lapsed,                    \
    dossier_erasure_asked, dossier_erasure_held, dossier_erased, epoch_current, epoch_ending,   \
    merge_proposed, merge_open, cases_merged, duplicate_dismissed
// Identification: before there is a person; what interrupts a case, contests a decision or ends it.
#define NRM_PLACES_OF_IDENTIFICATION                                                               \
    reported, reported_overdue, recovery, second_stage, second_stage_overdue, second_stage_queue,  \
    negative_contestable, negative, not_confirmed_contestable, not_confirmed, confirmed, notified, \
    identification_ended, signal, signal_overdue, signal_resolved, group_open, group_overdue,      \
    group_closed, information, reconsidering, reconsidering_overdue, disqualified_contestable,     \
    disqualified, withdrawn, contact_lost, lost_for_good, deceased, merged, opened_in_error
// Referral: its note of the case; each need; packages to other states.
#define NRM_PLACES_OF_REFERRAL                                                                     \
    referral_case, referral_case_ended, requested, awaiting_consent, offered, acknowledged,        \
    waitlisted, let_go, escalated, accepted, completed, cancelled, referral_draft, on_hold,        \
    at_risk, handover_pending, package_sent, package_answered, package_revoked
// Assistance: a case's file; what has a clock of its own; a child's pathway.
#define NRM_PLACES_OF_ASSISTANCE                                                                   \
    support_opened, support_planned, support_ended, support_closed, procedure_running,             \
    procedure_ended, alarm_raised, alarm_ended, incident_open, incident_closed,                    \
    child_notice_raised, child_notice_ended, moving_on, move_on_passed, reach_in,                  \
    transition_ended, child_unreported, child_guardian_awaited, child_best_interests_due,          \
    child_settled, child_ended
// Closure; `owing`: an obligation came before the report. After closing: the data, and visits.
#define NRM_PLACES_OF_CLOSURE                                                                      \
    owing, closure_checklist, closure_approval, closure_approval_overdue, closed,                  \
    erasure_ordered, data_erased, visit_planned, visit_overdue, visit_ended

enum class Place {
  nowhere, NRM_PLACES_OF_VAULT, NRM_PLACES_OF_IDENTIFICATION, NRM_PLACES_OF_REFERRAL,
  NRM_PLACES_OF_ASSISTANCE, NRM_PLACES_OF_CLOSURE
};
BOOST_DESCRIBE_ENUM_BEGIN(Place)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, Place, nowhere, NRM_PLACES_OF_VAULT)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, Place, NRM_PLACES_OF_IDENTIFICATION)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, Place, NRM_PLACES_OF_REFERRAL)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, Place, NRM_PLACES_OF_ASSISTANCE)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, Place, NRM_PLACES_OF_CLOSURE)
BOOST_DESCRIBE_ENUM_END(Place)
#undef NRM_PLACES_OF_VAULT
#undef NRM_PLACES_OF_IDENTIFICATION
#undef NRM_PLACES_OF_REFERRAL
#undef NRM_PLACES_OF_ASSISTANCE
#undef NRM_PLACES_OF_CLOSURE

BOOST_DEFINE_ENUM_CLASS(Rule,
    dense_log, time_forward, own_events, received_in_order, cause_exists, no_dead_letter,
    legal_transition, reported_once, reference_unique, dossier_of_report, dossier_kept,
    somewhere, owned, one_clock, clock_taken_up, one_answer, answer_by_holder,
    places_within_capacity, place_of_accepted, one_service, service_of_acceptance,
    support_has_services, service_ends_with_referral, referral_ends_with_service,
    report_in_referral, report_in_closure, obligations_met, two_people, closed_once,
    closed_everywhere, end_has_closure, kept_for_procedures, erasure_noted)
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
// Passed through within one record, never a place to stay.
bool between(Place place);
}  // namespace nrm
