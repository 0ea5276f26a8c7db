// What the logs of a folder say in numbers.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "services/audit/referral_table.hpp"
#include "services/cli/replay.hpp"

namespace nrm::cli {
// Of who was reported from one moment to the other, both included.
Result<ReferralTable> referral_table(const Folder& folder, Instant from = {},
                                     Instant to = {INT64_MAX});

// How many streams of each kind are in which state, per service: {"identification, case",
// "confirmed", 1234}. Folded from the logs.
struct StateCount {
  Service service{};
  StreamKind kind{};
  std::string status;
  std::uint64_t streams = 0;
};
Result<std::vector<StateCount>> count_states(const Replay& replay);
Result<std::vector<StateCount>> count_states(const Folder& folder, Service service);

// Every cell of a published table that the computed one does not have, or not so: one a line.
// ERRORS: as read_intake(): the file is not such a table.
Result<std::vector<std::string>> differences(const std::string& published_file,
                                             const ReferralTable& computed);
}  // namespace nrm::cli
