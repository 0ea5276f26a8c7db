#include "services/gateway/listing.hpp"

#include <algorithm>

#include "common/crypto/crypto.hpp"
#include "services/gateway/gateway.hpp"

namespace nrm::gateway {
// Hours that are over say nothing any more; with none of those, the oldest gives way.
void Listing::make_room(Instant now) {
  std::erase_if(hours_, [&](const auto& one) { return now >= one.second.began + hours(1); });
  if (hours_.size() < limits::listing_accounts_max) return;
  hours_.erase(
      std::ranges::min_element(hours_, {}, [](const auto& one) { return one.second.began; }));
}

Listing::Verdict Listing::take(const AccountId& account, std::size_t items, Instant now) {
  const std::lock_guard lock(mutex_);
  if (hours_.size() >= limits::listing_accounts_max && !hours_.contains(account)) make_room(now);
  const auto [at, is_new] = hours_.try_emplace(account);
  Hour& hour = at->second;
  if (is_new || now >= hour.began + hours(1)) hour = {now, 0, false};
  Verdict out;
  out.allowed = hour.items + items <= per_hour_;
  if (out.allowed) hour.items += items;
  const bool near =
      !out.allowed || hour.items * 100 >= std::uint64_t{per_hour_} * limits::anomaly_percent;
  if (near && !std::exchange(hour.told, true)) out.anomaly = static_cast<std::uint32_t>(hour.items);
  return out;
}

namespace {
// The vault keeps one an hour for each account, whatever came of this one.
void tell_vault(Gateway& gateway, const Call& call, std::uint32_t listed, Instant now) {
  gateway.parts().ask(
      {.service = Service::vault,
       .key = crypto::digest("listing anomaly\n" + call.caller.account.text() + now.text(), 16),
       .actor = call.caller,
       .expects = std::nullopt,
       .type = NoteAnomaly::type,
       .data = to_json(NoteAnomaly{listed}),
       .personal = {}},
      [](const Result<wire::Answer>&) {});
}
}  // namespace

void answer_list(Gateway& gateway, const CallPtr& call, const std::vector<std::string>& items,
                 std::string_view next, std::string_view position) {
  const Instant now = gateway.parts().clock.now();
  const auto verdict = gateway.listing().take(call->caller.account, items.size(), now);
  if (verdict.anomaly) tell_vault(gateway, *call, *verdict.anomaly, now);
  if (!verdict.allowed)
    return call->fail(Error(Code::quota_exceeded, "", "you have listed all that an hour allows"));
  call->answer(page_response(call->request, items, next, position));
}
}  // namespace nrm::gateway
