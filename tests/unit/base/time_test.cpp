#include "common/base/time.hpp"

#include <gtest/gtest.h>

namespace nrm {
namespace {
Date date(std::string_view text) { return Date::parse(text).value(); }
Instant instant(std::string_view text) { return Instant::parse(text).value(); }

TEST(Dates, KnownDays) {
  EXPECT_EQ(date("1970-01-01").days, 0);
  EXPECT_EQ(date("1969-12-31").days, -1);
  EXPECT_EQ(date("2000-03-01").days, 11'017);
  EXPECT_EQ(date("2024-02-29").days, 19'782);
  EXPECT_EQ(date("0001-01-01").days, -719'162);
  EXPECT_EQ(date("9999-12-31").days, 2'932'896);
}

TEST(Dates, EveryDayOfSixCenturiesRoundTripsAndIsTheNext) {
  const Date last = date("2200-12-31");
  int weekday = date("1600-01-01").weekday();
  EXPECT_EQ(weekday, 6) << "1 January 1600 was a Saturday";
  std::string before;
  for (Date day = date("1600-01-01"); day <= last; day = day.plus(1)) {
    const std::string text = day.text();
    ASSERT_EQ(Date::parse(text), day) << text;
    ASSERT_LT(before, text) << "text order is time order";
    ASSERT_EQ(day.weekday(), weekday) << text;
    weekday = weekday % 7 + 1;
    before = text;
  }
}

TEST(Dates, LeapDays) {
  for (const char* good : {"2024-02-29", "2000-02-29", "1996-02-29", "2400-02-29"})
    EXPECT_TRUE(Date::parse(good)) << good;
  for (const char* bad : {"2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30"})
    EXPECT_FALSE(Date::parse(bad)) << bad;
  EXPECT_EQ(date("2024-02-28").plus(1).text(), "2024-02-29");
  EXPECT_EQ(date("2023-02-28").plus(1).text(), "2023-03-01");
  EXPECT_EQ(date("2023-12-31").plus(1).text(), "2024-01-01");
  EXPECT_EQ(date("2024-01-01").plus(-1).text(), "2023-12-31");
}

TEST(Dates, HaveOneSpelling) {
  for (const char* bad :
       {"", "2024-2-29", "24-02-29", "2024-02-29 ", " 2024-02-29", "2024/02/29", "2024-13-01",
        "2024-00-01", "2024-01-00", "2024-01-32", "2024-04-31", "0000-01-01", "-001-01-01",
        "+024-01-01", "20240229", "2024-02-2x", "2024-02-29T", "99999-01-01"})
    EXPECT_FALSE(Date::parse(bad)) << bad;
}

TEST(Dates, Weekdays) {
  EXPECT_EQ(date("2024-01-01").weekday(), 1);
  EXPECT_EQ(date("2024-02-29").weekday(), 4);
  EXPECT_EQ(date("2023-12-31").weekday(), 7);
  EXPECT_EQ(date("1969-12-31").weekday(), 3);
}

TEST(Instants, RoundTrip) {
  for (const char* text :
       {"1970-01-01T00:00:00.000Z", "2024-02-29T09:30:00.123Z", "1969-12-31T23:59:59.999Z",
        "1900-01-01T00:00:00.001Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"})
    EXPECT_EQ(instant(text).text(), text);
  EXPECT_EQ(instant("1970-01-01T00:00:00.001Z").ms, 1);
  EXPECT_EQ(instant("1969-12-31T23:59:59.999Z").ms, -1);
  EXPECT_EQ(instant("2024-02-29T09:30:00.123Z").ms, 1'709'199'000'123);
}

TEST(Instants, DayOfAnInstantBefore1970) {
  EXPECT_EQ((Instant{-1}.date().text()), "1969-12-31");
  EXPECT_EQ((Instant{-86'400'000}.date().text()), "1969-12-31");
  EXPECT_EQ((Instant{-86'400'001}.date().text()), "1969-12-30");
}

TEST(Instants, StartAndEndOfADay) {
  const Date day = date("2023-12-31");
  EXPECT_EQ(start_of(day).text(), "2023-12-31T00:00:00.000Z");
  EXPECT_EQ(end_of(day).text(), "2023-12-31T23:59:59.999Z");
  EXPECT_EQ((end_of(day) + Milliseconds(1)).text(), "2024-01-01T00:00:00.000Z");
  EXPECT_EQ(end_of(day) - start_of(day), days(1) - Milliseconds(1));
}

TEST(Instants, HaveOneSpelling) {
  for (const char* bad :
       {"", "2024-02-29", "2024-02-29T09:30:00Z", "2024-02-29T09:30:00.12Z",
        "2024-02-29T09:30:00.1234Z", "2024-02-29t09:30:00.123Z", "2024-02-29T09:30:00.123z",
        "2024-02-29 09:30:00.123Z", "2024-02-29T09:30:00.123+00:00", "2024-02-29T24:00:00.000Z",
        "2024-02-29T09:60:00.000Z", "2024-02-29T09:30:60.000Z", "2023-02-29T09:30:00.000Z",
        "2024-02-29T-9:30:00.000Z", "2024-02-29T09:30:00,123Z", "2024-02-29T09:30:00.123Z "})
    EXPECT_FALSE(Instant::parse(bad)) << bad;
}

TEST(Durations, WhatAPersonTypes) {
  EXPECT_EQ(parse_duration("90s"), Milliseconds(90'000));
  EXPECT_EQ(parse_duration("15m"), Milliseconds(900'000));
  EXPECT_EQ(parse_duration("36h"), hours(36));
  EXPECT_EQ(parse_duration("35d"), days(35));
  EXPECT_EQ(parse_duration("2w"), days(14));
  EXPECT_EQ(parse_duration("0s"), Milliseconds(0));
  EXPECT_EQ(parse_duration("36500w"), Milliseconds(std::int64_t{36'500} * 7 * 86'400'000));
}

TEST(Durations, AnythingElse) {
  for (const char* bad : {"", "d", "5", "-5d", "+5d", "5 d", "5.5d", "5D", "5dd", "5d ", "d5",
                          "1h30m", "36501d", "99999999999999999999d"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}
}  // namespace
}  // namespace nrm
