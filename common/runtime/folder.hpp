// Folder: a data folder as `nrm init` makes it: who is in this installation, where they listen, and
// which keys they have. Secrets are files of mode 0400; anything more open is refused.
//
//   mechanism.json            this description
//   policy.json               the adopted pack, with its appointments
//   keys/<process>/curve      CURVE secret key (Z85); its public key is in mechanism.json
//   keys/<service>/log        Ed25519 seed of the log's signer (hex)
//   keys/<process>/curve.next, log.next    while a key is being rotated (rotation.hpp)
//   rotation/mechanism.json   the description as changed by a rotation, for those who run
//   keys/<process>/log-pseudonyms   key of the pseudonyms in log lines (hex), the same for all
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
#include "common/runtime/edge_settings.hpp"
#include "common/step/policy.hpp"

namespace nrm {
// A process's second keys, valid beside the first. Empty: that one does not change.
struct NextKeys {
  std::string endpoint, curve_key, log_key;
};
BOOST_DESCRIBE_STRUCT(NextKeys, (), (endpoint, curve_key, log_key))

struct Process {
  Text<32> name;          // "identification", "gateway", "bench"
  std::string endpoint;   // where its ROUTER listens; empty: it only connects
  std::string curve_key;  // public, Z85
  std::string log_key;    // public key of its log in signed-note form; empty: no log
  std::optional<NextKeys> next{};

  bool rotates_curve() const { return next && !next->curve_key.empty(); }
  bool rotates_log() const { return next && !next->log_key.empty(); }
};
BOOST_DESCRIBE_STRUCT(Process, (), (name, endpoint, curve_key, log_key, next))

struct Mechanism {
  Text<64> name;  // part of every checkpoint's origin
  bool sandbox = false;
  std::uint32_t http_port = 0;
  std::vector<Process> processes;
  std::optional<EdgeSettings> edge;

  const Process* find(std::string_view process) const;
};
BOOST_DESCRIBE_STRUCT(Mechanism, (), (name, sandbox, http_port, processes, edge))

inline constexpr std::string_view rotation_file = "rotation/mechanism.json";
Result<Mechanism> read_mechanism(const std::string& path);

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
  // Of keys/<service>/log.next; none when the log key does not change.
  Result<std::optional<crypto::Signer>> next_signer(Service service) const;
  // The same folder, described otherwise.
  Folder with(Mechanism mechanism) const;
  Result<crypto::PublicKey> log_key(Service service) const;
  // Whether mechanism.json names this key as the log's, or as its next one.
  bool names_log_key(Service service, const crypto::PublicKey& key) const;
  // Contents of a secret file without its newline. ERRORS: forbidden when its mode is too open.
  Result<Sensitive<std::string>> secret(std::string_view relative) const;

 private:
  Result<crypto::Signer> read_signer(const std::string& relative) const;
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
