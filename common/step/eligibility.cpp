#include "common/step/eligibility.hpp"

#include <algorithm>

namespace nrm {
namespace {
// A look at the hours ends after this many days: a week repeats itself.
constexpr int days_looked_at = 8;

template <class T>
bool has(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

// Benefit of the doubt: a person of unknown age is treated as a child (domain.md, b4).
bool takes_age(const std::vector<AgeBand>& ages, AgeBand age) {
  return ages.empty() || has(ages, age) || (age == AgeBand::unknown && has(ages, AgeBand::child));
}
}  // namespace

bool serves(const ServiceOffering& offering, ServiceType service, const Region& region) {
  return offering.service == service && (offering.regions.empty() || has(offering.regions, region));
}

bool share_language(const ServiceOffering& offering, const NeedProfile& profile) {
  return std::ranges::any_of(profile.languages,
                             [&](const Language& one) { return has(offering.languages, one); });
}

bool open_between(const ServiceOffering& offering, const Policy& policy, Instant from,
                  Instant until) {
  if (offering.hours.empty()) return true;
  Date day = policy.local_date(from);
  for (int looked = 0; looked < days_looked_at && day <= policy.local_date(until); ++looked) {
    const Instant midnight = policy.end_of_local(day.plus(-1)) + Milliseconds(1);
    for (const OpenHours& one : offering.hours) {
      if (one.weekday != static_cast<std::uint32_t>(day.weekday())) continue;
      const Instant opens = midnight + std::chrono::minutes(one.opens);
      const Instant closes = midnight + std::chrono::minutes(one.closes);
      if (std::max(opens, from) + std::chrono::minutes(1) <= std::min(closes, until)) return true;
    }
    day = day.plus(1);
  }
  return false;
}

std::optional<ExcludedFor> unsuitable(const ServiceOffering& offering, const NeedProfile& profile,
                                      const Policy& policy, Instant at, Instant answer_by) {
  if (!takes_age(offering.ages, profile.age_now)) return ExcludedFor::age;
  if (!offering.genders.empty() && !has(offering.genders, profile.gender))
    return ExcludedFor::gender;
  if (!offering.languages.empty() && !profile.languages.empty() &&
      !share_language(offering, profile))
    return ExcludedFor::language;
  if (!offering.special.empty() && !std::ranges::all_of(profile.special, [&](SpecialNeed one) {
        return has(offering.special, one);
      }))
    return ExcludedFor::special_needs;
  if (profile.staff_gender && !offering.staff_genders.empty() &&
      !has(offering.staff_genders, *profile.staff_gender))
    return ExcludedFor::staff_gender;
  const bool dated = offering.funding || offering.accreditation ||
                     policy.referral.needs_accreditation(offering.service);
  if (dated) {
    const Date today = policy.local_date(at);
    if (offering.funding && !offering.funding->covers(today)) return ExcludedFor::not_funded;
    if (offering.accreditation ? !offering.accreditation->covers(today)
                               : policy.referral.needs_accreditation(offering.service))
      return ExcludedFor::not_accredited;
  }
  if (!open_between(offering, policy, at, answer_by)) return ExcludedFor::closed_hours;
  return std::nullopt;
}

bool fresh_capacity(const ServiceOffering& offering, const Policy& policy, Instant at) {
  if (policy.referral.capacity_fresh_days == 0) return true;
  return offering.places_as_of &&
         at - *offering.places_as_of <=
             hours(24 * static_cast<int>(policy.referral.capacity_fresh_days));
}
}  // namespace nrm
