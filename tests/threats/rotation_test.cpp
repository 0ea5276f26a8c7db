// Row 15, before and after: keys are changed while the installation works. No answer 5xx, nothing
// acknowledged lost, every step in the logs, and `nrm audit verify` follows the keys.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "common/crypto/crypto.hpp"
#include "common/event/codec.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "services/cli/logs.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
// Reports people one after the other and counts what it was answered, first answers only.
class Load {
 public:
  explicit Load(const Installation& at)
      : token_(responder_token(at)), thread_([this, &at] { run(at); }) {}
  ~Load() { stop(); }
  void stop() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::atomic<int> created = 0, failed = 0;
  std::vector<Receipt> receipts;  // after stop()

 private:
  void run(const Installation& at) {
    const auto client = http::connect({.port = static_cast<std::uint16_t>(at.port()),
                                       .authority_file = at.dir() + "/tls/ca.pem",
                                       .connections = 1,
                                       .deadline = std::chrono::seconds(30)})
                            .value();
    const std::string body = at.nrm({"report", "--example"}).out;
    Reporter reporter(at);
    for (int i = 0; !done_; ++i) {
      const std::string key = "rotation-" + std::to_string(i);
      const auto answer = client->call({.method = "POST",
                                        .target = "/v1/reports",
                                        .headers = {{"Authorization", "Bearer " + token_},
                                                    {"Content-Type", "application/json"},
                                                    {"Idempotency-Key", key}},
                                        .body = body});
      if (answer && answer->status == 201)
        ++created;
      else
        ++failed;
      // The same request again: it is there once, with a receipt.
      const auto receipt = reporter.report(token_, key);
      ASSERT_TRUE(receipt) << reporter.last();
      receipts.push_back(*receipt);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // a load, not a bench
    }
  }
  std::atomic<bool> done_ = false;
  const std::string token_;
  std::thread thread_;  // last: it uses all of the above
};

Ran retire(const Installation& at, const std::string& process) {
  Ran ran;
  for (int attempt = 0; attempt < 60; ++attempt) {
    ran = at.nrm({"keys", "retire", process});
    if (ran.exit_code != 69) break;  // the others are changing over
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return ran;
}

TEST(Threat15_Rotation, KeysChangeUnderLoadAndNothingIsLost) {
  crypto::start();
  Installation at;
  at.up();
  const Mechanism before = Folder::open(at.dir()).value().mechanism();
  Load load(at);
  const char* const rotated[] = {"vault", "identification", "gateway", "audit"};
  for (const char* process : rotated) {
    const Ran ran = at.nrm({"keys", "rotate", process});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }
  EXPECT_NE(at.nrm({"keys", "rotate", "vault"}).exit_code, 0) << "one at a time";
  for (const char* process : rotated) {
    const Ran ran = retire(at, process);
    EXPECT_EQ(ran.exit_code, 0) << process << ran.err;
  }
  const int at_retirement = load.created;
  while (load.created < at_retirement + 20 && load.failed == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(at.kill_service("vault")) << "it starts with its new keys";
  load.stop();
  std::printf("%d reports, %d first answers not 201\n", load.created.load(), load.failed.load());
  EXPECT_GT(load.created, 40);
  EXPECT_LE(load.failed, 1) << "the one that the killed vault did not answer";
  EXPECT_EQ(at.down(), 0);
  EXPECT_EQ(find_receipt_fault(at, load.receipts), "");

  const Folder folder = Folder::open(at.dir()).value();
  for (const Process& process : folder.mechanism().processes) {
    const Process& was = *before.find(process.name.text());
    const bool changed = std::ranges::find(rotated, process.name.text()) != std::end(rotated);
    EXPECT_EQ(process.curve_key != was.curve_key, changed) << process.name.text();
    EXPECT_EQ(process.log_key != was.log_key, changed && !was.log_key.empty());
    EXPECT_FALSE(process.next) << process.name.text();
  }
  for (const Service service : {Service::vault, Service::identification}) {
    std::map<std::string, int> events;
    ASSERT_TRUE(cli::read_log(folder, service, [&](const Record& record) {
      for (const Emit& emit : record.events) ++events[std::string(type_of(emit.event))];
      return true;
    }));
    EXPECT_EQ(events[std::string(LogKeyAdopted::type)], 2) << to_text(service);
    EXPECT_EQ(events[std::string(LogKeyRetired::type)], 2) << to_text(service);
  }
  Ran verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;

  // A key that nobody endorsed is no key, whatever mechanism.json says.
  Mechanism forged = folder.mechanism();
  for (Process& process : forged.processes)
    if (process.name.text() == "vault") process.log_key = before.find("vault")->log_key;
  ASSERT_TRUE(write_file(at.dir() + "/mechanism.json", to_json(forged), 0600));
  verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 22) << verified.out << "layer checkpoints";
  EXPECT_NE(verified.out.find("the key that it names last"), std::string::npos) << verified.out;
}
}  // namespace
}  // namespace nrm::test
