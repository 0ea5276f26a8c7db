#include "tests/support/desk.hpp"

#include <algorithm>
#include <set>

#include "common/event/record.hpp"

namespace nrm::test {
namespace {
std::string text_of(const Emit& emit) {
  std::string out(type_of(emit.event));
  out += ' ' + emit.stream.text() + ' ';
  write_event(out, emit.event);
  return out;
}

std::string text_of(const Result<Decision>& result) {
  if (!result) {
    const Error& error = result.error();
    return std::string(row_of(error.code).name) + '|' + error.where + '|' + error.detail;
  }
  std::string out;
  for (const Emit& emit : result.value().events) out += text_of(emit) + '\n';
  return out + to_json(result.value().clocks);
}

Rows rows_of(const Core& core, const StreamKey& key, const StateBox* state) {
  Rows out;
  if (state != nullptr) core.rows(key, *state, out);
  return out;
}
}  // namespace

Outcome Desk::apply(const Input& input) {
  if (const auto* due = std::get_if<Due>(&input.what)) {
    const auto running = clocks_.find({due->stream, due->name});
    if (running != clocks_.end() && running->second == due->set_for) clocks_.erase(running);
  }
  Outcome outcome = decide(input);
  check_record(input, outcome);
  if (outcome.rejection) {
    if (std::holds_alternative<Due>(input.what)) fault("a clock that ran out was rejected");
    return outcome;
  }
  std::set<StreamKey> touched;
  std::map<StreamKey, Rows> before;
  for (const Emit& emit : outcome.decision.events) {
    check_emit(emit);
    if (!core_.keeps(emit.stream.kind)) continue;
    if (touched.insert(emit.stream).second)
      before.emplace(emit.stream, rows_of(core_, emit.stream, state(emit.stream)));
    fold(emit, input.at);
  }
  for (const ClockChange& change : outcome.decision.clocks) change_clock(change, input.at);
  for (auto& [key, rows] : before) remove_rows(rows);
  for (const StreamKey& key : touched) {
    add_rows(key);
    check_stream(key, streams_.at(key));
  }
  return outcome;
}

std::unique_ptr<Desk> Desk::copy() const {
  auto out = std::make_unique<Desk>(core_, policy_);
  for (const auto& [key, stream] : streams_) {
    auto state = core_.blank(key.kind);
    for (const auto& [event, at] : stream.events) core_.evolve(key.kind, *state, event, at);
    out->streams_.emplace(key, Stream{std::move(state), stream.events});
  }
  out->rows_ = rows_;
  out->clocks_ = clocks_;
  return out;
}

Outcome Desk::decide(const Input& input) {
  const Result<Decision> first = core_.decide(*this, input, policy_);
  const Result<Decision> second = core_.decide(*this, input, policy_);
  if (text_of(first) != text_of(second))
    fault("deciding twice differs:\n" + text_of(first) + "\n" + text_of(second));
  Outcome outcome;
  if (first)
    outcome.decision = first.value();
  else
    outcome.rejection = first.error();
  return outcome;
}

Input Desk::redacted(const Input& input, const Result<Decision>& decided) {
  Input out = input;
  if (!std::holds_alternative<Command>(input.what)) return out;
  const auto left = core_.redact(*this, out, policy_);
  const std::string wanted = text_of(decided);
  const std::string refused = left ? "" : text_of(Result<Decision>(left.error()));
  if ((left ? text_of(core_.decide(*this, out, policy_)) : refused) != wanted)
    fault("what is left of a command is decided otherwise than the whole:\n" + wanted);
  return out;
}

void Desk::fold(const Emit& emit, Instant at) {
  Stream& stream = streams_[emit.stream];
  if (!stream.state) stream.state = core_.blank(emit.stream.kind);
  core_.evolve(emit.stream.kind, *stream.state, emit.event, at);
  stream.events.emplace_back(emit.event, at);
}

void Desk::change_clock(const ClockChange& change, Instant now) {
  if (!core_.keeps(change.stream.kind)) fault("a clock on a stream that is not kept here");
  if (!change.due) {
    clocks_.erase({change.stream, change.name});
    return;
  }
  if (*change.due < now) fault("a clock set into the past: " + std::string(to_text(change.name)));
  clocks_[{change.stream, change.name}] = *change.due;
}

// What the runtime would abort for.
void Desk::check_record(const Input& input, const Outcome& outcome) {
  const Decision& decision = outcome.decision;
  if (decision.events.size() > limits::events_per_record_max)
    fault("more events than a record may hold");
  Record record{.id = input.id, .at = input.at, .actor = input.actor};
  if (std::holds_alternative<Command>(input.what)) {
    const Result<Decision> decided =
        outcome.rejection ? Result<Decision>(*outcome.rejection) : Result<Decision>(decision);
    Input left = redacted(input, decided);
    record.input = CommandNote{
        .command = std::move(std::get<Command>(left.what)), .key = {}, .digest = {}, .expects = {}};
  }
  record.events = decision.events;
  record.clocks = decision.clocks;
  record.rejection = outcome.rejection;
  std::string bytes;
  write_record(bytes, record);
  if (bytes.size() > limits::record_bytes_max) fault("more bytes than a record may have");
  json::Document document;
  if (!document.parse_trusted(bytes)) return fault("a record that is not JSON: " + bytes);
  if (const auto read = read_record(document.root()); !read)
    fault("a record that cannot be read: " + read.error().where + ' ' + bytes);
}

void Desk::check_emit(const Emit& emit) {
  const std::string type(type_of(emit.event));
  if (owner_of(type) != core_.service()) fault("an event of another service: " + type);
  if (!core_.keeps(emit.stream.kind)) fault("an event to a stream not kept here: " + type);
  std::string written, again;
  write_event(written, emit.event);
  json::Document document;
  if (!document.parse_strict(written)) return fault("an event that is not JSON: " + written);
  const Result<Event> read = read_event(type, document.root(), Unknown::refuse);
  if (!read) return fault("an event that cannot be read: " + written);
  write_event(again, read.value());
  if (again != written) fault("an event changed in its codec: " + written + "\n" + again);
}

void Desk::check_stream(const StreamKey& key, const Stream& stream) {
  std::string kept, again, refolded;
  core_.write(key.kind, *stream.state, kept);
  json::Document document;
  if (!document.parse_trusted(kept)) return fault("a state that is not JSON: " + kept);
  const auto read = core_.read(key.kind, document.root());
  if (!read) return fault("a state that cannot be read: " + kept + " " + read.error().where);
  core_.write(key.kind, *read.value(), again);
  if (again != kept) fault("a state changed in its codec:\n" + kept + "\n" + again);

  const auto fresh = core_.blank(key.kind);
  for (const auto& [event, at] : stream.events) core_.evolve(key.kind, *fresh, event, at);
  core_.write(key.kind, *fresh, refolded);
  if (refolded != kept) fault("folding again differs:\n" + kept + "\n" + refolded);
  if (rows_of(core_, key, fresh.get()).all() != rows_of(core_, key, stream.state.get()).all())
    fault("the rows of one state differ: " + key.text());
}

void Desk::remove_rows(Rows& rows) {
  for (const auto& row : rows.all())
    if (rows_.erase(row.first) == 0) fault("a row vanished: " + row.first);
}

void Desk::add_rows(const StreamKey& key) {
  Rows rows = rows_of(core_, key, state(key));
  for (auto& row : rows.all())
    if (!rows_.emplace(row.first, row.second).second)
      fault("two rows have one key: " + row.first + " of " + key.text());
}

std::string Desk::state_json(const StreamKey& stream) const {
  std::string out;
  if (const StateBox* box = state(stream)) core_.write(stream.kind, *box, out);
  return out;
}

std::string Desk::whole() const {
  std::string out;
  for (const auto& [key, stream] : streams_)
    out += key.text() + ' ' + state_json(key) + " v" + std::to_string(stream.events.size()) + '\n';
  for (const auto& [key, due] : clocks_)
    out += key.first.text() + ' ' + std::string(to_text(key.second)) + ' ' + due.text() + '\n';
  for (const auto& [key, value] : rows_) out += key + ' ' + value + '\n';
  return out;
}

std::uint64_t Desk::version(const StreamKey& stream) const {
  const auto found = streams_.find(stream);
  return found == streams_.end() ? 0 : found->second.events.size();
}

void Desk::rows(std::string_view prefix,
                const std::function<bool(std::string_view, std::string_view)>& take) const {
  std::size_t read = 0;
  for (auto row = rows_.lower_bound(std::string(prefix)); row != rows_.end(); ++row)
    if (!row->first.starts_with(prefix) || read++ == limits::view_rows_max ||
        !take(row->first, row->second))
      return;
}

const StateBox* Desk::state(const StreamKey& stream) const {
  const auto found = streams_.find(stream);
  return found == streams_.end() ? nullptr : found->second.state.get();
}
}  // namespace nrm::test
