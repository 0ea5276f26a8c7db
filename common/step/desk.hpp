// Desk: what every part of a decision looks at, as one argument.
// OWNERSHIP: borrows all three for one decide().
#pragma once
#include "common/step/input.hpp"
#include "common/step/policy.hpp"
#include "common/step/view.hpp"

namespace nrm {
struct Desk {
  const View& view;
  const Input& input;
  const Policy& policy;
};

// Who holds which office. REQUIRES: the pack's offices are filled, as the runtime checks at start.
inline const Appointments& offices(const Policy& policy) {
  CHECK(policy.appointments, "the runtime starts only with a pack whose offices are filled");
  return *policy.appointments;
}
}  // namespace nrm
