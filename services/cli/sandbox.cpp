// nrm sandbox advance: moves a sandbox's clock; all that is due on the way happens in its order.
#include <cstdio>

#include "services/cli/outcome.hpp"
#include "services/cli/sandbox_time.hpp"

namespace nrm::cli {
int sandbox_advance(const SandboxAdvanceOptions& options) {
  const auto by = parse_duration(options.by);
  if (!by || by->count() <= 0)
    return fail(Exit::usage, "\"" + options.by + "\" is not a duration", "as in 12h, 35d, 6w");
  const auto api = Api::open(options.access, "operator");
  if (!api) return fail(api.error());
  if (!(*api)->sandbox())
    return fail(Error(Code::clock_not_movable, "", "only a sandbox has a movable clock"));
  SandboxTime time(**api, (*api)->token());
  const auto now = time.advance(*by);
  if (!now) return fail_at_api(now.error(), options.access.dir);
  if (options.access.json)
    std::printf("{\"now\":\"%s\"}\n", now->text().c_str());
  else
    std::printf("it is now %s\n", now->text().c_str());
  return Exit::done;
}
}  // namespace nrm::cli
