// What nrm bench makes of its rounds.
#include <gtest/gtest.h>

#include "services/cli/bench.hpp"

namespace nrm::cli::measure {
namespace {
TEST(SpreadTest, TheMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle) {
  EXPECT_EQ(spread_of({7}).median, 7);
  EXPECT_EQ(spread_of({3, 1}).median, 2);
  EXPECT_EQ(spread_of({9, 1, 5}).median, 5);
  EXPECT_EQ(spread_of({8, 1, 4, 2}).median, 3);
  EXPECT_EQ(spread_of({1, 100, 2, 3, 50, 4}).median, 3.5);
  EXPECT_EQ(spread_of({}).median, 0);
}

TEST(SpreadTest, LowAndHighAreTheEndsInAnyOrder) {
  const Spread spread = spread_of({4, 9, 1, 6});
  EXPECT_EQ(spread.low, 1);
  EXPECT_EQ(spread.high, 9);
}
}  // namespace
}  // namespace nrm::cli::measure
