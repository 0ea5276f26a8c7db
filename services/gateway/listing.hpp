// Listing: how much each account lists, and each organisation by all of its accounts. Within the
// pack's limits nobody notices it; near its own, or its organisation's, the vault is told of an
// account once an hour, so that an overseer looks; beyond one lists are refused.
//
// An hour begins with the first item and is followed by a new one: across that border an hour may
// see up to twice the limit. In memory alone: a restart forgets the hour, the vault's
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
  struct PerHour {
    std::uint32_t account = limits::access_per_hour_max;
    std::uint32_t organisation = limits::access_per_hour_max;
  };
  explicit Listing(const PerHour& per_hour) : per_hour_(per_hour) {}

  struct Verdict {
    bool allowed = true;
    std::optional<std::uint32_t> anomaly;  // its own within the hour, when somebody must be told
  };
  // `items` more are about to be shown to this actor. What is refused does not count.
  Verdict take(const Actor& by, std::size_t items, Instant now);

 private:
  struct Hour {
    Instant began;
    std::uint64_t items = 0;
    bool told = false;
  };
  void make_room(Instant now);
  Hour& hour_of(const Uuid& who, Instant now);

  const PerHour per_hour_;
  std::mutex mutex_;
  std::unordered_map<Uuid, Hour>
      hours_;  // accounts and organisations; at most listing_accounts_max
};

// Counts what is read and tells the vault where a listing would be told, but refuses nothing.
void note_listing(Gateway& gateway, const Actor& by, std::size_t items);
// Answers with a page of things about people, or with quota_exceeded.
void answer_list(Gateway& gateway, const CallPtr& call, const std::vector<std::string>& items,
                 std::string_view next, std::string_view position = {});
}  // namespace nrm::gateway
