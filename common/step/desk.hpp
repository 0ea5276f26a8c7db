// Desk: what every part of a decision looks at, as one argument; some services' rules extend it.
// OWNERSHIP: borrows all three for one decide().
#pragma once
#include <algorithm>
#include <initializer_list>

#include "common/step/input.hpp"
#include "common/step/policy.hpp"
#include "common/step/view.hpp"

namespace nrm {
struct Desk {
  const View& view;
  const Input& input;
  const Policy& policy;

  // Only an actor in one of these roles may go on. ERRORS: forbidden.
  Result<void> only(std::initializer_list<Role> roles, std::string_view otherwise = {}) const {
    if (input.actor && std::ranges::find(roles, input.actor->role) != roles.end()) return {};
    return Error(Code::forbidden, "", std::string(otherwise));
  }
  // When a clock runs out that starts now. REQUIRES: one that every pack has (read_policy()).
  Instant due(ClockName name, Urgency urgency = Urgency::routine) const {
    const auto at = policy.due(name, input.at, urgency);
    CHECK(at, "every pack has this clock for every urgency: read_policy()");
    return *at;
  }
};

// Who holds which office. REQUIRES: the pack's offices are filled, as the runtime checks at start.
inline const Appointments& offices(const Policy& policy) {
  CHECK(policy.appointments, "the runtime starts only with a pack whose offices are filled");
  return *policy.appointments;
}

// Whether this actor's organisation was appointed to the office of its role: there is one case
// management, and one competent authority, beside which a pack may have a board and trusted
// partners. Whose case one is of these is the case's to say.
inline bool is_appointed(const Actor& actor, const Appointments& offices) {
  switch (actor.role) {
    case Role::competent_authority:
      return actor.organisation == offices.competent_authority ||
             actor.organisation == offices.board ||
             std::ranges::find(offices.trusted_partners, actor.organisation) !=
                 offices.trusted_partners.end();
    case Role::case_manager:
      return actor.organisation == offices.case_management;
    case Role::first_responder:
    case Role::service_provider:
    case Role::person:
    case Role::guardian:
    case Role::auditor:
    case Role::witness:
    case Role::operator_:
      break;
  }
  return false;
}
}  // namespace nrm
