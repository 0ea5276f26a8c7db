// Unsealing: a vault whose master key is in shares waits at its start until enough people have
// entered theirs, over a socket that only this user and root may use.
//
//   run/unseal.sock   mode 0600, SO_PEERCRED; a line in: a share; a line out: what became of it,
//                     beginning with "ok", "done" or "no"
//
// A share is a line, never an argument: arguments are in every list of processes.
// THREAD: the caller's, which waits.
#pragma once
#include <functional>

#include "services/vault/shares.hpp"

namespace nrm {
// The path must fit a sockaddr_un (108 bytes). `stop`: looked at four times a second.
// ERRORS: unavailable (stopped before enough shares came), io_failed.
Result<crypto::SecretKey> wait_for_shares(const std::string& socket, const ShareChecks& checks,
                                          const std::function<bool()>& stop);

// The client's side: gives one share, and what the vault says to it.
// ERRORS: unavailable (no vault waits there).
Result<std::string> give_share(const std::string& socket, const Sensitive<std::string>& share);
}  // namespace nrm
