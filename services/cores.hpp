// The pure core of each service that owns a log, for those who fold everybody's logs again: the
// verification, the command-line client, the worlds of the tests. A service never includes this.
// THREAD: any; a core has no state.
#pragma once
#include <cstdint>

#include "common/event/codes.hpp"
#include "common/step/decider.hpp"

namespace nrm {
// REQUIRES: a service that owns a log: not the gateway.
const Core& core_of(Service service);

// The rules that an earlier engine decided by, kept so that its decisions can be made again
// ("golden rules"); nullptr: none are kept. A change that raises engine_version
// (common/event/record.hpp) either keeps the deciders as they were here, or what they decided can
// no longer be recomputed, and every verification says how much that is.
const Core* golden_core(Service service, std::uint32_t engine);
}  // namespace nrm
