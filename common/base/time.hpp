// Instant, Date and their arithmetic. Values only: there is no clock in here.
//
// Instants are UTC milliseconds; text is RFC 3339 with exactly three digits and `Z`, so that one
// instant has one spelling and text order is time order. Dates are proleptic Gregorian days.
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/codes.hpp"

namespace nrm {
struct Date {
  std::int32_t days = 0;  // since 1970-01-01

  static std::optional<Date> parse(std::string_view text);  // "2024-02-29"; refuses 2023-02-29
  void append_to(std::string& out) const;
  std::string text() const;
  int weekday() const;  // ISO 8601: 1 = Monday .. 7 = Sunday
  Date plus(int n) const { return {days + n}; }
  auto operator<=>(const Date&) const = default;

  static constexpr std::string_view schema = R"({"type":"string","format":"date"})";
};

using Milliseconds = std::chrono::duration<std::int64_t, std::milli>;

struct Instant {
  std::int64_t ms = 0;  // since 1970-01-01T00:00:00Z

  static std::optional<Instant> parse(std::string_view text);  // "2024-02-29T09:30:00.000Z"
  void append_to(std::string& out) const;
  std::string text() const;
  Date date() const;
  Instant operator+(Milliseconds d) const { return {ms + d.count()}; }
  Instant operator-(Milliseconds d) const { return {ms - d.count()}; }
  Milliseconds operator-(Instant other) const { return Milliseconds(ms - other.ms); }
  auto operator<=>(const Instant&) const = default;

  static constexpr std::string_view schema =
      R"({"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$"})";
};

// What a reader says of a text that is not one (base/codec.hpp).
constexpr Code value_fault(const Date&) { return Code::invalid_date; }
constexpr Code value_fault(const Instant&) { return Code::invalid_date; }

Instant start_of(Date day);
inline Instant end_of(Date day) { return {start_of(day.plus(1)).ms - 1}; }

constexpr Milliseconds hours(int n) { return std::chrono::hours(n); }
constexpr Milliseconds days(int n) { return std::chrono::hours(24 * n); }

// "90s", "15m", "36h", "35d", "2w": what a person types. Empty when it is none of these.
std::optional<Milliseconds> parse_duration(std::string_view text);
}  // namespace nrm
