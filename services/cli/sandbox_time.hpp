// A sandbox's time through the API: moved in small steps, so that clocks run out in their order,
// and waiting until every service has done what followed from it.
// REQUIRES: an operator's token.
#pragma once
#include "services/cli/api.hpp"

namespace nrm::cli {
class SandboxTime {
 public:
  SandboxTime(Api& api, std::string operator_token)
      : api_(api), token_(std::move(operator_token)) {}

  Result<Instant> now();
  // At most a day at once; rest() after each step.
  Result<Instant> advance(Milliseconds by);
  // Until no log grows any more and the lists have everything. ERRORS: timeout after two minutes.
  Result<void> rest();

 private:
  Api& api_;
  const std::string token_;
};
}  // namespace nrm::cli
