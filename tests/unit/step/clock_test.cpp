// The arithmetic of clocks, against calendars worked out by hand.
#include <gtest/gtest.h>

#include "tests/unit/step/packs.hpp"

namespace nrm::test {
namespace {
// A policy of one rule and these holidays.
Policy one_clock(ClockUnit unit, std::uint32_t length,
                 std::initializer_list<std::string_view> off = {}) {
  Policy policy;
  policy.clocks.push_back({.name = ClockName::first_stage,
                           .kind = {},
                           .unit = unit,
                           .length = length,
                           .urgency = {},
                           .starts = {},
                           .pauses = {},
                           .expiry = {},
                           .source = {}});
  for (const auto text : off) policy.holidays.push_back(day(text));
  return policy;
}

Policy in_zone(Policy policy, std::uint32_t minutes_ahead, bool summer_time) {
  policy.zone = {minutes_ahead, summer_time};
  return policy;
}

Region region(std::string_view code) { return *Region::parse(code); }

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
  EXPECT_EQ(due(one_clock(ClockUnit::calendar_days, 366), "2024-02-29T08:00:00.000Z"),
            "2025-03-01T23:59:59.999Z");
  // Thursday 29 February is a working day like any other.
  EXPECT_EQ(due(one_clock(ClockUnit::working_days, 2), "2024-02-28T08:00:00.000Z"),
            "2024-03-01T23:59:59.999Z");
}

// A period that a law gives in years ends on the same date, also when a 29 February is in it.
TEST(Clock, InMonthsEndsOnTheSameDate) {
  const Policy year = one_clock(ClockUnit::calendar_months, 12);
  EXPECT_EQ(due(year, "2026-06-01T08:00:00.000Z"), "2027-06-01T23:59:59.999Z");
  EXPECT_EQ(due(year, "2027-06-01T08:00:00.000Z"), "2028-06-01T23:59:59.999Z");
  EXPECT_EQ(due(year, "2024-02-29T08:00:00.000Z"), "2025-02-28T23:59:59.999Z");
  const Policy month = one_clock(ClockUnit::calendar_months, 1);
  EXPECT_EQ(due(month, "2023-01-31T08:00:00.000Z"), "2023-02-28T23:59:59.999Z");
  EXPECT_EQ(due(month, "2023-12-15T08:00:00.000Z"), "2024-01-15T23:59:59.999Z");
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

TEST(Clock, AtTheEndOfTheYear) {
  // Friday 29 December 2023; 1 January 2024 is a Monday: 2, 3, 4, 5 and 8 January.
  EXPECT_EQ(due(one_clock(ClockUnit::working_days, 5, {"2024-01-01"}), "2023-12-29T09:00:00.000Z"),
            "2024-01-08T23:59:59.999Z");
  EXPECT_EQ(due(one_clock(ClockUnit::calendar_days, 1), "2023-12-31T00:00:00.000Z"),
            "2024-01-01T23:59:59.999Z");
}

// Scotland keeps 2 January and St Andrew's day, England does not.
TEST(Clock, RegionalHolidaysAreOffInTheirRegionOnly) {
  Policy five = one_clock(ClockUnit::working_days, 5, {"2024-01-01"});
  five.regional_holidays = {{region("GB-SCT"), {day("2024-01-02"), day("2024-12-02")}},
                            {region("GB-NIR"), {day("2024-03-18")}}};
  const auto in = [&](std::string_view start, std::string_view where) {
    return due(five, start, ClockName::first_stage, where.empty() ? Region() : region(where));
  };
  EXPECT_EQ(in("2023-12-29T09:00:00.000Z", ""), "2024-01-08T23:59:59.999Z");
  EXPECT_EQ(in("2023-12-29T09:00:00.000Z", "GB-NIR"), "2024-01-08T23:59:59.999Z");
  EXPECT_EQ(in("2023-12-29T09:00:00.000Z", "GB-SCT"), "2024-01-09T23:59:59.999Z");
  EXPECT_EQ(in("2024-03-14T09:00:00.000Z", "GB-NIR"), "2024-03-22T23:59:59.999Z");
  EXPECT_EQ(in("2024-03-14T09:00:00.000Z", "GB-SCT"), "2024-03-21T23:59:59.999Z");
}

// --- local time ---------------------------------------------------------------------------------

// London: summer time from 26 March to 29 October 2023.
TEST(Clock, InSummerTimeADayEndsAnHourEarlier) {
  const Policy one = in_zone(one_clock(ClockUnit::calendar_days, 1), 0, true);
  EXPECT_EQ(due(one, "2023-03-24T12:00:00.000Z"), "2023-03-25T23:59:59.999Z");
  EXPECT_EQ(due(one, "2023-03-25T12:00:00.000Z"), "2023-03-26T22:59:59.999Z");  // 23 hours
  EXPECT_EQ(due(one, "2023-10-27T12:00:00.000Z"), "2023-10-28T22:59:59.999Z");
  EXPECT_EQ(due(one, "2023-10-28T12:00:00.000Z"), "2023-10-29T23:59:59.999Z");  // 25 hours
  EXPECT_EQ(due(one, "2023-07-05T12:00:00.000Z"), "2023-07-06T22:59:59.999Z");
  EXPECT_EQ(due(one, "2024-01-05T12:00:00.000Z"), "2024-01-06T23:59:59.999Z");
}

// The day of the start is the local one: half past eleven at night in UTC is tomorrow in London.
TEST(Clock, ADayBeginsAtLocalMidnight) {
  const Policy one = in_zone(one_clock(ClockUnit::calendar_days, 1), 0, true);
  EXPECT_EQ(due(one, "2023-07-05T22:59:59.999Z"), "2023-07-06T22:59:59.999Z");
  EXPECT_EQ(due(one, "2023-07-05T23:00:00.000Z"), "2023-07-07T22:59:59.999Z");
  // In the night in which the time changes: 00:30 UTC is half past midnight, winter time.
  EXPECT_EQ(due(one, "2023-03-26T00:30:00.000Z"), "2023-03-27T22:59:59.999Z");
  EXPECT_EQ(due(one, "2023-10-28T23:30:00.000Z"), "2023-10-30T23:59:59.999Z");  // 00:30 BST
  EXPECT_EQ(due(one, "2023-10-29T00:30:00.000Z"), "2023-10-30T23:59:59.999Z");
}

TEST(Clock, HoursDoNotCareAboutTheTimeOfDay) {
  const Policy day_long = in_zone(one_clock(ClockUnit::hours, 24), 0, true);
  EXPECT_EQ(due(day_long, "2023-03-25T12:00:00.000Z"), "2023-03-26T12:00:00.000Z");
  EXPECT_EQ(due(day_long, "2023-10-28T12:00:00.000Z"), "2023-10-29T12:00:00.000Z");
}

// Riga and Sofia: two hours ahead, three in summer; all of Europe changes at 01:00 UTC.
TEST(Clock, TwoHoursAheadWithSummerTime) {
  const Policy one = in_zone(one_clock(ClockUnit::calendar_days, 1), 120, true);
  EXPECT_EQ(due(one, "2024-01-10T12:00:00.000Z"), "2024-01-11T21:59:59.999Z");
  EXPECT_EQ(due(one, "2024-01-10T22:00:00.000Z"), "2024-01-12T21:59:59.999Z");
  EXPECT_EQ(due(one, "2024-07-10T12:00:00.000Z"), "2024-07-11T20:59:59.999Z");
  EXPECT_EQ(due(one, "2024-03-30T12:00:00.000Z"), "2024-03-31T20:59:59.999Z");  // changed today
  EXPECT_EQ(due(one, "2024-10-26T12:00:00.000Z"), "2024-10-27T21:59:59.999Z");
}

// Tbilisi: four hours ahead all year.
TEST(Clock, FourHoursAheadWithoutSummerTime) {
  const Policy one = in_zone(one_clock(ClockUnit::calendar_days, 1), 240, false);
  EXPECT_EQ(due(one, "2024-01-10T12:00:00.000Z"), "2024-01-11T19:59:59.999Z");
  EXPECT_EQ(due(one, "2024-07-10T12:00:00.000Z"), "2024-07-11T19:59:59.999Z");
  EXPECT_EQ(due(one, "2024-07-10T20:00:00.000Z"), "2024-07-12T19:59:59.999Z");  // midnight there
}

TEST(Clock, ADayIsAllBetweenItsFirstAndItsLastMillisecond) {
  for (const auto& [ahead, summer] :
       {std::pair(0u, true), {120u, true}, {240u, false}, {0u, false}})
    for (Date one = day("2022-01-01"); one < day("2028-01-01"); one = one.plus(1)) {
      const Policy policy = in_zone(Policy(), ahead, summer);
      const Instant first = policy.start_of_local(one), last = policy.end_of_local(one);
      ASSERT_EQ(policy.local_date(first), one) << one.text() << ' ' << ahead;
      ASSERT_EQ(policy.local_date(last), one) << one.text() << ' ' << ahead;
      ASSERT_EQ(policy.local_date(last + Milliseconds(1)), one.plus(1)) << one.text();
      const auto length = last - first + Milliseconds(1);
      ASSERT_TRUE(length == hours(24) || (summer && (length == hours(23) || length == hours(25))));
    }
}

// --- pauses -------------------------------------------------------------------------------------

struct Paused {
  const Policy& policy;
  Instant due;
  Paused& stand(std::string_view from, std::string_view until, const Region& where = {}) {
    const PausedClock left = policy.pause(ClockName::first_stage, at(from), due, where);
    due = policy.resume(left, at(until), where);
    return *this;
  }
};

Paused running(const Policy& policy, std::string_view start, const Region& where = {}) {
  return {policy, *policy.due(ClockName::first_stage, at(start), Urgency::routine, where)};
}

TEST(PausedClock, InHoursKeepsEveryMillisecond) {
  const Policy two_days = one_clock(ClockUnit::hours, 48);
  // Six hours gone, stands for ten days; then 42 hours are left.
  EXPECT_EQ(running(two_days, "2024-02-27T10:00:00.000Z")
                .stand("2024-02-27T16:00:00.000Z", "2024-03-08T16:00:00.000Z")
                .due.text(),
            "2024-03-10T10:00:00.000Z");
  // Twice: 6 hours gone, then 40 more; 2 are left.
  EXPECT_EQ(running(two_days, "2024-02-27T10:00:00.000Z")
                .stand("2024-02-27T16:00:00.000Z", "2024-03-08T16:00:00.000Z")
                .stand("2024-03-10T08:00:00.000Z", "2024-03-20T00:00:00.001Z")
                .due.text(),
            "2024-03-20T02:00:00.001Z");
}

// Monday 3 July 2023, five working days: 4, 5, 6, 7 and 10 July.
TEST(PausedClock, InWorkingDaysKeepsTheDaysAfterThatOfThePause) {
  const Policy five = one_clock(ClockUnit::working_days, 5);
  // Wednesday; left: 6, 7, 10 July. Resumed on Tuesday 18: 19, 20, 21.
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z")
                .stand("2023-07-05T15:00:00.000Z", "2023-07-18T08:00:00.000Z")
                .due.text(),
            "2023-07-21T23:59:59.999Z");
  // And again on Thursday 20, with the 21st left; resumed on Thursday 27.
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z")
                .stand("2023-07-05T15:00:00.000Z", "2023-07-18T08:00:00.000Z")
                .stand("2023-07-20T09:00:00.000Z", "2023-07-27T17:00:00.000Z")
                .due.text(),
            "2023-07-28T23:59:59.999Z");
  // The same day: nothing is lost and nothing won.
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z")
                .stand("2023-07-05T09:00:00.000Z", "2023-07-05T17:00:00.000Z")
                .stand("2023-07-06T09:00:00.000Z", "2023-07-06T17:00:00.000Z")
                .due.text(),
            "2023-07-10T23:59:59.999Z");
}

