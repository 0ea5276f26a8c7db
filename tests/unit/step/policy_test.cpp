#include "common/step/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/step/clock_table.hpp"
#include "tests/unit/step/packs.hpp"

namespace nrm::test {
namespace {
using testing::HasSubstr;

// --- the rules of a pack ------------------------------------------------------------------------

TEST(Policy, PrefersTheRuleOfTheUrgency) {
  const Policy uk = policy_of("uk");
  const Instant start = at("2023-07-03T09:00:00.000Z");
  const auto answer_by = [&](Urgency urgency) {
    return uk.due(ClockName::answer_offer, start, urgency)->text();
  };
  EXPECT_EQ(answer_by(Urgency::routine), "2023-07-05T09:00:00.000Z");
  EXPECT_EQ(answer_by(Urgency::urgent), "2023-07-04T09:00:00.000Z");
  EXPECT_EQ(answer_by(Urgency::emergency), "2023-07-03T13:00:00.000Z");
  // A clock without a rule of that urgency: the general one.
  EXPECT_EQ(uk.due(ClockName::plan, start, Urgency::emergency), uk.due(ClockName::plan, start));
}

TEST(Policy, HasNoTimeWhereThePackSetsNone) {
  const Instant start = at("2023-07-03T09:00:00.000Z");
  EXPECT_EQ(policy_of("uk").due(ClockName::second_stage, start), std::nullopt);
  EXPECT_EQ(policy_of("uk").rule(ClockName::second_stage), nullptr);
  EXPECT_EQ(policy_of("osce").due(ClockName::second_stage, start)->text(),
            "2023-10-01T23:59:59.999Z");
}

TEST(Policy, IsNamedWithItsVersion) {
  EXPECT_EQ(policy_of("uk").name(), "uk@4");
  EXPECT_EQ(policy_of("osce").name(), "osce@4");
}

// --- mistakes in a pack, each named with its pointer --------------------------------------------

// The pack `uk` with one text replaced.
Error mistake(std::string_view from, std::string_view to) {
  std::string bytes = pack_bytes("uk");
  const auto place = bytes.find(from);
  EXPECT_NE(place, bytes.npos) << from;
  bytes.replace(place, from.size(), to);
  const Result<Policy> policy = read_policy(bytes);
  EXPECT_FALSE(policy) << "taken: " << to;
  return policy ? Error() : policy.error();
}

void expect_mistake(std::string_view from, std::string_view to, Code code, std::string_view where) {
  const Error error = mistake(from, to);
  EXPECT_EQ(row_of(error.code).name, row_of(code).name) << to;
  EXPECT_EQ(error.where, where) << to;
}

TEST(PackMistake, IsNamedWithItsPointer) {
  expect_mistake("\"pack\": \"uk\",", "", Code::missing_field, "/pack");
  expect_mistake("\"version\": 4", "\"version\": \"1\"", Code::wrong_type, "/version");
  expect_mistake("\"version\": 4", "\"version\": 1.5", Code::wrong_type, "/version");
  expect_mistake("\"version\": 4", "\"version\": 1, \"colour\": 2", Code::unknown_field, "/colour");
  expect_mistake("\"version\": 4", "\"version\": 1, \"version\": 2", Code::duplicate_key,
                 "/version");
  expect_mistake("\"kind\": \"target\"", "\"kind\": \"wish\"", Code::unknown_code,
                 "/clocks/0/kind");
  expect_mistake("\"unit\": \"working_days\"", "\"unit\": \"moons\"", Code::unknown_code,
                 "/clocks/0/unit");
  expect_mistake("\"length\": 5", "\"length\": 0", Code::out_of_range, "/clocks/0/length");
  expect_mistake("\"length\": 5", "\"length\": 36501", Code::out_of_range, "/clocks/0/length");
  expect_mistake("\"length\": 5", "\"length\": -5", Code::out_of_range, "/clocks/0/length");
  expect_mistake("\"2022-01-03\"", "\"2022-02-29\"", Code::invalid_date, "/holidays/0");
  expect_mistake("\"anonymous_route\": true", "\"anonymous_route\": \"yes\"", Code::wrong_type,
                 "/anonymous_route");
  expect_mistake("\"offers_max\": 5", "\"offers_max\": 0", Code::out_of_range, "/offers_max");
  expect_mistake("\"offers_max\": 5", "\"offers_max\": 51", Code::out_of_range, "/offers_max");
  expect_mistake("{", "[", Code::malformed_json, "");
}

TEST(PackMistake, AnEmptyListOfRegions) {
  std::string bytes = pack_bytes("uk");
  const auto from = bytes.find('[', bytes.find("\"regions\""));
  bytes.replace(from, bytes.find(']', from) - from + 1, "[]");
  const auto policy = read_policy(bytes);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, Code::missing_field);
  EXPECT_EQ(policy.error().where, "/regions");
}

TEST(PackMistake, ALimitIsMissingGivenTwiceOrOutOfRange) {
  expect_mistake("\"name\": \"openings_per_account\"", "\"name\": \"openings_per_organisation\"",
                 Code::missing_field, "/access_limits");
  expect_mistake("\"items_listed_per_organisation\"", "\"items_listed_per_account\"",
                 Code::already_exists, "/access_limits");
  expect_mistake("\"per_hour\": 500", "\"per_hour\": 0", Code::out_of_range,
                 "/access_limits/1/per_hour");
  expect_mistake("\"per_hour\": 500", "\"per_hour\": 2000000000", Code::out_of_range,
                 "/access_limits/1/per_hour");
}

TEST(PackLimits, AreAskedByName) {
  EXPECT_EQ(policy_of("uk").per_hour(LimitName::openings_per_account), 100u);
  EXPECT_EQ(policy_of("osce").per_hour(LimitName::openings_per_organisation), 500u);
  EXPECT_EQ(policy_of("uk").per_hour(LimitName::items_listed_per_organisation), 50'000u);
  EXPECT_EQ(Policy().per_hour(LimitName::openings_per_account), limits::access_per_hour_max);
}

TEST(PackMistake, AClockGivenTwice) {
  // waitlist_review is the seventh; under this name there are two of it.
  expect_mistake("\"name\": \"waitlist_review\"", "\"name\": \"reconsideration\"",
                 Code::already_exists, place_of_clock("uk", ClockName::waitlist_review));
  // And twice for one urgency.
  expect_mistake("\"urgency\": \"emergency\"", "\"urgency\": \"urgent\"", Code::already_exists,
                 "/clocks/5");
}

TEST(PackMistake, AClockThatEveryMechanismNeedsIsMissing) {
  for (const ClockRow& row : clock_table()) {
    Policy without = policy_of("uk");
    std::erase_if(without.clocks, [&](const ClockRule& rule) { return rule.name == row.name; });
    without.support.move_on_after_positive = false;  // which needs a clock that others do not
    without.support.move_on_extension_days_max = 0;
    const Result<Policy> read = read_policy(to_json(without));
    ASSERT_EQ(read.has_value(), row.need != ClockNeed::every_pack) << to_text(row.name);
    if (read) continue;
    EXPECT_EQ(row_of(read.error().code).name, "missing_field") << to_text(row.name);
    EXPECT_EQ(read.error().where, "/clocks");
    EXPECT_THAT(read.error().detail, HasSubstr(to_text(row.name)));
  }
}
}  // namespace
}  // namespace nrm::test
