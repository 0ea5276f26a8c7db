// ForwardClock: the time by which something runs out. It is the latest of what the machine says,
// of what has passed since we started (a boot-anchored clock), and of what the logs say, so that
// nobody makes a token last longer by setting a clock back (reliability.md, section 2, row 25).
//
// INVARIANT: it never goes back while the process runs. A machine whose clock jumped ahead refuses
// too much until the process is started again: that is the side to fail on.
// THREAD: any. OWNERSHIP: borrows both clocks.
#pragma once
#include <algorithm>
#include <atomic>

#include "common/clock/clock.hpp"

namespace nrm {
class ForwardClock final : public Clock {
 public:
  ForwardClock(const Clock& wall, const Clock& ticks)
      : wall_(wall), ticks_(ticks), start_(wall.now()), first_tick_(ticks.now()) {}

  Instant now() const override {
    const Instant anchored = start_ + (ticks_.now() - first_tick_);
    return {raise(std::max(wall_.now(), anchored).ms)};
  }
  // A log has a record of this moment.
  void saw(Instant at) { raise(at.ms); }

 private:
  std::int64_t raise(std::int64_t to) const {
    std::int64_t before = latest_;
    while (before < to && !latest_.compare_exchange_weak(before, to)) {
    }
    return std::max(before, to);
  }
  const Clock& wall_;
  const Clock& ticks_;
  const Instant start_, first_tick_;
  mutable std::atomic<std::int64_t> latest_{INT64_MIN};
};
}  // namespace nrm
