#include "common/diag/diag.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <memory>

#include "common/base/json.hpp"
#include "common/base/text.hpp"
#include "common/diag/pseudonyms.hpp"

namespace nrm::diag {
namespace {
spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  check_failed(__FILE__, __LINE__, "a level");
}

// spdlog puts the time and the level in front of what write() makes; it writes at once (no queue
// that a crash would lose) and one line at a time.
struct Lines {
  spdlog::logger logger;
  std::string process = "\"?\"";  // as JSON; until start()

  Lines() : logger("nrm", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                       spdlog::pattern_time_type::utc);
    logger.flush_on(spdlog::level::warn);
    logger.set_level(spdlog::level::info);
    // A full pipe must not become more lines for the same pipe.
    logger.set_error_handler([](const std::string&) {});
  }
};

// Never destroyed: other threads may write until the very end.
Lines& lines() {
  static Lines* const only = new Lines;
  return *only;
}

// A terminal obeys more than the control characters that JSON escapes (DEL, C1), and a reader of
// lines may trip over bytes that are not UTF-8. No text of ours has any of them.
void append_text(std::string& out, std::string_view text) {
  constexpr std::size_t text_bytes_max = 512;
  std::string short_text = without_ids(text.substr(0, text_bytes_max));
  if (!is_clean_text(short_text))
    std::ranges::replace_if(
        short_text, [](char c) { return static_cast<unsigned char>(c) >= 0x7f; }, '?');
  json::append_string(out, short_text);
}

void append_field(std::string& out, const Field& field) {
  out += ',';
  append_text(out, field.name);
  out += ':';
  if (const auto* number = std::get_if<std::int64_t>(&field.value))
    json::append_integer(out, *number);
  else if (const auto* flag = std::get_if<bool>(&field.value))
    out += *flag ? "true" : "false";
  else
    append_text(out, std::get<std::string_view>(field.value));
}
}  // namespace

void start(std::string_view process, Level level) {
  std::string name;
  append_text(name, process);
  lines().process = std::move(name);
  lines().logger.set_level(level_of(level));
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  auto& logger = lines().logger;
  if (!logger.should_log(level_of(level))) return;
  thread_local std::string line;  // kept for its memory
  line = "\"process\":";
  line += lines().process;
  line += ",\"event\":";
  append_text(line, event);
  for (const auto& field : fields) append_field(line, field);
  logger.log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}
}  // namespace nrm::diag
