// Clock: the one place where time comes from. Nothing else may ask the machine for it.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace nrm {
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  // How far the machine's clock is ahead of this one: what an operator should know.
  virtual Milliseconds astray() const { return {}; }
};

std::unique_ptr<Clock> system_clock();

// The machine's time when it was made, and from then on what the boot clock counts, which nobody
// can set. A step of the machine's clock is followed at clock_slew_per_mille and no faster: a clock
// that is set ahead or back makes no deadline run out, ends no token and revives none.
// THREAD: any. INVARIANT: never goes back.
std::unique_ptr<Clock> anchored_clock();
// With other clocks, for tests. `boot`: counts from anywhere, also while the machine sleeps.
using ReadTime = std::function<Instant()>;
std::unique_ptr<Clock> anchored_clock(ReadTime machine, ReadTime boot);

// A test's clock.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override { return now_; }
  void advance(Milliseconds by) { now_ = now_ + by; }
  void set(Instant at) { now_ = at; }

 private:
  Instant now_;
};

// The system clock plus an offset that all processes of a sandbox data folder share (8 bytes in a
// mapped file). It only moves forward. Never opened for a production folder.
class SandboxClock : public Clock {
 public:
  virtual Instant advance(Milliseconds by) = 0;  // the new time; REQUIRES: by >= 0
  virtual Instant start_at(Instant begin) = 0;   // sets the offset once, in a fresh sandbox
};
Result<std::unique_ptr<SandboxClock>> open_sandbox_clock(const std::string& file);
}  // namespace nrm
