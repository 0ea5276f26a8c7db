// Quarters, months and years of the calendar (UTC) as figures name them: "2023Q3", "2023-07".
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.hpp"

namespace nrm {
inline std::chrono::year_month_day calendar(Date day) {
  return std::chrono::sys_days(std::chrono::days(day.days));
}
inline int year_of(Date day) { return static_cast<int>(calendar(day).year()); }
inline int month_of(Date day) {
  return static_cast<int>(static_cast<unsigned>(calendar(day).month()));
}
// A number that counts quarters, so that the next one is one more.
inline int quarter_of(Date day) { return year_of(day) * 4 + (month_of(day) - 1) / 3; }
inline int quarter_of(Instant at) { return quarter_of(at.date()); }

std::string quarter_text(int quarter);  // "2023Q3"
std::string month_text(Date day);       // "2023-07"
Instant end_of_quarter(int quarter);    // its last millisecond
// none: it is not a quarter.
std::optional<int> quarter_number(std::string_view text);
}  // namespace nrm
