#include "tests/threats/witness_process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "common/ledger/add_checkpoint.hpp"
#include "common/ledger/checkpoint.hpp"
#include "services/cli/bench.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/support/file_bytes.hpp"

namespace nrm::test {
namespace {
const std::string program = std::string(NRM_BINARY_FOLDER) + "/nrm";
}

WitnessProcess::WitnessProcess(const std::string& name)
    : dir_(folder_.path() + "/w"), port_(cli::measure::free_port()) {
  crypto::start();
  const Ran made = run({program, "witness", "init", "--dir", dir_, "--name", name});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  vkey_ = made.out.substr(0, made.out.find('\n'));
}

void WitnessProcess::knows(const std::vector<std::string>& log_vkeys) {
  std::ofstream logs(dir_ + "/logs");
  for (const std::string& vkey : log_vkeys) logs << "log " << vkey << "\n";
}

std::unique_ptr<http::Client> WitnessProcess::client() const {
  return http::connect({.port = static_cast<std::uint16_t>(port_),
                        .authority_file = authority(),
                        .connections = 1,
                        .deadline = std::chrono::seconds(20)})
      .value();
}

void WitnessProcess::spawn() {
  const std::string listen = "127.0.0.1:" + std::to_string(port_);
  pid_ = ::fork();
  if (pid_ != 0) return;
  const int log = ::open((dir_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execl(program.c_str(), "nrm", "witness", "--dir", dir_.c_str(), "--listen", listen.c_str(),
          "--quiet", static_cast<char*>(nullptr));
  ::_exit(127);
}

// Somebody's outgoing connection may have its port just now: then it ends, and is started again.
void WitnessProcess::start() {
  spawn();
  const auto asks = client();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!asks->call({.target = "/"})) {
    ASSERT_LT(std::chrono::steady_clock::now(), until)
        << "the witness does not answer: " << file_bytes(dir_ + "/log");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (!is_running()) spawn();
  }
}

bool WitnessProcess::is_running() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = 0;
  return pid_ > 0;
}

void WitnessProcess::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

int WitnessProcess::stop() {
  int status = 0;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, &status, 0);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void WitnessedTree::grow(std::uint64_t until, const std::string& as) {
  while (grown.tree.size() < until) grown.append(leaf_hash(as + std::to_string(grown.tree.size())));
}

std::string WitnessedTree::note(std::uint64_t size) const {
  return sign_note(write_checkpoint({origin, size, grown.model.root(size)}), origin, signer);
}

std::string WitnessedTree::request(std::uint64_t old_size, std::uint64_t size) const {
  return write_add_checkpoint(
      {old_size, old_size == 0 ? std::vector<Hash>() : grown.model.proof(old_size, size),
       read_note(note(size)).value()});
}

std::string WitnessedTree::vkey() const { return verifier_key(origin, signer.public_key()); }
}  // namespace nrm::test
