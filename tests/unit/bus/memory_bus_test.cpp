// What only the fake has: faults that a seed decides.
#include "common/bus/memory_bus.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nrm {
namespace {
using std::chrono::milliseconds;

std::vector<Delivery> take(Bus& bus) {
  std::vector<Delivery> out;
  bus.receive(milliseconds(0), 100'000, out);
  return out;
}

// The numbers that arrive of 0 … 999, in the order of their arrival.
std::vector<int> run(std::uint64_t seed, const MemoryNetwork::Faults& faults) {
  MemoryNetwork network(seed);
  const auto alice = network.join("alice");
  const auto bob = network.join("bob");
  network.set_faults(faults);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_TRUE(alice->send(alice->link_to("bob"), {std::to_string(i)}));
    if (i % 10 == 0) network.turn();
  }
  while (network.turn()) {
  }
  std::vector<int> arrived;
  for (const auto& delivery : take(*bob)) arrived.push_back(std::stoi(delivery.frames[0]));
  return arrived;
}

TEST(MemoryBus, without_faults_everything_arrives_once_and_in_order) {
  const auto arrived = run(1, {});
  ASSERT_EQ(arrived.size(), 1'000u);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(arrived[i], i);
}

TEST(MemoryBus, a_seed_decides_the_faults) {
  const MemoryNetwork::Faults faults{
      .loss_percent = 20, .duplicate_percent = 20, .delay_percent = 20};
  EXPECT_EQ(run(7, faults), run(7, faults));
  EXPECT_NE(run(7, faults), run(8, faults));
}

TEST(MemoryBus, loss_loses) {
  const auto arrived = run(1, {.loss_percent = 30});
  EXPECT_LT(arrived.size(), 1'000u);
  EXPECT_GT(arrived.size(), 500u);
  EXPECT_TRUE(std::ranges::is_sorted(arrived));
}

TEST(MemoryBus, duplication_doubles_and_loses_nothing) {
  auto arrived = run(1, {.duplicate_percent = 30});
  EXPECT_GT(arrived.size(), 1'000u);
  std::ranges::sort(arrived);
  EXPECT_EQ(std::unique(arrived.begin(), arrived.end()) - arrived.begin(), 1'000);
}

TEST(MemoryBus, delay_reorders_and_loses_nothing) {
  auto arrived = run(1, {.delay_percent = 30});
  EXPECT_EQ(arrived.size(), 1'000u);
  EXPECT_FALSE(std::ranges::is_sorted(arrived));
  std::ranges::sort(arrived);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(arrived[i], i);
}

TEST(MemoryBus, a_cut_loses_what_is_on_the_way_and_touches_no_other_pair) {
  MemoryNetwork network(1);
  const auto alice = network.join("alice"), bob = network.join("bob"),
             carol = network.join("carol");
  ASSERT_TRUE(alice->send(alice->link_to("bob"), {"lost"}));
  network.cut("bob", "alice", true);
  ASSERT_TRUE(alice->send(alice->link_to("bob"), {"lost too"}));
  ASSERT_TRUE(alice->send(alice->link_to("carol"), {"not cut"}));
  while (network.turn()) {
  }
  network.cut("alice", "bob", false);
  ASSERT_TRUE(alice->send(alice->link_to("bob"), {"healed"}));
  while (network.turn()) {
  }
  const auto at_bob = take(*bob);
  ASSERT_EQ(at_bob.size(), 1u);
  EXPECT_EQ(at_bob[0].frames, Frames{"healed"});
  EXPECT_EQ(take(*carol).size(), 1u);
}

TEST(MemoryBus, who_joins_again_replaces_the_old_one_and_its_links) {
  MemoryNetwork network(1);
  const auto bob = network.join("bob");
  const auto old_alice = network.join("alice");
  ASSERT_TRUE(old_alice->send(old_alice->link_to("bob"), {"hello"}));
  network.turn();
  const Link to_old = take(*bob).at(0).link;
  ASSERT_TRUE(old_alice->send(old_alice->link_to("bob"), {"last words"}));
  ASSERT_TRUE(bob->send(to_old, {"for the old one"}));

  const auto alice = network.join("alice");
  EXPECT_FALSE(old_alice->send(Link{0}, {"from the grave"}));
  EXPECT_FALSE(bob->send(to_old, {"for the old one"}));
  while (network.turn()) {
  }
  EXPECT_TRUE(take(*old_alice).empty());
  EXPECT_TRUE(take(*alice).empty());
  const auto last = take(*bob);  // what was on the way may outlive its sender
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].link, to_old);
}

TEST(MemoryBus, losses_do_not_fill_a_queue) {
  MemoryNetwork network(1);
  const auto alice = network.join("alice");
  auto bob = network.join("bob");
  network.set_faults({.loss_percent = 100});
  for (int i = 0; i < 30'000; ++i) {
    ASSERT_TRUE(alice->send(alice->link_to("bob"), {"x"}));
    if (i % 1'000 == 0) network.turn();
  }
  network.set_faults({});
  while (alice->send(alice->link_to("bob"), {"x"})) {
  }
  network.turn();
  bob = nullptr;  // with all that has arrived
  bob = network.join("bob");
  EXPECT_TRUE(alice->send(alice->link_to("bob"), {"x"}));
}
}  // namespace
}  // namespace nrm
