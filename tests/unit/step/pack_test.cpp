// The committed packs: their calendars against each country's own rules, and clocks worked out by
// hand on them.
#include <gtest/gtest.h>

#include <set>

#include "common/step/policy_check.hpp"
#include "tests/unit/step/packs.hpp"

namespace nrm::test {
namespace {
class Pack : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Committed, Pack, testing::ValuesIn(committed_packs),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(Pack, IsWithoutMistakesAndWithoutWarnings) {
  const PolicyCheck check = check_policy(pack_bytes(GetParam()), day("2026-11-22"));
  for (const PolicyFinding& one : check.findings)
    ADD_FAILURE() << one.fault.where << ": " << one.fault.detail << " -> " << one.instead;
}

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

// A law, a guidance, a report; or it says that none sets it.
TEST_P(Pack, GivesASourceForEveryRule) {
  const Policy policy = policy_of(GetParam());
  for (const ClockRule& rule : policy.clocks)
    EXPECT_GE(rule.source.text().size(), 20u) << to_text(rule.name);
  for (const DeciderRule& rule : policy.identification.deciders)
    EXPECT_GE(rule.source.text().size(), 20u) << to_text(rule.stage);
  for (const RoleRule& rule : policy.roles)
    EXPECT_GE(rule.source.text().size(), 20u) << to_text(rule.role);
  EXPECT_GE(policy.identification.recovery.source.text().size(), 20u);
}

TEST_P(Pack, ListsHolidaysAndRegionsOnce) {
  const Policy policy = policy_of(GetParam());
  EXPECT_EQ(std::set<Date>(policy.holidays.begin(), policy.holidays.end()).size(),
            policy.holidays.size());
  EXPECT_EQ(std::set<Region>(policy.regions.begin(), policy.regions.end()).size(),
            policy.regions.size());
}

TEST_P(Pack, NamesHolidaysOfEveryYearUntilTheEndOfItsCalendar) {
  const Policy policy = policy_of(GetParam());
  std::set<std::string> years;
  for (const Date holiday : policy.holidays) years.insert(holiday.text().substr(0, 4));
  for (const char* year : {"2024", "2025", "2026", "2027"})
    EXPECT_TRUE(years.contains(year)) << year;
  for (const Date holiday : policy.holidays) {
    EXPECT_LE(holiday.weekday(), 5) << holiday.text();
    EXPECT_FALSE(policy.working_day(holiday)) << holiday.text();
  }
}

// --- movable feasts -----------------------------------------------------------------------------

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

// Meeus' algorithm for the Julian calendar, which is 13 days behind until 2100.
Date orthodox_easter(int year) {
  const int a = year % 4, b = year % 7, c = year % 19;
  const int d = (19 * c + 15) % 30, e = (2 * a + 4 * b - d + 34) % 7;
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, (d + e + 114) / 31,
                (d + e + 114) % 31 + 1);
  return day(text).plus(13);
}

TEST(Easter, IsOnTheDaysThatTheChurchesPublish) {
  const char* western[] = {"2022-04-17", "2023-04-09", "2024-03-31",
                           "2025-04-20", "2026-04-05", "2027-03-28"};
  const char* orthodox[] = {"2022-04-24", "2023-04-16", "2024-05-05",
                            "2025-04-20", "2026-04-12", "2027-05-02"};
  for (int year = 2022; year <= 2027; ++year) {
    EXPECT_EQ(easter(year).text(), western[year - 2022]);
    EXPECT_EQ(orthodox_easter(year).text(), orthodox[year - 2022]);
  }
}

Date monday_from(Date date) {
  while (date.weekday() != 1) date = date.plus(1);
  return date;
}

Date of_year(int year, std::string_view month_and_day) {
  return day(std::to_string(year) + '-' + std::string(month_and_day));
}

// What a pack lists: the days of the rule that are no weekends.
template <class Rule>
void expect_calendar(std::string_view pack, const Rule& rule) {
  std::set<Date> expected;
  for (int year = 2022; year <= 2027; ++year)
    for (const Date one : rule(year))
      if (one.weekday() <= 5) expected.insert(one);
  const Policy policy = policy_of(pack);
  EXPECT_EQ(std::set<Date>(policy.holidays.begin(), policy.holidays.end()), expected) << pack;
}

// --- United Kingdom -----------------------------------------------------------------------------

// Every five-working-day clock that starts in the days around, by the published calendar of
// England and Wales; British summer time ends a day at 23:00 UTC.
TEST(UnitedKingdom, FirstStageAroundEaster2023) {
  const Policy uk = policy_of("uk");  // Good Friday 7 April, Easter Monday 10 April
  EXPECT_EQ(due(uk, "2023-03-30T10:00:00.000Z"), "2023-04-06T22:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-03-31T10:00:00.000Z"), "2023-04-11T22:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-04-06T10:00:00.000Z"), "2023-04-17T22:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-04-07T10:00:00.000Z"), "2023-04-17T22:59:59.999Z");
}

