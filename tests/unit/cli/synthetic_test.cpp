#include "services/cli/synthetic.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "common/event/personal.hpp"
#include "services/cli/dice.hpp"
#include "services/cli/pack.hpp"

namespace nrm::cli {
namespace {
constexpr std::string_view table =
    "first_responder_type,first_responder,exploitation,age_at_exploitation,gender,nationality,"
    "people\n"
    "Police,Kent Police,Labour,Adult (18 or over),Female,Albanian,40\n"
    "Police,Kent Police,Criminal,Child (17 or under),Male,UK,40\n";

class SyntheticTest : public testing::Test {
 protected:
  void SetUp() override {
    auto intake = read_intake(table);
    ASSERT_TRUE(intake);
    intake_ = std::move(*intake);
    const auto pack = read_pack("uk");
    ASSERT_TRUE(pack);
    policy_ = *read_policy(*pack);
  }
  SyntheticReport make(std::size_t row, std::uint32_t number,
                       std::string_view digest = "d1") const {
    return make_report(intake_.rows[row], number, digest, policy_);
  }
  struct Parsed {
    json::Document document;
    ReportFacts facts;
    std::vector<Consent> consents;
  };
  static Parsed parse(const SyntheticReport& report) {
    Parsed out;
    EXPECT_TRUE(out.document.parse_strict(report.body));
    Reading reading(Unknown::refuse);
    EXPECT_TRUE(read_json(out.document.root().find("facts"), out.facts, reading));
    EXPECT_TRUE(read_json(out.document.root().find("consents"), out.consents, reading));
    PersonalPart personal;
    EXPECT_TRUE(read_json(out.document.root().find("personal"), personal, reading));
    return out;
  }

  Intake intake_;
  Policy policy_;
};

TEST_F(SyntheticTest, SameRowAndNumberGiveTheSameReport) {
  EXPECT_EQ(make(0, 3).body, make(0, 3).body);
  EXPECT_EQ(make(0, 3).key, make(0, 3).key);
}

TEST_F(SyntheticTest, EveryPersonAndFileHasItsOwnKey) {
  std::set<std::string> keys;
  for (std::size_t row = 0; row < 2; ++row)
    for (std::uint32_t number = 0; number < 40; ++number) keys.insert(make(row, number).key);
  keys.insert(make(0, 0, "d2").key);
  EXPECT_EQ(keys.size(), 81u);
}

TEST_F(SyntheticTest, KeepsWhatTheTableSays) {
  for (std::uint32_t number = 0; number < 40; ++number) {
    const auto [document, facts, consents] = parse(make(1, number));
    EXPECT_EQ(facts.exploitation, intake_.rows[1].facts.exploitation);
    EXPECT_EQ(facts.age_at_exploitation, AgeBand::child);
    EXPECT_EQ(facts.gender, Gender::male);
    EXPECT_EQ(facts.nationalities, intake_.rows[1].facts.nationalities);
    EXPECT_TRUE(policy_.has_region(facts.region));
  }
}

TEST_F(SyntheticTest, AnAdultConsentsAloneAndAChildThroughAGuardian) {
  for (std::size_t row = 0; row < 2; ++row) {
    const auto [document, facts, consents] = parse(make(row, 0));
    ASSERT_FALSE(consents.empty());
    EXPECT_EQ(consents.front().purpose, ConsentPurpose::identification);
    EXPECT_TRUE(consents.front().given);
    EXPECT_EQ(consents.front().by, row == 0 ? ConsentGiver::individual : ConsentGiver::guardian);
  }
}

TEST_F(SyntheticTest, ThePersonalPartSaysThatItIsMadeUp) {
  const auto report = make(0, 0);
  json::Document document;
  ASSERT_TRUE(document.parse_strict(report.body));
  for (const json::Value field : document.root().find("personal"))
    EXPECT_NE(field.text().find("fictitious"), std::string_view::npos) << field.key();
}

TEST_F(SyntheticTest, PeopleDiffer) {
  std::set<Urgency> urgencies;
  std::set<std::size_t> needs;
  for (std::uint32_t number = 0; number < 40; ++number) {
    const auto [document, facts, consents] = parse(make(0, number));
    urgencies.insert(facts.urgency);
    needs.insert(facts.needs.size());
  }
  EXPECT_GE(urgencies.size(), 2u);
  EXPECT_GE(needs.size(), 2u);
}

TEST(DiceTest, AreAFunctionOfWhatTheyAreAbout) {
  Dice a({"case", "1"}), b({"case", "1"}), c({"case1", ""});
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
}

TEST(DiceTest, AreFairEnough) {
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 6'000; ++i) ++counts[Dice({std::to_string(i)}).below(6)];
  for (const auto& [face, times] : counts) {
    EXPECT_GT(times, 850) << face;
    EXPECT_LT(times, 1'150) << face;
  }
  EXPECT_EQ(counts.size(), 6u);
}
}  // namespace
}  // namespace nrm::cli
