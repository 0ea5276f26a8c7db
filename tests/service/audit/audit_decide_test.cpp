// The audit's own core: its stories, and what they leave open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/audit/audit.hpp"
#include "services/audit/quarters.hpp"
#include "tests/support/refusals.hpp"

namespace nrm::test {
namespace {
const Core& core() { return core_of<Audit>(); }

class AuditScript : public testing::TestWithParam<std::filesystem::path> {};
TEST_P(AuditScript, TellsItsStory) { expect_script(core(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(Stories, AuditScript, testing::ValuesIn(scripts_of("audit")),
                         [](const auto& test) { return script_name(test.param); });

TEST(PrivacyBudget, IsCountedDownExactly) {
  const auto left = minus({1, 1}, {1, 3});
  ASSERT_TRUE(left);
  EXPECT_EQ(*left, (Epsilon{2, 3}));
  EXPECT_EQ(minus({2, 3}, {1, 6}), (Epsilon{1, 2}));
  EXPECT_EQ(minus({1, 2}, {1, 2}), (Epsilon{0, 1}));
  EXPECT_EQ(minus({1, 3}, {1, 2}), std::nullopt);
  EXPECT_EQ(minus({1, 3}, {333'334, 1'000'000}), std::nullopt);
  EXPECT_TRUE(minus({1, 3}, {333'333, 1'000'000}));
  EXPECT_EQ(minus({1, 3}, {1, 0}), std::nullopt);
  // What no 32 bits can hold is refused, never rounded.
  EXPECT_EQ(minus({UINT32_MAX, 4'294'967'291}, {1, 4'294'967'279}), std::nullopt);
}

TEST(Quarters, AreReadWrittenAndEnd) {
  EXPECT_EQ(quarter_text(*quarter_number("2023Q3")), "2023Q3");
  EXPECT_EQ(quarter_of(*Date::parse("2023-09-30")), *quarter_number("2023Q3"));
  EXPECT_EQ(quarter_of(*Date::parse("2023-10-01")), *quarter_number("2023Q4"));
  EXPECT_EQ(end_of_quarter(*quarter_number("2023Q4")).text(), "2023-12-31T23:59:59.999Z");
  EXPECT_EQ(end_of_quarter(*quarter_number("2024Q1")).text(), "2024-03-31T23:59:59.999Z");
  for (const char* wrong : {"2023Q0", "2023Q5", "2023q3", "23Q3", "", "2023Q33", "x023Q1"})
    EXPECT_EQ(quarter_number(wrong), std::nullopt) << wrong;
}
}  // namespace
}  // namespace nrm::test