TEST(UnitedKingdom, FirstStageAroundTheCoronation) {
  const Policy uk = policy_of("uk");  // Mondays 1 and 8 May 2023
  EXPECT_EQ(due(uk, "2023-04-28T10:00:00.000Z"), "2023-05-09T22:59:59.999Z");
  EXPECT_EQ(due(uk, "2023-05-02T10:00:00.000Z"), "2023-05-10T22:59:59.999Z");
}

TEST(UnitedKingdom, FirstStageAcrossTheYear) {
  const Policy uk = policy_of("uk");
  // Friday 22 December 2023: 27, 28, 29 December, then 2 and 3 January.
  EXPECT_EQ(due(uk, "2023-12-22T10:00:00.000Z"), "2024-01-03T23:59:59.999Z");
  // Christmas 2022 on a Sunday: Boxing Day on Monday, the substitute on Tuesday, 2 January.
  EXPECT_EQ(due(uk, "2022-12-23T10:00:00.000Z"), "2023-01-04T23:59:59.999Z");
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
  expect_calendar("uk", holidays_by_rule);
}

// --- Bulgaria -----------------------------------------------------------------------------------

// Labour Code, art. 154: a holiday at a weekend, other than Easter's, gives the first working days
// after it.
std::set<Date> bulgarian_holidays(int year) {
  std::set<Date> out;
  const Date feast = orthodox_easter(year);
  for (const int days : {-2, -1, 0, 1}) out.insert(feast.plus(days));
  const char* fixed[] = {"01-01", "03-03", "05-01", "05-06", "05-24",
                         "09-06", "09-22", "12-24", "12-25", "12-26"};
  for (const char* one : fixed) out.insert(of_year(year, one));
  for (const char* one : fixed) {
    Date substitute = of_year(year, one);
    if (substitute.weekday() <= 5) continue;
    while (substitute.weekday() > 5 || out.contains(substitute)) substitute = substitute.plus(1);
    out.insert(substitute);
  }
  return out;
}

TEST(Bulgaria, HasTheHolidaysOfTheLabourCode) { expect_calendar("bulgaria", bulgarian_holidays); }

// As published by the Council of Ministers for 2024, and worked out by hand for 2027, when Labour
// Day is Holy Saturday's morrow: its substitute comes after Easter Monday.
TEST(Bulgaria, ListsTheDaysThatWerePublished) {
  const Policy bulgaria = policy_of("bulgaria");
  std::vector<std::string> in_2024, may_2027;
  for (const Date one : bulgaria.holidays) {
    if (one.text().starts_with("2024")) in_2024.push_back(one.text().substr(5));
    if (one.text().starts_with("2027-05")) may_2027.push_back(one.text().substr(8));
  }
  EXPECT_EQ(in_2024, (std::vector<std::string>{"01-01", "03-04", "05-01", "05-03", "05-06", "05-24",
                                               "09-06", "09-23", "12-24", "12-25", "12-26"}));
  EXPECT_EQ(may_2027, (std::vector<std::string>{"03", "04", "06", "24"}));
}

TEST(Bulgaria, ItsClocksByHand) {
  const Policy bulgaria = policy_of("bulgaria");  // Sofia: UTC+2, in summer +3
  // Tuesday 30 April 2024: 2 May, then 7, 8, 9, 10 (1 Labour Day, 3 Good Friday, 6 Easter Monday).
  EXPECT_EQ(due(bulgaria, "2024-04-30T08:00:00.000Z"), "2024-05-10T20:59:59.999Z");
  // Thursday 29 April 2027: 5, 7, 10, 11, 12 May.
  EXPECT_EQ(due(bulgaria, "2027-04-29T08:00:00.000Z"), "2027-05-12T20:59:59.999Z");
  // Thirty days over a leap day; the end is winter time.
  EXPECT_EQ(due(bulgaria, "2024-02-10T08:00:00.000Z", ClockName::recovery),
            "2024-03-11T21:59:59.999Z");
  // And into summer time.
  EXPECT_EQ(due(bulgaria, "2024-03-10T08:00:00.000Z", ClockName::recovery),
            "2024-04-09T20:59:59.999Z");
}

