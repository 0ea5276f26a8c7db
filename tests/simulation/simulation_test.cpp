// The seeded world: 300 seeds here; thousands by hand with NRM_SEEDS=5000 simulation_test.
// One seed again: NRM_SEED=42 build/bin/simulation_test
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/crypto/crypto.hpp"
#include "tests/support/world.hpp"

namespace nrm::test {
namespace {
std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(Simulation, PromisesHoldOnEverySeed) {
  crypto::start();
  const std::uint64_t only = number_from("NRM_SEED", 0);
  const std::uint64_t seeds = only ? 1 : number_from("NRM_SEEDS", 300);
  WorldSummary total;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const std::uint64_t seed = only ? only : i + 1;
    World world({.seed = seed});
    const auto fault = world.run();
    ASSERT_FALSE(fault) << *fault << "\n  again: NRM_SEED=" << seed << " build/bin/simulation_test";
    total.records += world.summary().records;
    total.crashes += world.summary().crashes;
    total.acknowledged += world.summary().acknowledged;
    total.rejected += world.summary().rejected;
    total.closed_cases += world.summary().closed_cases;
  }
  std::printf(
      "%llu seeds: %llu records, %llu crashes, %llu acknowledged, %llu rejected, "
      "%llu cases closed\n",
      static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(total.records),
      static_cast<unsigned long long>(total.crashes),
      static_cast<unsigned long long>(total.acknowledged),
      static_cast<unsigned long long>(total.rejected),
      static_cast<unsigned long long>(total.closed_cases));
  // A world in which nothing happens proves nothing.
  if (only == 0) {
    EXPECT_GT(total.crashes, seeds);
    EXPECT_GT(total.closed_cases, seeds / 2);
    EXPECT_GT(total.rejected, seeds);
  }
}

TEST(Simulation, OneSeedIsOneHistory) {
  crypto::start();
  std::string traces[2];
  for (std::string& trace : traces) {
    World world({.seed = 7});
    ASSERT_FALSE(world.run());
    trace = world.summary().trace;
  }
  EXPECT_EQ(traces[0], traces[1]);
}
}  // namespace
}  // namespace nrm::test
