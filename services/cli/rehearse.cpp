// nrm rehearse: stand-ins act through the public API, day after sandbox day, until every case has
// reached where the rules lead it.
#include <optional>

#include "services/cli/follow_published.hpp"
#include "services/cli/intake_file.hpp"
#include "services/cli/moment.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/rehearsal.hpp"
#include "services/cli/summary.hpp"

namespace nrm::cli {
namespace {
int play_all(Api& api, const RehearseOptions& options, std::optional<Instant> stop_at) {
  const auto people = count_reported(api.folder());
  if (!people) return fail(people.error());
  const auto cast = gather_cast(api, *people, options.access.json);
  if (!cast) return fail_at_api(cast.error(), options.access.dir);
  const Docket anybody;
  Rehearsal rehearsal({api, *cast, anybody, options.connections, options.access.json, stop_at});
  if (const auto played = rehearsal.run(); !played)
    return fail_at_api(played.error(), options.access.dir);
  return tell_of(rehearsal, options.access.json);
}

// The providers are there before the first report, as in life.
int prepare(Api& api, const RehearseOptions& options) {
  const auto text = read_file(options.prepare, limits::intake_file_bytes_max);
  if (!text) return fail(Exit::usage, text.error().detail);
  const auto intake = read_intake(*text);
  if (!intake) return fail(intake.error());
  const auto cast = gather_cast(api, intake->people, options.access.json);
  return cast ? Exit::done : fail_at_api(cast.error(), options.access.dir);
}

int refuse_quarter(const Error& error) {
  return fail(
      Exit::usage, error.where + ": " + error.detail,
      "name a folder with reasonable_grounds.csv, conclusive_grounds.csv, "
      "duty_to_notify.csv and the quarter's\n     referrals, as tests/data/uk-nrm has them, "
      "and a --quarter that all of them have");
}
}  // namespace

int rehearse(const RehearseOptions& options) {
  const auto stop_at = read_moment("--until", options.until);
  if (!stop_at) return fail(stop_at.error());
  const auto api = Api::open(options.access, "operator", options.connections);
  if (!api) return fail(api.error());
  if (!(*api)->sandbox())
    return fail(Error(Code::clock_not_movable, "", "only a sandbox can be rehearsed in"));
  if (!options.prepare.empty()) return prepare(**api, options);
  RehearseOptions known = options;
  std::optional<FollowedQuarter> followed;
  if (!options.follow.empty()) {
    const auto found = find_followed(options);
    if (!found) return refuse_quarter(found.error());
    followed = *found;
    known.quarter = found->plan.quarter;
    known.compare = found->table;
  }
  int code = Exit::done;
  if (!options.summary_only) {
    code = followed ? follow_published(**api, known, *followed, *stop_at)
                    : play_all(**api, known, *stop_at);
    if (code > Exit::refused) return code;
  }
  const int summed = print_summary((*api)->folder(), known, followed ? &followed->plan : nullptr);
  return code != Exit::done ? code : summed;
}
}  // namespace nrm::cli
