// Rows 9 and 10: a whole installation and its witnesses. The operator restores everything at once,
// so that no peer has anything to hold against it: the witness has. Without witnesses the system
// goes on, and says since when.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/json.hpp"
#include "common/event/codes.hpp"
#include "common/ledger/witness_policy.hpp"
#include "common/runtime/rotation.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"
#include "tests/support/file_bytes.hpp"
#include "tests/threats/witness_process.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

class Threat10_Witnessed : public testing::Test {
 protected:
  void SetUp() override {
    crypto::start();
    const Folder folder = Folder::open(at.dir()).value();
    std::vector<std::string> vkeys;
    for (const Service owner : log_owners) vkeys.push_back(verifier_keys(folder, owner).at(0));
    policy_text = "witness ngo " + ngo.vkey() + " " + ngo.url() + "\nwitness abroad " +
                  abroad.vkey() + " " + abroad.url() +
                  "/\ngroup both all ngo abroad\nquorum both\n";
    fs::create_directory(at.dir() + "/witnesses");
    write("policy", policy_text);
    write("every", "1s\n");
    write("ca.pem", file_bytes(ngo.authority()) + file_bytes(abroad.authority()));
    fs::permissions(at.dir() + "/witnesses", fs::perms::owner_all);
    for (WitnessProcess* witness : {&ngo, &abroad}) {
      witness->knows(vkeys);
      witness->start();
    }
  }
  void write(const std::string& name, const std::string& text) const {
    const std::string path = at.dir() + "/witnesses/" + name;
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
  json::Document status() const {
    json::Document out;
    EXPECT_TRUE(out.parse_strict(at.nrm({"status", "--json"}).out));
    return out;
  }
  // Of all logs: have they been cosigned lately?
  bool is_witnessed() const {
    const json::Document now = status();
    int logs = 0;
    for (const json::Value log : now.root().find("logs")) {
      ++logs;
      if (log.find("unwitnessed_since")) return false;
    }
    return logs == static_cast<int>(std::size(log_owners));
  }
  template <class Condition>
  static bool comes_true(const Condition& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    return true;
  }
  std::string heads() const {
    const auto client = http::connect({.port = static_cast<std::uint16_t>(at.port()),
                                       .authority_file = at.dir() + "/tls/ca.pem"});
    const auto answer = (*client)->call(
        {.target = "/v1/logs", .headers = {{"Authorization", "Bearer " + at.token("auditor")}}});
    return answer ? answer->body : answer.error().detail;
  }
  std::string gateway_log() const { return file_bytes(at.dir() + "/logs/gateway.log"); }

  Installation at;
  WitnessProcess ngo{"ngo.example/w"}, abroad{"abroad.example/w"};
  std::string policy_text;
};

TEST_F(Threat10_Witnessed, CosignedCheckpointsAreServedAndAWitnessThatIsAwayHoldsUpNobody) {
  at.up();
  const std::string token = responder_token(at);
  Reporter reporter(at);
  ASSERT_TRUE(reporter.report(token, "witnessed-1")) << reporter.last();
  ASSERT_TRUE(comes_true([&] { return is_witnessed(); })) << at.nrm({"status"}).out;
  const std::string body = heads();
  json::Document read;
  ASSERT_TRUE(read.parse_strict(body)) << body;
  const WitnessPolicy policy = read_witness_policy(policy_text).value();
  int cosigned = 0;
  for (const json::Value log : read.root().find("logs")) {
    const auto note = read_note(log.find("cosigned_checkpoint").text());
    ASSERT_TRUE(note) << body;
    const auto key = read_note_key(log.find("verifier_key").text()).value();
    EXPECT_TRUE(is_signed(*note, key).value());
    const Trust trust = is_trusted(*note, policy, key.name);
    EXPECT_TRUE(trust.trusted) << trust.why;
    EXPECT_EQ(trust.at->text(), std::string(log.find("witnessed_at").text()));
    ++cosigned;
  }
  EXPECT_EQ(cosigned, static_cast<int>(std::size(log_owners)));

  // Who verifies asks for the same: in the folder, beside the running services, over the wire, and
  // in an export.
  const std::string quorum = at.dir() + "/asked.policy", mirror = at.dir() + "/mirror";
  std::ofstream(quorum) << policy_text;
  const auto verified = [&](std::vector<std::string> more) {
    std::vector<std::string> command{"audit", "verify", "--quorum", quorum};
    command.insert(command.end(), more.begin(), more.end());
    const Ran ran = at.nrm(command);
    const std::string all = std::to_string(std::size(log_owners)) + " logs trusted by the quorum";
    EXPECT_NE(ran.out.find(all), ran.out.npos) << ran.out << ran.err;
    return ran.exit_code;
  };
  EXPECT_EQ(verified({}), 0);
  EXPECT_EQ(verified({"https://127.0.0.1:" + std::to_string(at.port()), "--token",
                      at.token("auditor"), "--ca", at.dir() + "/tls/ca.pem", "--keep", mirror,
                      "--policy-dir", at.dir() + "/policy"}),
            0);
  fs::remove(mirror + "/vault-0/cosigned");
  const Ran lacking =
      at.nrm({"audit", "verify", mirror, "--quorum", quorum, "--policy-dir", at.dir() + "/policy"});
  EXPECT_EQ(lacking.exit_code, 22) << lacking.out;
  EXPECT_NE(lacking.out.find("vault/0: no checkpoint that witnesses have cosigned"),
            lacking.out.npos)
      << lacking.out;

  abroad.kill();
  ASSERT_TRUE(comes_true([&] { return !is_witnessed(); }));
  EXPECT_TRUE(reporter.report(token, "witnessed-2")) << "it goes on: " << reporter.last();
  const std::string said = at.nrm({"status"}).out;
  EXPECT_NE(said.find("unwitnessed since 20"), std::string::npos) << said;
  EXPECT_NE(said.find("ngo cosigned; abroad did not"), std::string::npos) << said;
  EXPECT_NE(heads().find("\"unwitnessed_since\":\"20"), std::string::npos);
  abroad.start();
  EXPECT_TRUE(comes_true([&] { return is_witnessed(); })) << at.nrm({"status"}).out;
  EXPECT_EQ(at.down(), 0);
  at.up();  // what was cosigned is there before any witness is asked again
  EXPECT_NE(heads().find("\"cosigned_checkpoint\":\""), std::string::npos);
  EXPECT_EQ(at.down(), 0);
  const std::string exported = at.dir() + "/exported";
  ASSERT_EQ(at.nrm({"audit", "export", exported}).exit_code, 0);
  EXPECT_EQ(verified({exported}), 0);
}

TEST_F(Threat10_Witnessed, RestoringEverythingAtOnceIsFoundByTheWitnessesAlone) {
  const std::string older = at.dir() + "/../older", epochs = at.dir() + "/keys/vault/epochs";
  at.up();
  const std::string token = responder_token(at);
  Reporter reporter(at);
  ASSERT_TRUE(reporter.report(token, "before")) << reporter.last();
  ASSERT_TRUE(comes_true([&] { return is_witnessed(); }));
  EXPECT_EQ(at.down(), 0);
  fs::create_directories(older);
  fs::copy(at.dir() + "/store", older + "/store", fs::copy_options::recursive);
  fs::copy(epochs, older + "/epochs", fs::copy_options::recursive);
  at.up();
  for (int n = 0; n < 20; ++n)
    ASSERT_TRUE(reporter.report(token, "lost-" + std::to_string(n))) << reporter.last();
  ASSERT_TRUE(comes_true([&] { return is_witnessed(); }));
  std::this_thread::sleep_for(std::chrono::seconds(3));  // two rounds more
  EXPECT_EQ(at.down(), 0);

  fs::remove_all(at.dir() + "/store");
  fs::copy(older + "/store", at.dir() + "/store", fs::copy_options::recursive);
  fs::remove_all(epochs);
  fs::copy(older + "/epochs", epochs, fs::copy_options::recursive);
  fs::permissions(epochs, fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(at.dir() + "/store"))
    fs::permissions(entry.path(), fs::perms::owner_all);
  at.up();
  const Ran verified = at.nrm({"status"});
  EXPECT_EQ(verified.exit_code, 0) << "no peer has anything against it: " << verified.out;
  EXPECT_TRUE(comes_true([&] {
    return gateway_log().find("\"event\":\"witness_contradicts\"") != std::string::npos;
  }));
  EXPECT_TRUE(comes_true([&] { return !is_witnessed(); }));
  const std::string said = at.nrm({"status"}).out;
  EXPECT_NE(said.find("ngo HAS SEEN ANOTHER HISTORY"), std::string::npos) << said;
  // And it cannot be outgrown: more records of the new history are another history still.
  for (int n = 0; n < 40; ++n)
    ASSERT_TRUE(reporter.report(token, "other-" + std::to_string(n))) << reporter.last();
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_FALSE(is_witnessed());
  EXPECT_EQ(at.down(), 0);
}
}  // namespace
}  // namespace nrm::test