TEST(Bulgaria, ItsRulesOfRecovery) {
  const IdentificationPolicy rules = policy_of("bulgaria").identification;
  EXPECT_EQ(rules.recovery.grant, RecoveryGrant::automatic);
  EXPECT_FALSE(rules.recovery.children);
  EXPECT_TRUE(rules.recovery.ends_on_cooperation);
  EXPECT_FALSE(policy_of("bulgaria").anonymous_route);
}

// --- Georgia ------------------------------------------------------------------------------------

// Labour Code, art. 30; 17 May by the government's decision in 2024 and by law since 2025. No
// substitutes.
std::set<Date> georgian_holidays(int year) {
  std::set<Date> out;
  const Date feast = orthodox_easter(year);
  for (const int days : {-2, -1, 0, 1}) out.insert(feast.plus(days));
  for (const char* one : {"01-01", "01-02", "01-07", "01-19", "03-03", "03-08", "04-09", "05-09",
                          "05-12", "05-26", "08-28", "10-14", "11-23"})
    out.insert(of_year(year, one));
  if (year >= 2024) out.insert(of_year(year, "05-17"));
  return out;
}

TEST(Georgia, HasTheHolidaysOfTheLabourCode) { expect_calendar("georgia", georgian_holidays); }

TEST(Georgia, ItsClocksByHand) {
  const Policy georgia = policy_of("georgia");  // Tbilisi: UTC+4 all year
  EXPECT_EQ(due(georgia, "2024-05-02T12:00:00.000Z"), "2024-05-04T12:00:00.000Z");  // 48 hours
  // Ten working days from Friday 29 December 2023: 3, 4, 5, 8, 9, 10, 11, 12, 15, 16 January.
  EXPECT_EQ(due(georgia, "2023-12-29T12:00:00.000Z", ClockName::plan), "2024-01-16T19:59:59.999Z");
  // Two from Thursday 2 May 2024: 7 and 8 (3 Good Friday, 6 Easter Monday).
  EXPECT_EQ(due(georgia, "2024-05-02T12:00:00.000Z", ClockName::escalation),
            "2024-05-08T19:59:59.999Z");
  // Eleven at night there is Friday the 3rd, seven in the evening in UTC; an hour later Saturday.
  EXPECT_EQ(due(georgia, "2024-06-03T19:59:59.999Z", ClockName::waitlist_review),
            "2024-06-10T19:59:59.999Z");
  EXPECT_EQ(due(georgia, "2024-06-03T20:00:00.000Z", ClockName::waitlist_review),
            "2024-06-11T19:59:59.999Z");
}

TEST(Georgia, HasTwoRoutes) {
  const IdentificationPolicy rules = policy_of("georgia").identification;
  const DeciderRule* group = rules.decider(Stage::first, IdentificationRoute::board);
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->kind, DeciderKind::committee);
  EXPECT_EQ(group->quorum, 3u);
  EXPECT_EQ(group->members, 5u);
  EXPECT_EQ(rules.decider(Stage::first, IdentificationRoute::authority)->kind,
            DeciderKind::authority);
  EXPECT_FALSE(rules.second_stage);
}

// --- Ireland ------------------------------------------------------------------------------------

// Organisation of Working Time Act 1997, second schedule; St Brigid's day since 2023. A holiday at
// a weekend is kept on the next weekday that is none, as the banks do.
std::set<Date> irish_holidays(int year) {
  std::set<Date> out;
  const Date brigid = of_year(year, "02-01");
  if (year >= 2023) out.insert(brigid.weekday() == 5 ? brigid : monday_from(brigid));
  for (const char* month : {"05-01", "06-01", "08-01"})
    out.insert(monday_from(of_year(year, month)));
  out.insert(monday_from(of_year(year, "10-25")));  // the last Monday of October
  out.insert(easter(year).plus(1));
  if (year == 2022) out.insert(day("2022-03-18"));  // remembrance, given once
  const char* fixed[] = {"01-01", "03-17", "12-25", "12-26"};
  for (const char* one : fixed) out.insert(of_year(year, one));
  for (const char* one : fixed) {
    Date kept = of_year(year, one);
    if (kept.weekday() <= 5) continue;
    while (kept.weekday() > 5 || out.contains(kept)) kept = kept.plus(1);
    out.insert(kept);
  }
  return out;
}

