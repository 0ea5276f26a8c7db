// What has a clock of its own beside a case, as clients read it: procedures, alarms, incidents,
// notices about a child, the move out of support, the children's pathway and visits.
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
Text<32> word(std::string_view text) {
  const auto out = Text<32>::parse(text);
  CHECK(out, "codes are short");
  return *out;
}

void begin(Matter& matter, const CaseId& subject, const OrganisationId& owner,
           std::string_view queue, std::string_view what, Instant since, Instant due) {
  matter = {subject, owner, word(queue), word(what), since, due, std::nullopt, false, true};
}
void end(Matter& matter) {
  matter.open = false;
  matter.overdue = false;
}

template <class Other>
void fold(Matter&, const Other&, Instant) {}

void fold(Matter& m, const ProcedureOpened& e, Instant at) {
  begin(m, e.subject, e.owner, to_text(ClockName::procedure), to_text(e.kind), at, e.look_at);
  m.date = e.date;
}
void fold(Matter& m, const ProcedureRecorded& e, Instant) {
  m.date = e.date;
  m.due = e.look_at;
  m.overdue = false;
}
void fold(Matter& m, const ProcedureDue&, Instant) { m.overdue = true; }
void fold(Matter& m, const ProcedureHandedOver& e, Instant) { m.owner = e.owner; }
void fold(Matter& m, const ProcedureEnded&, Instant) { end(m); }

void fold(Matter& m, const AlarmRaised& e, Instant at) {
  begin(m, e.subject, e.owner, to_text(ClockName::missing_alarm), to_text(e.ground), at,
        e.escalates_at);
}
void fold(Matter& m, const AlarmEscalated&, Instant) { m.overdue = true; }
void fold(Matter& m, const AlarmHandedOver& e, Instant) { m.owner = e.owner; }
void fold(Matter& m, const AlarmEnded&, Instant) { end(m); }

void fold(Matter& m, const IncidentReported& e, Instant at) {
  begin(m, e.subject, e.owner, to_text(ClockName::incident), to_text(e.kind), at, e.answer_by);
}
void fold(Matter& m, const IncidentOverdue&, Instant) { m.overdue = true; }
void fold(Matter& m, const IncidentHandedOver& e, Instant) { m.owner = e.owner; }
void fold(Matter& m, const IncidentClosed&, Instant) { end(m); }

void fold(Matter& m, const ChildNoticeRaised& e, Instant at) {
  begin(m, e.subject, e.owner, to_text(ClockName::child_notice), to_text(e.body), at, e.due);
}
void fold(Matter& m, const ChildNoticeOverdue&, Instant) { m.overdue = true; }
void fold(Matter& m, const ChildNoticeHandedOver& e, Instant) { m.owner = e.owner; }
void fold(Matter& m, const ChildNoticeAcknowledged&, Instant) { end(m); }
void fold(Matter& m, const ChildNoticeDropped&, Instant) { end(m); }

void fold(Matter& m, const MoveOnStarted& e, Instant at) {
  begin(m, e.subject, e.owner, to_text(ClockName::move_on), "move_on", at, e.until);
}
void fold(Matter& m, const MoveOnExtended& e, Instant) {
  m.due = e.until;
  m.overdue = false;
}
void fold(Matter& m, const TransitionAgreed&, Instant) { m.what = word("move_on_agreed"); }
void fold(Matter& m, const MoveOnPassed&, Instant) { m.overdue = true; }
void fold(Matter& m, const TransitionHandedOver& e, Instant) { m.owner = e.owner; }
void fold(Matter& m, const ReachInOpened& e, Instant at) {
  begin(m, e.subject, m.owner, to_text(ClockName::reach_in), "reach_in", at, e.until);
}
void fold(Matter& m, const TransitionEnded&, Instant) { end(m); }