TEST(PausedClock, PausedOnTheLastDayHasTheRestOfADay) {
  const Policy five = one_clock(ClockUnit::working_days, 5);
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z")
                .stand("2023-07-10T09:00:00.000Z", "2023-07-20T10:00:00.000Z")
                .due.text(),
            "2023-07-20T23:59:59.999Z");
  const Policy thirty = one_clock(ClockUnit::calendar_days, 30);
  EXPECT_EQ(running(thirty, "2024-01-30T09:00:00.000Z")  // until 29 February
                .stand("2024-02-29T23:00:00.000Z", "2024-03-09T10:00:00.000Z")
                .due.text(),
            "2024-03-09T23:59:59.999Z");
}

TEST(PausedClock, OfMonthsHasDaysLeft) {
  const Policy year = one_clock(ClockUnit::calendar_months, 12);
  EXPECT_EQ(running(year, "2027-06-01T09:00:00.000Z")  // until 1 June 2028
                .stand("2028-05-30T09:00:00.000Z", "2028-07-10T10:00:00.000Z")
                .due.text(),
            "2028-07-12T23:59:59.999Z");
}

// The rest of a working day is made good on a day on which somebody works.
TEST(PausedClock, ResumedOnAHoliday) {
  const Policy five = one_clock(ClockUnit::working_days, 5, {"2023-07-20"});
  // Paused on the last day, resumed on Saturday 15 July: Monday 17.
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z")
                .stand("2023-07-10T09:00:00.000Z", "2023-07-15T10:00:00.000Z")
                .due.text(),
            "2023-07-17T23:59:59.999Z");
  // Resumed on Thursday 20, a holiday: Friday 21.
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z")
                .stand("2023-07-10T09:00:00.000Z", "2023-07-20T10:00:00.000Z")
                .due.text(),
            "2023-07-21T23:59:59.999Z");
  // With three days left (6, 7, 10), resumed on that holiday: 21, 24, 25.
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z")
                .stand("2023-07-05T09:00:00.000Z", "2023-07-20T10:00:00.000Z")
                .due.text(),
            "2023-07-25T23:59:59.999Z");
}

