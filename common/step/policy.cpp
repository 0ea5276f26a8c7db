#include "common/step/policy.hpp"

#include <algorithm>

namespace nrm {
const ClockRule* Policy::rule(ClockName name, Urgency urgency) const {
  const ClockRule* general = nullptr;
  for (const ClockRule& candidate : clocks) {
    if (candidate.name != name) continue;
    if (candidate.urgency == urgency) return &candidate;
    if (!candidate.urgency) general = &candidate;
  }
  return general;
}

bool Policy::working_day(Date day) const {
  return day.weekday() <= 5 && !std::ranges::binary_search(holidays, day);
}

std::optional<Instant> Policy::due(ClockName name, Instant start, Urgency urgency) const {
  const ClockRule* found = rule(name, urgency);
  if (found == nullptr) return std::nullopt;
  const int length = static_cast<int>(found->length);
  switch (found->unit) {
    case ClockUnit::hours:
      return start + hours(length);
    case ClockUnit::calendar_days:
      return end_of(start.date().plus(length));
    case ClockUnit::working_days:
      break;
  }
  Date day = start.date();
  for (int counted = 0; counted < length;) {
    day = day.plus(1);
    if (working_day(day)) ++counted;
  }
  return end_of(day);
}

std::uint32_t Policy::per_hour(LimitName name) const {
  for (const AccessLimit& limit : access_limits)
    if (limit.name == name) return limit.per_hour;
  return limits::access_per_hour_max;
}

bool Policy::has_region(const Region& region) const {
  return std::ranges::find(regions, region) != regions.end();
}

const SealedRule* Policy::sealed_rule(SealedClass class_) const {
  const auto found = std::ranges::find(sealed_to_organisations, class_, &SealedRule::class_);
  return found == sealed_to_organisations.end() ? nullptr : &*found;
}

std::string Policy::name() const { return pack.text() + "@" + std::to_string(version); }

namespace {
Result<void> check_limits(const Policy& policy) {
  for (const LimitName name :
       {LimitName::openings_per_account, LimitName::openings_per_organisation,
        LimitName::items_listed_per_account, LimitName::items_listed_per_organisation}) {
    const auto rows = std::ranges::count(policy.access_limits, name, &AccessLimit::name);
    // Packs before version 3 do not have the last one; then it limits nothing.
    const bool needed = name != LimitName::items_listed_per_organisation;
    if (rows > 1 || (rows == 0 && needed))
      return Error(rows == 0 ? Code::missing_field : Code::already_exists, "/access_limits",
                   "the limit " + std::string(to_text(name)) + " is needed once");
  }
  for (std::size_t i = 0; i < policy.access_limits.size(); ++i)
    if (const auto most = policy.access_limits[i].per_hour;
        most == 0 || most > limits::access_per_hour_max)
      return Error(Code::out_of_range, "/access_limits/" + std::to_string(i) + "/per_hour",
                   "1 to 1000000000");
  return {};
}

Result<void> check_releases(const ReleasePolicy& rule) {
  const auto within = [](std::uint32_t value, std::uint32_t least, const char* member) {
    if (value >= least && value <= 1'000) return Result<void>();
    return Result<void>(Error(Code::out_of_range, "/releases/" + std::string(member),
                              std::to_string(least) + " to 1000"));
  };
  NRM_TRY(within(rule.threshold, 3, "threshold"));  // of two people each knows the other
  NRM_TRY(within(rule.rounding, 1, "rounding"));
  NRM_TRY(within(rule.epsilon_per_year.numerator, 1, "epsilon_per_year/numerator"));
  return within(rule.epsilon_per_year.denominator, 1, "epsilon_per_year/denominator");
}
}  // namespace

Result<Policy> read_policy(std::string_view bytes) {
  json::Document document;
  NRM_TRY(document.parse_strict(bytes, limits::policy_bytes_max));
  Policy policy;
  Reading reading(Unknown::refuse, limits::policy_list_items_max);
  if (!read_json(document.root(), policy, reading)) return reading.faults().front();
  for (std::size_t i = 0; i < policy.clocks.size(); ++i) {
    const ClockRule& rule = policy.clocks[i];
    const std::string where = "/clocks/" + std::to_string(i);
    if (rule.length == 0 || rule.length > limits::clock_length_max)
      return Error(Code::out_of_range, where + "/length", "1 to 36500");
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (policy.clocks[earlier].name == rule.name &&
          policy.clocks[earlier].urgency == rule.urgency)
        return Error(Code::already_exists, where, "this clock is given twice");
  }
  for (const ClockName name :
       {ClockName::first_stage, ClockName::recovery, ClockName::reconsideration,
        ClockName::answer_offer, ClockName::waitlist_review, ClockName::awaiting_consent,
        ClockName::escalation, ClockName::plan, ClockName::review, ClockName::closure_approval,
        ClockName::report_follows, ClockName::withdrawal_acknowledgement,
        ClockName::break_glass_review})
    for (const Urgency urgency : {Urgency::routine, Urgency::urgent, Urgency::emergency})
      if (policy.rule(name, urgency) == nullptr)
        return Error(Code::missing_field, "/clocks",
                     "the clock " + std::string(to_text(name)) + " is missing for " +
                         std::string(to_text(urgency)) + " needs");
  NRM_TRY(check_limits(policy));
  if (policy.regions.empty()) return Error(Code::missing_field, "/regions", "at least one");
  if (policy.offers_max == 0 || policy.offers_max > limits::offers_per_referral_max)
    return Error(Code::out_of_range, "/offers_max", "1 to 50");
  for (std::size_t i = 0; i < policy.sealed_to_organisations.size(); ++i)
    if (policy.sealed_rule(policy.sealed_to_organisations[i].class_) !=
        &policy.sealed_to_organisations[i])
      return Error(Code::already_exists, "/sealed_to_organisations/" + std::to_string(i),
                   "this class is named twice");
  if (policy.releases) NRM_TRY(check_releases(*policy.releases));
  std::ranges::sort(policy.holidays);
  return policy;
}
}  // namespace nrm
