// Listing: how much each account lists. Within the pack's limit nobody notices it; near the limit
// the vault is told once an hour, so that an overseer looks; beyond it lists are refused.
//
// An account's hour begins with its first item and is followed by a new one: across that border an
// hour may see up to twice the limit. In memory alone: a restart forgets the hour, the vault's
// record of the anomaly stays.
// THREAD: any.
#pragma once
#include <mutex>
#include <optional>
#include <unordered_map>

#include "services/gateway/call.hpp"

namespace nrm::gateway {
class Listing {
 public:
  explicit Listing(std::uint32_t per_hour) : per_hour_(per_hour) {}

  struct Verdict {
    bool allowed = true;
    std::optional<std::uint32_t> anomaly;  // items within the hour, when somebody must be told
  };
  // `items` more are about to be shown. What is refused does not count.
  Verdict take(const AccountId& account, std::size_t items, Instant now);

 private:
  struct Hour {
    Instant began;
    std::uint64_t items = 0;
    bool told = false;
  };
  void make_room(Instant now);

  const std::uint32_t per_hour_;
  std::mutex mutex_;
  std::unordered_map<AccountId, Hour> hours_;  // at most listing_accounts_max
};

// Answers with a page of things about people, or with quota_exceeded.
void answer_list(Gateway& gateway, const CallPtr& call, const std::vector<std::string>& items,
                 std::string_view next, std::string_view position = {});
}  // namespace nrm::gateway
