#include "common/runtime/feed.hpp"

#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm::test {
namespace {
// An owner with a log in a vector, and a follower, over a network that a seed may break.
class FeedTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  FeedTest() { cursor.emplace("vault/0", follower->link_to("vault"), 0, Hash{}); }

  void append(int count) {
    std::vector<std::string> fresh;
    for (int i = 0; i < count; ++i)
      fresh.push_back("record " + std::to_string(log.size() + fresh.size()));
    const auto first = log.size();
    log.insert(log.end(), fresh.begin(), fresh.end());
    source.appended(first, fresh);
  }
  void turn() {
    now = now + std::chrono::milliseconds(50);
    std::vector<Delivery> came;
    owner->receive({}, 100, came);
    for (const Delivery& delivery : came) {
      const auto message = wire::read(delivery.frames);
      if (const auto* resume = std::get_if<wire::Resume>(&*message))
        source.on(delivery.link, *resume, now);
      else if (const auto* credit = std::get_if<wire::Credit>(&*message))
        source.on(delivery.link, *credit);
    }
    ASSERT_TRUE(source.turn(now));
    network.turn();
    came.clear();
    follower->receive({}, 100, came);
    messages += came.size();
    for (const Delivery& delivery : came) take(*wire::read(delivery.frames));
    cursor->committed();
    cursor->turn(*follower, now);
    network.turn();
  }
  void take(const wire::Message& message) {
    if (const auto* records = std::get_if<wire::Records>(&message)) {
      EXPECT_TRUE(cursor->on(*records, now, [&](auto seq, auto bytes, auto&) {
        take_record(seq, bytes);
        return Result<void>();
      }));
    } else if (const auto* beat = std::get_if<wire::Beat>(&message)) {
      cursor->on(*beat, now);
    } else if (const auto* refused = std::get_if<wire::Refused>(&message)) {
      cursor->on(*refused);
    }
  }
  virtual void take_record(std::uint64_t seq, std::string_view bytes) {
    EXPECT_EQ(seq, copy.size());
    copy.emplace_back(bytes);
  }
  void turns(int count) {
    for (int i = 0; i < count; ++i) turn();
  }

  MemoryNetwork network{11};
  std::unique_ptr<Bus> owner = network.join("vault"), follower = network.join("referral");
  std::vector<std::string> log, copy;
  Instant now{1'000'000};
  FeedSource source{
      {.name = "vault/0",
       .head = [this] { return log.size(); },
       .leaf = [this](std::uint64_t seq) { return Result<Hash>(leaf_hash(log.at(seq))); },
       .read = [this](std::uint64_t seq,
                      const std::function<bool(std::string_view)>& take) -> Result<void> {
         ++reads;
         for (; seq < log.size() && take(log[seq]); ++seq) {
         }
         return {};
       },
       .checkpoint = [] { return std::string("note"); },
       .time = [this] { return now; }},
      *owner};
  std::optional<FeedCursor> cursor;
  int reads = 0;
  std::size_t messages = 0;  // that the follower got
};

// A follower that wants one type of event and knows all others.
class FilteredFeedTest : public FeedTest {
 protected:
  FilteredFeedTest() { follow(0, Hash{}); }
  void follow(std::uint64_t next, const Hash& last) {
    cursor.emplace("vault/0", follower->link_to("vault"), next, last,
                   unwanted_types(Service::vault, [](std::string_view type) {
                     return type == ConsentRecorded::type;
                   }));
  }
  void append_typed(std::string_view type) {
    const std::string record = R"({"seq":)" + std::to_string(log.size()) +
                               R"(,"events":[{"type":")" + std::string(type) + R"("}]})";
    log.push_back(record);
    source.appended(log.size() - 1, {record});
  }
  void take_record(std::uint64_t seq, std::string_view bytes) override {
    taken.push_back(seq);
    EXPECT_EQ(bytes, log.at(seq));
  }

  std::vector<std::uint64_t> taken;
};

