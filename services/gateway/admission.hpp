// Admission: how much one account may ask for, so that nobody's flood keeps somebody else's urgent
// report outside (threat 19). A full bucket per account and kind of call, filled again at a rate; a
// number of calls under way that may not be urgent ones; a number of streams per account.
//
// THREAD: any, also of a call that waited for an identity provider; what enter() and follow() give
// may be dropped on any, also after this object. INVARIANT: an urgent report waits for no bucket
// but its own.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "common/base/ids.hpp"
#include "common/base/limits.hpp"

namespace nrm::gateway {
class Admission {
 public:
  enum class Kind : std::uint8_t { urgent_report, act, opening, read };
  static constexpr std::size_t kinds = 4;
  using Time = std::chrono::steady_clock::time_point;
  using Rates = std::array<std::optional<limits::Rate>, kinds>;  // by Kind; none: not limited

  explicit Admission(const Rates& rates) : rates_(rates) {}

  // Takes one from the account's bucket. Zero: taken; else it is empty, and for how long.
  std::chrono::milliseconds take(const AccountId& account, Kind kind, Time now);

  // A place among the calls under way, or among the account's streams, while somebody holds it.
  using Place = std::shared_ptr<void>;
  Place enter(Kind kind);                  // null: too many that are not urgent
  Place follow(const AccountId& account);  // null: too many of this account

 private:
  // When each bucket would be full again (the generic cell rate algorithm, ITU-T I.371): one time
  // says all. In the past: full, which is how an account begins.
  using Buckets = std::array<Time, kinds>;
  // What places are counted in; it lives as long as the last of them.
  struct Counts {
    std::atomic<std::size_t> ordinary{0};
    std::mutex mutex;
    std::map<AccountId, std::size_t> streams;
  };
  void forget_full(Time now);  // REQUIRES: mutex_ is held

  const Rates rates_;
  std::mutex mutex_;  // of all below but counts_
  std::unordered_map<AccountId, Buckets> accounts_;
  std::size_t look_at_ = limits::gateway_accounts_cached_max;
  const std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};
}  // namespace nrm::gateway
