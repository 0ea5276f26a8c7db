// Public tables against an attacker who was written apart from what protects them: he tries every
// table of whole numbers that fits what is shown.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "services/audit/differencing.hpp"
#include "services/audit/disclosure_control.hpp"
#include "services/audit/noise.hpp"

namespace nrm {
namespace {
using Grid = std::vector<std::vector<std::int64_t>>;

CrossTable table_of(const Grid& cells) {
  CrossTable out;
  out.row_names = {"row"};
  out.column_names = {"column"};
  for (std::size_t r = 0; r < cells.size(); ++r) out.rows.push_back("r" + std::to_string(r));
  for (std::size_t c = 0; c < cells[0].size(); ++c) out.columns.push_back("c" + std::to_string(c));
  out.cells = cells;
  return out;
}

// Tries every table without totals whose counts are at most `most`; of those that agree with all
// that is shown, how small and large each cell and total may be.
class Attacker {
 public:
  Attacker(const PublicTable& table, std::int64_t most)
      : table_(table),
        most_(most),
        low_(table.rows(), std::vector<std::int64_t>(table.columns(), INT64_MAX)),
        high_(table.rows(), std::vector<std::int64_t>(table.columns(), -1)),
        guess_(table.rows() - 1, std::vector<std::int64_t>(table.columns() - 1)) {
    guess(0);
  }
  std::int64_t width(std::size_t r, std::size_t c) const { return high_[r][c] - low_[r][c]; }
  std::int64_t low(std::size_t r, std::size_t c) const { return low_[r][c]; }
  std::int64_t high(std::size_t r, std::size_t c) const { return high_[r][c]; }

 private:
  void guess(std::size_t i) {
    const std::size_t columns = guess_[0].size();
    if (i == guess_.size() * columns) return check();
    const std::size_t r = i / columns, c = i % columns;
    const bool shown = table_.shown[r][c] == Shown::yes;
    for (std::int64_t v = shown ? table_.values[r][c] : 0;
         v <= (shown ? table_.values[r][c] : most_); ++v) {
      guess_[r][c] = v;
      if (c + 1 == columns && !row_fits(r)) continue;
      guess(i + 1);
    }
  }
  bool row_fits(std::size_t r) const {
    const std::size_t last = table_.columns() - 1;
    if (table_.shown[r][last] != Shown::yes) return true;
    std::int64_t sum = 0;
    for (const std::int64_t v : guess_[r]) sum += v;
    return sum == table_.values[r][last];
  }
  void check() {
    CrossTable plain;
    plain.columns.resize(guess_[0].size());
    plain.cells = guess_;
    const PublicTable whole = with_totals(plain);
    for (std::size_t r = 0; r < whole.rows(); ++r)
      for (std::size_t c = 0; c < whole.columns(); ++c)
        if (table_.shown[r][c] == Shown::yes && whole.values[r][c] != table_.values[r][c]) return;
    for (std::size_t r = 0; r < whole.rows(); ++r)
      for (std::size_t c = 0; c < whole.columns(); ++c) {
        low_[r][c] = std::min(low_[r][c], whole.values[r][c]);
        high_[r][c] = std::max(high_[r][c], whole.values[r][c]);
      }
  }

