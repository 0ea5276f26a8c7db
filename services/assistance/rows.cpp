// Rows: the state owner's work queues, and what is open of a case. An overdue entry keeps the
// moment by which it was due. Those of a case are by its owner; of a matter not: the case may be
// handed over.
//
//   queue/plan/<owner>/<due>/<case>               a plan must be agreed with the person
//   queue/review/<owner>/<due>/<case>             the plan must be reviewed
//   queue/risk/<owner>/<since>/<case>             a contact without an assessment of risk
//   queue/procedure/<look at>/<procedure>
//   queue/missing_alarm/<due>/<alarm>
//   queue/incident/<due>/<incident>
//   queue/child_notice/<due>/<notice>     a body has not acknowledged it
//   queue/guardian/<owner>/<due>/<case>           a child without a guardian
//   queue/best_interests/<owner>/<due>/<case>     must be determined, or looked at again
//   queue/move_on/<until>/<transition>
//   queue/reach_in/<until>/<transition>
//   open/<case>/<kind of stream>/<id>             what closing the case must look at
#include "services/assistance/assistance.hpp"

namespace nrm {
namespace {
struct FileEntry {
  SupportStatus status{};
  std::vector<ServiceType> services;
};
BOOST_DESCRIBE_STRUCT(FileEntry, (), (status, services))

struct RiskEntry {
  std::optional<RiskLevel> risk;  // as last assessed
};
BOOST_DESCRIBE_STRUCT(RiskEntry, (), (risk))

struct MatterEntry {
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(MatterEntry, (), (subject))

std::string queue_key(std::string_view queue, const OrganisationId& owner, Instant when,
                      const StreamKey& stream) {
  return "queue/" + std::string(queue) + '/' + owner.text() + '/' + when.text() + '/' +
         stream.id.text();
}

// A matter with a clock of its own: in its queue, and among what is open of its case.
template <class Matter>
void put_matter(const StreamKey& stream, const Matter& state, ClockName queue, Rows& out) {
  out.put("queue/" + std::string(to_text(queue)) + '/' + state.due.text() + '/' + stream.id.text(),
          to_json(MatterEntry{state.subject}));
  out.put("open/" + state.subject.text() + '/' + stream.text());
}
}  // namespace

void Assistance::rows(const StreamKey& stream, const SupportFile& state, Rows& out) {
  if (state.unassessed_since)
    out.put(queue_key("risk", state.owner, *state.unassessed_since, stream),
            to_json(RiskEntry{state.risk}));
  const auto clock = clock_of(state.status);
  if (!clock || !state.due) return;
  FileEntry entry{state.status, {}};
  for (const RunningService& one : state.services) entry.services.push_back(one.service);
  out.put(queue_key(to_text(*clock), state.owner, *state.due, stream), to_json(entry));
}

void Assistance::rows(const StreamKey& stream, const Procedure& state, Rows& out) {
  if (state.status == ProcedureStatus::running)
    put_matter(stream, state, ClockName::procedure, out);
}

void Assistance::rows(const StreamKey& stream, const Alarm& state, Rows& out) {
  if (state.status == AlarmStatus::raised) put_matter(stream, state, ClockName::missing_alarm, out);
}

void Assistance::rows(const StreamKey& stream, const Incident& state, Rows& out) {
  if (state.status == IncidentStatus::open) put_matter(stream, state, ClockName::incident, out);
}

void Assistance::rows(const StreamKey& stream, const ChildNotice& state, Rows& out) {
  if (state.status == ChildNoticeStatus::raised)
    put_matter(stream, state, ClockName::child_notice, out);
}

void Assistance::rows(const StreamKey& stream, const Transition& state, Rows& out) {
  if (const auto clock = clock_of(state.status)) put_matter(stream, state, *clock, out);
}

void Assistance::rows(const StreamKey& stream, const ChildFile& state, Rows& out) {
  const auto clock = clock_of(state.status);
  if (!clock || !state.due) return;
  out.put(queue_key(to_text(*clock), state.owner, *state.due, stream),
          to_json(MatterEntry{CaseId(stream.id)}));
}
}  // namespace nrm
