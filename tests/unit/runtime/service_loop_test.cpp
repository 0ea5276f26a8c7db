// What the seeded world does not reach: records of a later version, forged events.
#include "common/runtime/service_loop.hpp"

#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/store/memory_store.hpp"
#include "tests/unit/runtime/ledger_of_notes.hpp"

namespace nrm::test {
namespace {
class LoopTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  LoopTest() {
    policy.pack = *Text<32>::parse("test");
    open();
  }
  void open() {
    loop.reset();
    bus = network.join("vault");
    auto opened = ServiceLoop::open({.step = {.core = core_of<LedgerOfNotes>(),
                                              .store = store,
                                              .entropy = *entropy,
                                              .policy = policy,
                                              .policy_digest = "digest",
                                              .signer = signer,
                                              .origin = "test/vault/0",
                                              .sandbox = true},
                                     .bus = *bus,
                                     .clock = clock,
                                     .ticks = clock});
    ASSERT_TRUE(opened);
    loop = std::move(opened).value();
  }
  // A record of identification's log, sent by the peer of that name.
  void send(std::uint64_t seq, std::string_view type, const StreamKey& stream) {
    std::string record = "{\"seq\":" + std::to_string(seq) +
                         ",\"id\":\"00000000-0000-4000-8000-000000000000\","
                         "\"at\":\"2023-07-03T09:00:00.000Z\",\"input\":{\"opened\":true},"
                         "\"events\":[{\"type\":\"" +
                         std::string(type) + "\",\"stream\":\"" + stream.text() +
                         "\",\"data\":{}}],\"policy\":\"test@0\",\"engine\":1}";
    for (int i = 0; i < 20 && !link; ++i) {  // the loop asks first
      turn();
      std::vector<Delivery> came;
      peer->receive({}, 10, came);
      if (!came.empty()) link = came.front().link;
    }
    ASSERT_TRUE(link);
    ASSERT_TRUE(
        peer->send(*link, wire::write(wire::Records{"identification/0", seq, seq + 1, {record}})));
    turn();
    turn();
  }
  void turn() {
    clock.advance(std::chrono::milliseconds(600));
    network.turn();
    ASSERT_TRUE(loop->turn({}));
    network.turn();
  }
  std::size_t parked() const {
    std::size_t count = 0;
    EXPECT_TRUE(store.scan(
        Family::parked, {}, [&](std::string_view, std::string_view) { return ++count > 0; },
        false));
    return count;
  }

  MemoryNetwork network{3};
  MemoryStore store;
  std::unique_ptr<Entropy> entropy = seeded_entropy(1);
  crypto::Signer signer = crypto::Signer::from_seed(std::string(32, 's')).value();
  Policy policy;
  ManualClock clock{*Instant::parse("2023-07-03T09:00:00.000Z")};
  std::unique_ptr<Bus> bus, peer = network.join("identification");
  std::unique_ptr<ServiceLoop> loop;
  std::optional<Link> link;
  StreamKey one = case_stream(derive({}, 1)), two = case_stream(derive({}, 2));
};

TEST_F(LoopTest, ARecordOfALaterVersionParksItsStreamAndNoOther) {
  send(0, "nrm.case.report_received.v2", one);
  send(1, ReportReceived::type, one);
  send(2, ReportReceived::type, two);
  EXPECT_EQ(parked(), 2u) << "what follows in the stream waits behind it";
  EXPECT_EQ(loop->step().fold().version(one), 0u);
  EXPECT_EQ(loop->step().fold().version(two), 1u);
  EXPECT_EQ(loop->cursors().at(0).next(), 3u) << "the link goes on";
  open();
  EXPECT_EQ(parked(), 2u) << "still not understood after a restart";
}

TEST_F(LoopTest, WhatIsUnderstoodAfterAnUpgradeIsTakenUp) {
  // An older build parked this record; this build knows its type.
  std::string record =
      "{\"seq\":4,\"id\":\"00000000-0000-4000-8000-000000000000\",\"at\":"
      "\"2023-07-03T09:00:00.000Z\",\"input\":{\"opened\":true},\"events\":[{\"type\":\"" +
      std::string(ReportReceived::type) + "\",\"stream\":\"" + one.text() +
      "\",\"data\":{}}],\"policy\":\"test@0\",\"engine\":1}";
  Batch batch;
  batch.put(Family::parked, keys::archive("identification/0", 4), record);
  ASSERT_TRUE(store.commit(batch, Sync::yes));
  open();
  EXPECT_EQ(parked(), 0u);
  EXPECT_EQ(loop->step().fold().version(one), 1u);
}

TEST_F(LoopTest, ARecordWithAnotherNumberStopsTheLink) {
  send(0, ReportReceived::type, one);
  const std::string record = "{\"seq\":7,\"at\":\"2023-07-03T09:00:00.000Z\",\"events\":[]}";
  ASSERT_TRUE(peer->send(*link, wire::write(wire::Records{"identification/0", 1, 2, {record}})));
  turn();
  turn();
  EXPECT_FALSE(loop->cursors().at(0).stopped().empty());
  EXPECT_TRUE(loop->stopped());
  send(1, ReportReceived::type, two);
  EXPECT_EQ(loop->step().fold().version(two), 0u) << "nothing of it is taken any more";
}
}  // namespace
}  // namespace nrm::test
