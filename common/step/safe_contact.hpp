// Whether a person may be reached through a channel at a moment: the one question that every notice
// asks first. A pure function of the person's own rules (domain.md, b7 and f20: never an address
// that is tied to the exploitation).
#pragma once
#include "common/step/policy.hpp"

namespace nrm {
// ERRORS: contact_not_safe, with what the rules say; the code word itself is not known here.
Result<void> may_contact(const ContactRules& rules, InformChannel channel, Instant at,
                         const Policy& policy);
// ERRORS: out_of_range for hours that are none; already_exists for a channel that is both allowed
// and excluded.
Result<void> check_contact_rules(const ContactRules& rules);
}  // namespace nrm
