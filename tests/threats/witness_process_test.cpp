// Row 10, the witness: the daemon over HTTPS. By the numbers of the specification; killed at any of
// its calls; asked by many at once. It never cosigns two histories (I-25 to I-27).
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <thread>

#include "common/ledger/add_checkpoint.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/cosignature.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/threats/witness_process.hpp"
#include "tests/torture/attached_process.hpp"

namespace nrm::test {
namespace {
const std::string origin = "log.example/a";

int number_from(const char* name, int otherwise) {
  const char* text = ::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

http::Call post(std::string body) {
  return {.method = "POST", .target = "/add-checkpoint", .body = std::move(body)};
}

class Threat10_WitnessProcess : public testing::Test {
 protected:
  void SetUp() override {
    tree.grow(600);
    fork.grow(100);
    fork.grow(600, "another ");
    witness.knows({tree.vkey()});
    witness.start();
  }
  http::Answer ask(const http::Call& call) {
    auto answer = witness.client()->call(call);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? *answer : http::Answer{};
  }

  WitnessProcess witness;
  WitnessedTree tree{origin}, fork{origin};
};

TEST_F(Threat10_WitnessProcess, AnswersByTheNumbersOfTheSpecification) {
  const auto first = ask(post(tree.request(0, 200)));
  ASSERT_EQ(first.status, 200) << first.body;
  const auto key = read_note_key(witness.vkey()).value();
  const auto at = cosigned_at(read_note(tree.note(200) + first.body).value(), key).value();
  ASSERT_TRUE(at);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LT(std::abs(std::chrono::duration_cast<Milliseconds>(now).count() - at->ms), 60'000);
  const auto conflict = ask(post(tree.request(0, 300)));
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.body, "200\n");
  EXPECT_EQ(conflict.header("content-type"), "text/x.tlog.size");
  EXPECT_EQ(ask(post(fork.request(200, 300))).status, 422) << "another history";
  EXPECT_EQ(ask(post(fork.request(200, 200))).status, 409) << "another root";
  WitnessedTree strange{"log.example/b"};
  strange.grow(300);
  EXPECT_EQ(ask(post(strange.request(200, 300))).status, 404);
  strange.origin = origin;
  strange.signer = crypto::Signer::random();
  EXPECT_EQ(ask(post(strange.request(200, 300))).status, 403);
  EXPECT_EQ(ask(post("old 200\n")).status, 400);
  EXPECT_EQ(ask(post(std::string(add_checkpoint_bytes_max + 1, 'x'))).status, 413);
  EXPECT_EQ(ask({.target = "/add-checkpoint"}).status, 405);
  EXPECT_EQ(ask({.target = "/"}).status, 404);
  EXPECT_EQ(ask(post(tree.request(200, 300))).status, 200) << "none of it moved anything";
  EXPECT_EQ(witness.stop(), 0);
}

// Each of two would remember by itself, and could cosign another history.
TEST_F(Threat10_WitnessProcess, OneFolderIsOneWitness) {
  const Ran second = run({std::string(NRM_BINARY_FOLDER) + "/nrm", "witness", "--dir",
                          witness.dir(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 69) << second.out;
  EXPECT_NE(second.err.find("runs already"), std::string::npos) << second.err;
  EXPECT_EQ(ask(post(tree.request(0, 200))).status, 200);
  witness.kill();
  witness.start();  // nothing of a killed one is in the way
  EXPECT_EQ(ask(post(tree.request(200, 300))).status, 200);
}

// Whatever it had answered before it was killed, it knows; a second history is never cosigned.
TEST_F(Threat10_WitnessProcess, KilledAtAnyOfItsCallsItContradictsNothingThatItAnswered) {
  const int kills = number_from("NRM_KILLS", 12), seed = number_from("NRM_SEED", 27);
  std::mt19937_64 dice(static_cast<std::uint64_t>(seed));
  const auto limit = static_cast<std::uint64_t>(200 + 40 * kills);
  tree.grow(limit + 10);
  fork.grow(limit + 10, "another ");
  ASSERT_EQ(ask(post(tree.request(0, 100))).status, 200) << "up to here both are one";
  std::uint64_t answered = 100;
  int killed = 0, unanswered_but_kept = 0;
  for (int n = 0; n < kills; ++n) {
    std::atomic<bool> done{false};
    std::thread killer([&] {
      const auto at =
          torture::kill_at_boundary(witness.pid(), 1 + dice() % 24, std::chrono::seconds(10));
      killed += at.killed ? 1 : 0;
      done = true;
    });
    std::uint64_t known = answered;
    while (!done && known < limit) {
      const auto answer = witness.client()->call(post(tree.request(known, known + 1)));
      if (!answer) break;
      if (answer->status == 409) {
        known = std::stoull(answer->body);
        continue;
      }
      ASSERT_EQ(answer->status, 200) << answer->body;
      answered = ++known;
    }
    killer.join();
    witness.kill();
    witness.start();
    const auto now = ask(post(tree.request(0, answered + 1)));
    const std::uint64_t kept = now.status == 409 ? std::stoull(now.body) : 0;
    if (now.status == 200) answered = answered + 1;
    if (now.status == 409) {
      ASSERT_GE(kept, answered) << "kill " << n << ", seed " << seed << ": it forgot";
      ASSERT_LE(kept, answered + 1);
      unanswered_but_kept += kept > answered ? 1 : 0;
      answered = kept;
    }
    if (answered > 100) {
      EXPECT_EQ(ask(post(fork.request(answered, answered + 5))).status, 422);
    }
  }
  std::printf("%d kills, %d of them between keeping and answering; size %llu\n", killed,
              unanswered_but_kept, static_cast<unsigned long long>(answered));
  EXPECT_GT(killed, kills / 2);
}

TEST_F(Threat10_WitnessProcess, ManyAtOnceGetOneHistoryCosigned) {
  ASSERT_EQ(ask(post(tree.request(0, 100))).status, 200) << "up to here both are one";
  std::atomic<int> in_tree{0}, in_fork{0};
  std::vector<std::thread> clients;
  for (int n = 0; n < 8; ++n)
    clients.emplace_back([&, n] {
      const auto client = witness.client();
      const WitnessedTree& mine = n % 2 == 0 ? tree : fork;
      std::uint64_t known = 100;
      for (int i = 0; i < 25; ++i) {
        const auto answer = client->call(post(mine.request(known, known + 1)));
        if (!answer) continue;
        if (answer->status == 409) known = std::min(std::stoull(answer->body), 580ull);
        if (answer->status != 200) continue;
        ++(n % 2 == 0 ? in_tree : in_fork);
        ++known;
      }
    });
  for (auto& client : clients) client.join();
  EXPECT_GT(in_tree + in_fork, 0);
  EXPECT_TRUE(in_tree == 0 || in_fork == 0) << in_tree << " of one, " << in_fork << " of the other";
}

TEST_F(Threat10_WitnessProcess, ItsFolderIsCheckedBeforeItServes) {
  ASSERT_EQ(ask(post(tree.request(0, 100))).status, 200);
  EXPECT_EQ(witness.stop(), 0);
  const std::string nrm = std::string(NRM_BINARY_FOLDER) + "/nrm";
  const auto serve = [&] {
    return run({nrm, "witness", "--dir", witness.dir(), "--listen", "127.0.0.1:0"});
  };
  for (const auto& entry : std::filesystem::directory_iterator(witness.memory()))
    std::filesystem::resize_file(entry.path(), 40);
  const Ran forgot = serve();
  EXPECT_EQ(forgot.exit_code, 65) << forgot.err;
  EXPECT_NE(forgot.err.find("must not go on with the same key"), std::string::npos) << forgot.err;
  std::filesystem::remove_all(witness.memory());
  witness.knows({"nonsense"});
  const Ran logs = serve();
  EXPECT_EQ(logs.exit_code, 65);
  EXPECT_NE(logs.err.find("logs, line 1"), std::string::npos) << logs.err;
  EXPECT_EQ(run({nrm, "witness", "key", "--dir", witness.dir()}).out, witness.vkey() + "\n");
  EXPECT_EQ(run({nrm, "witness", "init", "--dir", witness.dir(), "--name", "x"}).exit_code, 1);
}
}  // namespace
}  // namespace nrm::test
