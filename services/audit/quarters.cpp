#include "services/audit/quarters.hpp"

#include <charconv>

namespace nrm {
std::string quarter_text(int quarter) {
  return std::to_string(quarter / 4) + 'Q' + std::to_string(quarter % 4 + 1);
}

std::string month_text(Date day) { return day.text().substr(0, 7); }

Instant end_of_quarter(int quarter) {
  using namespace std::chrono;
  const int next = quarter + 1;
  const sys_days first = year(next / 4) / month(static_cast<unsigned>(next % 4 * 3 + 1)) / 1;
  return {start_of(Date{static_cast<std::int32_t>(first.time_since_epoch().count())}).ms - 1};
}

std::optional<int> quarter_number(std::string_view text) {
  int year = 0;
  if (text.size() != 6 || text[4] != 'Q') return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + 4, year);
  if (read.ptr != text.data() + 4 || year < 1900) return std::nullopt;
  const int quarter = text[5] - '1';
  if (quarter < 0 || quarter > 3) return std::nullopt;
  return year * 4 + quarter;
}
}  // namespace nrm
