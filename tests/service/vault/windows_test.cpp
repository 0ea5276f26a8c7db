// The window of openings, against a plain list of times.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "services/vault/vault.hpp"

namespace nrm::test {
namespace {
TEST(OpeningWindow, NeverCountsLessThanAnHourNorMoreThanAnHourAndAStep) {
  std::mt19937_64 dice(7);
  for (int world = 0; world < 50; ++world) {
    OpeningWindow window;
    std::vector<Instant> all;
    Instant now{1'709'542'800'000};
    for (int i = 0; i < 2'000; ++i) {
      now = now + Milliseconds(static_cast<std::int64_t>(dice() % (world % 2 ? 20'000 : 900'000)));
      window.add(now);
      all.push_back(now);
      const auto since = [&](Milliseconds span) {
        return std::ranges::count_if(all, [&](Instant at) { return now < at + span; });
      };
      const auto step = std::chrono::minutes(limits::quota_step_minutes);
      ASSERT_GE(window.count(now), since(hours(1)));
      ASSERT_LE(window.count(now), since(hours(1) + step + step));
      ASSERT_LE(window.steps.size(), 14u);
    }
  }
}

TEST(OpeningWindow, IsEmptyAgainAfterAnHourAndAStep) {
  OpeningWindow window;
  const Instant at{1'709'542'800'000};
  window.add(at);
  const auto step = std::chrono::minutes(limits::quota_step_minutes);
  EXPECT_EQ(window.count(at + hours(1) + step - Milliseconds(1)), 1u);
  EXPECT_EQ(window.count(at + hours(1) + step), 0u);
}
}  // namespace
}  // namespace nrm::test
