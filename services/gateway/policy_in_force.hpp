// The pack by which a question is answered now: the services' rule (runtime/adoption.hpp), asked of
// the folder, for the gateway decides nothing and has no log of its own.
//
// THREAD: the server's. OWNERSHIP: borrows the folder's first pack for as long as it lives.
#pragma once
#include <string>

#include "common/runtime/adoption.hpp"

namespace nrm::gateway {
class PolicyInForce {
 public:
  PolicyInForce(const Policy& first, std::string folder)
      : first_(first), watch_(std::move(folder)), history_(first) {}
  // Looks at most twice a second whether the folder has adopted another one. Valid until the next
  // call.
  const Policy& at(Instant moment);

 private:
  const Policy& first_;
  AdoptionWatch watch_;
  PolicyHistory history_;
};
}  // namespace nrm::gateway
