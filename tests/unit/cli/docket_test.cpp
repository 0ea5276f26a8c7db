// A quarter's published decisions as a list of who is decided when and how: whoever acts by it, in
// whatever order, comes out at the published counts.
#include "services/cli/docket.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include "common/runtime/folder.hpp"
#include "services/cli/published_figures.hpp"

namespace nrm::cli {
namespace {
const std::string published = NRM_SOURCE_FOLDER "/tests/data/uk-nrm";
constexpr AgeBand ages[] = {AgeBand::adult, AgeBand::child, AgeBand::unknown};
constexpr std::size_t at(AgeBand age) { return static_cast<std::size_t>(age); }

std::uint64_t people_of(const std::vector<IntakeRow>& rows, AgeBand age) {
  std::uint64_t out = 0;
  for (const IntakeRow& row : rows)
    if (row.facts.age_at_exploitation == age) out += row.people;
  return out;
}

struct Quarter {
  PublishedPlan plan;
  Intake intake;
};
Quarter quarter_of(const std::string& name) {
  Quarter out;
  const auto plan = read_published_plan(published, name);
  const auto file = published_referrals(published, name);
  EXPECT_TRUE(plan && file) << name;
  out.plan = *plan;
  out.intake = *read_intake(*read_file(*file, 1 << 20));
  return out;
}

// Ids as they come: in no order that says anything.
std::vector<std::string> ids(const char* of, std::uint64_t people) {
  std::vector<std::string> out;
  std::mt19937_64 dice(people);
  for (std::uint64_t i = 0; i < people; ++i)
    out.push_back(std::to_string(dice()) + of + std::to_string(i));
  return out;
}
struct Rolls {
  Roll positive, undecided, reported;
};
Rolls rolls_of(const Quarter& quarter) {
  Rolls out;
  const CarriedOver carried = carried_over(quarter.plan, quarter.intake);
  for (const AgeBand age : ages) {
    out.positive[at(age)] = ids("p", people_of(carried.positive, age));
    out.undecided[at(age)] = ids("u", people_of(carried.undecided, age));
    out.reported[at(age)] = ids("r", people_of(quarter.intake.rows, age));
  }
  return out;
}

class DocketOf : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Quarters, DocketOf,
                         testing::Values("2022Q2", "2022Q3", "2022Q4", "2023Q1", "2023Q2",
                                         "2023Q3"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(DocketOf, WhoIsCarriedOverIsAsManyAsTheDecisionsNeed) {
  const Quarter quarter = quarter_of(GetParam());
  const CarriedOver carried = carried_over(quarter.plan, quarter.intake);
  for (const AgeBand age : ages) {
    const std::uint64_t reported = people_of(quarter.intake.rows, age);
    EXPECT_EQ(people_of(carried.positive, age), quarter.plan.second[at(age)].total());
    EXPECT_GE(people_of(carried.undecided, age) + reported, quarter.plan.first[at(age)].total());
    EXPECT_TRUE(people_of(carried.undecided, age) == 0 ||
                people_of(carried.undecided, age) + reported == quarter.plan.first[at(age)].total())
        << "nobody more than are needed";
  }
  const auto notified = notifications(quarter.plan, quarter.intake);
  EXPECT_EQ(people_of(notified, AgeBand::adult), quarter.plan.notifications);
  EXPECT_EQ(people_of(notified, AgeBand::child), 0u) << "a child is never counted anonymously";
  // A row and a number are a person's key: none stands for two.
  for (const auto* rows : {&carried.positive, &carried.undecided, &notified}) {
    std::set<std::size_t> lines;
    for (const IntakeRow& row : *rows) EXPECT_TRUE(lines.insert(row.line).second) << row.line;
  }
}

TEST_P(DocketOf, WhoActsByItComesOutAtThePublishedCounts) {
  const Quarter quarter = quarter_of(GetParam());
  const PublishedPlan& plan = quarter.plan;
  const Rolls rolls = rolls_of(quarter);
  Docket docket(plan.end() + Milliseconds(1));
  rule_carried_over(docket, plan, rolls.positive);
  EXPECT_TRUE(docket.open(Stage::first, plan.begin() - days(10)));
  EXPECT_FALSE(docket.open(Stage::second, plan.begin() - days(10)));
  rule_quarter(docket, plan, rolls.undecided, rolls.reported);
  const Instant inside = plan.begin() + days(30);
  for (const AgeBand age : ages) {
    PublishedDecisions first, second;
    const auto decide = [&](Stage stage, const std::string& id, PublishedDecisions& into) {
      const Ruling ruling = docket.ruling(stage, id);
      if (ruling.not_before > inside) return;
      ASSERT_TRUE(ruling.positive) << "a decision of the quarter is not left to the dice";
      ++(*ruling.positive ? into.positive : into.negative);
    };
    for (const std::string& id : rolls.positive[at(age)]) {
      EXPECT_EQ(docket.ruling(Stage::first, id).positive, true);
      EXPECT_LT(docket.ruling(Stage::first, id).not_before, plan.begin());
      EXPECT_GE(docket.ruling(Stage::second, id).not_before, plan.begin());
      decide(Stage::second, id, second);
    }
    for (const auto* roll : {&rolls.undecided, &rolls.reported})
      for (const std::string& id : (*roll)[at(age)]) {
        EXPECT_GE(docket.ruling(Stage::first, id).not_before, plan.begin());
        EXPECT_GT(docket.ruling(Stage::second, id).not_before, plan.end());
        decide(Stage::first, id, first);
      }
    EXPECT_EQ(first, plan.first[at(age)]);
    EXPECT_EQ(second, plan.second[at(age)]);
    for (const std::string& id : rolls.undecided[at(age)])
      EXPECT_LE(docket.ruling(Stage::first, id).not_before, inside) << "has waited longest";
  }
}

TEST(Docket, AnotherRunRulesTheSameWhateverOrderTheAnswersCameIn) {
  const Quarter quarter = quarter_of("2023Q3");
  const Rolls rolls = rolls_of(quarter);
  Rolls other = rolls;
  std::mt19937 dice(5);
  for (auto* roll : {&other.positive, &other.undecided, &other.reported})
    for (auto& group : *roll) std::ranges::shuffle(group, dice);
  Docket one, two;
  rule_carried_over(one, quarter.plan, rolls.positive);
  rule_quarter(one, quarter.plan, rolls.undecided, rolls.reported);
  rule_carried_over(two, quarter.plan, other.positive);
  rule_quarter(two, quarter.plan, other.undecided, other.reported);
  for (const auto* roll : {&rolls.positive, &rolls.undecided, &rolls.reported})
    for (const auto& group : *roll)
      for (const std::string& id : group)
        for (const Stage stage : {Stage::first, Stage::second}) {
          EXPECT_EQ(one.ruling(stage, id).not_before, two.ruling(stage, id).not_before);
          EXPECT_EQ(one.ruling(stage, id).positive, two.ruling(stage, id).positive);
        }
}

// A table without anybody of an age group has decisions about them all the same.
TEST(Docket, AnAgeGroupThatTheTableDoesNotHaveIsCarriedOver) {
  const auto intake = read_intake(
      "first_responder_type,first_responder,exploitation,age_at_exploitation,gender,nationality,"
      "people\n"
      "Police,Kent Police,Labour,Adult (18 or over),Female,Albanian,2\n"
      "Police,Kent Police,Criminal,Adult (18 or over),Male,UK,1\n");
  ASSERT_TRUE(intake);
  PublishedPlan plan;
  plan.quarter = "2023Q3";
  plan.second[at(AgeBand::adult)] = {3, 1};
  plan.second[at(AgeBand::child)] = {2, 2};
  plan.second[at(AgeBand::unknown)] = {0, 5};
  const CarriedOver carried = carried_over(plan, *intake);
  std::set<std::size_t> lines;
  for (const IntakeRow& row : carried.positive) {
    EXPECT_TRUE(lines.insert(row.line).second) << "two rows of one key";
    EXPECT_EQ(row.facts.age_now == AgeBand::adult, row.facts.age_at_exploitation == AgeBand::adult);
  }
  for (const AgeBand age : ages)
    EXPECT_EQ(people_of(carried.positive, age), plan.second[at(age)].total());
}

// The comparison sees one decision too many, one too few, and one of another age or outcome.
TEST(PublishedFigures, OneDecisionMoreIsOneCellThatDiffers) {
  PublishedPlan plan;
  plan.quarter = "2023Q3";
  plan.first[at(AgeBand::child)] = {2, 1};
  const auto book_of = [&](std::vector<std::pair<AgeBand, bool>> decisions) {
    CaseBook book(plan.end());
    std::uint32_t number = 0;
    for (const auto& [age, positive] : decisions) {
      const CaseId subject(derive(Uuid{}, ++number));
      Record record;
      record.at = plan.begin() + days(1);
      ReportReceived report;
      report.facts.age_at_exploitation = age;
      record.events.push_back({case_stream(subject), report});
      FirstStageDecided decided;
      decided.outcome = positive ? Outcome::positive : Outcome::negative;
      record.events.push_back({case_stream(subject), decided});
      book.take(record);
    }
    return book;
  };
  const auto differing = [&](const CaseBook& book) {
    const auto cells = compare_published(plan, book);
    EXPECT_EQ(cells.size(), 2u * 2 * 3 + 1) << "R3 and R4 by age and outcome, and R5";
    const std::string text = published_text(plan, cells);
    const auto wrong = std::ranges::count_if(cells, [](const auto& one) { return !one.equal(); });
    EXPECT_EQ(text.find("EQUAL, cell by cell") != text.npos, wrong == 0) << text;
    return wrong;
  };
  const AgeBand child = AgeBand::child, adult = AgeBand::adult;
  EXPECT_EQ(differing(book_of({{child, true}, {child, true}, {child, false}})), 0);
  EXPECT_EQ(differing(book_of({{child, true}, {child, false}})), 1);
  EXPECT_EQ(differing(book_of({{child, true}, {child, true}, {child, false}, {adult, false}})), 1);
  EXPECT_EQ(differing(book_of({{child, true}, {child, false}, {child, false}})), 2);
}
}  // namespace
}  // namespace nrm::cli
