#include "common/store/memory_store.hpp"

namespace nrm {
namespace {
std::size_t index_of(Family family) { return static_cast<std::size_t>(family); }
}  // namespace

MemoryStore::MemoryStore() {
  for (auto& table : tables_) table = std::make_shared<Table>();
}

Result<std::optional<std::string>> MemoryStore::get(Family family, std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const Table& table = *tables_[index_of(family)];
  const auto found = table.find(key);
  if (found == table.end()) return std::optional<std::string>();
  return std::optional(found->second);
}

Result<void> MemoryStore::scan(Family family, const Range& range, const Take& take,
                               bool reverse) const {
  std::unique_lock lock(mutex_);
  std::shared_ptr<const Table> table = tables_[index_of(family)];
  lock.unlock();  // `take` may call the store

  if (range.to.empty() || range.from < range.to) {
    const auto begin = table->lower_bound(range.from);
    const auto end = range.to.empty() ? table->end() : table->lower_bound(range.to);
    if (reverse) {
      for (auto at = end; at != begin;)
        if (--at; !take(at->first, at->second)) break;
    } else {
      for (auto at = begin; at != end; ++at)
        if (!take(at->first, at->second)) break;
    }
  }
  lock.lock();  // so that a commit that sees itself alone also sees our reads as done
  table.reset();
  return {};
}

Result<void> MemoryStore::commit(const Batch& batch, Sync sync) {
  const std::lock_guard lock(mutex_);
  const auto failing = std::exchange(fail_applied_, std::nullopt);
  if (!failing || *failing) {
    for (const auto& change : batch.changes()) apply(change);
    if (sync == Sync::yes) undo_.clear();
  }
  if (failing) return Error(Code::io_failed, {}, "the commit failed, as the test ordered");
  return {};
}

Result<void> MemoryStore::flush() {
  const std::lock_guard lock(mutex_);
  undo_.clear();
  return {};
}

void MemoryStore::power_cut() {
  const std::lock_guard lock(mutex_);
  const auto undo = std::exchange(undo_, {});
  for (auto change = undo.rbegin(); change != undo.rend(); ++change) apply(*change);
  undo_.clear();
}

void MemoryStore::fail_next_commit(bool applied) {
  const std::lock_guard lock(mutex_);
  fail_applied_ = applied;
}

MemoryStore::Table& MemoryStore::writable(Family family) {
  auto& table = tables_[index_of(family)];
  if (table.use_count() > 1) table = std::make_shared<Table>(*table);
  return *table;
}

void MemoryStore::apply(const Batch::Change& change) {
  Table& table = writable(change.family);
  const auto found = table.find(change.key);
  undo_.push_back({change.family, change.key,
                   found == table.end() ? std::nullopt : std::optional(found->second)});
  if (change.value)
    table.insert_or_assign(change.key, *change.value);
  else if (found != table.end())
    table.erase(found);
}
}  // namespace nrm
