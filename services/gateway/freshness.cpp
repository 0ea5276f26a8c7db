#include "services/gateway/freshness.hpp"

#include <vector>

#include "common/base/check.hpp"
#include "common/base/limits.hpp"

namespace nrm::gateway {
namespace {
// A projection that is this far behind is in trouble of its own: old rows are better than none.
constexpr Milliseconds wait_max = std::chrono::seconds(2);
static_assert(static_cast<std::size_t>(Service::closure) == 4, "the logs come first in Service");
}  // namespace

void Freshness::acknowledged(Service log, std::uint64_t seq) {
  auto& highest = at(log).acknowledged;
  std::uint64_t before = highest;
  while (before < seq + 1 && !highest.compare_exchange_weak(before, seq + 1)) {
  }
}

void Freshness::projected(Service log, std::uint64_t next) { at(log).projected = next; }

bool Freshness::has(const std::array<std::uint64_t, logs>& needs) const {
  for (std::size_t i = 0; i < logs; ++i)
    if (logs_[i].projected < needs[i]) return false;
  return true;
}

void Freshness::when_fresh(std::function<void()> then) {
  std::array<std::uint64_t, logs> needs{};
  for (std::size_t i = 0; i < logs; ++i) needs[i] = logs_[i].acknowledged;
  if (has(needs) || !park(needs, then)) return then();
  if (on_parked_) on_parked_();
}

bool Freshness::park(const std::array<std::uint64_t, logs>& needs, std::function<void()>& then) {
  const std::lock_guard lock(mutex_);
  // Looked at again with release() held off: what it has just let go would wait for the next one.
  if (has(needs) || parked_.size() >= limits::gateway_parked_max) return false;
  parked_.push_back({needs, ticks_.now() + wait_max, std::move(then)});
  return true;
}

void Freshness::release() {
  std::vector<std::function<void()>> ready;
  {
    const std::lock_guard lock(mutex_);
    const Instant now = ticks_.now();
    for (auto at = parked_.begin(); at != parked_.end();) {
      if (has(at->needs) || now >= at->until) {
        ready.push_back(std::move(at->then));
        at = parked_.erase(at);
      } else {
        ++at;
      }
    }
  }
  for (const auto& then : ready) then();
}

std::size_t Freshness::parked() const {
  const std::lock_guard lock(mutex_);
  return parked_.size();
}
}  // namespace nrm::gateway
