// Eligibility: whether an offering suits a person at all. Pure; one function for matching
// (services/referral) and for the capacity enquiry (services/gateway), so that they cannot
// disagree. What depends on a case (exclusions, who was asked) is not here.
#pragma once
#include <optional>

#include "common/event/facts.hpp"
#include "common/step/policy.hpp"

namespace nrm {
// It does this service, in this region or everywhere.
bool serves(const ServiceOffering& offering, ServiceType service, const Region& region);

// Between two moments somebody can come: at least a minute of its hours lies there (local time).
bool open_between(const ServiceOffering& offering, const Policy& policy, Instant from,
                  Instant until);

// The first reason why it may not take this person; none: it may. Free places are not looked at.
// `answer_by`: when an offer made now would expire.
std::optional<ExcludedFor> unsuitable(const ServiceOffering& offering, const NeedProfile& profile,
                                      const Policy& policy, Instant at, Instant answer_by);

bool share_language(const ServiceOffering& offering, const NeedProfile& profile);
// The figure is young enough to be believed; none that the pack calls old without a date.
bool fresh_capacity(const ServiceOffering& offering, const Policy& policy, Instant at);
}  // namespace nrm
