// Who may read what in a data folder, checked by every process before it reads anything of it.
//
// Two ways to own a folder, and the same rules for both (deploy/README.md, "Users"):
//   one user         all of it is 0700 or less, of the user who runs the processes
//   a user each      what all read is of root, group nrm; keys/<p> and store/<p> are of <p> alone
//
// What decides or proves something (mechanism.json, policy.json, policy/, identity/) may be changed
// by its owner only, and that is root or us; keys and stores are ours and nobody else can read
// them.
// THREAD: any. ERRORS: forbidden, with the path and the command that mends it; not_found.
#pragma once
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/bus/zmq_bus.hpp"

namespace nrm {
// `process`: "vault", "gateway", …; `folder`: the data folder.
Result<void> check_permissions(const std::string& folder, std::string_view process);

// In a folder with a user each, lets the group connect to our sockets; the bus still asks for a
// key (CURVE). Elsewhere, and for tcp://, nothing.
Result<void> share_socket(const std::string& folder, std::string_view endpoint);
Result<void> share_sockets(const std::string& folder, const ZmqOptions& options);
}  // namespace nrm
