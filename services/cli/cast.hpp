// Cast: who acts in a rehearsal beside the first responders: the offices' accounts that `nrm init`
// made, the members of committees among them, and a town of service providers that are registered
// when they are not there yet.
#pragma once
#include <string>
#include <vector>

#include "services/cli/registry.hpp"

namespace nrm::cli {
struct StandIn {
  std::string name;
  std::string token;
};

// Who decides a stage on a route: one person, or as many members of a committee as its quorum
// needs, who all vote.
struct Bench {
  Stage stage{};
  IdentificationRoute route{};
  std::vector<StandIn> voters;
};

struct Cast {
  StandIn authority, manager, second_manager, operator_;
  OrganisationId management;   // the managers'
  std::vector<Bench> benches;  // of the first and second stage, as the pack has them
  bool has_board = false;      // people who decline the authorities go there
  bool second_stage = true;
  std::vector<StandIn> providers;
};

// `people`: how many the town must be able to take; places are a little scarce, so that waiting
// lists and escalations happen too.
Result<Cast> gather_cast(Api& api, std::uint64_t people, bool quiet);
}  // namespace nrm::cli
