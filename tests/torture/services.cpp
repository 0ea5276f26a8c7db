// A whole installation: `nrm up`, a client that reports people over HTTPS, and one service after
// the other killed at any boundary of a call. The supervisor starts them again. In the end every
// receipt is kept and `nrm audit verify` finds everything in order.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "common/runtime/folder.hpp"
#include "tests/e2e/reporter.hpp"
#include "tests/torture/attached_process.hpp"
#include "tests/torture/scenario.hpp"

namespace nrm::torture {
namespace {
constexpr const char* services[] = {"vault",   "identification", "referral", "assistance",
                                    "closure", "gateway",        "audit"};
constexpr int kills_per_round = 25;

// Reports people until it is told to stop.
class Client {
 public:
  explicit Client(const test::Installation& at)
      : token_(test::responder_token(at)), thread_([this, &at] { run(at); }) {}
  ~Client() { stop(); }
  void stop() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
  }
  const std::vector<test::Receipt>& receipts() const { return receipts_; }  // after stop()
  const std::string& fault() const { return fault_; }                       // as above

 private:
  void run(const test::Installation& at) {
    test::Reporter reporter(at);
    for (int i = 0; !done_ && fault_.empty(); ++i) {
      const auto receipt = reporter.report(token_, "torture-" + std::to_string(i));
      if (receipt)
        receipts_.push_back(*receipt);
      else
        fault_ = "a report was not taken: " + reporter.last();
    }
  }
  std::string token_;
  std::atomic<bool> done_ = false;
  std::vector<test::Receipt> receipts_;
  std::string fault_;
  std::thread thread_;  // last: it uses all of the above
};

bool kill_one(Rounds& rounds, Dice& dice, const test::Installation& at) {
  const std::string name = services[dice() % std::size(services)];
  const auto pid = read_file(at.dir() + "/run/" + name + ".pid");
  if (!pid) return false;
  const auto killed =
      kill_at_boundary(std::atoi(pid->c_str()), any_magnitude(dice, 400), std::chrono::seconds(3));
  if (killed.killed) rounds.count(killed.where);
  if (killed.killed) rounds.count("kills");
  // So that the others are not always found waiting for this one.
  std::this_thread::sleep_for(std::chrono::milliseconds(dice() % 700));
  return killed.killed;
}

std::string live(Rounds& rounds, Dice& dice, test::Installation& at) {
  at.up();
  Client client(at);
  int kills = 0;
  while (kills < kills_per_round && !rounds.out_of_time()) kills += kill_one(rounds, dice, at);
  client.stop();
  if (!client.fault().empty()) return client.fault();
  rounds.count("reports", client.receipts().size());
  if (const int code = at.down(); code != 0) return "`nrm up` ended with " + std::to_string(code);
  if (auto fault = find_receipt_fault(at, client.receipts()); !fault.empty()) return fault;
  const test::Ran verified = at.nrm({"audit", "verify"});
  if (verified.exit_code != 0) return "nrm audit verify: " + verified.out + verified.err;
  return testing::UnitTest::GetInstance()->Failed() ? "the installation failed; see above" : "";
}
}  // namespace

Verdicts killed_services(const Options& options) {
  if (::geteuid() != 0) {
    std::printf("services: precondition failed: run it as root; services forbid to be traced\n");
    return Verdicts::precondition_failed;
  }
  Rounds rounds("services", options);
  while (auto dice = rounds.next()) {
    auto at = std::make_unique<test::Installation>();
    const auto fault = live(rounds, *dice, *at);
    if (fault.empty()) continue;
    if (at->is_up()) at->down();
    std::filesystem::copy(at->dir(), rounds.work() / "kept",
                          std::filesystem::copy_options::recursive);
    return rounds.broken(fault, rounds.work() / "kept");
  }
  return rounds.held();
}
}  // namespace nrm::torture
