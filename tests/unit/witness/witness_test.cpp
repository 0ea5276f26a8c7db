// The witness's rules, one status after the other, on real trees and a real folder.
#include "services/witness/witness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "common/base/hex.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/folder.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
constexpr Instant noon{1'700'000'000'000};
const std::string origin = "log.example/a", witness_name = "witness.example/w1";

crypto::Signer signer_of(char name) {
  crypto::start();
  return crypto::Signer::from_seed(std::string(32, name)).value();
}

class WitnessRules : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  WitnessRules() { grow(500); }

  void grow(std::uint64_t until) {
    while (tree.tree.size() < until) tree.append(test::numbered_leaf(tree.tree.size()));
  }
  Result<Witness> opened() {
    return Witness::open({.folder = folder.path(),
                          .name = witness_name,
                          .signer = signer_of('w'),
                          .logs = {{{origin, KeyType::ed25519, signer_of('l').public_key()}, ""}},
                          .keep = [this](const std::string& path, const std::string& bytes) {
                            if (full) return Result<void>(Error(Code::io_failed, "", "disk full"));
                            ++kept;
                            return write_file(path, bytes, 0600);
                          }});
  }
  std::string note(std::uint64_t size, const Hash& root, const std::string& more = {}) const {
    return sign_note(write_checkpoint({origin, size, root}) + more, origin, signer_of('l'));
  }
  std::string note(std::uint64_t size) { return note(size, tree.model.root(size)); }
  std::string request(std::uint64_t old, std::uint64_t size) {
    return request(old, old == 0 ? std::vector<Hash>() : tree.model.proof(old, size), note(size));
  }
  static std::string request(std::uint64_t old, const std::vector<Hash>& proof,
                             const std::string& note) {
    return write_add_checkpoint({old, proof, read_note(note).value()});
  }
  Witness::Answer ask(Witness& witness, const std::string& body, Instant at = noon) {
    return witness.add_checkpoint(body, at).value();
  }
  std::optional<Instant> cosigned(const Witness& witness, const std::string& note,
                                  const std::string& lines) {
    return cosigned_at(read_note(note + lines).value(), witness.key()).value();
  }

  test::GrowingTree tree;
  test::TemporaryFolder folder;
  int kept = 0;
  bool full = false;
};

TEST_F(WitnessRules, CosignsWhatContinues) {
  auto witness = opened().value();
  for (const auto& [old, size] : {std::pair<std::uint64_t, std::uint64_t>{0, 1},
                                  {1, 2},
                                  {2, 255},
                                  {255, 256},
                                  {256, 257},
                                  {257, 500},
                                  {500, 500}}) {
    const auto answer = ask(witness, request(old, size));
    ASSERT_EQ(answer.status, 200) << old << " " << size << answer.body;
    EXPECT_EQ(cosigned(witness, note(size), answer.body), noon);
  }
  EXPECT_EQ(kept, 6) << "what is on disk already needs no second sync";
}

TEST_F(WitnessRules, AnswersWithTheSizeThatItHas) {
  auto witness = opened().value();
  const auto never = ask(witness, request(7, 20));
  EXPECT_EQ(never.status, 409);
  EXPECT_EQ(never.body, "0\n");
  EXPECT_EQ(never.type, "text/x.tlog.size");
  ASSERT_EQ(ask(witness, request(0, 20)).status, 200);
  for (const std::uint64_t old : {0u, 7u, 19u, 21u}) {
    const auto answer = ask(witness, request(old, 30));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, "20\n");
  }
}

TEST_F(WitnessRules, RefusesByTheNumber) {
  auto witness = opened().value();
  ASSERT_EQ(ask(witness, request(0, 20)).status, 200);
  const auto proof = tree.model.proof(20, 30);
  auto wrong = proof;
  wrong[0].bytes[0] ^= 1;
  auto longer = proof;
  longer.push_back(wrong[0]);
  const std::string good = note(30);
  const std::string by_stranger =
      sign_note(write_checkpoint({origin, 30, tree.model.root(30)}), origin, signer_of('s'));
  const std::string by_bad_line = [&] {
    std::string out = good;
    out[out.size() - 9] = out[out.size() - 9] == 'A' ? 'B' : 'A';
    return out;
  }();
  const std::string of_other_log = sign_note(
      write_checkpoint({"log.example/b", 30, tree.model.root(30)}), origin, signer_of('l'));
  const struct {
    const char* what;
    int status;
    std::string body;
  } rows[] = {
      {"no request", 400, "hello"},
      {"no checkpoint", 400, "old 20\n\n" + sign_note("hello\n", origin, signer_of('l'))},
      {"old beyond the checkpoint", 400, request(20, {}, note(19))},
      {"unknown log", 404, request(20, proof, of_other_log)},
      {"unknown key", 403, request(20, proof, by_stranger)},
      {"a bad signature", 403, request(20, proof, by_bad_line)},
      {"a wrong proof", 422, request(20, wrong, good)},
      {"too long a proof", 422, request(20, longer, good)},
      {"no proof", 422, request(20, {}, good)},
      {"a proof that nothing grew", 422, request(20, {proof[0]}, note(20))},
      {"another root", 422, request(20, proof, note(30, tree.model.root(31)))},
      {"another root of the same size", 409, request(20, {}, note(20, tree.model.root(19)))},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ask(witness, row.body).status, row.status) << row.what;
    EXPECT_EQ(kept, row.status == 409 ? 2 : 1) << row.what;
  }
  EXPECT_EQ(ask(witness, request(20, proof, good)).status, 200) << "nothing of that moved it";
}

