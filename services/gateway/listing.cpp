#include "services/gateway/listing.hpp"

#include <algorithm>
#include <utility>

#include "common/crypto/crypto.hpp"
#include "services/gateway/gateway.hpp"

namespace nrm::gateway {
// Hours that are over say nothing any more; with none of those, the oldest give way. Leaves room
// for an account and its organisation.
void Listing::make_room(Instant now) {
  if (hours_.size() + 2 <= limits::listing_accounts_max) return;
  std::erase_if(hours_, [&](const auto& one) { return now >= one.second.began + hours(1); });
  while (hours_.size() + 2 > limits::listing_accounts_max)
    hours_.erase(
        std::ranges::min_element(hours_, {}, [](const auto& one) { return one.second.began; }));
}

Listing::Hour& Listing::hour_of(const Uuid& who, Instant now) {
  const auto [at, is_new] = hours_.try_emplace(who);
  if (is_new || now >= at->second.began + hours(1)) at->second = {now, 0, false};
  return at->second;
}

Listing::Verdict Listing::take(const Actor& by, std::size_t items, Instant now) {
  const std::lock_guard lock(mutex_);
  if (!hours_.contains(by.account) || !hours_.contains(by.organisation)) make_room(now);
  Hour &own = hour_of(by.account, now), &all = hour_of(by.organisation, now);
  Verdict out;
  out.allowed =
      own.items + items <= per_hour_.account && all.items + items <= per_hour_.organisation;
  if (out.allowed) {
    own.items += items;
    all.items += items;
  }
  const auto near = [&](const Hour& hour, std::uint32_t most) {
    const std::uint64_t wanted = hour.items + (out.allowed ? 0 : items);
    return wanted * 100 >= std::uint64_t{most} * limits::anomaly_percent;
  };
  // Told of the account, once: of an organisation that is near, each account that goes on listing.
  if ((near(own, per_hour_.account) || near(all, per_hour_.organisation)) &&
      !std::exchange(own.told, true))
    out.anomaly = static_cast<std::uint32_t>(own.items);
  return out;
}

namespace {
// The vault keeps one an hour for each account, whatever came of this one.
void tell_vault(Gateway& gateway, const Actor& by, std::uint32_t listed, Instant now) {
  gateway.parts().ask(
      {.service = Service::vault,
       .key = crypto::digest("listing anomaly\n" + by.account.text() + now.text(), 16),
       .actor = by,
       .expects = std::nullopt,
       .type = NoteAnomaly::type,
       .data = to_json(NoteAnomaly{listed}),
       .personal = {}},
      [](const Result<wire::Answer>&) {});
}
}  // namespace

void note_listing(Gateway& gateway, const Actor& by, std::size_t items) {
  const Instant now = gateway.parts().clock.now();
  const auto verdict = gateway.listing().take(by, items, now);
  if (verdict.anomaly) tell_vault(gateway, by, *verdict.anomaly, now);
}

void answer_list(Gateway& gateway, const CallPtr& call, const std::vector<std::string>& items,
                 std::string_view next, std::string_view position) {
  const Instant now = gateway.parts().clock.now();
  const auto verdict = gateway.listing().take(call->caller, items.size(), now);
  if (verdict.anomaly) tell_vault(gateway, call->caller, *verdict.anomaly, now);
  if (!verdict.allowed)
    return call->fail(Error(Code::quota_exceeded, "", "you have listed all that an hour allows"));
  call->answer(page_response(call->request, items, next, position));
}
}  // namespace nrm::gateway
