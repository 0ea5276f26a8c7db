// A sandbox whose time is the test's own clock. OWNERSHIP: borrows the clock.
#pragma once
#include "common/clock/clock.hpp"

namespace nrm::test {
class ManualSandbox final : public SandboxClock {
 public:
  explicit ManualSandbox(ManualClock& clock) : clock_(clock) {}
  Instant now() const override { return clock_.now(); }
  Instant advance(Milliseconds by) override {
    clock_.advance(by);
    return clock_.now();
  }
  Instant start_at(Instant begin) override {
    clock_.set(begin);
    return begin;
  }

 private:
  ManualClock& clock_;
};
}  // namespace nrm::test
