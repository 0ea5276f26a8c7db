// Matching: which provider is asked next. The order is in README.md, "Matching".
#pragma once
#include <optional>
#include <string>

#include "common/step/view.hpp"
#include "services/referral/referral.hpp"

namespace nrm {
struct Match {
  ProviderId provider;
  OrganisationId organisation;
  std::uint32_t candidates = 0;  // that could take the person and were not asked yet, this included
};

// May this provider take this person? Free places are not looked at.
bool takes(const ServiceOffering& offering, ServiceType service, const NeedProfile& profile);

// The best provider with a free place that was not asked for this referral yet; none: nobody is
// left. Looks at no more than view_rows_max providers of the region and as many nationwide ones.
std::optional<Match> best_match(const View& view, const ReferralId& id, const Referral& referral);

// "free/medical/GB-LND/", "free/medical/*/": the rows of providers with a free place.
std::string free_prefix(ServiceType service, std::string_view region);
inline constexpr std::string_view every_region = "*";
}  // namespace nrm
