#include "services/audit/case_history.hpp"

#include <algorithm>

#include "common/base/json_text.hpp"
#include "common/event/codec.hpp"

namespace nrm {
namespace {
// What running out means. A duty has the events that fulfil it; without any, whatever somebody does
// next on that stream does.
enum class Meaning { period, silence, duty };
struct ClockRow {
  ClockName name;
  Meaning meaning;
  std::string_view done_by[2] = {};
};
constexpr ClockRow clock_rows[] = {
    {ClockName::first_stage, Meaning::duty, {FirstStageDecided::type}},
    {ClockName::second_stage, Meaning::duty, {SecondStageDecided::type}},
    {ClockName::plan, Meaning::duty, {PlanAgreed::type}},
    {ClockName::review, Meaning::duty, {ReviewHeld::type}},
    {ClockName::closure_approval, Meaning::duty, {CaseClosed::type, ClosureRefused::type}},
    {ClockName::withdrawal_acknowledgement, Meaning::duty, {WithdrawalAcknowledged::type}},
    {ClockName::break_glass_review, Meaning::duty, {EmergencyReviewed::type}},
    {ClockName::erasure_answer, Meaning::duty, {ErasureConfirmed::type, ErasureCancelled::type}},
    {ClockName::escalation, Meaning::duty},
    {ClockName::answer_offer, Meaning::silence},
    {ClockName::awaiting_consent, Meaning::silence},
    {ClockName::opening_approval, Meaning::silence},
    {ClockName::report_follows, Meaning::silence},
};

const ClockRow* row_of_clock(std::string_view name) {
  const auto* row =
      std::ranges::find_if(clock_rows, [&](const auto& one) { return to_text(one.name) == name; });
  return row == std::end(clock_rows) ? nullptr : row;
}
Meaning meaning_of(std::string_view clock) {
  const ClockRow* row = row_of_clock(clock);
  return row ? row->meaning : Meaning::period;
}
bool is_done_by(std::string_view clock, const CaseEntry& entry, const StreamKey& stream) {
  const ClockRow* row = row_of_clock(clock);
  return std::ranges::any_of(entry.events, [&](const CaseEvent& event) {
    if (event.stream != stream) return false;
    if (row == nullptr || row->done_by[0].empty()) return entry.why != CauseKind::due;
    return event.type == row->done_by[0] || event.type == row->done_by[1];
  });
}

std::string_view text(json::Value object, std::string_view member) {
  const json::Value value = object ? object.find(member) : json::Value();
  return value && value.kind() == json::Kind::string ? value.text() : std::string_view();
}
std::int64_t number(json::Value object, std::string_view member) {
  const json::Value value = object ? object.find(member) : json::Value();
  return value && value.kind() == json::Kind::integer ? value.integer() : 0;
}

// Streams that a case has of its own; an account or a provider is not one, though it may name one.
bool belongs(StreamKind kind) {
  switch (kind) {
    case StreamKind::referral:
    case StreamKind::withdrawal:
    case StreamKind::emergency:
    case StreamKind::proposal:
    case StreamKind::item:
    case StreamKind::duplicate:
      return true;
    default:
      return false;
  }
}
}  // namespace

std::optional<Milliseconds> CaseClock::late_by(Instant as_of) const {
  if (fate == ClockFate::late && done) return *done - due;
  if (fate == ClockFate::overdue) return std::max(as_of, due) - due;
  return std::nullopt;
}

CaseHistory::CaseHistory(const Uuid& subject, std::optional<Instant> until)
    : id_(subject.text()), until_(until), related_{id_} {
  story_.subject = subject;
}

bool CaseHistory::may_concern(std::string_view bytes) const {
  return std::ranges::any_of(related_,
                             [&](const std::string& id) { return bytes.find(id) != bytes.npos; });
}

bool CaseHistory::concerns(const StreamKey& stream, json::Value data) {
  const std::string id = stream.id.text();
  if (stream.kind == StreamKind::case_ ? id == id_ : std::ranges::count(related_, id) > 0)
    return true;
  if (stream.kind == StreamKind::case_ || !data || data.kind() != json::Kind::object) return false;
  for (const json::Value member : data) {
    if (member.kind() != json::Kind::string || member.text() != id_) continue;
    if (belongs(stream.kind)) related_.push_back(id);
    return true;
  }
  return false;
}

Result<bool> CaseHistory::take(const std::string& log, std::string_view bytes) {
  const auto fault = [&](std::string_view what) {
    return Error(Code::corrupt, "", log + ": " + std::string(what));
  };
  // Most records are not about this case: only the time is looked at, and who is called what.
  const bool names = bytes.find(OrganisationRegistered::type) != bytes.npos;
  RecordOutline outline;
  if (!document_.parse_trusted(bytes)) return fault("a record is not JSON");
  const json::Value root = document_.root();
  NRM_TRY_ASSIGN(outline, read_outline(root));
  if (until_ && outline.at > *until_) return false;
  story_.as_of = std::max(story_.as_of, outline.at);
  if (!names && !may_concern(bytes)) return true;
  Taken taken{.entry = entry_of(log, root), .changes = {}, .ran_out = {}};
  std::uint32_t index = 0;
  if (outline.events)
    for (const json::Value event : outline.events) {
      const auto stream = StreamKey::parse(text(event, "stream"));
      const json::Value data = event.find("data");
      const std::string_view type = text(event, "type");
      if (stream && type == OrganisationRegistered::type)
        story_.organisations[stream->id.text()] = text(data, "name");
      if (stream && concerns(*stream, data)) {
        if (type == ReportReceived::type || type == NotificationRecorded::type)
          story_.reference = text(data, "reference");
        taken.entry.events.push_back({index, std::string(type), *stream, {}});
        if (data) json::append_value(taken.entry.events.back().data, data);
      }
      ++index;
    }
  const bool refused = !taken.entry.refused.empty() && may_concern(bytes);
  if (taken.entry.events.empty() && !refused) return true;
  if (const json::Value clocks = root.find("clocks"))
    for (const json::Value clock : clocks) {
      const auto stream = StreamKey::parse(text(clock, "stream"));
      if (stream && concerns(*stream, {}))
        taken.changes.push_back(
            {*stream, std::string(text(clock, "name")), Instant::parse(text(clock, "due"))});
    }
  if (taken.entry.why == CauseKind::due)
    taken.ran_out = StreamKey::parse(text(root.find("input"), "stream"));
  logs_[log].push_back(std::move(taken));
  return true;
}

CaseEntry CaseHistory::entry_of(const std::string& log, json::Value record) const {
  CaseEntry entry;
  entry.log = log;
  const auto outline = read_outline(record);
  CHECK(outline, "it was read just now");
  entry.seq = outline->seq;
  entry.at = outline->at;
  entry.actor = outline->actor;
  entry.policy = text(record, "policy");
  entry.engine = static_cast<std::uint32_t>(number(record, "engine"));
  if (const json::Value rejection = record.find("rejection")) {
    entry.refused = text(rejection, "code");
    json::append_value(entry.rejection, rejection);
  }
  const json::Value input = record.find("input");
  if (const auto command = text(input, "command"); !command.empty()) {
    entry.why = CauseKind::command;
    entry.cause = command;
  } else if (const auto owner = text(input, "log"); !owner.empty()) {
    entry.why = CauseKind::received;
    entry.cause = std::string(owner) + ' ' + std::to_string(number(input, "seq")) + '.' +
                  std::to_string(number(input, "index"));
  } else if (const auto due = text(input, "due"); !due.empty()) {
    entry.why = CauseKind::due;
    entry.cause = due;
  } else {
    entry.why = CauseKind::opened;
  }
  return entry;
}

// What this record did to the clocks that ran, and to the duties that were late by then.
void CaseHistory::follow_clocks(const Taken& taken, CaseStory& story, CaseEntry& entry) {
  const auto end = [&](std::size_t at, ClockFate fate) {
    story.clocks[at].fate = fate;
    story.clocks[at].ended = entry.at;
    entry.ended.push_back(at);
  };
  const auto running = [&](const StreamKey& stream, std::string_view name) {
    for (std::size_t i = story.clocks.size(); i-- > 0;) {
      const CaseClock& one = story.clocks[i];
      if (one.fate == ClockFate::running && one.log == entry.log && one.stream == stream &&
          one.name == name)
        return std::optional(i);
    }
    return std::optional<std::size_t>();
  };
  if (taken.ran_out)
    if (const auto at = running(*taken.ran_out, entry.cause)) {
      const Meaning meaning = meaning_of(entry.cause);
      end(*at, meaning == Meaning::period    ? ClockFate::elapsed
               : meaning == Meaning::silence ? ClockFate::unanswered
                                             : ClockFate::overdue);
    }
  for (std::size_t i = 0; i < story.clocks.size(); ++i) {
    CaseClock& one = story.clocks[i];
    if (one.fate != ClockFate::overdue || one.log != entry.log || one.ended == entry.at) continue;
    if (!is_done_by(one.name, entry, one.stream)) continue;
    one.fate = ClockFate::late;
    one.done = entry.at;
    entry.ended.push_back(i);
  }
  for (const ClockChangeNote& change : taken.changes) {
    const auto at = running(change.stream, change.name);
    if (at && change.due == story.clocks[*at].due) continue;
    if (at) {
      const bool done = is_done_by(change.name, entry, change.stream);
      const ClockFate early = !change.due ? ClockFate::stopped : ClockFate::moved;
      const bool too_late = done && entry.at > story.clocks[*at].due;
      end(*at, too_late ? ClockFate::late : done ? ClockFate::met : early);
      if (done) story.clocks[*at].done = entry.at;
    }
    if (!change.due) continue;
    entry.set.push_back(story.clocks.size());
    story.clocks.push_back({.log = entry.log,
                            .stream = change.stream,
                            .name = change.name,
                            .since = entry.at,
                            .due = *change.due,
                            .policy = entry.policy,
                            .fate = ClockFate::running,
                            .ended = {},
                            .done = {}});
  }
}

CaseStory CaseHistory::story() const {
  CaseStory story = story_;
  struct Queue {
    const std::vector<Taken>* taken;
    std::size_t next = 0;
  };
  std::vector<Queue> queues;
  for (const auto& [log, taken] : logs_) queues.push_back({&taken});
  // Whether the cause of this one is still to be told.
  const auto waits = [&](const CaseEntry& entry) {
    if (entry.why != CauseKind::received) return false;
    return std::ranges::any_of(queues, [&](const Queue& queue) {
      for (std::size_t i = queue.next; i < queue.taken->size(); ++i) {
        const CaseEntry& other = (*queue.taken)[i].entry;
        const std::string place = other.log + ' ' + std::to_string(other.seq) + '.';
        if (entry.cause.starts_with(place)) return true;
      }
      return false;
    });
  };
  for (;;) {
    Queue *best = nullptr, *earliest = nullptr;
    for (Queue& queue : queues) {
      if (queue.next == queue.taken->size()) continue;
      const CaseEntry& head = (*queue.taken)[queue.next].entry;
      const auto earlier = [&](const Queue* other) {
        return other == nullptr || head.at < (*other->taken)[other->next].entry.at;
      };
      if (earlier(earliest)) earliest = &queue;
      if (earlier(best) && !waits(head)) best = &queue;
    }
    if (earliest == nullptr) break;
    if (best == nullptr)
      best = earliest;  // causes in a circle: not a history, but told all the same
    const Taken& taken = (*best->taken)[best->next++];
    story.entries.push_back(taken.entry);
    follow_clocks(taken, story, story.entries.back());
  }
  return story;
}
}  // namespace nrm
