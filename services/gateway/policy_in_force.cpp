#include "services/gateway/policy_in_force.hpp"

namespace nrm::gateway {
const Policy& PolicyInForce::at(Instant moment) {
  if (auto adopted = watch_.look()) {
    history_ = PolicyHistory(first_);
    for (AdoptedPolicy& one : *adopted) history_.take(std::move(one));
  }
  return history_.at(moment);
}
}  // namespace nrm::gateway