std::string_view queue_of(ChildStatus status) {
  return to_text(status == ChildStatus::guardian_awaited ? ClockName::guardian
                                                         : ClockName::best_interests);
}
// Under the id of its case, which its events do not repeat.
void fold(Matter& m, const ChildPathwayOpened& e, Instant at) {
  begin(m, m.subject, e.owner, queue_of(e.status), to_text(e.status), at, e.due);
}
void fold(Matter& m, const GuardianNoted& e, Instant) {
  if (!e.due) return;
  m.queue = word(queue_of(e.status));
  m.what = word(to_text(e.status));
  m.due = *e.due;
  m.overdue = false;
}
void fold(Matter& m, const ChildPathwayOverdue& e, Instant) {
  m.what = word(to_text(e.status));
  m.overdue = true;
}
void fold(Matter& m, const BestInterestsDetermined& e, Instant) {
  m.what = word(to_text(ChildStatus::settled));
  m.due = e.review_at;
  m.overdue = false;
}
void fold(Matter& m, const ChildPathwayEnded&, Instant) { end(m); }
void fold(Matter& m, const ChildHandedOver& e, Instant) { m.owner = e.owner; }

void fold(Matter& m, const FollowUpPlanned& e, Instant at) {
  begin(m, e.subject, e.owner, to_text(ClockName::follow_up), "visit_" + std::to_string(e.number),
        at, e.due);
}
void fold(Matter& m, const FollowUpOverdue&, Instant) { m.overdue = true; }
void fold(Matter& m, const FollowUpHandedOver& e, Instant) { m.owner = e.owner; }
void fold(Matter& m, const FollowUpRecorded&, Instant) { end(m); }
void fold(Matter& m, const FollowUpRefused&, Instant) { end(m); }
void fold(Matter& m, const FollowUpDropped&, Instant) { end(m); }

void take(Matter& matter, const Event& event, Instant at) {
  visit([&](const auto& e) { fold(matter, e, at); }, event);
}

void put(const StreamKey& stream, const Matter& matter, Rows& out) {
  if (!matter.open) return;
  const CaseId subject = stream.kind == StreamKind::child ? CaseId(stream.id) : matter.subject;
  const std::string due = matter.due.text(), id = stream.id.text();
  out.put(row_key({"queue", matter.queue.text(), due, id}));
  out.put(row_key({"queue_of", matter.owner.text(), matter.queue.text(), due, id}));
  out.put(row_key({"matter", subject.text(), to_text(stream.kind), id}));
}
}  // namespace

void Views::evolve(ProcedureView& view, const Event& event, Instant at) {
  take(view.matter, event, at);
}
void Views::evolve(AlarmView& view, const Event& event, Instant at) {
  take(view.matter, event, at);
}
void Views::evolve(IncidentView& view, const Event& event, Instant at) {
  take(view.matter, event, at);
}
void Views::evolve(NoticeView& view, const Event& event, Instant at) {
  take(view.matter, event, at);
}
void Views::evolve(TransitionView& view, const Event& event, Instant at) {
  take(view.matter, event, at);
}
void Views::evolve(ChildView& view, const Event& event, Instant at) {
  take(view.matter, event, at);
}
void Views::evolve(VisitView& view, const Event& event, Instant at) {
  take(view.matter, event, at);
}

void Views::rows(const StreamKey& stream, const ProcedureView& view, Rows& out) {
  put(stream, view.matter, out);
}
void Views::rows(const StreamKey& stream, const AlarmView& view, Rows& out) {
  put(stream, view.matter, out);
}
void Views::rows(const StreamKey& stream, const IncidentView& view, Rows& out) {
  put(stream, view.matter, out);
}
void Views::rows(const StreamKey& stream, const NoticeView& view, Rows& out) {
  put(stream, view.matter, out);
}
void Views::rows(const StreamKey& stream, const TransitionView& view, Rows& out) {
  put(stream, view.matter, out);
}
void Views::rows(const StreamKey& stream, const ChildView& view, Rows& out) {
  put(stream, view.matter, out);
}
void Views::rows(const StreamKey& stream, const VisitView& view, Rows& out) {
  put(stream, view.matter, out);
}
}  // namespace nrm::gateway
