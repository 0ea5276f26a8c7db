// Presence: when each service was last heard of. The feed side hears them, for they beat each
// second; the ask side looks before it sends. THREAD: any.
#pragma once
#include <array>
#include <atomic>
#include <iterator>

#include "common/base/time.hpp"
#include "common/event/codes.hpp"

namespace nrm::gateway {
class Presence {
 public:
  static constexpr Milliseconds heard_within = std::chrono::seconds(5);  // five beats

  void heard(Service service, Instant at) { of(service) = at.ms; }
  bool is_up(Service service, Instant now) const { return of(service) >= (now - heard_within).ms; }

 private:
  using Ticks = std::atomic<std::int64_t>;
  Ticks& of(Service service) { return last_[static_cast<std::size_t>(service)]; }
  const Ticks& of(Service service) const { return last_[static_cast<std::size_t>(service)]; }

  std::array<Ticks, std::size(log_owners)> last_{};
};
}  // namespace nrm::gateway
