#include "common/step/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace nrm::test {
namespace {
using testing::HasSubstr;

std::string pack_bytes(std::string_view pack) {
  std::ifstream in(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/" + std::string(pack) +
                   ".json");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Policy policy_of(std::string_view pack) {
  const Result<Policy> policy = read_policy(pack_bytes(pack));
  EXPECT_TRUE(policy) << policy.error().where << ": " << policy.error().detail;
  return policy ? policy.value() : Policy();
}

Date day(std::string_view text) { return *Date::parse(text); }
Instant at(std::string_view text) { return *Instant::parse(text); }

// A policy of one rule and these holidays.
Policy one_clock(ClockUnit unit, std::uint32_t length,
                 std::initializer_list<std::string_view> off = {}) {
  Policy policy;
  policy.clocks.push_back({.name = ClockName::first_stage, .unit = unit, .length = length});
  for (const auto text : off) policy.holidays.push_back(day(text));
  return policy;
}

std::string due(const Policy& policy, std::string_view start) {
  const auto instant = policy.due(ClockName::first_stage, at(start));
  return instant ? instant->text() : "none";
}

// --- arithmetic, against calendars worked out by hand -------------------------------------------

TEST(Clock, InHoursIsExact) {
  EXPECT_EQ(due(one_clock(ClockUnit::hours, 48), "2023-07-03T09:15:30.123Z"),
            "2023-07-05T09:15:30.123Z");
  EXPECT_EQ(due(one_clock(ClockUnit::hours, 4), "2023-12-31T22:00:00.000Z"),
            "2024-01-01T02:00:00.000Z");
}

TEST(Clock, InCalendarDaysRunsToTheEndOfTheLastDay) {
  const Policy thirty = one_clock(ClockUnit::calendar_days, 30);
  EXPECT_EQ(due(thirty, "2023-07-06T00:00:00.000Z"), "2023-08-05T23:59:59.999Z");
  EXPECT_EQ(due(thirty, "2023-07-06T23:59:59.999Z"), "2023-08-05T23:59:59.999Z");
  EXPECT_EQ(due(thirty, "2023-12-15T12:00:00.000Z"), "2024-01-14T23:59:59.999Z");  // year end
}

TEST(Clock, KnowsLeapDays) {
  const Policy thirty = one_clock(ClockUnit::calendar_days, 30);
  EXPECT_EQ(due(thirty, "2024-02-01T08:00:00.000Z"), "2024-03-02T23:59:59.999Z");
  EXPECT_EQ(due(thirty, "2023-02-01T08:00:00.000Z"), "2023-03-03T23:59:59.999Z");
  EXPECT_EQ(due(one_clock(ClockUnit::calendar_days, 1), "2024-02-28T08:00:00.000Z"),
            "2024-02-29T23:59:59.999Z");
  // Thursday 29 February is a working day like any other.
  EXPECT_EQ(due(one_clock(ClockUnit::working_days, 2), "2024-02-28T08:00:00.000Z"),
            "2024-03-01T23:59:59.999Z");
}

TEST(Clock, InWorkingDaysLeavesOutWeekends) {
  const Policy five = one_clock(ClockUnit::working_days, 5);
  EXPECT_EQ(due(five, "2023-07-03T09:00:00.000Z"), "2023-07-10T23:59:59.999Z");  // a Monday
  EXPECT_EQ(due(five, "2023-07-07T18:00:00.000Z"), "2023-07-14T23:59:59.999Z");  // a Friday
  // Reported at the weekend: Monday is day 1, as it is for a report on Friday.
  EXPECT_EQ(due(five, "2023-07-08T09:00:00.000Z"), "2023-07-14T23:59:59.999Z");
  EXPECT_EQ(due(five, "2023-07-09T23:59:59.999Z"), "2023-07-14T23:59:59.999Z");
  EXPECT_EQ(due(one_clock(ClockUnit::working_days, 1), "2023-07-07T09:00:00.000Z"),
            "2023-07-10T23:59:59.999Z");
}

TEST(Clock, InWorkingDaysLeavesOutHolidays) {
  const Policy five = one_clock(ClockUnit::working_days, 5, {"2023-07-05"});
  EXPECT_EQ(due(five, "2023-07-03T09:00:00.000Z"), "2023-07-11T23:59:59.999Z");
  // A holiday on a Saturday costs nothing more.
  const Policy saturday = one_clock(ClockUnit::working_days, 5, {"2023-07-08"});
  EXPECT_EQ(due(saturday, "2023-07-03T09:00:00.000Z"), "2023-07-10T23:59:59.999Z");
}

// Every five-working-day clock that starts in the days around, by the published calendar of
// England and Wales.
TEST(UnitedKingdom, FirstStageAroundEaster2023) {
  const Policy uk = policy_of("uk");  // Good Friday 7 April, Easter Monday 10 April
  EXPECT_EQ(due(uk, "2023-03-30T10:00:00.000Z"), "2023-04-06T23:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-03-31T10:00:00.000Z"), "2023-04-11T23:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-04-06T10:00:00.000Z"), "2023-04-17T23:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-04-07T10:00:00.000Z"), "2023-04-17T23:59:59.999Z");
}

TEST(UnitedKingdom, FirstStageAroundTheCoronation) {
  const Policy uk = policy_of("uk");  // Mondays 1 and 8 May 2023
  EXPECT_EQ(due(uk, "2023-04-28T10:00:00.000Z"), "2023-05-09T23:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-05-02T10:00:00.000Z"), "2023-05-10T23:59:59.999Z");
}