TEST(PausedClock, CountsTheHolidaysOfItsRegion) {
  Policy five = one_clock(ClockUnit::working_days, 5);
  const Region scotland = region("GB-SCT");
  five.regional_holidays = {{scotland, {day("2023-07-19"), day("2023-07-21")}}};
  // Left: 6, 7, 10 July. Resumed on Tuesday 18: 20, 24, 25 in Scotland.
  EXPECT_EQ(running(five, "2023-07-03T09:00:00.000Z", scotland)
                .stand("2023-07-05T15:00:00.000Z", "2023-07-18T08:00:00.000Z", scotland)
                .due.text(),
            "2023-07-25T23:59:59.999Z");
}

// Over the change of the time: days end at local midnight before and after.
TEST(PausedClock, OverTheChangeOfTime) {
  const Policy five = in_zone(one_clock(ClockUnit::working_days, 5), 120, true);
  // Monday 25 March 2024 in Riga: until 1 April, 20:59:59.999Z. Left after Wednesday: 28, 29, 1.
  EXPECT_EQ(running(five, "2024-03-25T09:00:00.000Z").due.text(), "2024-04-01T20:59:59.999Z");
  EXPECT_EQ(running(five, "2024-03-25T09:00:00.000Z")
                .stand("2024-03-27T09:00:00.000Z", "2024-04-02T09:00:00.000Z")
                .due.text(),
            "2024-04-05T20:59:59.999Z");
  // 23:30 in Riga of Wednesday is Wednesday, though it is 21:30 in UTC; 00:30 is Thursday.
  EXPECT_EQ(running(five, "2024-03-25T09:00:00.000Z")
                .stand("2024-03-27T21:30:00.000Z", "2024-03-27T22:30:00.000Z")
                .due.text(),
            "2024-04-02T20:59:59.999Z");
}

