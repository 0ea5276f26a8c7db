// A witness's folder, and its HTTPS server.
//
//   logs                       whom it witnesses: `log <vkey>` lines (C2SP tlog-policy)
//   vkey                       its own verifier key, for other people's policies
//   keys/witness/signer        Ed25519 seed (hex), 0400
//   store/witness/             its memory (witness.hpp)
//   tls/                       server.pem, server-key.pem, and ca.pem when `init` made them
//
// The parts are where those of a data folder are, so that the same confinement fits.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "services/witness/witness.hpp"

namespace nrm {
struct WitnessServing {
  std::string dir;
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                    // 0: any free one
  std::vector<std::string> hosts;            // public names; loopback's are always ones
  std::string certificate_file, key_file;    // empty: those in tls/
  std::function<void(std::uint16_t)> ready;  // told the port
  std::function<bool()> stop;
};
// Makes the folder. `name`: of its key, a URL without "https://". Its vkey.
// ERRORS: already_exists, invalid_text, io_failed.
Result<std::string> init_witness(const std::string& dir, const std::string& name);
// ERRORS: not_found, corrupt (said with the file and what to do), forbidden.
Result<std::string> witness_vkey(const std::string& dir);
Result<Witness> open_witness(const std::string& dir);
// Answers until stop() says so. After the files are open the process is confined for good.
// ERRORS: as open_witness(); unavailable (one runs in that folder already); io_failed (also: a
// checkpoint could not be kept; nothing was answered).
Result<void> serve_witness(const WitnessServing& serving);
}  // namespace nrm
