// Threat 3 in the seeded world: a provider asks for more than was consented, or goes on after a
// withdrawal, while messages are lost, doubled and late and services crash. Services begin and end
// through the real referral chain. After each step in which the vault recorded something, every
// answer of its to everybody about the cases concerned equals a plain oracle's
// (tests/support/consent_watch.hpp); after a crash they are as before it.
//
// 2,000 histories, ten to a seed; more by hand: NRM_SEEDS=5000 build/bin/threats_world_test.
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdlib>

#include "common/crypto/crypto.hpp"
#include "tests/support/world.hpp"

namespace nrm::test {
namespace {
constexpr int histories_per_seed = 10;
constexpr std::uint64_t seeds_here = 200;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(Threat03_ConsentInTheWorld, WhatEachCanOpenEqualsAPlainOracleAtEveryStep) {
  crypto::start();
  const std::uint64_t only = number_from("NRM_SEED", 0);
  const std::uint64_t seeds = only ? 1 : number_from("NRM_SEEDS", seeds_here);
  ConsentCounts total;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const std::uint64_t seed = only ? only : i + 1;
    World world({.seed = seed, .people = histories_per_seed, .consents = true});
    const auto fault = world.run();
    ASSERT_FALSE(fault) << *fault << "\n  again: NRM_SEED=" << seed
                        << " build/bin/threats_world_test";
    total.add(world.summary().consents);
  }
  std::printf("%" PRIu64 " seeds: %" PRIu64 " histories, %" PRIu64 " questions, %" PRIu64
              " opened; %" PRIu64 " answers changed by time alone, %" PRIu64
              " withdrawals, %" PRIu64 " really asked, %" PRIu64
              " services ended before they began, %" PRIu64 " restarts\n",
              seeds, total.histories, total.questions, total.opened, total.by_time,
              total.withdrawals, total.recorded, total.ends_before, total.restarts);
  // A world in which nothing happens proves nothing.
  if (only) return;
  EXPECT_GE(total.histories, seeds * histories_per_seed);
  EXPECT_GT(total.opened * 20, total.questions);
  EXPECT_LT(total.opened * 2, total.questions);
  EXPECT_GT(total.by_time, total.histories);
  EXPECT_GT(total.withdrawals, total.histories);
  EXPECT_GT(total.recorded, total.histories);
  EXPECT_GT(total.restarts, seeds);
  if (seeds >= seeds_here) {
    EXPECT_GT(total.ends_before, 0u);
  }
}

// Or the seed that a failure prints would not bring it back.
TEST(Threat03_ConsentInTheWorld, OneSeedIsOneHistory) {
  crypto::start();
  std::string traces[2];
  for (std::string& trace : traces) {
    World world({.seed = 7, .people = histories_per_seed, .consents = true});
    ASSERT_FALSE(world.run());
    trace = world.summary().trace;
  }
  EXPECT_EQ(traces[0], traces[1]);
}
}  // namespace
}  // namespace nrm::test
