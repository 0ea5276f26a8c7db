// Figures in a terminal: bars where they are wanted, of what is shown alone.
#include "services/cli/figures_page.hpp"

#include <gtest/gtest.h>

#include "services/cli/chart.hpp"

namespace nrm::cli {
namespace {
constexpr const char* full = "█";
std::size_t times(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++out;
  return out;
}

TEST(Chart, ABarIsAsLongAsItsShare) {
  EXPECT_EQ(bar(10, 10, 3), "███");
  EXPECT_EQ(bar(5, 10, 3), "█▌");
  EXPECT_EQ(bar(1, 1'000'000, 3), "▏") << "somebody is not nobody";
  EXPECT_EQ(bar(0, 10, 3), "");
  EXPECT_EQ(bar(3, 0, 3), "");
  EXPECT_EQ(sparkline({0, 4, 8}), " ▄█");
}

Figures two_quarters(std::size_t measures) {
  Figures out{.title = "First-stage decisions", .dimensions = {"quarter", "outcome"}};
  for (std::size_t i = 0; i < measures; ++i)
    out.measures.push_back({i == 0 ? "decisions" : "median_days", 0});
  for (const auto& [quarter, outcome, value] :
       {std::tuple{"2023Q1", "positive", 40}, {"2023Q2", "positive", 10}, {"2023Q3", "none", 0}})
    out.rows.push_back(
        {{quarter, outcome}, std::vector<std::optional<std::int64_t>>(measures, value)});
  return out;
}

TEST(FiguresPage, IsDrawnOnlyWhenItIsAskedFor) {
  for (const std::size_t measures : {1u, 2u}) {
    const std::string plain = page_of(two_quarters(measures), {}, false);
    EXPECT_EQ(times(plain, full), 0u) << plain;
    EXPECT_EQ(times(plain, "the highest"), 0u);
    const std::string drawn = page_of(two_quarters(measures), {}, true);
    EXPECT_EQ(times(drawn, full), 32u + 8 + 1) << "32 for 40, 8 for 10, and the line\n" << drawn;
    EXPECT_EQ(times(drawn, "the highest: 40 decisions"), 1u) << drawn;
  }
}

// A hidden cell has no bar: its length would tell what the table keeps.
TEST(FiguresPage, WhatIsHiddenIsNotDrawn) {
  Release release;
  release.table = {.title = "A public table",
                   .header = {"quarter", "people"},
                   .rows = {{{"2023Q1", false}, {"40", true}}, {{"2023Q2", false}, {"c", false}}},
                   .notes = {}};
  const std::string drawn = page_of(release, {}, true);
  EXPECT_EQ(times(drawn, full), 32u) << drawn;
  EXPECT_EQ(times(page_of(release, {}, false), full), 0u);
}

TEST(FiguresPage, TheChartOfReferralsCountsEverybodyInEachColumn) {
  std::vector<ReferralCell> cells;
  for (int i = 0; i < 14; ++i)
    cells.push_back({"Police", "Kent Police", i < 9 ? "Labour" : "Sexual", "Adult (18 or over)",
                     i % 2 ? "Female" : "Male", "Country " + std::to_string(i), 3});
  const std::string chart = chart_of(cells);
  for (const char* part : {"Police", "Labour", "Sexual", "Female", "Country 0", "… and 4 more"})
    EXPECT_NE(chart.find(part), chart.npos) << part << '\n' << chart;
  EXPECT_EQ(chart.find("Kent"), chart.npos);
  EXPECT_LT(chart.find("Labour"), chart.find("Sexual")) << "the most first";
  EXPECT_NE(chart.find("42"), chart.npos);
  EXPECT_EQ(chart_of({}), "");
}
}  // namespace
}  // namespace nrm::cli
