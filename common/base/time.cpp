#include "common/base/time.hpp"

#include <charconv>

namespace nrm {
namespace {
namespace chr = std::chrono;

void append_digits(std::string& out, std::int64_t value, int width) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

// Exactly `width` digits at `at`, or -1.
int digits_at(std::string_view text, std::size_t at, std::size_t width) {
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

chr::year_month_day civil(Date date) { return chr::sys_days(chr::days(date.days)); }
}  // namespace

std::optional<Date> Date::parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = digits_at(text, 0, 4), month = digits_at(text, 5, 2),
            day = digits_at(text, 8, 2);
  if (year < 1 || month < 1 || day < 1) return std::nullopt;
  const chr::year_month_day date(chr::year(year), chr::month(static_cast<unsigned>(month)),
                                 chr::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return Date{static_cast<std::int32_t>(chr::sys_days(date).time_since_epoch().count())};
}

void Date::append_to(std::string& out) const {
  const auto date = civil(*this);
  append_digits(out, int(date.year()), 4);
  out += '-';
  append_digits(out, unsigned(date.month()), 2);
  out += '-';
  append_digits(out, unsigned(date.day()), 2);
}

std::string Date::text() const {
  std::string out;
  append_to(out);
  return out;
}

int Date::weekday() const {
  return static_cast<int>(chr::weekday(chr::sys_days(chr::days(days))).iso_encoding());
}

std::optional<Instant> Instant::parse(std::string_view text) {
  if (text.size() != 24 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != '.' || text[23] != 'Z')
    return std::nullopt;
  const auto date = Date::parse(text.substr(0, 10));
  const int h = digits_at(text, 11, 2), m = digits_at(text, 14, 2), s = digits_at(text, 17, 2),
            ms = digits_at(text, 20, 3);
  if (!date || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || ms < 0) return std::nullopt;
  return Instant{start_of(*date).ms + ((h * 60 + m) * 60 + s) * std::int64_t{1000} + ms};
}

Date Instant::date() const {
  return {static_cast<std::int32_t>(chr::floor<chr::days>(Milliseconds(ms)).count())};
}

void Instant::append_to(std::string& out) const {
  const Date day = date();
  std::int64_t rest = ms - start_of(day).ms;
  day.append_to(out);
  out += 'T';
  append_digits(out, rest / 3'600'000, 2);
  out += ':';
  append_digits(out, rest / 60'000 % 60, 2);
  out += ':';
  append_digits(out, rest / 1000 % 60, 2);
  out += '.';
  append_digits(out, rest % 1000, 3);
  out += 'Z';
}

std::string Instant::text() const {
  std::string out;
  out.reserve(24);
  append_to(out);
  return out;
}

Instant start_of(Date day) { return {day.days * std::int64_t{86'400'000}}; }

std::optional<Milliseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0 || count > 36'500 || end + 1 != text.data() + text.size())
    return std::nullopt;
  switch (*end) {
    case 's':
      return chr::seconds(count);
    case 'm':
      return chr::minutes(count);
    case 'h':
      return chr::hours(count);
    case 'd':
      return chr::hours(24 * count);
    case 'w':
      return chr::hours(24 * 7 * count);
    default:
      return std::nullopt;
  }
}
}  // namespace nrm
