#include "services/audit/rules.hpp"

namespace nrm {
namespace {
template <class Other>
Result<Decision> decide_one(const Desk& desk, const Other& command) {
  if constexpr (requires { decide(desk, command); })
    return decide(desk, command);
  else
    return Error(Code::bad_request, "", "another service decides this command");
}

Result<Decision> run_out(const Desk& desk, const Due& due) {
  switch (due.stream.kind) {
    case StreamKind::publication:
      return publication_due(desk, due);
    case StreamKind::complaint:
      return complaint_due(desk, due);
    case StreamKind::warning:
      return warning_due(desk, due);
    default:
      return Decision();
  }
}
}  // namespace

Result<Decision> Audit::decide(const View& view, const Input& input, const Policy& policy) {
  const Desk desk{view, input, policy};
  if (const auto* command = std::get_if<Command>(&input.what))
    return visit([&](const auto& c) { return decide_one(desk, c); }, *command);
  if (const auto* due = std::get_if<Due>(&input.what)) return run_out(desk, *due);
  return Decision();
}
}  // namespace nrm
