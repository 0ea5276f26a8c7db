// A rehearsal of one real quarter: who was reported in it, and as many decisions and anonymous
// notifications as the statistics office published, so that R2 to R5 of the quarter come out as
// published. Everything goes through the public API, with the sandbox's clock:
//
//   before the quarter   the people who are carried over into it are reported; those whose second
//                        stage comes in the quarter are decided positive (docket.hpp)
//   in the quarter       its own table is reported, the notifications come in, and exactly what was
//                        published is decided, as recovery periods end
//   after it             everything else, until all cases are closed
//
// Safe to repeat: interrupted, it goes on where it was.
#pragma once
#include <optional>

#include "services/cli/rehearsal.hpp"

namespace nrm::cli {
struct FollowedQuarter {
  PublishedPlan plan;
  std::string table;  // file: the quarter's referrals
};
// ERRORS: not_found, bad_request: no such folder, quarter or table; each says what there is.
Result<FollowedQuarter> find_followed(const RehearseOptions& options);

// An exit code; what does not go was said. `stop_at`: no day after it is lived; the same call goes
// on later.
int follow_published(Api& api, const RehearseOptions& options, const FollowedQuarter& quarter,
                     std::optional<Instant> stop_at);

// How it went, on standard output; refused when something happened that nobody expects.
int tell_of(const Rehearsal& rehearsal, bool quiet);
}  // namespace nrm::cli
