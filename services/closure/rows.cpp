// Rows: work queues, and the visits of a case.
//
//   queue/closure_checklist/<since>/<case>   open
//   queue/closure_approval/<due>/<case>      closure is asked for
//   queue/retention/<until>/<case>           closed; the data is kept until then
//   queue/erasure_order/<due>/<case>         the vault has not confirmed the erasure
//   queue/follow_up/<due>/<visit>
//   visit/<case>/<visit>                     not over
#include "services/closure/closure.hpp"

namespace nrm {
namespace {
struct QueueRow {
  ClosureStatus status{};
  OrganisationId owner;
  bool overdue = false;
  std::vector<Obligation> obligations;  // each kind once
};
BOOST_DESCRIBE_STRUCT(QueueRow, (), (status, owner, overdue, obligations))

struct VisitRow {
  CaseId subject;
  OrganisationId owner;
  std::uint32_t number = 0;
};
BOOST_DESCRIBE_STRUCT(VisitRow, (), (subject, owner, number))
}  // namespace

void Closure::rows(const StreamKey& stream, const ClosureFile& file, Rows& out) {
  if (!file.status || file.status == ClosureStatus::erased) return;
  Instant when = file.opened_at;
  std::string key = "queue/closure_checklist/";
  if (file.status == ClosureStatus::requested) {
    key = "queue/closure_approval/";
    when = *file.approve_by;
  } else if (is_closed(*file.status)) {
    key = file.status == ClosureStatus::closed ? "queue/retention/" : "queue/erasure_order/";
    when = *file.due;
  }
  when.append_to(key);
  key += '/';
  stream.id.append_to(key);
  QueueRow row{.status = *file.status, .owner = file.owner, .overdue = file.overdue};
  for (const OpenObligation& open : file.obligations)
    if (row.obligations.empty() || row.obligations.back() != open.obligation)
      row.obligations.push_back(open.obligation);
  out.put(std::move(key), to_json(row));
}

void Closure::rows(const StreamKey& stream, const FollowUp& visit, Rows& out) {
  if (!visit.open()) return;
  out.put("queue/follow_up/" + visit.due.text() + '/' + stream.id.text(),
          to_json(VisitRow{visit.subject, visit.owner, visit.number}));
  out.put("visit/" + visit.subject.text() + '/' + stream.id.text());
}
}  // namespace nrm
