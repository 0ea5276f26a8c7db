// Rows: the state owner's work queues. An overdue entry keeps the moment by which it was due.
//
//   queue/plan/<owner>/<due>/<case>      a plan must be agreed with the person
//   queue/review/<owner>/<due>/<case>    the plan must be reviewed
#include "services/assistance/assistance.hpp"

namespace nrm {
namespace {
struct QueueEntry {
  SupportStatus status{};
  std::vector<ServiceType> services;
};
BOOST_DESCRIBE_STRUCT(QueueEntry, (), (status, services))
}  // namespace

void Assistance::rows(const StreamKey& stream, const SupportFile& state, Rows& out) {
  const auto clock = clock_of(state.status);
  if (!clock || !state.due) return;
  std::string key = "queue/";
  key += to_text(*clock);
  key += '/' + state.owner.text() + '/' + state.due->text() + '/' + stream.id.text();
  QueueEntry entry{state.status, {}};
  for (const RunningService& one : state.services) entry.services.push_back(one.service);
  out.put(std::move(key), to_json(entry));
}
}  // namespace nrm
