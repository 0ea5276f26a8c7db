#include <algorithm>

#include "services/assistance/assistance.hpp"

namespace nrm {
namespace {
// Events of other streams and services change nothing here; one of our own on this state's kind of
// stream must have its overload.
template <class State, class E>
void apply(State&, const E&) {
  if constexpr (requires { E::emitter; })
    static_assert(E::emitter != Service::assistance || E::stream != State::kind,
                  "an event of this service without apply()");
}

// --- the support file ---------------------------------------------------------------------------

void apply(SupportFile& state, const SupportOpened& event) {
  state.owner = event.owner;
  state.status = SupportStatus::opened;
  state.goals.clear();  // a person who comes back agrees a new plan
  state.due = event.plan_by;
  state.end_reason.reset();
}
void apply(SupportFile& state, const ServiceStarted& event) {
  state.services.push_back({event.referral, event.organisation, event.service, event.started_on,
                            event.reopenings.value_or(0)});
}
void apply(SupportFile&, const PlanOverdue&) {}
void apply(SupportFile& state, const PlanAgreed& event) {
  if (state.status == SupportStatus::opened) state.status = SupportStatus::plan_agreed;
  state.goals = event.goals;
  state.due = event.review_at;
}
void apply(SupportFile& state, const ServiceGiven&) {
  if (state.status == SupportStatus::plan_agreed) state.status = SupportStatus::in_support;
}
void apply(SupportFile&, const ReviewOverdue&) {}
void apply(SupportFile& state, const ReviewHeld& event) { state.due = event.next_at; }
void apply(SupportFile& state, const ServiceEnded& event) {
  std::erase_if(state.services,
                [&](const RunningService& one) { return one.referral == event.referral; });
}
void apply(SupportFile& state, const SupportHandedOver& event) { state.owner = event.owner; }
void apply(SupportFile& state, const SupportEnded& event) {
  state.status = SupportStatus::ended;
  state.due.reset();
  state.end_reason = event.reason;
}
void apply(SupportFile& state, const SupportFileClosed&) {
  state.closed = true;
  state.unassessed_since.reset();
}
void apply(SupportFile& state, const SupportFileReopened&) { state.closed = false; }
void apply(SupportFile& state, const ContactRecorded& event) {
  if (!event.assessed && !state.unassessed_since) state.unassessed_since = event.at;
}
void apply(SupportFile& state, const RiskAssessed& event) {
  state.risk = event.risk.level;
  state.unassessed_since.reset();
}
void apply(SupportFile&, const NeedsAssessed&) {}
void apply(SupportFile&, const PreferencesRecorded&) {}
void apply(SupportFile& state, const ContactRulesSet& event) { state.contact = event.rules; }

// --- procedures, alarms, incidents, notices -----------------------------------------------------

void apply(Procedure& state, const ProcedureOpened& event) {
  state.status = ProcedureStatus::running;
  state.subject = event.subject;
  state.owner = event.owner;
  state.sort = event.kind;
  state.date = event.date;
  state.due = event.look_at;
}
void apply(Procedure& state, const ProcedureRecorded& event) {
  state.filed |= event.step == ProcedureStep::filed;
  state.date = event.date;
  state.due = event.look_at;
}
void apply(Procedure&, const ProcedureDue&) {}
void apply(Procedure& state, const ProcedureHandedOver& event) { state.owner = event.owner; }
void apply(Procedure& state, const ProcedureEnded&) { state.status = ProcedureStatus::ended; }

void apply(Alarm& state, const AlarmRaised& event) {
  state.status = AlarmStatus::raised;
  state.subject = event.subject;
  state.owner = event.owner;
  state.due = event.escalates_at;
}
void apply(Alarm& state, const AlarmEscalated& event) { state.level = event.level; }
void apply(Alarm& state, const AlarmHandedOver& event) { state.owner = event.owner; }
void apply(Alarm& state, const AlarmEnded&) { state.status = AlarmStatus::ended; }

void apply(Incident& state, const IncidentReported& event) {
  state.status = IncidentStatus::open;
  state.subject = event.subject;
  state.owner = event.owner;
  state.severity = event.severity;
  state.due = event.answer_by;
}
void apply(Incident&, const IncidentOverdue&) {}
void apply(Incident& state, const IncidentHandedOver& event) { state.owner = event.owner; }
void apply(Incident& state, const IncidentClosed&) { state.status = IncidentStatus::closed; }

void apply(ChildNotice& state, const ChildNoticeRaised& event) {
  state.status = ChildNoticeStatus::raised;
  state.subject = event.subject;
  state.owner = event.owner;
  state.body = event.body;
  state.due = event.due;
}
void apply(ChildNotice&, const ChildNoticeOverdue&) {}
void apply(ChildNotice& state, const ChildNoticeHandedOver& event) { state.owner = event.owner; }
void apply(ChildNotice& state, const ChildNoticeAcknowledged&) {
  state.status = ChildNoticeStatus::acknowledged;
}
void apply(ChildNotice& state, const ChildNoticeDropped&) {
  state.status = ChildNoticeStatus::dropped;
}

// --- transition, children -----------------------------------------------------------------------

void apply(Transition& state, const MoveOnStarted& event) {
  state.status = TransitionStatus::moving_on;
  state.subject = event.subject;
  state.owner = event.owner;
  state.due = event.until;
}
void apply(Transition& state, const MoveOnExtended& event) {
  state.status = TransitionStatus::moving_on;
  state.due = event.until;
}
void apply(Transition& state, const TransitionHandedOver& event) { state.owner = event.owner; }
void apply(Transition& state, const TransitionAgreed&) { state.agreed = true; }
void apply(Transition& state, const MoveOnPassed&) { state.status = TransitionStatus::passed; }
void apply(Transition& state, const ReachInOpened& event) {
  state.status = TransitionStatus::reach_in;
  state.due = event.until;
}
void apply(Transition&, const ReachInRecorded&) {}
void apply(Transition& state, const TransitionEnded&) { state.status = TransitionStatus::ended; }

void apply(ChildFile& state, const ChildPathwayOpened& event) {
  // Not after an age that was assessed: the case was never closed then.
  state.again = state.status == ChildStatus::ended && !state.of_age;
  state.of_age = false;
  state.status = event.status;
  state.owner = event.owner;
  state.presumed = event.presumed;
  state.due = event.due;
}
void apply(ChildFile& state, const GuardianNoted& event) {
  if (event.in_office)
    state.guardians.push_back(event.account);
  else
    std::erase(state.guardians, event.account);
  state.status = event.status;
  if (event.due) state.due = event.due;
}
void apply(ChildFile& state, const ChildHandedOver& event) { state.owner = event.owner; }
// What becomes due again is due from now on; what is overdue keeps its moment.
void apply(ChildFile& state, const ChildPathwayOverdue& event) { state.status = event.status; }
void apply(ChildFile& state, const BestInterestsDetermined& event) {
  state.status = ChildStatus::settled;
  state.determination = event.determination;
  state.due = event.review_at;
}
void apply(ChildFile& state, const EducationRecorded& event) { state.education = event.education; }
void apply(ChildFile& state, const ChildPathwayEnded& event) {
  state.status = ChildStatus::ended;
  state.of_age = event.reason != ChildEnd::case_closed;
  state.due.reset();
}

template <class State>
void fold(State& state, const Event& event) {
  visit([&](const auto& one) { apply(state, one); }, event);
}
}  // namespace

void Assistance::evolve(SupportFile& state, const Event& event) { fold(state, event); }
void Assistance::evolve(Procedure& state, const Event& event) { fold(state, event); }
void Assistance::evolve(Alarm& state, const Event& event) { fold(state, event); }
void Assistance::evolve(Incident& state, const Event& event) { fold(state, event); }
void Assistance::evolve(ChildNotice& state, const Event& event) { fold(state, event); }
void Assistance::evolve(Transition& state, const Event& event) { fold(state, event); }
void Assistance::evolve(ChildFile& state, const Event& event) { fold(state, event); }
}  // namespace nrm
