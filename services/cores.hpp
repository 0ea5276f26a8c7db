// The pure core of each service that owns a log, for those who fold everybody's logs again: the
// verification, the command-line client, the worlds of the tests. A service never includes this.
// THREAD: any; a core has no state.
#pragma once
#include "common/event/codes.hpp"
#include "common/step/decider.hpp"

namespace nrm {
// REQUIRES: a service that owns a log: not the gateway.
const Core& core_of(Service service);
}  // namespace nrm
