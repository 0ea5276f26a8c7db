#include "common/event/codec.hpp"

#include <boost/mp11/algorithm.hpp>
#include <unordered_map>

namespace nrm {
namespace {
using boost::mp11::mp_for_each;
using boost::mp11::mp_identity;
using boost::mp11::mp_transform;

// What is done with a type's name: one row per alternative.
template <class Choice>
struct TypeRow {
  bool (*read)(json::Value, Choice&, Reading&);
  bool (*scan)(Scan&, Choice&);
  std::size_t index;
};

template <class Choice>
const std::unordered_map<std::string_view, TypeRow<Choice>>& rows_of() {
  static const auto table = [] {
    std::unordered_map<std::string_view, TypeRow<Choice>> out;
    mp_for_each<mp_transform<mp_identity, typename Choice::Alternatives>>([&](auto identity) {
      using T = typename decltype(identity)::type;
      const TypeRow<Choice> row{
          [](json::Value in, Choice& value, Reading& reading) {
            return read_json(in, value.template emplace<T>(), reading);
          },
          [](Scan& scan, Choice& value) { return scan_json(scan, value.template emplace<T>()); },
          out.size()};
      CHECK(out.emplace(T::type, row).second, "two types share one name");
    });
    return out;
  }();
  return table;
}

template <class Choice>
const TypeRow<Choice>* row_of_type(std::string_view type) {
  const auto found = rows_of<Choice>().find(type);
  return found == rows_of<Choice>().end() ? nullptr : &found->second;
}

void write_member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  json::append_string(out, text);
}

void write_input(std::string& out, const OpenedNote&) { out += "{\"opened\":true}"; }

void write_input(std::string& out, const CommandNote& note) {
  out += "{\"command\":\"";
  out += type_of(note.command);
  out += '"';
  out += ",\"key\":";
  write_json(out, note.key);
  out += ",\"digest\":";
  write_json(out, note.digest);
  if (note.expects) {
    out += ",\"expects\":";
    write_json(out, *note.expects);
  }
  out += ",\"data\":";
  write_command(out, note.command);
  out += '}';
}

void write_input(std::string& out, const ReceivedNote& note) {
  out += "{\"log\":";
  json::append_string(out, note.log);
  out += ",\"seq\":";
  json::append_integer(out, static_cast<std::int64_t>(note.seq));
  out += ",\"index\":";
  json::append_integer(out, note.index);
  write_member(out, "hash", note.hash);
  out += '}';
}

void write_input(std::string& out, const DueNote& note) {
  out += "{\"due\":\"";
  out += to_text(note.name);
  out += "\",\"stream\":";
  write_json(out, note.stream);
  out += ",\"set_for\":";
  write_json(out, note.set_for);
  out += '}';
}

Error corrupt(std::string_view member) {
  return Error(Code::corrupt, "/" + std::string(member), "a record's member does not check out");
}

// A member that must be there, read into `out`.
template <class T>
Result<void> read_member(json::Value in, std::string_view name, T& out) {
  const json::Value member = in.find(name);
  Reading reading(Unknown::ignore);
  if (!member || !read_json(member, out, reading)) return corrupt(name);
  return {};
}

Result<InputNote> read_command_input(json::Value in) {
  CommandNote note;
  Reading reading(Unknown::ignore);
  NRM_TRY_ASSIGN(note.command, read_command(in.find("command").text(), in.find("data"), reading));
  NRM_TRY(read_member(in, "key", note.key));
  NRM_TRY(read_member(in, "digest", note.digest));
  if (in.find("expects")) NRM_TRY(read_member(in, "expects", note.expects));
  return InputNote(std::move(note));
}

Result<InputNote> read_input(json::Value in) {
  if (in.find("command")) return read_command_input(in);
  if (in.find("log")) {
    ReceivedNote note;
    NRM_TRY(read_member(in, "log", note.log));
    NRM_TRY(read_member(in, "seq", note.seq));
    NRM_TRY(read_member(in, "index", note.index));
    NRM_TRY(read_member(in, "hash", note.hash));
    return InputNote(std::move(note));
  }
  if (in.find("due")) {
    DueNote note;
    NRM_TRY(read_member(in, "due", note.name));
    NRM_TRY(read_member(in, "stream", note.stream));
    NRM_TRY(read_member(in, "set_for", note.set_for));
    return InputNote(note);
  }
  if (in.find("opened")) return InputNote(OpenedNote{});
  return corrupt("input");
}

Result<Emit> read_emit(json::Value in) {
  Emit emit;
  NRM_TRY(read_member(in, "stream", emit.stream));
  const json::Value type = in.find("type"), data = in.find("data");
  if (!type || !data) return corrupt("events");
  NRM_TRY_ASSIGN(emit.event, read_event(type.text(), data, Unknown::ignore));
  return emit;
}

Result<void> read_rejection(json::Value in, std::optional<Error>& out) {
  const json::Value code = in.find("code"), where = in.find("where"), detail = in.find("detail");
  if (!code || !where || !detail) return corrupt("rejection");
  const auto known = code_from(code.text());
  if (!known) return corrupt("rejection");
  out.emplace(*known, std::string(where.text()), std::string(detail.text()));
  return {};
}
}  // namespace

