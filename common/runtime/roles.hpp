// Who may do what to a service, by the name that its key is registered under. A process that was
// taken over has its own key and nobody else's: it may follow the logs that its work needs and
// command nobody (reliability.md, row 15).
//
//   commands        the gateway alone; in a sandbox also the bench
//   following       the services whose deciders receive its events; audit (which archives its own
//                   log, too) and gateway, all logs
//   connecting      those two together: nobody else's handshake is answered
#pragma once
#include <string_view>

#include "common/event/codes.hpp"

namespace nrm {
bool may_command(std::string_view peer, bool sandbox);
// INVARIANT: of services, exactly those whose core's follows() names `owner` (a test compares).
bool may_follow(std::string_view peer, Service owner, bool sandbox);
bool may_connect(std::string_view peer, std::string_view listener, bool sandbox);
}  // namespace nrm
