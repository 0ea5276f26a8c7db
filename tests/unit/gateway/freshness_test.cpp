#include "services/gateway/freshness.hpp"

#include "common/base/limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace nrm::gateway {
namespace {
class FreshnessTest : public ::testing::Test {
 protected:
  ManualClock ticks{Instant{1'000'000}};
  Freshness freshness{ticks};
  int runs = 0;
  void wait() {
    freshness.when_fresh([this] { ++runs; });
  }
};

TEST_F(FreshnessTest, RunsAtOnceWhenNothingIsAwaited) {
  wait();
  EXPECT_EQ(runs, 1);
}

TEST_F(FreshnessTest, WaitsForWhatWasAcknowledged) {
  freshness.acknowledged(Service::referral, 6);
  freshness.acknowledged(Service::referral, 2);  // an older answer moves nothing back
  wait();
  freshness.projected(Service::referral, 6);  // holds 0 … 5
  freshness.projected(Service::vault, 100);
  freshness.release();
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(freshness.parked(), 1u);
  freshness.projected(Service::referral, 7);
  freshness.release();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(freshness.parked(), 0u);
}

TEST_F(FreshnessTest, AnswersWithWhatIsThereAfterTwoSeconds) {
  freshness.acknowledged(Service::closure, 0);
  wait();
  ticks.advance(Milliseconds(1'999));
  freshness.release();
  EXPECT_EQ(runs, 0);
  ticks.advance(Milliseconds(1));
  freshness.release();
  EXPECT_EQ(runs, 1);
}

// Who commits the rows is told that somebody waits for them; only then.
TEST_F(FreshnessTest, SaysWhenSomethingBeginsToWait) {
  int told = 0;
  Freshness telling(ticks, [&] { ++told; });
  telling.when_fresh([this] { ++runs; });
  EXPECT_EQ(told, 0);
  telling.acknowledged(Service::vault, 3);
  telling.when_fresh([this] { ++runs; });
  EXPECT_EQ(told, 1);
  EXPECT_EQ(runs, 1);
}

// What is parked just as the last release goes by would wait for ever: nothing else comes.
TEST_F(FreshnessTest, NothingIsParkedBehindTheReleaseThatItWaitsFor) {
  for (std::uint64_t seq = 0; seq < 2'000; ++seq) {
    std::atomic<int> ran{0};
    freshness.acknowledged(Service::vault, seq);
    std::thread rows([&] {
      freshness.projected(Service::vault, seq + 1);
      freshness.release();
    });
    freshness.when_fresh([&] { ++ran; });
    rows.join();
    ASSERT_EQ(ran, 1);
  }
}

TEST_F(FreshnessTest, KeepsABoundedNumberWaiting) {
  freshness.acknowledged(Service::vault, 0);
  for (std::size_t i = 0; i < limits::gateway_parked_max + 5; ++i) wait();
  EXPECT_EQ(runs, 5);
  EXPECT_EQ(freshness.parked(), limits::gateway_parked_max);
}
}  // namespace
}  // namespace nrm::gateway
