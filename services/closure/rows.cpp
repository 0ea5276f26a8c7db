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
}  // namespace

void Closure::rows(const StreamKey& stream, const ClosureFile& file, Rows& out) {
  if (!file.status || file.status == ClosureStatus::closed) return;
  const bool requested = file.status == ClosureStatus::requested;
  std::string key = requested ? "queue/closure_approval/" : "queue/closure_checklist/";
  (requested ? *file.approve_by : file.opened_at).append_to(key);
  key += '/';
  stream.id.append_to(key);
  QueueRow row{.status = *file.status, .owner = file.owner, .overdue = file.overdue};
  for (const OpenObligation& open : file.obligations)
    if (row.obligations.empty() || row.obligations.back() != open.obligation)
      row.obligations.push_back(open.obligation);
  out.put(std::move(key), to_json(row));
}
}  // namespace nrm
