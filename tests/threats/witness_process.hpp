// `nrm witness` as an outside body runs it: a folder, a process, HTTPS; and a log that it
// witnesses, which the test can fork.
#pragma once
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "common/http/http.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm::test {
class WitnessProcess {
 public:
  explicit WitnessProcess(const std::string& name = "witness.example/w1");
  ~WitnessProcess() { kill(); }
  WitnessProcess(const WitnessProcess&) = delete;
  WitnessProcess& operator=(const WitnessProcess&) = delete;

  void knows(const std::vector<std::string>& log_vkeys);
  void start();  // returns when it answers
  void kill();   // SIGKILL
  int stop();    // SIGTERM; its exit code
  pid_t pid() const { return pid_; }
  bool is_running();  // false also when it was killed meanwhile

  const std::string& vkey() const { return vkey_; }
  std::string authority() const { return dir_ + "/tls/ca.pem"; }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
  std::string memory() const { return dir_ + "/store/witness"; }
  std::string dir() const { return dir_; }
  std::unique_ptr<http::Client> client() const;

 private:
  void spawn();
  TemporaryFolder folder_;
  std::string dir_, vkey_;
  int port_ = 0;
  pid_t pid_ = 0;
};

// A log that the test writes, as anybody's software would.
struct WitnessedTree {
  explicit WitnessedTree(std::string origin_) : origin(std::move(origin_)) {}
  void grow(std::uint64_t until, const std::string& as = "record ");
  std::string note(std::uint64_t size) const;
  std::string request(std::uint64_t old_size, std::uint64_t size) const;
  std::string vkey() const;

  std::string origin;
  crypto::Signer signer = crypto::Signer::from_seed(std::string(32, 'l')).value();
  GrowingTree grown;
};
}  // namespace nrm::test