TEST(Ireland, HasThePublicHolidays) { expect_calendar("ireland", irish_holidays); }

TEST(Ireland, ItsClocksByHand) {
  const Policy ireland = policy_of("ireland");  // Dublin: UTC, in summer +1
  // Friday 2 February 2024: 6, 7, 8, 9, 12 (Monday 5 is St Brigid's).
  EXPECT_EQ(due(ireland, "2024-02-02T10:00:00.000Z"), "2024-02-12T23:59:59.999Z");
  // St Patrick's on a Sunday: Monday 18 March 2024 is off.
  EXPECT_EQ(due(ireland, "2024-03-15T10:00:00.000Z"), "2024-03-25T23:59:59.999Z");
  // 17 and 18 March 2022.
  EXPECT_EQ(due(ireland, "2022-03-16T10:00:00.000Z"), "2022-03-25T23:59:59.999Z");
  // The first Monday of June, in summer time.
  EXPECT_EQ(due(ireland, "2024-05-31T10:00:00.000Z"), "2024-06-10T22:59:59.999Z");
  // Good Friday is a working day: 28, 29 March, 2, 3, 4 April 2024.
  EXPECT_EQ(due(ireland, "2024-03-27T10:00:00.000Z"), "2024-04-04T22:59:59.999Z");
}

TEST(Ireland, HasTrustedPartnersAndACommittee) {
  const IdentificationPolicy rules = policy_of("ireland").identification;
  EXPECT_TRUE(rules.decider(Stage::first, IdentificationRoute::authority)->trusted_partners);
  const DeciderRule* second = rules.decider(Stage::second, IdentificationRoute::authority);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->kind, DeciderKind::committee);
  EXPECT_FALSE(second->trusted_partners);
}

// --- Latvia -------------------------------------------------------------------------------------

// Law on holidays, commemoration and celebration days: 4 May and 18 November move from a weekend
// to Monday. Given once: 29 May 2023 (ice hockey), 10 July 2023 (song festival).
std::set<Date> latvian_holidays(int year) {
  std::set<Date> out;
  for (const char* one :
       {"01-01", "05-01", "05-04", "06-23", "06-24", "11-18", "12-24", "12-25", "12-26", "12-31"})
    out.insert(of_year(year, one));
  for (const char* one : {"05-04", "11-18"})
    if (of_year(year, one).weekday() > 5) out.insert(monday_from(of_year(year, one)));
  out.insert({easter(year).plus(-2), easter(year).plus(1)});
  if (year == 2023) out.insert({day("2023-05-29"), day("2023-07-10")});
  return out;
}

TEST(Latvia, HasTheHolidaysOfTheLaw) { expect_calendar("latvia", latvian_holidays); }

TEST(Latvia, ItsClocksByHand) {
  const Policy latvia = policy_of("latvia");  // Riga: UTC+2, in summer +3
  const auto answer = [&](std::string_view start) {
    return due(latvia, start, ClockName::answer_offer);
  };
  // Saturday 4 May 2024 gives Monday the 6th. From Thursday the 2nd: 3, 7, 8.
  EXPECT_EQ(answer("2024-05-02T10:00:00.000Z"), "2024-05-08T20:59:59.999Z");
  // Saturday 18 November 2023 gives Monday the 20th. From Thursday the 16th: 17, 21, 22.
  EXPECT_EQ(answer("2023-11-16T10:00:00.000Z"), "2023-11-22T21:59:59.999Z");
  // From Friday 26 May 2023: 30, 31, 1 June.
  EXPECT_EQ(answer("2023-05-26T10:00:00.000Z"), "2023-06-01T20:59:59.999Z");
  // Midsummer: from Friday 20 June 2025: 25, 26, 27.
  EXPECT_EQ(answer("2025-06-20T10:00:00.000Z"), "2025-06-27T20:59:59.999Z");
  // New Year's eve and day: from Friday 27 December 2024: 30 December, 2 and 3 January.
  EXPECT_EQ(answer("2024-12-27T10:00:00.000Z"), "2025-01-03T21:59:59.999Z");
}

TEST(Latvia, HasOneStageAndACommissionOfFour) {
  const IdentificationPolicy rules = policy_of("latvia").identification;
  EXPECT_FALSE(rules.second_stage);
  EXPECT_EQ(rules.decider(Stage::first, IdentificationRoute::board)->members, 4u);
}
}  // namespace
}  // namespace nrm::test
