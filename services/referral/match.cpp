#include "services/referral/match.hpp"

#include <algorithm>
#include <array>
#include <compare>

namespace nrm {
namespace {
template <class T>
bool has(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

// Benefit of the doubt: a person of unknown age is treated as a child (domain.md, b4).
bool takes_age(const std::vector<AgeBand>& ages, AgeBand age) {
  return ages.empty() || has(ages, age) || (age == AgeBand::unknown && has(ages, AgeBand::child));
}

bool share_language(const ServiceOffering& offering, const NeedProfile& profile) {
  return std::ranges::any_of(profile.languages,
                             [&](const Language& one) { return has(offering.languages, one); });
}

// Smaller is better; compared from the first member on.
struct Rank {
  bool elsewhere = false;  // does not name the person's region
  bool through_interpreter = false;
  std::uint32_t fewer_places = 0;  // the complement of the free places
  std::array<std::uint8_t, 16> distance{};
  auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const ReferralId& id, const Referral& referral, const ProviderId& provider,
             const Provider& state) {
  Rank rank;
  rank.elsewhere = !has(state.offering.regions, referral.profile.region);
  rank.through_interpreter = !share_language(state.offering, referral.profile);
  rank.fewer_places = ~state.free_places();
  // Equals share the work: each referral prefers the provider whose id is nearest to its own.
  for (std::size_t i = 0; i < rank.distance.size(); ++i)
    rank.distance[i] = static_cast<std::uint8_t>(id.bytes[i] ^ provider.bytes[i]);
  return rank;
}

std::optional<ProviderId> provider_in(std::string_view key) {
  const auto slash = key.rfind('/');
  return slash == key.npos ? std::nullopt : ProviderId::parse(key.substr(slash + 1));
}
}  // namespace

bool takes(const ServiceOffering& offering, ServiceType service, const NeedProfile& profile) {
  return offering.service == service &&
         (offering.regions.empty() || has(offering.regions, profile.region)) &&
         takes_age(offering.ages, profile.age_now) &&
         (offering.genders.empty() || has(offering.genders, profile.gender)) &&
         (offering.languages.empty() || profile.languages.empty() ||
          share_language(offering, profile));
}

std::string free_prefix(ServiceType service, std::string_view region) {
  std::string out = "free/";
  out += to_text(service);
  out += '/';
  out += region;
  out += '/';
  return out;
}

std::optional<Match> best_match(const View& view, const ReferralId& id, const Referral& referral) {
  std::optional<Match> best;
  Rank best_rank;
  std::uint32_t candidates = 0;
  for (const std::string_view region :
       {std::string_view(referral.profile.region.text()), every_region}) {
    view.rows(free_prefix(referral.service, region), [&](std::string_view key, std::string_view) {
      const auto provider = provider_in(key);
      CHECK(provider, "a row of a free place ends in a provider's id");
      const Provider* state = view.find<Provider>(*provider);
      CHECK(state != nullptr, "a row has the state that it is made from");
      if (!takes(state->offering, referral.service, referral.profile)) return true;
      if (has(referral.asked, *provider)) return true;
      ++candidates;
      const Rank rank = rank_of(id, referral, *provider, *state);
      if (!best || rank < best_rank) {
        best = Match{*provider, state->offering.organisation, 0};
        best_rank = rank;
      }
      return true;
    });
  }
  if (best) best->candidates = candidates;
  return best;
}
}  // namespace nrm
