#include "common/clock/forward_clock.hpp"

#include <gtest/gtest.h>

namespace nrm {
namespace {
const Instant start = *Instant::parse("2024-03-04T09:00:00.000Z");

class ForwardClockTest : public ::testing::Test {
 protected:
  ManualClock wall{start}, ticks{Instant{5'000}};
  ForwardClock clock{wall, ticks};
};

TEST_F(ForwardClockTest, FollowsTheMachine) {
  EXPECT_EQ(clock.now(), start);
  wall.advance(hours(2));
  EXPECT_EQ(clock.now(), start + hours(2));
}

TEST_F(ForwardClockTest, GoesOnWhenTheMachinesClockIsSetBack) {
  wall.set(start - days(30));
  EXPECT_EQ(clock.now(), start);
  ticks.advance(hours(1));
  EXPECT_EQ(clock.now(), start + hours(1));
}

TEST_F(ForwardClockTest, IsNeverBehindTheLogs) {
  clock.saw(start + days(1));
  EXPECT_EQ(clock.now(), start + days(1));
  wall.advance(hours(1));
  EXPECT_EQ(clock.now(), start + days(1));
  clock.saw(start);  // an older record changes nothing
  EXPECT_EQ(clock.now(), start + days(1));
}

TEST_F(ForwardClockTest, NeverGoesBackAfterALeapAhead) {
  wall.advance(days(10));
  EXPECT_EQ(clock.now(), start + days(10));
  wall.set(start);
  EXPECT_EQ(clock.now(), start + days(10));
}
}  // namespace
}  // namespace nrm
