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

bool Fold::scan_entry(const StreamKey& stream, std::string_view bytes, Entry& entry) const {
  Scan scan(bytes, Unknown::ignore);
  std::vector<StoredClock> clocks;
  if (!scan.take("{\"version\":") || !scan_json(scan, entry.version)) return false;
  if (scan.take(",\"clocks\":") && !scan_json(scan, clocks)) return false;
  if (!scan.take(",\"state\":")) return false;
  entry.box = core_.scan(stream.kind, scan);
  if (!entry.box || !scan.take("}") || !scan.done()) return false;
  for (const auto& clock : clocks) entry.clocks.emplace_back(clock.name, clock.due);
  return true;
}

// Our own bytes from our own store: what does not parse is corruption, and deciding on it would
// make it history.
void Fold::parse_entry(const StreamKey& stream, std::string_view bytes, Entry& entry) const {
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
  if (stored_ == Stored::nothing || !core_.keeps(stream.kind)) return nullptr;
  const auto stored = store_.get(Family::state, keys::state(stream));
  CHECK(stored, "the store can be read");
  if (!*stored) return nullptr;
  Entry& entry = entries_[stream];
  recent_.push_front(stream);
  entry.used = recent_.begin();
  if (!scan_entry(stream, **stored, entry)) parse_entry(stream, **stored, entry);
  entry.clocks_seen = entry.clocks;
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
  if (!entry.rows_known) {  // they follow from the state as it was
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

void Fold::settle() const {
  for (const auto& [stream, entry] : touched_) {
    update_rows(stream, *entry);
    entry->touched = false;
  }
  touched_.clear();
}

void Fold::apply(const Record& record) {
  if (const auto* due = std::get_if<DueNote>(&record.input))
    set_clock({due->stream, due->name, std::nullopt});  // it has run out, whatever was decided
  for (const Emit& emit : record.events) apply(emit.stream, emit.event, record.at);
  for (const ClockChange& change : record.clocks) set_clock(change);
  if (const auto* command = std::get_if<CommandNote>(&record.input))
    answered_.push_back({command->key, {command->digest, record.seq}});
}

Result<void> Fold::replay(std::uint64_t seq, std::string_view bytes) {
  NRM_TRY(record_.open(bytes));
  if (record_.seq() != seq) return Error(Code::corrupt, "", "a record has another number");
  if (const auto& due = record_.due()) set_clock({due->stream, due->name, std::nullopt});
  for (;;) {
    NRM_TRY_ASSIGN(const bool more, record_.next());
    if (!more) break;
    if (!core_.keeps(record_.stream().kind)) continue;
    NRM_TRY_ASSIGN(const Event event, record_.event());
    apply(record_.stream(), event, record_.at());
  }
  NRM_TRY_ASSIGN(const auto clocks, record_.clocks());
  for (const ClockChange& change : clocks) set_clock(change);
  if (const auto& request = record_.request())
    answered_.push_back({request->key, {request->digest, seq}});
  return {};
}

void Fold::update_rows(const StreamKey& stream, Entry& entry) const {
  Rows after;
  core_.rows(stream, *entry.box, after);
  std::ranges::sort(after.all());
  const auto change = [&](const std::string& key, bool stored) -> std::optional<std::string>& {
    return row_changes_.try_emplace(key, Change{std::nullopt, stored}).first->second.value;
  };
  for (const auto& row : entry.rows)
    if (!std::ranges::binary_search(after.all(), row)) change(row.first, true) = std::nullopt;
  for (const auto& row : after.all())
    if (!std::ranges::binary_search(entry.rows, row)) change(row.first, false) = row.second;
  entry.rows = std::move(after.all());
}

void Fold::set_clock(const ClockChange& change) {
  if (!core_.keeps(change.stream.kind)) return;
  Entry& entry = make(change.stream);
  const auto place = std::ranges::lower_bound(entry.clocks, change.name, {},
                                              [](const auto& clock) { return clock.first; });
  const bool there = place != entry.clocks.end() && place->first == change.name;
  if (change.due && there)
    place->second = *change.due;
  else if (change.due)
    entry.clocks.insert(place, {change.name, *change.due});
  else if (there)
    entry.clocks.erase(place);
  if (!std::exchange(entry.changed, true)) changed_.emplace_back(change.stream, &entry);
  if (!std::exchange(entry.clocks_touched, true))
    clocks_touched_.emplace_back(change.stream, &entry);
}

void Fold::settle_clocks() const {
  for (const auto& [stream, entry] : clocks_touched_) {
    const auto change = [&, key = &stream](const auto& clock, bool stored) -> Change& {
      return due_changes_
          .try_emplace(keys::due({clock.second, *key, clock.first}), Change{std::nullopt, stored})
          .first->second;
    };
    for (const auto& clock : entry->clocks_seen)
      if (!std::ranges::binary_search(entry->clocks, clock)) change(clock, true).value.reset();
    for (const auto& clock : entry->clocks)
      if (!std::ranges::binary_search(entry->clocks_seen, clock)) change(clock, false).value = "";
    entry->clocks_seen = entry->clocks;
    entry->clocks_touched = false;
  }
  clocks_touched_.clear();
}

Result<void> Fold::is_at(const Expectation& expected) const {
  const std::uint64_t is = version(expected.stream);
  if (is == expected.version) return {};
  return Error(Code::stale_version, "", "it is at version " + std::to_string(is));
}

bool Fold::runs(const StreamKey& stream, ClockName name, Instant due) const {
  const Entry* entry = load(stream);
  return entry != nullptr &&
         std::ranges::find(entry->clocks, std::pair(name, due)) != entry->clocks.end();
}

std::optional<Fold::Earlier> Fold::earlier(const Digest16& key) const {
  for (std::size_t i = answered_index_.size(); i < answered_.size(); ++i)
    answered_index_.insert(answered_[i]);
  if (const auto found = answered_index_.find(key); found != answered_index_.end())
    return found->second;
  const auto stored = store_.get(Family::idempotency, key.view());
  CHECK(stored, "the store can be read");
  if (!*stored) return std::nullopt;
  const std::string_view value = **stored;
  CHECK(value.size() == 24, "a stored answer is readable");
  return Earlier{Digest16::from(value.substr(0, 16)), keys::read_u64(value.substr(16))};
}

// In key order, so that a batch is the same whatever order the inputs came in.
void Fold::flush(Batch& out) {
  settle();
  settle_clocks();
  std::ranges::sort(changed_, {}, &std::pair<StreamKey, Entry*>::first);
  for (const auto& [stream, entry] : changed_) {
    std::string value;
    value.reserve(512);
    write_entry(stream, *entry, value);
    out.put(Family::state, keys::state(stream), std::move(value));
    entry->changed = false;
  }
  changed_.clear();
  if (!row_changes_.empty()) stored_rows_.clear();
  put(Family::rows, row_changes_, out);
  put(Family::due, due_changes_, out);
  std::ranges::sort(answered_, {}, &std::pair<Digest16, Earlier>::first);
  for (const auto& [key, earlier] : answered_) {
    std::string value(earlier.digest.view());
    keys::append_u64(value, earlier.seq);
    out.put(Family::idempotency, std::string(key.view()), std::move(value));
  }
  answered_.clear();
  answered_index_.clear();
  stored_ = Stored::something;
  evict();
}

void Fold::put(Family family, Changes& changes, Batch& out) {
  for (auto& [key, change] : changes) {
    if (change.value)
      out.put(family, key, std::move(*change.value));
    else if (change.stored)
      out.erase(family, key);
  }
  changes.clear();
}

void Fold::evict() {
  while (entries_.size() > hot_max_) {
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

void Fold::rows(std::string_view prefix, const Take& take) const {
  settle();
  std::size_t left = limits::view_rows_max;
  const std::shared_ptr<const RowList> list = stored_rows(prefix);
  const Source kept = [list](const Take& give) {
    for (const auto& [key, value] : *list)
      if (!give(key, value)) return;
  };
  overlay(
      list != nullptr ? kept : scan_of(Family::rows, prefix), row_changes_, prefix,
      [&](std::string_view key, std::string_view value) { return left-- > 0 && take(key, value); });
}

// Deciders look at the same few rows again and again, and the store holds still until flush().
std::shared_ptr<const Fold::RowList> Fold::stored_rows(std::string_view prefix) const {
  if (const auto found = stored_rows_.find(prefix); found != stored_rows_.end())
    return found->second;
  if (stored_rows_.size() >= limits::cached_row_lists_max) stored_rows_.clear();
  RowList list;
  scan_of(Family::rows, prefix)([&](std::string_view key, std::string_view value) {
    list.emplace_back(key, value);
    return list.size() <= limits::view_rows_max;
  });
  if (list.size() > limits::view_rows_max) return nullptr;
  return stored_rows_.emplace(prefix, std::make_shared<const RowList>(std::move(list)))
      .first->second;
}

void Fold::clocks(const std::function<bool(const keys::DueKey&)>& take) const {
  settle_clocks();
  overlay(scan_of(Family::due, {}), due_changes_, {}, [&](std::string_view key, std::string_view) {
    const auto due = keys::read_due(key);
    CHECK(due, "a stored clock is readable");
    return take(*due);
  });
}

Fold::Source Fold::scan_of(Family family, std::string_view prefix) const {
  return [this, family, prefix](const Take& give) {
    CHECK(store_.scan(family, prefixed(prefix), give), "the store can be read");
  };
}

// What is stored with the changes since the last flush laid over it, in key order.
void Fold::overlay(const Source& stored, const Changes& changes, std::string_view prefix,
                   const Take& take) {
  auto fresh = changes.lower_bound(prefix);
  bool go_on = true;
  const auto give_fresh_before = [&](std::optional<std::string_view> key) {
    for (; go_on && fresh != changes.end() && fresh->first.starts_with(prefix) &&
           (!key || fresh->first < *key);
         ++fresh)
      if (fresh->second.value) go_on = take(fresh->first, *fresh->second.value);
  };
  stored([&](std::string_view key, std::string_view value) {
    give_fresh_before(key);
    if (!go_on) return false;
    if (fresh == changes.end() || fresh->first != key) return go_on = take(key, value);
    if (fresh->second.value) go_on = take(key, *fresh->second.value);
    ++fresh;
    return go_on;
  });
  if (go_on) give_fresh_before(std::nullopt);
}
}  // namespace nrm
