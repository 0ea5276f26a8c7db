// The committed packs, and short words for days and moments.
#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "common/step/policy.hpp"

namespace nrm::test {
inline constexpr const char* committed_packs[] = {"osce",    "uk",      "bulgaria",
                                                  "georgia", "ireland", "latvia"};

inline std::string pack_bytes(std::string_view pack) {
  std::ifstream in(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/" + std::string(pack) +
                   ".json");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline Policy policy_of(std::string_view pack) {
  const Result<Policy> policy = read_policy(pack_bytes(pack));
  EXPECT_TRUE(policy) << pack << policy.error().where << ": " << policy.error().detail;
  return policy ? policy.value() : Policy();
}

// Where the pack's general rule for a clock is: "/clocks/9".
inline std::string place_of_clock(std::string_view pack, ClockName name) {
  const Policy policy = policy_of(pack);
  for (std::size_t i = 0; i < policy.clocks.size(); ++i)
    if (policy.clocks[i].name == name) return "/clocks/" + std::to_string(i);
  return "none";
}

inline Date day(std::string_view text) { return *Date::parse(text); }
inline Instant at(std::string_view text) { return *Instant::parse(text); }

// When the clock runs out that starts at `start`; "none" without a rule.
inline std::string due(const Policy& policy, std::string_view start,
                       ClockName name = ClockName::first_stage, const Region& region = {}) {
  const auto instant = policy.due(name, at(start), Urgency::routine, region);
  return instant ? instant->text() : "none";
}
}  // namespace nrm::test