TEST_F(FilteredFeedTest, WhatItWantsAndWhatItDoesNotKnowArrives) {
  append_typed(ConsentRecorded::type);
  append_typed(DossierSealed::type);
  append_typed("nrm.case.of_a_later_version.v1");
  append_typed(DossierAbandoned::type);
  turns(100);
  EXPECT_EQ(taken, (std::vector<std::uint64_t>{0, 2}));
  EXPECT_EQ(cursor->next(), 4u) << "a heartbeat says that the rest was not for it";
  EXPECT_EQ(cursor->last(), leaf_hash(log[3]));
}

TEST_F(FilteredFeedTest, WhoWasNotTheOneItWasForResumesWhereItStands) {
  for (int i = 0; i < 10; ++i) append_typed(DossierSealed::type);
  turns(100);
  ASSERT_EQ(cursor->next(), 10u);
  follow(cursor->next(), cursor->last());  // a new process
  append_typed(ConsentRecorded::type);
  turns(100);
  EXPECT_EQ(cursor->stopped(), "");
  EXPECT_EQ(taken, std::vector<std::uint64_t>{10});
}

TEST_F(FilteredFeedTest, NobodyIsWokenForNothing) {
  append_typed(ConsentRecorded::type);
  turns(100);
  const auto before = messages;
  for (int i = 0; i < 15; ++i) {  // within one heartbeat
    append_typed(DossierSealed::type);
    turn();
  }
  EXPECT_LE(messages - before, 2u);
}

TEST_F(FilteredFeedTest, LossDoublingAndReorderingChangeNothing) {
  network.set_faults({.loss_percent = 20, .duplicate_percent = 20, .delay_percent = 20});
  std::vector<std::uint64_t> wanted;
  for (int i = 0; i < 300; ++i) {
    if (i % 7 == 0) wanted.push_back(log.size());
    append_typed(i % 7 == 0 ? ConsentRecorded::type : DossierSealed::type);
    turn();
  }
  network.set_faults({});
  turns(100);
  EXPECT_EQ(taken, wanted);
  EXPECT_EQ(cursor->next(), log.size());
}

TEST_F(FeedTest, WhoWantsEverythingStopsAtARecordThatWasKeptBack) {
  const auto taken = cursor->on(
      wire::Records{.log = "vault/0", .first = 0, .head = 1, .items = {""}, .last = Hash{}}, now,
      [](auto, auto, auto&) { return Result<void>(); });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::diverged);
}

TEST_F(FeedTest, WhatWasTakenBeforeABadRecordCounts) {
  const std::string huge(limits::record_bytes_max + 1, 'r');
  for (const std::string& bad : {std::string(), huge}) {
    cursor.emplace("vault/0", follower->link_to("vault"), 0, Hash{});
    const auto taken = cursor->on(
        wire::Records{
            .log = "vault/0", .first = 0, .head = 2, .items = {"record 0", bad}, .last = {}},
        now, [](auto, auto, auto&) { return Result<void>(); });
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, bad.empty() ? Code::diverged : Code::too_large);
    EXPECT_EQ(cursor->next(), 1u);
    EXPECT_EQ(cursor->last(), leaf_hash("record 0"));
  }
}