  const PublicTable& table_;
  const std::int64_t most_;
  Grid low_, high_, guess_;
};

TEST(Disclosure, ASmallCellAloneWouldFollowFromItsTotals) {
  const PublicTable table =
      protect(table_of({{3, 40, 50}, {60, 70, 80}, {20, 30, 90}}), {.threshold = 10, .rounding = 1})
          .value();
  EXPECT_EQ(table.shown[0][0], Shown::small);
  EXPECT_EQ(table.count(Shown::small), 1u);
  EXPECT_GE(table.count(Shown::secondary), 3u) << "a rectangle at least";
  EXPECT_EQ(public_text(table, {10, 10}, {0, 0}), "c");
  const Feasible bounds = feasible(table, {0, 0});
  EXPECT_GE(bounds.high.value_or(1'000) - bounds.low, 10);
}

TEST(Disclosure, ZeroIsShownAndCountsAreRoundedToTheNearest) {
  const PublicTable table =
      protect(table_of({{0, 14}, {15, 26}}), {.threshold = 10, .rounding = 10}).value();
  const DisclosureRule rule{10, 10};
  EXPECT_EQ(public_text(table, rule, {0, 0}), "0");
  EXPECT_EQ(public_text(table, rule, {0, 1}), "10");
  EXPECT_EQ(public_text(table, rule, {1, 0}), "20");
  EXPECT_EQ(public_text(table, rule, {1, 1}), "30");
  EXPECT_EQ(public_text(table, rule, {2, 2}), "60") << "of the exact total 55";
  EXPECT_EQ(rounded(4, 10), 0);
  EXPECT_EQ(rounded(5, 10), 10);
  EXPECT_EQ(rounded(7, 1), 7);
}

TEST(Disclosure, ATableOfNothingButSmallCountsShowsNothing) {
  const PublicTable table = protect(table_of({{1, 2}, {3, 1}}), {10, 10}).value();
  EXPECT_EQ(table.count(Shown::yes), 0u);
}

TEST(Disclosure, WhatIsTooLargeForPeopleIsRefused) {
  const auto table = protect(table_of(Grid(100, std::vector<std::int64_t>(60, 20))), {10, 10});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, Code::too_large);
}

// Four hidden cells move together: two counts of a row and the totals of their columns. With one of
// these totals shown nothing moves any more, though the row has two hidden cells still.
TEST(Disclosure, ACellThatNothingMovesIsExact) {
  PublicTable table = with_totals(table_of({{5, 50, 0, 0}, {0, 40, 30, 0}, {0, 60, 20, 0}}));
  for (const auto& [r, c] :
       {CellPlace{0, 0}, {0, 1}, {1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 0}, {3, 1}})
    table.shown[r][c] = Shown::secondary;
  EXPECT_EQ(feasible(table, {0, 0}).low, 0);
  table.shown[3][0] = Shown::yes;
  EXPECT_EQ(feasible(table, {0, 0}).low, 5);
  EXPECT_EQ(feasible(table, {0, 0}).high, 5);
}

TEST(Disclosure, BoundsAreThoseThatTheAttackerFinds) {
  std::mt19937 dice(7);
  for (int round = 0; round < 150; ++round) {
    Grid cells(2 + dice() % 2, std::vector<std::int64_t>(2));
    for (auto& line : cells)
      for (auto& v : line) v = static_cast<std::int64_t>(dice() % 5);
    PublicTable table = with_totals(table_of(cells));
    for (std::size_t r = 0; r < table.rows(); ++r)
      for (std::size_t c = 0; c < table.columns(); ++c)
        if (dice() % 2 == 0) table.shown[r][c] = Shown::secondary;
    table.shown[table.rows() - 1][table.columns() - 1] = Shown::yes;  // so that all is bounded
    const Attacker attacker(table, 24);
    for (std::size_t r = 0; r < table.rows(); ++r)
      for (std::size_t c = 0; c < table.columns(); ++c) {
        if (table.shown[r][c] == Shown::yes) continue;
        const Feasible bounds = feasible(table, {r, c});
        ASSERT_EQ(bounds.low, attacker.low(r, c)) << round;
        ASSERT_EQ(bounds.high, attacker.high(r, c)) << round;
      }
  }
}

// Property: of no protected table does the attacker learn a small count better than k wide.
TEST(Disclosure, TheAttackerLearnsNoSmallCount) {
  std::mt19937 dice(11);
  std::uint64_t small = 0, hidden = 0, shown = 0;
  for (int round = 0; round < 300; ++round) {
    const std::int64_t k = 3;
    Grid cells(2 + dice() % 2, std::vector<std::int64_t>(2));
    for (auto& line : cells)
      for (auto& v : line) v = static_cast<std::int64_t>(dice() % 7);
    const PublicTable table = protect(table_of(cells), {static_cast<std::uint32_t>(k), 1}).value();
    hidden += table.count(Shown::secondary);
    shown += table.count(Shown::yes);
    if (table.count(Shown::small) == 0) continue;
    const Attacker attacker(table, 12);
    for (std::size_t r = 0; r < table.rows(); ++r)
      for (std::size_t c = 0; c < table.columns(); ++c) {
        if (table.shown[r][c] == Shown::yes) {
          EXPECT_TRUE(table.values[r][c] == 0 || table.values[r][c] >= k);
        } else if (table.shown[r][c] == Shown::small) {
          ++small;
          EXPECT_GE(attacker.width(r, c), k) << round << ": row " << r << ", column " << c;
        }
      }
  }
  EXPECT_GT(small, 200u);
  EXPECT_GT(hidden, 200u);
  EXPECT_GT(shown, 500u) << "hiding everything would be no protection but a refusal";
}

// --- between releases ---------------------------------------------------------------------------

Figures figures_of(const std::map<std::vector<std::string>, std::int64_t>& counts) {
  Figures out{.method = {},
              .title = {},
              .dimensions = {"quarter", "age", "outcome"},
              .measures = {{"people", 0}},
              .rows = {},
              .notes = {}};
  for (const auto& [labels, count] : counts) out.rows.push_back({labels, {count}});
  return out;
}

ReleasedTable released(const Figures& figures, const std::vector<std::string>& rows,
                       const std::vector<std::string>& columns, const DifferencingGuard& guard) {
  std::set<CellPlace> guarded;
  for (;;) {
    ReleasedTable out{figures, protect(cross(figures, rows, columns), {10, 10}, guarded).value()};
    const auto more = guard.must_hide(out);
    if (more.empty()) return out;
    guarded.insert(more.begin(), more.end());
  }
}

TEST(Differencing, WhoCameInBetweenIsNotSeen) {
  auto counts = std::map<std::vector<std::string>, std::int64_t>{{{"Q1", "adult", "positive"}, 40},
                                                                 {{"Q1", "adult", "negative"}, 30},
                                                                 {{"Q1", "child", "positive"}, 25},
                                                                 {{"Q1", "child", "negative"}, 20}};
  DifferencingGuard guard(10);
  const auto first = released(figures_of(counts), {"age"}, {"outcome"}, guard);
  EXPECT_EQ(first.table.count(Shown::yes), 9u);
  guard.add(first);
  ++counts[{"Q1", "child", "positive"}];  // one child more
  const auto second = released(figures_of(counts), {"age"}, {"outcome"}, guard);
  EXPECT_EQ(second.table.table.rows[1], "child");
  EXPECT_EQ(second.table.table.columns[1], "positive");
  EXPECT_NE(second.table.shown[1][1], Shown::yes);
  EXPECT_NE(second.table.shown[2][2], Shown::yes) << "the whole changed by one, too";
  EXPECT_EQ(second.table.shown[0][0], Shown::yes) << "what did not change is shown again";
  // Without the guard it would all be shown.
  EXPECT_EQ(protect(cross(second.figures, {"age"}, {"outcome"}), {10, 10})->count(Shown::yes), 9u);
}

TEST(Differencing, ATotalOfAnotherTableGivesNothingAway) {
  // By age, one count is small: its total goes with it. By outcome alone nothing is small, but the
  // two tables together have the same whole.
  const std::map<std::vector<std::string>, std::int64_t> counts{{{"Q1", "adult", "positive"}, 400},
                                                                {{"Q1", "adult", "negative"}, 300},
                                                                {{"Q1", "child", "positive"}, 3},
                                                                {{"Q1", "child", "negative"}, 0}};
  DifferencingGuard guard(10);
  const auto by_age = released(figures_of(counts), {"quarter"}, {"age"}, guard);
  EXPECT_NE(by_age.table.shown[0][1], Shown::yes);
  guard.add(by_age);
  const auto by_outcome = released(figures_of(counts), {"quarter"}, {"outcome"}, guard);
  // An attacker with both: adults (if shown) and the whole (if shown) must not give the children.
  const bool adults = by_age.table.shown[0][0] == Shown::yes;
  const bool whole =
      by_outcome.table.shown[0][2] == Shown::yes || by_outcome.table.shown[1][2] == Shown::yes ||
      (by_outcome.table.shown[0][0] == Shown::yes && by_outcome.table.shown[0][1] == Shown::yes);
  EXPECT_FALSE(adults && whole);
}

// An attacker apart from the guard: real least squares over the same statements would do; here he
// solves for each secret by elimination in exact fractions of 128 bits.
class Solver {
 public:
  void learn(std::vector<std::int64_t> row) {
    reduce(row);
    const auto lead = std::ranges::find_if(row, [](auto v) { return v != 0; });
    if (lead != row.end()) rows_.push_back(std::move(row));
  }
  bool knows(std::vector<std::int64_t> row) const {
    reduce(row);
    return std::ranges::all_of(row, [](auto v) { return v == 0; });
  }

 private:
  void reduce(std::vector<std::int64_t>& row) const {
    for (const auto& known : rows_) {
      const auto lead = static_cast<std::size_t>(
          std::ranges::find_if(known, [](auto v) { return v != 0; }) - known.begin());
      if (row[lead] == 0) continue;
      const std::int64_t a = known[lead], b = row[lead];
      std::int64_t common = 0;
      for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = row[i] * a - known[i] * b;
        common = std::gcd(common, row[i]);
      }
      if (common > 1)
        for (auto& v : row) v /= common;
    }
  }
  std::vector<std::vector<std::int64_t>> rows_;
};

// 100 pairs of releases (reliability.md, 1.9, row 22), in different shapes.
TEST(Differencing, OfAHundredPairsNoDifferenceTellsOfFewerThanTen) {
  std::mt19937 dice(23);
  const std::vector<std::vector<std::string>> shapes{
      {"age", "outcome"}, {"quarter", "outcome"}, {"age", "quarter"}};
  std::uint64_t changes = 0, shown = 0;
  for (int round = 0; round < 100; ++round) {
    std::map<std::vector<std::string>, std::int64_t> counts;
    for (const char* quarter : {"Q1", "Q2"})
      for (const char* age : {"adult", "child", "unknown"})
        for (const char* outcome : {"positive", "negative"})
          counts[{quarter, age, outcome}] = dice() % 4 == 0 ? dice() % 10 : 20 + dice() % 60;
    DifferencingGuard guard(10);
    const auto& shape = shapes[dice() % 3];
    const auto first = released(figures_of(counts), {shape[0]}, {shape[1]}, guard);
    guard.add(first);
    const auto before = counts;
    for (auto& [labels, count] : counts)
      if (dice() % 3 == 0) count += dice() % 2 == 0 ? dice() % 8 : 15 + dice() % 20;
    const auto& other = shapes[dice() % 3];
    const auto second = released(figures_of(counts), {other[0]}, {other[1]}, guard);
    // Unknowns: the counts of the first release, and how each grew.
    Solver solver;
    const auto place = [&](const std::vector<std::string>& labels) {
      return static_cast<std::size_t>(std::distance(counts.begin(), counts.find(labels)));
    };
    const auto statement = [&](const ReleasedTable& of, std::size_t r, std::size_t c, bool later) {
      std::vector<std::int64_t> row(2 * counts.size());
      const CrossTable& table = of.table.table;
      for (const auto& [labels, count] : counts) {
        const auto label = [&](const std::string& name) {
          return labels[name == "quarter" ? 0 : name == "age" ? 1 : 2];
        };
        if (r < table.rows.size() && label(table.row_names[0]) != table.rows[r]) continue;
        if (c < table.columns.size() && label(table.column_names[0]) != table.columns[c]) continue;
        row[place(labels)] = 1;
        if (later && before.at(labels) != count) row[counts.size() + place(labels)] = 1;
      }
      return row;
    };
    for (const auto* release : {&first, &second})
      for (std::size_t r = 0; r < release->table.rows(); ++r)
        for (std::size_t c = 0; c < release->table.columns(); ++c)
          if (release->table.shown[r][c] == Shown::yes) {
            solver.learn(statement(*release, r, c, release == &second));
            ++shown;
          }
    for (const auto* release : {&first, &second})
      for (std::size_t r = 0; r < release->table.rows(); ++r)
        for (std::size_t c = 0; c < release->table.columns(); ++c) {
          const std::int64_t value = release->table.values[r][c];
          if (value == 0 || value >= 10) continue;
          EXPECT_FALSE(solver.knows(statement(*release, r, c, release == &second)))
              << round << ": a small count";
        }
    if (shape != other) continue;
    for (std::size_t r = 0; r < first.table.rows(); ++r)
      for (std::size_t c = 0; c < first.table.columns(); ++c) {
        const std::int64_t change = second.table.values[r][c] - first.table.values[r][c];
        if (change == 0 || std::abs(change) >= 10) continue;
        ++changes;
        auto row = statement(second, r, c, true);
        const auto old = statement(first, r, c, false);
        for (std::size_t i = 0; i < row.size(); ++i) row[i] -= old[i];
        EXPECT_FALSE(solver.knows(row)) << round << ": a small change";
      }
  }
  EXPECT_GT(changes, 50u);
  EXPECT_GT(shown, 800u);
}

// --- noise --------------------------------------------------------------------------------------

// Chi-squared against the exact probabilities, over the middle values.
TEST(Noise, HasTheDistributionThatItPromises) {
  for (const Epsilon epsilon : {Epsilon{1, 1}, Epsilon{1, 3}, Epsilon{3, 2}}) {
    const auto entropy = seeded_entropy(5);
    DiscreteLaplace noise(epsilon, 1, *entropy);
    constexpr int draws = 40'000, reach = 6;
    std::map<std::int64_t, int> seen;
    for (int i = 0; i < draws; ++i) ++seen[noise.draw()];
    const double t = static_cast<double>(epsilon.denominator) / epsilon.numerator;
    const double p = std::exp(-1 / t), zero = (1 - p) / (1 + p);
    double chi = 0;
    for (std::int64_t x = -reach; x <= reach; ++x) {
      const double expected = draws * zero * std::pow(p, std::abs(static_cast<double>(x)));
      chi += (seen[x] - expected) * (seen[x] - expected) / expected;
    }
    EXPECT_LT(chi, 42.0) << "13 values: one honest run in 10,000 is above";
  }
}

TEST(Noise, IsPlausibleAndOtherThingsAreNot) {
  const auto entropy = system_entropy();
  DiscreteLaplace noise({1, 2}, 1, *entropy);
  std::vector<std::int64_t> draws(500);
  for (auto& one : draws) one = noise.draw();
  EXPECT_TRUE(plausible(draws, {1, 2}, 1));
  EXPECT_FALSE(plausible(std::vector<std::int64_t>(500, 0), {1, 2}, 1)) << "no noise at all";
  draws[3] = 1'000;
  EXPECT_FALSE(plausible(draws, {1, 2}, 1)) << "one count moved far off";
}
}  // namespace
}  // namespace nrm
