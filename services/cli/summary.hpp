// Summary: what a folder holds after a load and a rehearsal, from its logs.
#pragma once
#include "services/cli/commands.hpp"
#include "services/cli/logs.hpp"
#include "services/cli/published_plan.hpp"

namespace nrm::cli {
Result<std::uint64_t> count_reported(const Folder& folder);

// States per service, the published table against the computed one, latency, what to try next.
// Exit code 0 when the tables are equal (or none was named) and every case is closed, or need not
// be yet (--until). `followed`:
// the tables are those of its quarter alone, with its decisions and notifications.
int print_summary(const Folder& folder, const RehearseOptions& options,
                  const PublishedPlan* followed);
}  // namespace nrm::cli
