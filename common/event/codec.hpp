// Events, commands and records <-> JSON text. The one place that knows every type name.
//
// Writing is straight to text. Reading is from a json::Value; `ignore` for records of our own (a
// later version may have added members), `refuse` for what comes from outside.
// ERRORS: unknown_version for a type name that is not in the vocabulary; the reader's own faults.
#pragma once
#include <bitset>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/scan.hpp"
#include "common/event/record.hpp"

namespace nrm {
std::string_view type_of(const Event& event);
std::string_view type_of(const Command& command);
StreamKind stream_kind_of(const Event& event);                 // of the streams that it belongs to
std::optional<Service> owner_of(std::string_view event_type);  // none for those of every log
// Whether a log of this service may hold that event: its own, and those of every log.
bool may_emit(Service service, std::string_view event_type);
Service target_of(const Command& command);

void write_event(std::string& out, const Event& event);  // the data alone
Result<Event> read_event(std::string_view type, json::Value data, Unknown unknown);

// The same from the text at `scan`, when it is as this build writes it.
bool scan_event(std::string_view type, Scan& scan, Event& out);

void write_command(std::string& out, const Command& command);
// `reading` collects every fault with its pointer; the result holds the first.
Result<Command> read_command(std::string_view type, json::Value data, Reading& reading);
bool scan_command(std::string_view type, Scan& scan, Command& out);

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

// A set of the vocabulary's event types, and one place for all that are not in it.
inline constexpr std::size_t unknown_event_type = Event::count;
using EventTypeSet = std::bitset<unknown_event_type + 1>;
EventTypeSet event_type_set(std::span<const std::string_view> types);
// The types of a record's events, without parsing it. Exact for what write_record() wrote, for no
// string holds an unescaped quote; a member of an event that looks like one counts as one too.
EventTypeSet event_types_in(std::string_view record);
EventTypeSet types_of(Service owner);  // all that its log may hold
// The types that this service's log may hold, but for those that `wanted` wants.
std::vector<std::string_view> unwanted_types(Service owner,
                                             const std::function<bool(std::string_view)>& wanted);
}  // namespace nrm
