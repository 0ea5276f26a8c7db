#include "services/gateway/witnessed.hpp"

#include "common/event/codes.hpp"
#include "common/event/record.hpp"

namespace nrm::gateway {
namespace {
// Since when; from now on when it is not there yet.
Result<Instant> first_looked_at(Store& store, const std::string& log, Instant now) {
  const std::string key = "unwitnessed/" + log;
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::meta, key));
  if (stored) {
    const auto since = read_milliseconds(*stored);
    if (!since) return Error(Code::corrupt, "", "a mark of the gateway's store is unreadable");
    return *since;
  }
  Batch batch;
  batch.put(Family::meta, key, std::to_string(now.ms));
  NRM_TRY(store.commit(batch, Sync::yes));
  return now;
}
}  // namespace

Result<std::unique_ptr<WitnessedLogs>> WitnessedLogs::open(Store& store, Instant now,
                                                           Milliseconds fresh_for) {
  std::unique_ptr<WitnessedLogs> out(new WitnessedLogs(store, fresh_for));
  for (const Service owner : log_owners) {
    const std::string name = log_name(owner);
    Log& log = out->logs_[name];
    NRM_TRY_ASSIGN(log.since, first_looked_at(store, name, now));
    NRM_TRY_ASSIGN(log.kept, stored_witnessed(store, name));
  }
  return out;
}

void WitnessedLogs::keep(WitnessedLog one) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(one.log);
  if (found == logs_.end()) return;
  const auto& newest = found->second.waiting ? found->second.waiting : found->second.kept;
  if (newest && (one.size < newest->size || one.at < newest->at)) return;
  found->second.waiting = std::move(one);
}

void WitnessedLogs::say(const std::string& log, std::string said) {
  const std::lock_guard lock(mutex_);
  if (const auto found = logs_.find(log); found != logs_.end())
    found->second.said = std::move(said);
}

Result<void> WitnessedLogs::flush() {
  std::map<std::string, WitnessedLog> waiting;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, log] : logs_)
      if (log.waiting) waiting.emplace(name, std::move(*log.waiting)), log.waiting.reset();
  }
  if (waiting.empty()) return {};
  Batch batch;
  for (const auto& [name, one] : waiting)
    batch.put(Family::meta, witnessed_key(name), write_witnessed(one));
  NRM_TRY(store_.commit(batch, Sync::yes));
  const std::lock_guard lock(mutex_);
  for (auto& [name, one] : waiting) logs_[name].kept = std::move(one);
  return {};
}

std::optional<WitnessedLog> WitnessedLogs::latest(std::string_view log) const {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(log);
  return found == logs_.end() ? std::nullopt : found->second.kept;
}

std::string WitnessedLogs::said(std::string_view log) const {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(log);
  return found == logs_.end() ? std::string() : found->second.said;
}

std::optional<Instant> WitnessedLogs::unwitnessed_since(std::string_view log, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(log);
  if (found == logs_.end()) return std::nullopt;
  if (!found->second.kept) return found->second.since;
  if (now - found->second.kept->at <= fresh_for_) return std::nullopt;
  return found->second.kept->at;
}
}  // namespace nrm::gateway
