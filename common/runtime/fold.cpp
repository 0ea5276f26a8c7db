#include "common/runtime/fold.hpp"

#include <algorithm>

namespace nrm {
namespace {
struct StoredClock {
  ClockName name{};
  Instant due;
};
BOOST_DESCRIBE_STRUCT(StoredClock, (), (name, due))
}  // namespace

void Fold::read_entry(const StreamKey& stream, std::string_view bytes, Entry& entry) const {
  // Our own bytes from our own store: what does not parse is corruption, and deciding on it would
  // make it history.
  CHECK(document_.parse_trusted(bytes), "a stored state is JSON");
  const json::Value root = document_.root();
  const json::Value version = root.find("version"), state = root.find("state");
  CHECK(version && state, "a stored state has its members");
  entry.version = static_cast<std::uint64_t>(version.integer());
  if (const json::Value clocks = root.find("clocks")) {
    Reading reading(Unknown::ignore);
    std::vector<StoredClock> stored;
    CHECK(read_json(clocks, stored, reading), "stored clocks are readable");
    for (const auto& clock : stored) entry.clocks.emplace_back(clock.name, clock.due);
  }
  auto box = core_.read(stream.kind, state);
  CHECK(box, "a stored state is readable");
  entry.box = std::move(box).value();
}

void Fold::write_entry(const StreamKey& stream, const Entry& entry, std::string& out) const {
  out += "{\"version\":";
  json::append_integer(out, static_cast<std::int64_t>(entry.version));
  if (!entry.clocks.empty()) {
    std::vector<StoredClock> clocks;
    for (const auto& [name, due] : entry.clocks) clocks.push_back({name, due});
    out += ",\"clocks\":";
    write_json(out, clocks);
  }
  out += ",\"state\":";
  core_.write(stream.kind, *entry.box, out);
  out += '}';
}

Fold::Entry* Fold::load(const StreamKey& stream) const {
  const auto found = entries_.find(stream);
  if (found != entries_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second.used);
    return &found->second;
  }
  if (!core_.keeps(stream.kind)) return nullptr;
  const auto stored = store_.get(Family::state, keys::state(stream));
  CHECK(stored, "the store can be read");
  if (!*stored) return nullptr;
  Entry& entry = entries_[stream];
  recent_.push_front(stream);
  entry.used = recent_.begin();
  read_entry(stream, **stored, entry);
  return &entry;
}

Fold::Entry& Fold::make(const StreamKey& stream) {
  if (Entry* entry = load(stream)) return *entry;
  Entry& entry = entries_[stream];
  recent_.push_front(stream);
  entry.used = recent_.begin();
  entry.box = core_.blank(stream.kind);
  entry.rows_known = true;  // a stream without events has no rows
  return entry;
}

void Fold::apply(const StreamKey& stream, const Event& event, Instant at) {
  if (!core_.keeps(stream.kind)) return;
  Entry& entry = make(stream);
  if (!entry.rows_known) {
    Rows before;
    core_.rows(stream, *entry.box, before);
    entry.rows = std::move(before.all());
    std::ranges::sort(entry.rows);
    entry.rows_known = true;
  }
  core_.evolve(stream.kind, *entry.box, event, at);
  ++entry.version;
  if (!std::exchange(entry.changed, true)) changed_.emplace_back(stream, &entry);
  if (!std::exchange(entry.touched, true)) touched_.emplace_back(stream, &entry);
}

void Fold::settle() {
  for (const auto& [stream, entry] : touched_) {
    update_rows(stream, *entry);
    entry->touched = false;
  }
  touched_.clear();
}

void Fold::apply(const Record& record) {
  replay(record);
  settle();
}

void Fold::replay(const Record& record) {
  if (const auto* due = std::get_if<DueNote>(&record.input))
    set_clock({due->stream, due->name, std::nullopt});  // it has run out, whatever was decided
  for (const Emit& emit : record.events) apply(emit.stream, emit.event, record.at);
  for (const ClockChange& change : record.clocks) set_clock(change);
}

