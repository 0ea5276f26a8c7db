// What peers say that an owner showed them, held against what it shows us.
#include "common/runtime/gossip.hpp"

#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "tests/unit/ledger/naive_tree.hpp"

namespace nrm::test {
namespace {
using namespace std::chrono_literals;
const std::string origin = "nrm.example/vault/0", log_of_vault = "vault/0";

class GossipTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  GossipTest() {
    for (std::uint64_t i = 0; i < 300; ++i) {
      tree.append(numbered_leaf(i));
      fork.append(i < 100 ? numbered_leaf(i) : leaf_hash("other " + std::to_string(i)));
    }
    owner_link.emplace(bus->link_to("vault"));
    gossip.emplace(std::vector<Gossip::Log>{{log_of_vault, *owner_link}}, [this](std::string_view) {
      return std::vector<std::string>{verifier_key(origin, signer.public_key())};
    });
  }
  std::string note(const GrowingTree& of, std::uint64_t size, const crypto::Signer& by) const {
    return sign_note(write_checkpoint({origin, size, of.model.root(size)}), origin, by);
  }
  std::string note(const GrowingTree& of, std::uint64_t size) const {
    return note(of, size, signer);
  }
  // The owner proves of one of its trees what it was asked; how many questions there were.
  int answer(const GrowingTree& of) {
    now = now + 2'500ms;
    gossip->turn(*bus, now);
    network.turn();
    std::vector<Delivery> came;
    owner->receive({}, 10, came);
    int questions = 0;
    for (const Delivery& delivery : came) {
      const auto read = wire::read(delivery.frames);
      const auto* prove = std::get_if<wire::Prove>(&*read);
      if (prove == nullptr) continue;
      ++questions;
      gossip->on(*owner_link, {prove->log, prove->old_size, prove->size,
                               of.model.proof(prove->old_size, prove->size)});
    }
    return questions;
  }

  MemoryNetwork network{1};
  std::unique_ptr<Bus> bus = network.join("closure"), owner = network.join("vault");
  crypto::Signer signer = crypto::Signer::from_seed(std::string(32, 'v')).value();
  GrowingTree tree, fork;
  std::optional<Link> owner_link;
  std::optional<Gossip> gossip;
  Instant now{1'000'000};
};

TEST_F(GossipTest, OneHistoryIsNoSplitViewWhateverTheSizes) {
  gossip->heard(log_of_vault, note(tree, 150));
  for (const std::uint64_t size : {150u, 1u, 149u, 151u, 256u, 300u}) {
    gossip->told("referral", {note(tree, size)}, now);
    EXPECT_EQ(answer(tree), size == 150 ? 0 : 1) << size;
    EXPECT_FALSE(gossip->contradiction()) << size;
  }
  EXPECT_EQ(answer(tree), 0);
}

TEST_F(GossipTest, AnotherRootOfOneSizeIsFoundAtOnce) {
  gossip->heard(log_of_vault, note(tree, 150));
  gossip->told("referral", {note(fork, 150)}, now);
  const auto found = gossip->contradiction();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->log, log_of_vault);
  EXPECT_EQ(found->peer, "referral");
  EXPECT_EQ(found->size, 150u);
  gossip->told("referral", {note(fork, 151)}, now);
  EXPECT_FALSE(gossip->contradiction()) << "once is enough";
}

TEST_F(GossipTest, AnotherHistoryOfAnotherSizeCannotBeProved) {
  for (const bool ours_is_larger : {true, false}) {
    gossip.emplace(std::vector<Gossip::Log>{{log_of_vault, *owner_link}}, [this](std::string_view) {
      return std::vector<std::string>{verifier_key(origin, signer.public_key())};
    });
    gossip->heard(log_of_vault, note(tree, ours_is_larger ? 200 : 120));
    gossip->told("referral", {note(fork, ours_is_larger ? 120 : 200)}, now);
    EXPECT_FALSE(gossip->contradiction());
    EXPECT_EQ(answer(ours_is_larger ? tree : fork), 1) << "whichever tree it proves with";
    EXPECT_TRUE(gossip->contradiction());
  }
}

TEST_F(GossipTest, BeforeTheForkBothAreOne) {
  gossip->heard(log_of_vault, note(tree, 200));
  gossip->told("referral", {note(fork, 99)}, now);
  EXPECT_EQ(answer(tree), 1);
  EXPECT_FALSE(gossip->contradiction());
}

TEST_F(GossipTest, TheOwnerItselfMayNotChangeItsWord) {
  gossip->heard(log_of_vault, note(tree, 150));
  gossip->heard(log_of_vault, note(fork, 150));
  EXPECT_TRUE(gossip->contradiction());
}

TEST_F(GossipTest, WhatItsOwnerDidNotSignSaysNothing) {
  const auto stranger = crypto::Signer::from_seed(std::string(32, 's')).value();
  gossip->heard(log_of_vault, note(fork, 140, stranger));
  gossip->heard(log_of_vault, note(tree, 150));
  gossip->told("referral",
               {note(fork, 150, stranger), "no note", "", note(fork, 150).substr(0, 90)}, now);
  EXPECT_EQ(answer(tree), 0);
  EXPECT_FALSE(gossip->contradiction());
  EXPECT_EQ(gossip->seen(), std::vector<std::string>{note(tree, 150)});
}

TEST_F(GossipTest, AProofOfSomethingElseOrFromSomebodyElseSettlesNothing) {
  gossip->heard(log_of_vault, note(tree, 200));
  gossip->told("referral", {note(fork, 120)}, now);
  gossip->turn(*bus, now);
  gossip->on(bus->link_to("referral"), {log_of_vault, 120, 200, {}});
  gossip->on(*owner_link, {log_of_vault, 119, 200, tree.model.proof(119, 200)});
  gossip->on(*owner_link, {"closure/0", 120, 200, {}});
  EXPECT_FALSE(gossip->contradiction());
  gossip->on(*owner_link, {log_of_vault, 120, 200, tree.model.proof(120, 200)});
  EXPECT_TRUE(gossip->contradiction());
}

TEST_F(GossipTest, AnOwnerThatDoesNotProveIsAskedAgainAndThenReported) {
  gossip->heard(log_of_vault, note(tree, 200));
  gossip->told("referral", {note(fork, 120)}, now);
  int asked = 0;
  for (int i = 0; i < 40; ++i) {
    now = now + 1s;
    gossip->turn(*bus, now);
    network.turn();
    std::vector<Delivery> came;
    owner->receive({}, 10, came);
    asked += static_cast<int>(came.size());
  }
  EXPECT_GE(asked, 10);
  EXPECT_LE(asked, 16);
  EXPECT_FALSE(gossip->contradiction()) << "silence proves nothing; the alarm was raised";
  gossip->told("referral", {note(tree, 121)}, now);
  EXPECT_EQ(answer(tree), 1) << "and it goes on";
}
}  // namespace
}  // namespace nrm::test