// Its numbers are a peer's, who may have been taken over.
TEST_F(FilteredFeedTest, CreditWithoutBoundBoundsNoMessage) {
  for (int i = 0; i < 3 * static_cast<int>(limits::feed_records_in_flight_max); ++i)
    log.push_back(R"({"events":[{"type":")" + std::string(DossierSealed::type) + R"("}]})");
  const auto skips = unwanted_types(Service::vault, [](std::string_view) { return false; });
  const Link link = follower->link_to("vault");
  ASSERT_TRUE(follower->send(link, wire::write(wire::Resume{"vault/0", 0, {}, ~0ull, skips})));
  ASSERT_TRUE(follower->send(link, wire::write(wire::Credit{"vault/0", ~0ull})));
  network.turn();
  std::vector<Delivery> came;
  owner->receive({}, 100, came);
  for (const Delivery& delivery : came) {
    const auto message = wire::read(delivery.frames);
    if (const auto* resume = std::get_if<wire::Resume>(&*message))
      source.on(delivery.link, *resume, now);
    else if (const auto* credit = std::get_if<wire::Credit>(&*message))
      source.on(delivery.link, *credit);
  }
  ASSERT_TRUE(source.turn(now));
  network.turn();
  came.clear();
  follower->receive({}, 100, came);
  std::size_t items = 0;
  for (const Delivery& delivery : came) {
    const auto message = wire::read(delivery.frames);
    if (const auto* records = std::get_if<wire::Records>(&*message)) items += records->items.size();
  }
  EXPECT_EQ(items, limits::feed_records_in_flight_max);
}

// Each message stays below what the bus takes, though the last record goes over its bound.
TEST_F(FeedTest, TheLargestRecordsArriveFromMemoryAndFromTheStore) {
  const std::vector<std::string> fresh(40, std::string(limits::record_bytes_max, 'r'));
  log = fresh;
  turns(5);
  EXPECT_EQ(copy, log);
  EXPECT_GT(reads, 0);
  log.insert(log.end(), fresh.begin(), fresh.end());
  source.appended(fresh.size(), fresh);
  turns(5);
  EXPECT_EQ(copy, log);
}

TEST_F(FeedTest, RecordsComeInOrderAndLive) {
  append(10);
  turns(5);
  EXPECT_EQ(copy, log);
  append(1);
  turns(2);
  EXPECT_EQ(copy, log);
  EXPECT_EQ(reads, 0) << "near the head nothing is read from the store";
}

TEST_F(FeedTest, ALongLogFitsItsCredit) {
  append(20'000);
  for (int i = 0; i < 40; ++i) {
    turn();
    EXPECT_LE(copy.size(), cursor->next());
  }
  EXPECT_EQ(copy, log);
}

TEST_F(FeedTest, LossDoublingAndReorderingChangeNothing) {
  network.set_faults({.loss_percent = 30, .duplicate_percent = 30, .delay_percent = 30});
  for (int i = 0; i < 200; ++i) {
    append(3);
    turn();
  }
  network.set_faults({});
  turns(200);
  EXPECT_EQ(copy, log);
}

TEST_F(FeedTest, AFollowerThatIsAheadStopsForGood) {
  append(3);
  cursor.emplace("vault/0", follower->link_to("vault"), 9, leaf_hash("another history"));
  turns(5);
  EXPECT_EQ(cursor->stopped(), "ahead");
  append(20);
  turns(100);
  EXPECT_EQ(cursor->next(), 9u) << "nobody repairs a rollback by himself";
}

TEST_F(FeedTest, AnotherHistoryIsNoticedByItsLastHash) {
  append(3);
  cursor.emplace("vault/0", follower->link_to("vault"), 2, leaf_hash("record X"));
  turns(5);
  EXPECT_EQ(cursor->stopped(), "diverged");
}

// It goes into our own log lines and into GET /v1/status.
TEST_F(FeedTest, WhatAPeerGivesAsItsReasonIsNotRepeated) {
  take(wire::Refused{"vault/0", "Jane Doe\n{\"event\":\"forged\"}"});
  EXPECT_EQ(cursor->stopped(), "refused");
}

TEST_F(FeedTest, AFollowerGoesOnWhereItStood) {
  append(5);
  turns(5);
  const std::uint64_t next = cursor->next();
  const Hash last = cursor->last();
  follower.reset();
  append(5);
  ASSERT_TRUE(source.turn(now + std::chrono::seconds(5)));
  follower = network.join("referral");
  cursor.emplace("vault/0", follower->link_to("vault"), next, last);
  turns(80);
  EXPECT_EQ(copy, log);
}

}  // namespace
}  // namespace nrm::test
