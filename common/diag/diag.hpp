// What operators see: log lines and metrics. Not the event log, and never anything personal.
//
// A line is one JSON object on stderr: time, level, process, event name, fields. Fields are an
// allow-list of types: numbers, booleans, codes, and texts that the program itself wrote
// (string literals) or made (log names, file names). There is no way to pass a request's text.
// THREAD: any.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace nrm::diag {
enum class Level : std::uint8_t { debug, info, warning, error };

struct Field {
  std::string_view name;
  std::variant<std::int64_t, bool, std::string_view> value;
  // A template, because a string literal would rather become a bool than a string_view.
  template <std::same_as<bool> B>
  Field(std::string_view n, B v) : name(n), value(v) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Field(std::string_view n, I v)
      : name(n), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
};

// Once per process. `level`: lines below it are dropped.
void start(std::string_view process, Level level = Level::info);
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

// Prometheus metrics (prometheus-cpp core). Names end in their unit: _total, _seconds, _records.
void count(std::string_view name, std::int64_t by = 1);
void gauge(std::string_view name, std::int64_t value);
void observe_seconds(std::string_view name, double seconds);  // a histogram, 0.1 ms to 10 s
std::string metrics_text();                                   // the text exposition format
}  // namespace nrm::diag
