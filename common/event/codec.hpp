// Events, commands and records <-> JSON text. The one place that knows every type name.
//
// Writing is straight to text. Reading is from a json::Value; `ignore` for records of our own (a
// later version may have added members), `refuse` for what comes from outside.
// ERRORS: unknown_version for a type name that is not in the vocabulary; the reader's own faults.
#pragma once
#include <string>
#include <string_view>

#include "common/base/codec.hpp"
#include "common/event/record.hpp"

namespace nrm {
std::string_view type_of(const Event& event);
std::string_view type_of(const Command& command);
std::optional<Service> owner_of(std::string_view event_type);  // none for LogOpened: every log's
Service target_of(const Command& command);

void write_event(std::string& out, const Event& event);  // the data alone
Result<Event> read_event(std::string_view type, json::Value data, Unknown unknown);

void write_command(std::string& out, const Command& command);
// `reading` collects every fault with its pointer; the result holds the first.
Result<Command> read_command(std::string_view type, json::Value data, Reading& reading);

void write_record(std::string& out, const Record& record);
Result<Record> read_record(json::Value in);

// What a follower needs of a record, without decoding events it does not want.
struct RecordOutline {
  std::uint64_t seq = 0;
  Instant at;
  std::optional<Actor> actor;
  json::Value events;  // array, or false
};
Result<RecordOutline> read_outline(json::Value in);

// A look at a record's bytes before they are parsed, for followers to whom most records say
// nothing. Exact for what write_record() wrote: no string holds an unescaped quote.
bool is_record(std::string_view bytes, std::uint64_t seq);  // begins as that record does
// Whether `wanted` says so of the type of one of its events; it may be asked of other names too.
template <class Wanted>
bool any_event_type(std::string_view bytes, const Wanted& wanted) {
  constexpr std::string_view begin = R"({"type":")";
  for (std::size_t at = 0; (at = bytes.find(begin, at)) != bytes.npos;) {
    at += begin.size();
    if (wanted(bytes.substr(at, bytes.find('"', at) - at))) return true;
  }
  return false;
}
}  // namespace nrm
