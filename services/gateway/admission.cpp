#include "services/gateway/admission.hpp"

#include <algorithm>

namespace nrm::gateway {
namespace {
using std::chrono::milliseconds;
using Nanoseconds = std::chrono::nanoseconds;

// Something held: `give_back` is called when nobody holds it any more. What it points to is
// nothing, but not null, which means that there is no place.
template <class F>
Admission::Place held(F give_back) {
  static char nothing;
  return Admission::Place(&nothing, [give_back = std::move(give_back)](void*) { give_back(); });
}
}  // namespace

milliseconds Admission::take(const AccountId& account, Kind kind, Time now) {
  const auto& rate = rates_[static_cast<std::size_t>(kind)];
  if (!rate) return milliseconds(0);
  const std::lock_guard lock(mutex_);
  if (accounts_.size() >= look_at_) forget_full(now);
  const Nanoseconds each =
      std::chrono::duration_cast<Nanoseconds>(std::chrono::minutes(1)) / rate->per_minute;
  Time& full_at = accounts_[account][static_cast<std::size_t>(kind)];
  const auto over = std::max(full_at, now) + each - now - each * rate->burst;
  if (over > Nanoseconds(0)) return std::chrono::ceil<milliseconds>(over);
  full_at = std::max(full_at, now) + each;
  return milliseconds(0);
}

// An account whose buckets are full is as good as one that was never here.
void Admission::forget_full(Time now) {
  std::erase_if(accounts_, [&](const auto& account) {
    return std::ranges::all_of(account.second, [&](Time full_at) { return full_at <= now; });
  });
  look_at_ = std::max(limits::gateway_accounts_cached_max, 2 * accounts_.size());
}

Admission::Place Admission::enter(Kind kind) {
  if (kind == Kind::urgent_report) return held([] {});
  auto& ordinary = counts_->ordinary;
  if (ordinary.fetch_add(1) >= limits::gateway_ordinary_calls_max) {
    --ordinary;
    return nullptr;
  }
  return held([counts = counts_] { --counts->ordinary; });
}

Admission::Place Admission::follow(const AccountId& account) {
  const std::lock_guard lock(counts_->mutex);
  std::size_t& streams = counts_->streams[account];
  if (streams >= limits::gateway_streams_per_account_max) return nullptr;
  ++streams;
  return held([counts = counts_, account] {
    const std::lock_guard again(counts->mutex);
    if (--counts->streams[account] == 0) counts->streams.erase(account);
  });
}
}  // namespace nrm::gateway
