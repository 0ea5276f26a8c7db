#include "services/referral/match.hpp"

#include <algorithm>
#include <array>
#include <boost/mp11/algorithm.hpp>
#include <compare>

#include "common/step/eligibility.hpp"

namespace nrm {
namespace {
template <class T>
bool has(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

// Smaller is better; compared from the first member on. Every member is a MatchReason, in its
// order.
struct Rank {
  bool not_agreed = false;
  bool elsewhere = false;  // does not name the person's region
  bool through_interpreter = false;
  bool staff_unstated = false;
  bool special_unstated = false;
  bool old_figure = false;
  std::uint32_t fewer_places = 0;  // the complement of the free places
  std::array<std::uint8_t, 16> distance{};
  auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const Desk& desk, const ReferralId& id, const Referral& referral,
             const ReferralCase* file, const ProviderId& provider, const Provider& state) {
  const ServiceOffering& offering = state.offering;
  const NeedProfile& profile = referral.profile;
  Rank rank;
  if (desk.policy.referral.consent == ReferralConsent::each_contact && file != nullptr) {
    const RecipientConsent* word = word_about(*file, offering.organisation);
    rank.not_agreed = word == nullptr || !word->agrees(desk.input.at);
  }
  rank.elsewhere = !has(offering.regions, profile.region);
  rank.through_interpreter = !share_language(offering, profile);
  rank.staff_unstated = profile.staff_gender && offering.staff_genders.empty();
  rank.special_unstated = !profile.special.empty() && offering.special.empty();
  rank.old_figure = !fresh_capacity(offering, desk.policy, desk.input.at);
  rank.fewer_places = ~state.free_places();
  // Equals share the work: each referral prefers the provider whose id is nearest to its own.
  for (std::size_t i = 0; i < rank.distance.size(); ++i)
    rank.distance[i] = static_cast<std::uint8_t>(id.bytes[i] ^ provider.bytes[i]);
  return rank;
}

// The first thing in which the best one differs from the second.
MatchReason why(const Rank& best, const std::optional<Rank>& second) {
  if (!second) return MatchReason::only_one;
  if (best.not_agreed != second->not_agreed) return MatchReason::consent_given;
  if (best.elsewhere != second->elsewhere) return MatchReason::own_region;
  if (best.through_interpreter != second->through_interpreter) return MatchReason::common_language;
  if (best.staff_unstated != second->staff_unstated) return MatchReason::staff_gender;
  if (best.special_unstated != second->special_unstated) return MatchReason::states_special;
  if (best.old_figure != second->old_figure) return MatchReason::fresh_capacity;
  if (best.fewer_places != second->fewer_places) return MatchReason::most_places;
  return MatchReason::nearest;
}

std::optional<ProviderId> provider_in(std::string_view key) {
  const auto slash = key.rfind('/');
  return slash == key.npos ? std::nullopt : ProviderId::parse(key.substr(slash + 1));
}

// Counted by reason; listed in the order of the codes.
class Counts {
 public:
  void add(ExcludedFor reason) { ++counts_[static_cast<std::size_t>(reason)]; }
  std::vector<ExcludedCount> list() const {
    std::vector<ExcludedCount> out;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if (counts_[i] > 0) out.push_back({static_cast<ExcludedFor>(i), counts_[i]});
    return out;
  }

 private:
  static constexpr std::size_t reasons =
      boost::mp11::mp_size<boost::describe::describe_enumerators<ExcludedFor>>::value;
  std::array<std::uint32_t, reasons> counts_{};
};

// A place whose region nobody stated is near everything that it serves; a house that serves every
// region may be anywhere.
bool may_be_in(const ServiceOffering& offering, const Region& region) {
  if (offering.located_in) return *offering.located_in == region;
  return has(offering.regions, region) ||
         (offering.regions.empty() && offering.service == ServiceType::safe_accommodation);
}

// Who holds or looks after people of that case.
void note_places(const View& view, const CaseId& other, std::vector<ProviderId>& out) {
  view.rows("case/" + other.text() + "/open/", [&](std::string_view key, std::string_view) {
    const auto id = ReferralId::parse(key.substr(key.rfind('/') + 1));
    CHECK(id, "a row of a case ends in a referral's id");
    const Referral* referral = view.find<Referral>(*id);
    CHECK(referral != nullptr, "a row has the state that it is made from");
    if (referral->provider) out.push_back(*referral->provider);
    return true;
  });
}
}  // namespace

const RecipientConsent* word_about(const ReferralCase& file, const OrganisationId& organisation) {
  const auto found =
      std::ranges::find(file.recipients, organisation, &RecipientConsent::organisation);
  return found == file.recipients.end() ? nullptr : &*found;
}

Barriers::Barriers(const View& view, const ReferralCase* file) : file_(file) {
  if (file_ == nullptr) return;
  for (const Exclusion& one : file_->exclusions)
    if (one.other) note_places(view, *one.other, with_others_);
  for (const CaseId& other : file_->same_network) note_places(view, other, with_others_);
}

std::optional<ExcludedFor> Barriers::against(const ProviderId& id,
                                             const ServiceOffering& offering) const {
  if (file_ == nullptr) return std::nullopt;
  for (const Exclusion& one : file_->exclusions) {
    if (one.region && may_be_in(offering, *one.region)) return ExcludedFor::excluded_area;
    if (one.community && has(offering.communities, *one.community))
      return ExcludedFor::excluded_community;
    if (one.organisation == offering.organisation || one.provider == id)
      return ExcludedFor::excluded_organisation;
  }
  if (has(with_others_, id)) return ExcludedFor::same_network;
  const RecipientConsent* word = word_about(*file_, offering.organisation);
  if (has(file_->denied, offering.organisation) || (word != nullptr && !word->given))
    return ExcludedFor::denied;
  return std::nullopt;
}

std::string free_prefix(ServiceType service, std::string_view region) {
  std::string out = "free/";
  out += to_text(service);
  out += '/';
  out += region;
  out += '/';
  return out;
}

MatchResult best_match(const Desk& desk, const ReferralId& id, const Referral& referral,
                       const ReferralCase* file, Instant answer_by) {
  const View& view = desk.view;
  const Barriers barriers(view, file);
  const Referral* replaced = referral.follows ? view.find<Referral>(*referral.follows) : nullptr;
  std::optional<Match> best;
  Rank best_rank;
  std::optional<Rank> second;
  std::uint32_t candidates = 0;
  Counts excluded;
  const auto look_at = [&](const ProviderId& provider, const Provider& state) {
    if (has(referral.asked, provider) || (replaced != nullptr && replaced->provider == provider))
      return excluded.add(ExcludedFor::asked_already);
    if (const auto reason =
            unsuitable(state.offering, referral.profile, desk.policy, desk.input.at, answer_by))
      return excluded.add(*reason);
    if (const auto reason = barriers.against(provider, state.offering))
      return excluded.add(*reason);
    ++candidates;
    const Rank rank = rank_of(desk, id, referral, file, provider, state);
    if (!best || rank < best_rank) {
      if (best) second = best_rank;
      best = Match{provider, state.offering.organisation, 0, {}};
      best_rank = rank;
    } else if (!second || rank < *second) {
      second = rank;
    }
  };
  for (const std::string_view region :
       {std::string_view(referral.profile.region.text()), every_region}) {
    view.rows(free_prefix(referral.service, region), [&](std::string_view key, std::string_view) {
      const auto provider = provider_in(key);
      CHECK(provider, "a row of a free place ends in a provider's id");
      const Provider* state = view.find<Provider>(*provider);
      CHECK(state != nullptr, "a row has the state that it is made from");
      look_at(*provider, *state);
      return true;
    });
  }
  if (best) {
    best->candidates = candidates;
    best->chosen_for = why(best_rank, second);
  }
  return {best, excluded.list()};
}
}  // namespace nrm
