// Matching: which provider is asked next, and why. Pure; the order is in README.md, "Matching".
#pragma once
#include <optional>
#include <string>

#include "common/step/desk.hpp"
#include "services/referral/referral.hpp"

namespace nrm {
struct Match {
  ProviderId provider;
  OrganisationId organisation;
  std::uint32_t candidates = 0;  // that could take the person and were not asked yet, this included
  MatchReason chosen_for = MatchReason::only_one;  // what put it before the second
};

// Who comes next, or nobody; and in numbers why the others with a free place there do not.
struct MatchResult {
  std::optional<Match> best;
  std::vector<ExcludedCount> excluded;  // in the order of the codes
};

// What of a case keeps providers away from its person.
class Barriers {
 public:
  // `file` nullptr: nothing. Looks up where people of the same network are.
  Barriers(const View& view, const ReferralCase* file);
  std::optional<ExcludedFor> against(const ProviderId& id, const ServiceOffering& offering) const;

 private:
  const ReferralCase* file_;
  std::vector<ProviderId> with_others_;  // of the same network
};

// The best provider with a free place that was not asked in this round yet. Looks at no more than
// view_rows_max providers of the region and as many nationwide ones. `answer_by`: when an offer
// made now would expire.
MatchResult best_match(const Desk& desk, const ReferralId& id, const Referral& referral,
                       const ReferralCase* file, Instant answer_by);

// The person's own word about contact with this organisation; nullptr: none.
const RecipientConsent* word_about(const ReferralCase& file, const OrganisationId& organisation);

// "free/medical/GB-LND/", "free/medical/*/": the rows of providers with a free place.
std::string free_prefix(ServiceType service, std::string_view region);
inline constexpr std::string_view every_region = "*";
// The rows of a provider's waiting list, in its order; and where one stands in it.
std::string waiting_prefix(const ProviderId& provider);
std::string waiting_key(const ProviderId& provider, Urgency urgency, Instant since,
                        const ReferralId& id);
}  // namespace nrm