std::string_view type_of(const Event& event) {
  return visit([](const auto& e) { return e.type; }, event);
}
StreamKind stream_kind_of(const Event& event) {
  return visit([](const auto& e) { return e.stream; }, event);
}
std::string_view type_of(const Command& command) {
  return visit([](const auto& c) { return c.type; }, command);
}
Service target_of(const Command& command) {
  return visit([](const auto& c) { return c.target; }, command);
}

std::optional<Service> owner_of(std::string_view event_type) {
  static const auto owners = [] {
    std::unordered_map<std::string_view, Service> out;
    mp_for_each<mp_transform<mp_identity, AllEvents>>([&](auto identity) {
      using T = typename decltype(identity)::type;
      if constexpr (requires { T::emitter; }) out.emplace(T::type, T::emitter);
    });
    return out;
  }();
  const auto found = owners.find(event_type);
  return found == owners.end() ? std::nullopt : std::optional(found->second);
}

void write_event(std::string& out, const Event& event) {
  visit([&](const auto& e) { write_json(out, e); }, event);
}
void write_command(std::string& out, const Command& command) {
  visit([&](const auto& c) { write_json(out, c); }, command);
}

Result<Event> read_event(std::string_view type, json::Value data, Unknown unknown) {
  const auto* row = row_of_type<Event>(type);
  if (row == nullptr)
    return Error(Code::unknown_version, "/type", "this event type is not known here");
  Event event;
  Reading reading(unknown);
  if (!row->read(data, event, reading)) return reading.faults().front();
  return event;
}

bool scan_event(std::string_view type, Scan& scan, Event& out) {
  const auto* row = row_of_type<Event>(type);
  return row != nullptr && row->scan(scan, out);
}

Result<Command> read_command(std::string_view type, json::Value data, Reading& reading) {
  const auto* row = row_of_type<Command>(type);
  if (row == nullptr || !data)
    return Error(Code::unknown_version, "/type", "this command type is not known here");
  Command command;
  if (!row->read(data, command, reading)) return reading.faults().front();
  return command;
}

bool scan_command(std::string_view type, Scan& scan, Command& out) {
  const auto* row = row_of_type<Command>(type);
  return row != nullptr && row->scan(scan, out);
}