TEST(UnitedKingdom, FirstStageAcrossTheYear) {
  const Policy uk = policy_of("uk");
  // Friday 22 December 2023: 27, 28, 29 December, then 2 and 3 January.
  EXPECT_EQ(due(uk, "2023-12-22T10:00:00.000Z"), "2024-01-03T23:59:59.999Z");
  // Christmas 2022 on a Sunday: Boxing Day on Monday, the substitute on Tuesday, 2 January.
  EXPECT_EQ(due(uk, "2022-12-23T10:00:00.000Z"), "2023-01-04T23:59:59.999Z");
}

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

class Pack : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Committed, Pack, testing::Values("uk", "osce"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(Pack, KeepsTheMinimumOfTheConvention) {
  const Policy policy = policy_of(GetParam());
  EXPECT_EQ(policy.pack.text(), GetParam());
  const ClockRule* recovery = policy.rule(ClockName::recovery);
  ASSERT_NE(recovery, nullptr);
  EXPECT_EQ(recovery->kind, ClockKind::minimum);
  EXPECT_EQ(recovery->unit, ClockUnit::calendar_days);
  EXPECT_GE(recovery->length, 30u);  // Council of Europe Convention, art. 13
  EXPECT_EQ(policy.urgent_needs_referred_at, ReferralMoment::report);
  EXPECT_FALSE(policy.appointments) << "offices are filled in by nrm init, never in a pack";
}

TEST_P(Pack, GivesASourceForEveryClock) {
  for (const ClockRule& rule : policy_of(GetParam()).clocks)
    EXPECT_GE(rule.source.text().size(), 20u) << to_text(rule.name);
}

TEST_P(Pack, ListsHolidaysAndRegionsOnce) {
  const Policy policy = policy_of(GetParam());
  EXPECT_EQ(std::set<Date>(policy.holidays.begin(), policy.holidays.end()).size(),
            policy.holidays.size());
  EXPECT_EQ(std::set<Region>(policy.regions.begin(), policy.regions.end()).size(),
            policy.regions.size());
}

// The anonymous Gregorian algorithm (Meeus, Jones, Butcher).
Date easter(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int month = (h + l - 7 * m + 114) / 31, day_of_month = (h + l - 7 * m + 114) % 31 + 1;
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day_of_month);
  return day(text);
}

// The rules of the Banking and Financial Dealings Act 1971 and of the proclamations; the holidays
// that were moved or given once are listed by hand.
std::set<Date> holidays_by_rule(int year) {
  std::set<Date> out;
  const std::string y = std::to_string(year);
  const auto next_free = [&out](Date date) {
    while (date.weekday() > 5 || out.contains(date)) date = date.plus(1);
    out.insert(date);
  };
  const auto monday_from = [](Date date) {
    while (date.weekday() != 1) date = date.plus(1);
    return date;
  };
  next_free(day(y + "-01-01"));
  out.insert(easter(year).plus(-2));
  out.insert(easter(year).plus(1));
  out.insert(monday_from(day(y + "-05-01")));
  out.insert(year == 2022 ? day("2022-06-02") : monday_from(day(y + "-05-25")));
  out.insert(monday_from(day(y + "-08-25")));
  // 25 and 26 December: the substitute of a weekend day comes after the other one.
  const Date christmas = day(y + "-12-25"), boxing = day(y + "-12-26");
  if (boxing.weekday() <= 5) out.insert(boxing);
  next_free(christmas);
  if (boxing.weekday() > 5) next_free(boxing);
  if (year == 2022) out.insert({day("2022-06-03"), day("2022-09-19")});  // jubilee, state funeral
  if (year == 2023) out.insert(day("2023-05-08"));                       // coronation
  return out;
}

TEST(UnitedKingdom, HasTheBankHolidaysOfEnglandAndWales) {
  std::set<Date> expected;
  for (int year = 2022; year <= 2027; ++year) expected.merge(holidays_by_rule(year));
  const Policy uk = policy_of("uk");
  EXPECT_EQ(std::set<Date>(uk.holidays.begin(), uk.holidays.end()), expected);
  for (const Date holiday : uk.holidays) {
    EXPECT_LE(holiday.weekday(), 5) << holiday.text();
    EXPECT_FALSE(uk.working_day(holiday)) << holiday.text();
  }
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
                 Code::already_exists, "/clocks/6");
  // And twice for one urgency.
  expect_mistake("\"urgency\": \"emergency\"", "\"urgency\": \"urgent\"", Code::already_exists,
                 "/clocks/5");
}

TEST(PackMistake, AClockThatEveryMechanismNeedsIsMissing) {
  for (const std::string_view name :
       {"first_stage", "recovery", "reconsideration", "waitlist_review", "awaiting_consent",
        "escalation", "plan", "review", "closure_approval", "report_follows",
        "withdrawal_acknowledgement", "break_glass_review"}) {
    const std::string quoted = '"' + std::string(name) + '"';
    // Under another name it is gone; second_stage is the one that a pack need not have.
    const Error error = mistake("\"name\": " + quoted, "\"name\": \"second_stage\"");
    EXPECT_EQ(row_of(error.code).name, "missing_field") << name;
    EXPECT_EQ(error.where, "/clocks");
    EXPECT_THAT(error.detail, HasSubstr(name));
  }
  // The general answer_offer: routine needs would have none.
  const Error error = mistake("\"name\": \"answer_offer\"", "\"name\": \"second_stage\"");
  EXPECT_EQ(error.where, "/clocks");
  EXPECT_THAT(error.detail, HasSubstr("answer_offer"));
}
}  // namespace
}  // namespace nrm::test
