// Freshness: read your writes. Remembers how far each log was acknowledged to clients and how far
// the projection has come; what must see the former waits, parked, for the latter.
//
// THREAD: any; what was parked runs on the thread that calls release() (the feed thread), or at
// once on the caller's.
#pragma once
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>

#include "common/clock/clock.hpp"
#include "common/event/codes.hpp"

namespace nrm::gateway {
class Freshness {
 public:
  // `parked`: called when something begins to wait, on the thread that it comes from.
  explicit Freshness(const Clock& ticks, std::function<void()> parked = {})
      : ticks_(ticks), on_parked_(std::move(parked)) {}

  // A client was told of record `seq`.
  void acknowledged(Service log, std::uint64_t seq);
  // Rows hold everything below `next`.
  void projected(Service log, std::uint64_t next);
  std::uint64_t projected(Service log) const { return at(log).projected; }

  // Runs `then` when the rows hold all that was acknowledged until now; after 2 s without.
  void when_fresh(std::function<void()> then);
  // Runs what has become ready, or has waited long enough.
  void release();
  std::size_t parked() const;

  // Accounts changed: what was read of them before may be old.
  void accounts_changed() { ++accounts_; }
  std::uint64_t accounts() const { return accounts_; }

 private:
  static constexpr std::size_t logs = std::size(log_owners);
  struct Log {
    std::atomic<std::uint64_t> acknowledged{0}, projected{0};  // records: seq + 1
  };
  struct Parked {
    std::array<std::uint64_t, logs> needs;
    Instant until;
    std::function<void()> then;
  };
  Log& at(Service log) { return logs_[static_cast<std::size_t>(log)]; }
  const Log& at(Service log) const { return logs_[static_cast<std::size_t>(log)]; }
  bool has(const std::array<std::uint64_t, logs>& needs) const;
  // False, and `then` as it was: the rows hold it by now, or too many wait.
  bool park(const std::array<std::uint64_t, logs>& needs, std::function<void()>& then);

  const Clock& ticks_;
  const std::function<void()> on_parked_;
  std::array<Log, logs> logs_;
  std::atomic<std::uint64_t> accounts_{0};
  mutable std::mutex mutex_;
  std::deque<Parked> parked_;  // in the order of their deadlines
};
}  // namespace nrm::gateway