void Fold::update_rows(const StreamKey& stream, Entry& entry) {
  Rows after;
  core_.rows(stream, *entry.box, after);
  std::ranges::sort(after.all());
  for (const auto& row : entry.rows)
    if (!std::ranges::binary_search(after.all(), row)) row_changes_[row.first] = std::nullopt;
  for (const auto& row : after.all())
    if (!std::ranges::binary_search(entry.rows, row)) row_changes_[row.first] = row.second;
  entry.rows = std::move(after.all());
}

void Fold::set_clock(const ClockChange& change) {
  if (!core_.keeps(change.stream.kind)) return;
  Entry& entry = make(change.stream);
  const auto at =
      std::ranges::find(entry.clocks, change.name, [](const auto& clock) { return clock.first; });
  if (at != entry.clocks.end()) {
    due_changes_[keys::due({at->second, change.stream, change.name})] = false;
    entry.clocks.erase(at);
  }
  if (change.due) {
    const auto place = std::ranges::lower_bound(entry.clocks, change.name, {},
                                                [](const auto& clock) { return clock.first; });
    entry.clocks.insert(place, {change.name, *change.due});
    due_changes_[keys::due({*change.due, change.stream, change.name})] = true;
  }
  if (!std::exchange(entry.changed, true)) changed_.emplace_back(change.stream, &entry);
}

bool Fold::runs(const StreamKey& stream, ClockName name, Instant due) const {
  const Entry* entry = load(stream);
  return entry != nullptr &&
         std::ranges::find(entry->clocks, std::pair(name, due)) != entry->clocks.end();
}

void Fold::flush(Batch& out) {
  settle();
  // Key order, so that a batch is the same whatever order the inputs came in.
  std::ranges::sort(changed_, {}, &std::pair<StreamKey, Entry*>::first);
  for (const auto& [stream, entry] : changed_) {
    std::string value;
    value.reserve(512);
    write_entry(stream, *entry, value);
    out.put(Family::state, keys::state(stream), std::move(value));
    entry->changed = false;
  }
  changed_.clear();
  for (auto& [key, value] : row_changes_) {
    if (value)
      out.put(Family::rows, key, std::move(*value));
    else
      out.erase(Family::rows, key);
  }
  row_changes_.clear();
  for (const auto& [key, is_set] : due_changes_) {
    if (is_set)
      out.put(Family::due, key, {});
    else
      out.erase(Family::due, key);
  }
  due_changes_.clear();
  evict();
}

void Fold::evict() {
  while (entries_.size() > limits::cached_states_max) {
    entries_.erase(recent_.back());
    recent_.pop_back();
  }
}

std::uint64_t Fold::version(const StreamKey& stream) const {
  const Entry* entry = load(stream);
  return entry ? entry->version : 0;
}

const StateBox* Fold::state(const StreamKey& stream) const {
  const Entry* entry = load(stream);
  return entry && entry->version > 0 ? entry->box.get() : nullptr;
}

void Fold::rows(std::string_view prefix,
                const std::function<bool(std::string_view, std::string_view)>& take) const {
  // The store's rows with the changes of this batch laid over them, in key order.
  auto fresh = row_changes_.lower_bound(prefix);
  std::size_t left = limits::view_rows_max;
  bool go_on = true;
  const auto give = [&](std::string_view key, std::string_view value) {
    go_on = left-- > 0 && take(key, value);
    return go_on;
  };
  const auto give_fresh_before = [&](std::optional<std::string_view> key) {
    for (; go_on && fresh != row_changes_.end() && fresh->first.starts_with(prefix) &&
           (!key || fresh->first < *key);
         ++fresh)
      if (fresh->second) give(fresh->first, *fresh->second);
  };
  const auto scanned = store_.scan(Family::rows, prefixed(prefix),
                                   [&](std::string_view key, std::string_view value) {
                                     give_fresh_before(key);
                                     if (!go_on) return false;
                                     if (fresh != row_changes_.end() && fresh->first == key) {
                                       if (fresh->second) give(key, *fresh->second);
                                       ++fresh;
                                       return go_on;
                                     }
                                     return give(key, value);
                                   });
  CHECK(scanned, "the store can be read");
  if (go_on) give_fresh_before(std::nullopt);
}
}  // namespace nrm
