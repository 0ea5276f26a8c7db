// What a pack says about referral: whose consent, which rungs, what a provider must have.
#pragma once
#include <boost/describe/class.hpp>
#include <vector>

#include "common/event/codes.hpp"

namespace nrm {
// support: the consent to support covers every contact. each_contact: the person names every
// organisation before it is contacted (Bulgaria; domain.md, b6, "each onward referral").
BOOST_DEFINE_ENUM_CLASS(ReferralConsent, support, each_contact)

struct ReferralPolicy {
  ReferralConsent consent{};
  // The rungs, lowest first; the last one hears of it again and again. One at least hears it.
  std::vector<EscalationLevel> ladder;
  std::vector<ServiceType> accredited;    // only who is accredited today is asked for these
  std::uint32_t capacity_fresh_days = 0;  // a figure older than that ranks lower; 0: none is old
  std::uint32_t override_hours = 0;       // that a risk to life stands for consent; 0: never
  // A capacity enquiry answers with a number only from here on; below it is "some".
  std::uint32_t enquiry_k = 0;
  Text<200> source;

  bool has(EscalationLevel level) const {
    for (const EscalationLevel one : ladder)
      if (one == level) return true;
    return false;
  }
  bool needs_accreditation(ServiceType service) const {
    for (const ServiceType one : accredited)
      if (one == service) return true;
    return false;
  }
};
BOOST_DESCRIBE_STRUCT(ReferralPolicy, (),
                      (consent, ladder, accredited, capacity_fresh_days, override_hours, enquiry_k,
                       source))
}  // namespace nrm