TEST(PausedClock, HasNothingLeftOnceItHasRunOut) {
  const Policy two_days = one_clock(ClockUnit::hours, 48);
  const Instant over = at("2024-03-01T10:00:00.000Z");
  EXPECT_EQ(two_days.pause(ClockName::first_stage, over, over).left, 0u);
  EXPECT_EQ(two_days.pause(ClockName::first_stage, over + hours(5), over).left, 0u);
  EXPECT_EQ(two_days.resume({ClockName::first_stage, ClockUnit::hours, 0}, over + hours(9)),
            over + hours(9));
}

// Whatever is paused, however often: never less time, and never before the original end.
TEST(PausedClock, NeverLosesADay) {
  const Policy uk = policy_of("uk");
  std::uint64_t seed = 20261122;
  const auto below = [&seed](std::uint64_t bound) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % bound;
  };
  for (int round = 0; round < 2'000; ++round) {
    Instant now = at("2022-01-01T00:00:00.000Z") + hours(static_cast<int>(below(5 * 8'760)));
    const Instant start = now, first = *uk.due(ClockName::first_stage, now);
    Instant due = first;
    for (int pause = 0; pause < 3; ++pause) {
      now = now + hours(static_cast<int>(below(72)));
      if (now >= due) break;
      const PausedClock left = uk.pause(ClockName::first_stage, now, due);
      ASSERT_LE(left.left, 5u);
      now = now + hours(static_cast<int>(below(400)));
      const Instant resumed = uk.resume(left, now);
      ASSERT_GE(resumed, due) << start.text();
      ASSERT_GE(resumed, now) << start.text();
      ASSERT_TRUE(uk.working_day(uk.local_date(resumed))) << start.text();
      due = resumed;
    }
  }
}
}  // namespace
}  // namespace nrm::test
