// The timeline for machines: JSON of its own, and CloudEvents 1.0 (JSON batch format).
#include "common/base/json_text.hpp"
#include "services/cli/table.hpp"
#include "services/cli/timeline.hpp"

namespace nrm::cli {
namespace {
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  ~Object() { out_ += '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  void raw(std::string_view name, std::string_view value) {
    this->name(name);
    out_ += value;
  }
  void text(std::string_view name, std::string_view value) {
    this->name(name);
    json::append_string(out_, value);
  }
  void number(std::string_view name, std::int64_t value) {
    this->name(name);
    json::append_integer(out_, value);
  }
  std::string& name(std::string_view name) {
    if (!std::exchange(first_, false)) out_ += ',';
    json::append_string(out_, name);
    return out_ += ':';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

template <class List, class Each>
void write_array(std::string& out, const List& list, const Each& each) {
  out += '[';
  bool first = true;
  for (const auto& one : list) {
    if (!std::exchange(first, false)) out += ',';
    each(one);
  }
  out += ']';
}

std::int64_t seconds_of(Milliseconds length) {
  return std::chrono::duration_cast<std::chrono::seconds>(length).count();
}

void write_clock(const Telling& telling, const CaseClock& clock, std::string& out) {
  Object object(out);
  object.text("name", clock.name);
  object.text("log", clock.log);
  object.text("stream", clock.stream.text());
  object.text("since", clock.since.text());
  object.text("due", clock.due.text());
  object.text("fate", to_text(clock.fate));
  if (clock.ended) object.text("ended", clock.ended->text());
  if (clock.done) object.text("done", clock.done->text());
  if (const auto late = clock.late_by(telling.story.as_of))
    object.number("late_seconds", seconds_of(*late));
  object.text("policy", clock.policy);
  const ClockRule* rule = rule_of(telling, clock);
  if (rule == nullptr) return;
  object.text("kind", to_text(rule->kind));
  object.number("length", rule->length);
  object.text("unit", to_text(rule->unit));
  object.text("source", rule->source.text());
}

void write_who(const Telling& telling, const CaseEntry& entry, Object& object,
               std::string_view role, std::string_view organisation) {
  if (entry.actor) {
    object.text(role, to_text(entry.actor->role));
    const auto name = telling.story.organisations.find(entry.actor->organisation.text());
    object.text(organisation, name == telling.story.organisations.end()
                                  ? entry.actor->organisation.text()
                                  : name->second);
  }
}

void write_entry(const Telling& telling, const CaseEntry& entry, std::string& out) {
  Object object(out);
  object.text("at", entry.at.text());
  object.text("log", entry.log);
  object.number("seq", static_cast<std::int64_t>(entry.seq));
  write_who(telling, entry, object, "role", "organisation");
  object.text("why", to_text(entry.why));
  if (!entry.cause.empty()) object.text("cause", entry.cause);
  object.text("told_why", why_text(telling, entry));
  if (!entry.refused.empty()) object.text("refused", entry.refused);
  write_array(object.name("events"), entry.events, [&](const CaseEvent& event) {
    Object one(out);
    one.number("index", event.index);
    one.text("type", event.type);
    one.text("stream", event.stream.text());
    one.text("told", sentence_of(telling, entry, event));
    if (!event.data.empty()) one.raw("data", event.data);
  });
  const auto number = [&](std::size_t at) { out += std::to_string(at); };
  if (!entry.set.empty()) write_array(object.name("clocks_set"), entry.set, number);
  if (!entry.ended.empty()) write_array(object.name("clocks_ended"), entry.ended, number);
  object.text("policy", entry.policy);
  object.number("engine", entry.engine);
}

// Attributes of ours are lower-case letters and digits, at most 20 of them (spec, 3.1).
void write_context(const Telling& telling, const CaseEntry& entry, Object& object,
                   const std::string& id, std::string_view type, const StreamKey& subject) {
  object.text("specversion", "1.0");
  object.text("id", id);
  object.text("source", entry.log);
  object.text("type", type);
  object.text("subject", subject.text());
  object.text("time", entry.at.text());
  write_who(telling, entry, object, "actorrole", "actororganisation");
  object.text("causekind", to_text(entry.why));
  if (!entry.cause.empty()) object.text("cause", entry.cause);
  object.text("policy", entry.policy);
}

// A command that was refused: nothing happened, and that is on record. Its record holds no event,
// so the record's number alone is the id.
void write_refusal(const Telling& telling, const CaseEntry& entry, std::string& out) {
  Object object(out);
  write_context(telling, entry, object, std::to_string(entry.seq), refused_command_type,
                case_stream(telling.story.subject));
  object.text("refused", entry.refused);
  object.text("told", "refused: " + words(entry.refused));
  object.text("datacontenttype", "application/json");
  Object data(object.name("data"));
  data.text("command", entry.cause);
  data.raw("rejection", entry.rejection);
}

void write_event(const Telling& telling, const CaseEntry& entry, const CaseEvent& event,
                 std::string& out) {
  Object object(out);
  write_context(telling, entry, object,
                std::to_string(entry.seq) + '.' + std::to_string(event.index), event.type,
                event.stream);
  for (const std::size_t at : entry.ended) {
    const CaseClock& clock = telling.story.clocks[at];
    const auto late = clock.done == entry.at ? clock.late_by(telling.story.as_of) : std::nullopt;
    if (!late) continue;
    object.text("lateclock", clock.name);
    object.number("lateseconds", std::min<std::int64_t>(seconds_of(*late), INT32_MAX));
    break;
  }
  object.text("told", sentence_of(telling, entry, event));
  object.text("datacontenttype", "application/json");
  if (!event.data.empty()) object.raw("data", event.data);
}
}  // namespace

std::string timeline_json(const Telling& telling) {
  std::string out;
  {
    Object object(out);
    object.text("case", telling.story.subject.text());
    if (!telling.story.reference.empty()) object.text("reference", telling.story.reference);
    object.text("as_of", telling.story.as_of.text());
    write_array(object.name("entries"), telling.story.entries,
                [&](const CaseEntry& entry) { write_entry(telling, entry, out += '\n'); });
    write_array(object.name("clocks"), telling.story.clocks,
                [&](const CaseClock& clock) { write_clock(telling, clock, out += '\n'); });
  }
  return out + '\n';
}

std::string timeline_cloudevents(const Telling& telling) {
  std::string out = "[";
  const auto next = [&]() -> std::string& { return out += out.size() > 1 ? ",\n" : "\n"; };
  for (const CaseEntry& entry : telling.story.entries) {
    if (!entry.refused.empty()) write_refusal(telling, entry, next());
    for (const CaseEvent& event : entry.events) write_event(telling, entry, event, next());
  }
  return out + "\n]\n";
}
}  // namespace nrm::cli
