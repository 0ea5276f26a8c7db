// Of a pack's inspection: whom referral asks, and who hears of silence.
#include <algorithm>

#include "common/step/policy_inspection.hpp"

namespace nrm {
namespace {
// A risk to life is over, or a person was asked, within a week.
constexpr std::uint32_t override_hours_max = 168;

void inspect_ladder(PolicyInspection& out, const ReferralPolicy& rules) {
  using enum EscalationLevel;
  check_once(out, rules.ladder, "/referral/ladder", "this rung");
  if (!std::ranges::is_sorted(rules.ladder))
    out.mistake(Code::out_of_range, "/referral/ladder", "silence climbs from the lowest rung on",
                "provider_organisation, case_manager, state_owner, in this order");
  if (!rules.has(case_manager) && !rules.has(state_owner))
    out.mistake(Code::missing_field, "/referral/ladder",
                "nobody hears of a referral that no provider takes",
                "case_manager or state_owner, or both");
}
}  // namespace

void inspect_referral(PolicyInspection& out, const Policy& policy) {
  const ReferralPolicy& rules = policy.referral;
  inspect_ladder(out, rules);
  check_once(out, rules.accredited, "/referral/accredited", "this service");
  for (std::size_t i = 0; i < rules.accredited.size(); ++i)
    if (std::ranges::find(policy.services, rules.accredited[i]) == policy.services.end())
      out.warn(item("/referral/accredited", i),
               "never used: no provider may offer this service here",
               "leave it out, or add it to /services");
  if (rules.override_hours > override_hours_max)
    out.mistake(Code::out_of_range, "/referral/override_hours",
                "a risk to life stands for consent for a week at most",
                "0 (never) to " + std::to_string(override_hours_max));
  if (rules.capacity_fresh_days > limits::clock_length_max)
    out.mistake(Code::out_of_range, "/referral/capacity_fresh_days", "0 to 36500",
                "0 to " + std::to_string(limits::clock_length_max));
  if (rules.enquiry_k == 1)
    out.warn("/referral/enquiry_k", "every number would be told", "2 or more, or 0 for none");
}
}  // namespace nrm
