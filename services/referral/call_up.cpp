// Who waits is called up when a place becomes free; and how much of a record that may fill.
#include <algorithm>

#include "common/event/codec.hpp"
#include "common/step/eligibility.hpp"
#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// Beside an event's own members: its type and stream. And a clock, set or cleared.
constexpr std::size_t event_frame_bytes = 160, clock_bytes = 120;
// Of limits::record_bytes_max: the rest is for the command (a whole offering), the last referral's
// events, and what goes around them.
constexpr std::size_t decision_bytes_max = 36 * 1024;
}  // namespace

bool Room::left(const Decision& out) {
  for (; seen_ < out.events.size(); ++seen_) {
    scratch_.clear();
    write_event(scratch_, out.events[seen_].event);
    bytes_ += scratch_.size() + event_frame_bytes;
  }
  return seen_ < events_per_sweep && bytes_ + out.clocks.size() * clock_bytes < decision_bytes_max;
}

std::optional<ExcludedFor> ReferralRules::barred(const ProviderId& id,
                                                 const ServiceOffering& offering,
                                                 const Referral& referral) const {
  const ReferralCase& file = file_of(referral);
  if (const auto against = Barriers(view, &file).against(id, offering)) return against;
  return unsuitable(offering, profile_now(referral, file), policy, input.at, offer_until(referral));
}

// A place that becomes free there, or one that was promised and is not wanted.
std::optional<ProviderId> ReferralRules::freed_by(const Emit& emitted) const {
  if (holds<PlaceReleased>(emitted.event) || holds<ProviderCapacityChanged>(emitted.event) ||
      holds<ProviderOfferingChanged>(emitted.event) || holds<ProviderReinstated>(emitted.event))
    return ProviderId(emitted.stream.id);
  if (!holds<ReferralDeclined>(emitted.event) && !holds<ReferralCancelled>(emitted.event) &&
      !holds<OfferRevoked>(emitted.event))
    return std::nullopt;
  const Referral* referral = view.find<Referral>(emitted.stream.id);
  return referral != nullptr && referral->called_up() ? referral->provider : std::nullopt;
}

void ReferralRules::call_up(Decision& out) const {
  std::vector<ProviderId> freed;
  const auto add = [&](const ProviderId& id) {
    if (std::ranges::find(freed, id) == freed.end()) freed.push_back(id);
  };
  for (const Emit& emitted : out.events)
    if (const auto id = freed_by(emitted)) add(*id);
  const auto* due = std::get_if<Due>(&input.what);
  if (due != nullptr && due->name == ClockName::suspension_sweep)  // more than fitted before
    add(ProviderId(due->stream.id));
  for (const ProviderId& id : freed) call_up_at(out, id);
}

// Places that somebody who waited there was offered, and has not been answered about.
std::uint32_t ReferralRules::promised(const Decision& out, const ProviderId& id) const {
  std::uint32_t count = 0;
  view.rows("offered/" + id.text() + '/', [&](std::string_view key, std::string_view) {
    const auto one = ReferralId::parse(key.substr(key.rfind('/') + 1));
    CHECK(one, "a row ends in a referral's id");
    const Referral* referral = view.find<Referral>(*one);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    count += referral->called_up() && !touches(out, referral_stream(*one)) ? 1 : 0;
    return true;
  });
  return count;
}

bool ReferralRules::touches(const Decision& out, const StreamKey& stream) const {
  return std::ranges::any_of(out.events, [&](const Emit& one) { return one.stream == stream; });
}

void ReferralRules::call_up_at(Decision& out, const ProviderId& id) const {
  const Provider* stored = view.find<Provider>(id);
  if (stored == nullptr) return;
  Provider provider = *stored;
  for (const Emit& emitted : out.events)
    if (emitted.stream == provider_stream(id)) Referrals::evolve(provider, emitted.event);
  if (provider.suspended) return;
  const std::uint32_t free = provider.free_places();
  std::uint32_t places = free - std::min(free, promised(out, id));
  Room room;
  bool more = false;
  view.rows(waiting_prefix(id), [&](std::string_view key, std::string_view) {
    if (places == 0) return false;
    const auto waiting = ReferralId::parse(key.substr(key.rfind('/') + 1));
    CHECK(waiting, "a row of a waiting list ends in a referral's id");
    const Referral* referral = view.find<Referral>(*waiting);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    // Without a word of the person, or past an override, or where the person may not be, its review
    // lets it go.
    const Permission allowed =
        permission(file_of(*referral), referral, provider.offering.organisation);
    if (touches(out, referral_stream(*waiting)) || !allowed.given ||
        barred(id, provider.offering, *referral))
      return true;
    if (!room.left(out)) return !(more = true);
    offer(out, *waiting, *referral,
          {.provider = id,
           .organisation = provider.offering.organisation,
           .attempt = static_cast<std::uint32_t>(referral->asked.size()),
           .consent = allowed.entry},
          ClockName::waitlist_review);
    --places;
    return true;
  });
  if (more) go_on_sweeping(out, id);
}

void ReferralRules::go_on_sweeping(Decision& out, const ProviderId& id) const {
  const StreamKey stream = provider_stream(id);
  const bool set = std::ranges::any_of(out.clocks, [&](const ClockChange& one) {
    return one.stream == stream && one.name == ClockName::suspension_sweep;
  });
  if (!set) out.set_clock(stream, ClockName::suspension_sweep, input.at);
}
}  // namespace nrm
