// Cast: who acts in a rehearsal beside the first responders: the offices' accounts that `nrm init`
// made, and a town of service providers that are registered when they are not there yet.
#pragma once
#include <string>
#include <vector>

#include "services/cli/registry.hpp"

namespace nrm::cli {
struct StandIn {
  std::string name;
  std::string token;
};

struct Cast {
  StandIn authority, manager, second_manager, operator_;
  std::vector<StandIn> providers;
};

// `people`: how many the town must be able to take; places are a little scarce, so that waiting
// lists and escalations happen too.
Result<Cast> gather_cast(Api& api, std::uint64_t people, bool quiet);
}  // namespace nrm::cli