TEST_F(WitnessRules, TheFirstCheckpointHasNoProofAndNoEmptyTreeHasRecords) {
  auto witness = opened().value();
  EXPECT_EQ(ask(witness, request(0, {leaf_hash("x")}, note(20))).status, 422);
  EXPECT_EQ(ask(witness, request(0, {}, note(0, leaf_hash("x")))).status, 409);
  EXPECT_EQ(ask(witness, request(0, {}, note(0))).status, 200) << "an empty log may be witnessed";
  EXPECT_EQ(ask(witness, request(0, 20)).status, 200);
}

TEST_F(WitnessRules, TakesOtherPeoplesNotesAsTheyAre) {
  auto witness = opened().value();
  const std::string extended = note(20, tree.model.root(20), "extension of theirs\n");
  const std::string lines = extended + "— somebody.example AAAAAHNpZ25hdHVyZQ==\n";
  const auto answer = ask(witness, request(0, {}, lines));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(cosigned(witness, extended, answer.body), noon) << "all lines are in what is cosigned";
  auto again = opened().value();
  EXPECT_EQ(ask(again, request(20, 30)).status, 200);
}

TEST_F(WitnessRules, WhatItSawItKnowsAfterAStart) {
  {
    auto witness = opened().value();
    ASSERT_EQ(ask(witness, request(0, 20)).status, 200);
    ASSERT_EQ(ask(witness, request(20, 30)).status, 200);
  }
  auto witness = opened().value();
  EXPECT_EQ(ask(witness, request(20, 40)).body, "30\n");
  EXPECT_EQ(ask(witness, request(30, 40)).status, 200);
  // The machine's clock was set back meanwhile.
  const auto answer = ask(witness, request(40, 40), Instant{0});
  EXPECT_EQ(cosigned(witness, note(40), answer.body), noon);
}

TEST_F(WitnessRules, AMemoryThatIsNotItsOwnStopsIt) {
  {
    auto witness = opened().value();
    ASSERT_EQ(ask(witness, request(0, 20)).status, 200);
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder.path())) files.push_back(entry.path());
  ASSERT_EQ(files.size(), 1u);
  const std::string kept_bytes = read_file(files[0].string()).value();
  for (const std::string& bytes :
       {std::string(), kept_bytes.substr(0, kept_bytes.size() - 1), note(20), note(30),
        note(10) + kept_bytes.substr(note(20).size())}) {
    ASSERT_TRUE(write_file(files[0].string(), bytes, 0600));
    const auto again = opened();
    ASSERT_FALSE(again) << bytes;
    EXPECT_EQ(again.error().code, Code::corrupt);
  }
}

TEST_F(WitnessRules, WhatCannotBeKeptIsNotAnswered) {
  auto witness = opened().value();
  ASSERT_EQ(ask(witness, request(0, 20)).status, 200);
  full = true;
  EXPECT_FALSE(witness.add_checkpoint(request(20, 30), noon));
  full = false;
  auto again = opened().value();
  EXPECT_EQ(ask(again, request(20, 31)).status, 200);
}

TEST_F(WitnessRules, AForkIsKeptAsProof) {
  auto witness = opened().value();
  ASSERT_EQ(ask(witness, request(0, 20)).status, 200);
  const std::string other = note(20, tree.model.root(19));
  ASSERT_EQ(ask(witness, request(20, {}, other)).status, 409);
  std::string proof;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    if (entry.path().string().ends_with(".fork-20")) proof = read_file(entry.path()).value();
  EXPECT_NE(proof.find(to_base64(tree.model.root(20).view())), proof.npos);
  EXPECT_NE(proof.find(to_base64(tree.model.root(19).view())), proof.npos);
}

// Whatever order requests of two histories come in: the cosigned ones are of one.
TEST_F(WitnessRules, NoTwoCosignedCheckpointsContradict) {
  test::GrowingTree fork;
  for (std::uint64_t i = 0; i < 500; ++i)
    fork.append(i < 100 ? test::numbered_leaf(i) : leaf_hash("other " + std::to_string(i)));
  std::mt19937_64 dice(27);
  for (int life = 0; life < 20; ++life) {
    fs::remove_all(folder.path());
    fs::create_directory(folder.path());
    auto witness = opened().value();
    std::vector<std::pair<std::uint64_t, Hash>> cosigned_ones;
    std::uint64_t known = 0;
    for (int n = 0; n < 60; ++n) {
      if (dice() % 8 == 0) witness = opened().value();
      auto& side = dice() % 2 == 0 ? tree : fork;
      const std::uint64_t size = known + dice() % 40;
      if (size > 500) break;
      const std::string checkpoint = note(size, side.model.root(size));
      const auto proof = known == 0 ? std::vector<Hash>() : side.model.proof(known, size);
      if (ask(witness, request(known, proof, checkpoint)).status != 200) continue;
      cosigned_ones.emplace_back(size, side.model.root(size));
      known = size;
    }
    ASSERT_GT(cosigned_ones.size(), 2u);
    const auto all_of = [&](const test::GrowingTree& side) {
      return std::ranges::all_of(
          cosigned_ones, [&](const auto& one) { return side.model.root(one.first) == one.second; });
    };
    EXPECT_TRUE(all_of(tree) || all_of(fork)) << "life " << life;
  }
}
}  // namespace
}  // namespace nrm
