// Folder: a data folder as `nrm init` makes it: who is in this installation, where they listen, and
// which keys they have. Secrets are files of mode 0400; anything more open is refused.
//
//   mechanism.json            this description
//   policy.json               the adopted pack, with its appointments
//   keys/<process>/curve      CURVE secret key (Z85); its public key is in mechanism.json
//   keys/<service>/log        Ed25519 seed of the log's signer (hex)
//   keys/vault/master         master key (hex)
//   keys/vault/duplicates     key of the tokens by which duplicates are found (hex)
//   keys/gateway/tokens       key from which account tokens are derived (hex)
//   tls/ca.pem server.pem server-key.pem
//   store/<service>/          RocksDB
//   sandbox/clock             the movable clock; sandbox/tokens.json: the stand-ins' tokens
//   run/<process>.pid         of `nrm up`;  logs/<process>.log
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/codec.hpp"
#include "common/bus/zmq_bus.hpp"
#include "common/crypto/crypto.hpp"
#include "common/event/codes.hpp"
#include "common/step/policy.hpp"

namespace nrm {
struct Process {
  Text<32> name;          // "identification", "gateway", "bench"
  std::string endpoint;   // where its ROUTER listens; empty: it only connects
  std::string curve_key;  // public, Z85
  std::string log_key;    // public key of its log in signed-note form; empty: no log
};
BOOST_DESCRIBE_STRUCT(Process, (), (name, endpoint, curve_key, log_key))

struct Mechanism {
  Text<64> name;  // part of every checkpoint's origin
  bool sandbox = false;
  std::uint32_t http_port = 0;
  std::vector<Process> processes;

  const Process* find(std::string_view process) const;
};
BOOST_DESCRIBE_STRUCT(Mechanism, (), (name, sandbox, http_port, processes))

class Folder {
 public:
  // ERRORS: not_found (no mechanism.json), corrupt, forbidden (a key file that others can read);
  // each names the file and what to do.
  static Result<Folder> open(const std::string& path);

  const std::string& path() const { return path_; }
  const Mechanism& mechanism() const { return mechanism_; }
  const Policy& policy() const { return policy_; }
  const std::string& policy_digest() const { return policy_digest_; }
  std::string file(std::string_view relative) const { return path_ + "/" + std::string(relative); }
  std::string store(std::string_view service) const {
    return file("store/") + std::string(service);
  }
  std::string origin(Service service) const;  // "<mechanism>/identification/0"

  // The bus options of one process: who it connects to, who may connect to it.
  Result<ZmqOptions> bus(std::string_view process, const std::vector<std::string>& peers) const;
  Result<crypto::Signer> signer(Service service) const;
  Result<crypto::PublicKey> log_key(Service service) const;
  // Contents of a secret file without its newline. ERRORS: forbidden when its mode is too open.
  Result<Sensitive<std::string>> secret(std::string_view relative) const;

 private:
  std::string path_;
  Mechanism mechanism_;
  Policy policy_;
  std::string policy_digest_;
};

// Reads a whole file. ERRORS: not_found, io_failed, too_large.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max = 16 * 1024 * 1024);
// Writes, syncs and renames into place. `mode` e.g. 0400.
Result<void> write_file(const std::string& path, std::string_view bytes, unsigned mode);
}  // namespace nrm