void write_record(std::string& out, const Record& record) {
  out += "{\"seq\":";
  json::append_integer(out, static_cast<std::int64_t>(record.seq));
  out += ",\"id\":";
  write_json(out, record.id);
  out += ",\"at\":";
  write_json(out, record.at);
  if (record.actor) {
    out += ",\"actor\":";
    write_json(out, *record.actor);
  }
  out += ",\"input\":";
  std::visit([&](const auto& note) { write_input(out, note); }, record.input);
  for (std::size_t i = 0; i < record.events.size(); ++i) {
    out += i == 0 ? ",\"events\":[{\"type\":\"" : ",{\"type\":\"";
    out += type_of(record.events[i].event);
    out += "\",\"stream\":";
    write_json(out, record.events[i].stream);
    out += ",\"data\":";
    write_event(out, record.events[i].event);
    out += '}';
  }
  if (!record.events.empty()) out += ']';
  if (!record.clocks.empty()) {
    out += ",\"clocks\":";
    write_json(out, record.clocks);
  }
  if (record.rejection) {
    out += ",\"rejection\":{\"code\":\"";
    out += row_of(record.rejection->code).name;
    out += '"';
    write_member(out, "where", record.rejection->where);
    write_member(out, "detail", record.rejection->detail);
    out += '}';
  }
  write_member(out, "policy", record.policy);
  out += ",\"engine\":";
  json::append_integer(out, record.engine);
  out += '}';
}

Result<Record> read_record(json::Value in) {
  if (in.kind() != json::Kind::object) return corrupt("");
  Record record;
  NRM_TRY(read_member(in, "seq", record.seq));
  NRM_TRY(read_member(in, "id", record.id));
  NRM_TRY(read_member(in, "at", record.at));
  NRM_TRY(read_member(in, "policy", record.policy));
  NRM_TRY(read_member(in, "engine", record.engine));
  if (in.find("actor")) NRM_TRY(read_member(in, "actor", record.actor));
  if (!in.find("input")) return corrupt("input");
  NRM_TRY_ASSIGN(record.input, read_input(in.find("input")));
  if (const json::Value events = in.find("events")) {
    if (events.kind() != json::Kind::array) return corrupt("events");
    for (const json::Value event : events) {
      NRM_TRY_ASSIGN(Emit emit, read_emit(event));
      record.events.push_back(std::move(emit));
    }
  }
  if (in.find("clocks")) NRM_TRY(read_member(in, "clocks", record.clocks));
  if (const json::Value rejection = in.find("rejection"))
    NRM_TRY(read_rejection(rejection, record.rejection));
  if (record.rejection && !record.events.empty()) return corrupt("rejection");
  return record;
}

Result<RecordOutline> read_outline(json::Value in) {
  if (in.kind() != json::Kind::object) return corrupt("");
  RecordOutline outline;
  NRM_TRY(read_member(in, "seq", outline.seq));
  NRM_TRY(read_member(in, "at", outline.at));
  if (in.find("actor")) NRM_TRY(read_member(in, "actor", outline.actor));
  outline.events = in.find("events");
  if (outline.events && outline.events.kind() != json::Kind::array) return corrupt("events");
  return outline;
}

EventTypeSet event_type_set(std::span<const std::string_view> types) {
  EventTypeSet out;
  for (const auto type : types) {
    const auto* row = row_of_type<Event>(type);
    out.set(row != nullptr ? row->index : unknown_event_type);
  }
  return out;
}

bool may_emit(Service service, std::string_view event_type) {
  if (row_of_type<Event>(event_type) == nullptr) return false;
  const auto emitter = owner_of(event_type);
  return !emitter || *emitter == service;
}

EventTypeSet types_of(Service owner) {
  EventTypeSet out;
  for (const auto& [type, row] : rows_of<Event>())
    if (may_emit(owner, type)) out.set(row.index);
  return out;
}

EventTypeSet event_types_in(std::string_view record) {
  constexpr std::string_view begin = R"({"type":")";
  EventTypeSet out;
  for (std::size_t at = 0; (at = record.find(begin, at)) != record.npos;) {
    at += begin.size();
    const std::string_view type = record.substr(at, record.find('"', at) - at);
    out |= event_type_set(std::span(&type, 1));
  }
  return out;
}

std::vector<std::string_view> unwanted_types(Service owner,
                                             const std::function<bool(std::string_view)>& wanted) {
  std::vector<std::string_view> out;
  for (const auto& [type, row] : rows_of<Event>())
    if (const auto emitter = owner_of(type); (!emitter || *emitter == owner) && !wanted(type))
      out.push_back(type);
  return out;
}

std::string log_name(Service service, std::uint32_t partition) {
  return std::string(to_text(service)) + "/" + std::to_string(partition);
}
}  // namespace nrm
