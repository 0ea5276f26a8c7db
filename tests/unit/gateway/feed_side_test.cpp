// The feed side against a vault that is played by the test, over the fake network.
#include "services/gateway/feed_side.hpp"

#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/clock/clock.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/store/memory_store.hpp"

namespace nrm::gateway {
namespace {
constexpr auto no_wait = std::chrono::milliseconds(0);

class FeedSideTest : public ::testing::Test {
 protected:
  void SetUp() override {
    crypto::start();
    bus = network.join("gateway");
    vault = network.join("vault");
    for (const std::string name : {"identification", "referral", "assistance", "closure", "audit"})
      others.push_back(network.join(name));
    reopen();
  }
  void reopen() {
    auto opened = FeedSide::open({store, *bus, ticks, presence, freshness});
    ASSERT_TRUE(opened);
    side = std::move(opened).value();
  }
  void turn() {
    ASSERT_TRUE(side->turn(no_wait));
    while (network.turn()) {
    }
  }
  void send(Link link, Frames frames) {
    ASSERT_TRUE(vault->send(link, std::move(frames)));
    while (network.turn()) {
    }
  }
  // Where followers of the vault want to go on.
  std::vector<std::pair<Link, std::uint64_t>> resumes() {
    std::vector<std::pair<Link, std::uint64_t>> out;
    std::vector<Delivery> deliveries;
    vault->receive(no_wait, 1'000, deliveries);
    for (const Delivery& delivery : deliveries) {
      const auto message = wire::read(delivery.frames);
      if (const auto* resume = message ? std::get_if<wire::Resume>(&*message) : nullptr)
        out.emplace_back(delivery.link, resume->next);
    }
    return out;
  }

  MemoryNetwork network{1};
  MemoryStore store;
  ManualClock ticks{Instant{1'000'000'000}};
  Presence presence;
  Freshness freshness{ticks};
  std::unique_ptr<Bus> bus, vault;
  std::vector<std::unique_ptr<Bus>> others;
  std::unique_ptr<FeedSide> side;
};

// One record of the vault's log: an organisation.
std::string record_of(std::uint64_t seq) {
  Record record{.seq = seq, .at = Instant{1'000'000}};
  record.events.push_back({organisation_stream(Uuid{{static_cast<std::uint8_t>(seq + 1)}}),
                           OrganisationRegistered{*Text<120>::parse("O" + std::to_string(seq)),
                                                  OrganisationKind::ngo}});
  std::string out;
  write_record(out, record);
  return out;
}

TEST_F(FeedSideTest, AServiceIsUpForFiveSecondsAfterItSaidSo) {
  turn();
  const auto links = resumes();
  ASSERT_EQ(links.size(), 1u);
  EXPECT_FALSE(presence.is_up(Service::vault, ticks.now()));
  send(links[0].first, wire::write(wire::Beat{"vault/0", 1, "a note", {}}));
  turn();
  ticks.advance(Milliseconds(20));
  turn();
  EXPECT_TRUE(side->status()[0].heard);
  // Turns in which it says nothing do not make it younger.
  for (const int ms : {980, 1'000, 1'000, 1'000, 1'000}) {
    EXPECT_TRUE(presence.is_up(Service::vault, ticks.now()));
    ticks.advance(Milliseconds(ms));
    turn();
  }
  EXPECT_TRUE(presence.is_up(Service::vault, ticks.now()));
  ticks.advance(Milliseconds(1));
  turn();
  EXPECT_FALSE(presence.is_up(Service::vault, ticks.now()));
  EXPECT_FALSE(presence.is_up(Service::referral, ticks.now()));
  ticks.advance(Milliseconds(20));
  turn();
  EXPECT_FALSE(side->status()[0].heard);
}

// A service that was taken over still has no key but its own, and cannot take back what it signed.
TEST_F(FeedSideTest, HandsOnTheNewestCheckpointWhoseSignatureIsGood) {
  const auto own = crypto::Signer::random(), next = crypto::Signer::random(),
             other = crypto::Signer::random();
  const std::string name = "test/vault/0";
  const std::vector<std::string> keys{verifier_key(name, own.public_key()),
                                      verifier_key(name, next.public_key())};
  side = FeedSide::open({store, *bus, ticks, presence, freshness, nullptr,
                         [&](Service owner) {
                           return owner == Service::vault ? keys : std::vector<std::string>();
                         }})
             .value();
  turn();
  const Link link = resumes().at(0).first;
  const auto after = [&](const std::string& origin, std::uint64_t size,
                         const crypto::Signer& signer) {
    const std::string note = sign_note(write_checkpoint({origin, size, Hash()}), name, signer);
    send(link, wire::write(wire::Beat{"vault/0", 9, note, {}}));
    ticks.advance(Milliseconds(20));
    turn();
    const auto status = side->status()[0];
    const auto text = note_text(status.checkpoint);
    return std::pair(text.empty() ? 0 : read_checkpoint(text).value().size, status.verifier_key);
  };
  const std::string none;
  EXPECT_EQ(after(name, 4, other), std::pair(std::uint64_t{0}, none));
  EXPECT_EQ(after(name, 5, own), std::pair(std::uint64_t{5}, keys[0]));
  EXPECT_EQ(after(name, 4, own), std::pair(std::uint64_t{5}, keys[0]));
  EXPECT_EQ(after("test/referral/0", 6, own), std::pair(std::uint64_t{5}, keys[0]));
  EXPECT_EQ(after(name, 6, next), std::pair(std::uint64_t{6}, keys[1])) << "rotated";
  EXPECT_EQ(after(name, 7, other), std::pair(std::uint64_t{6}, keys[1]));
}

TEST_F(FeedSideTest, FollowsALogIntoRowsAndGoesOnWhereItStopped) {
  turn();
  const auto first = resumes();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].second, 0u);
  const std::string one = record_of(0), two = record_of(1);
  const wire::Records records{.log = "vault/0", .first = 0, .head = 3, .items = {one, two}};
  ASSERT_TRUE(vault->send(first[0].first, wire::write(records)));
  // Nobody speaks for another's log.
  const wire::Records foreign{.log = "referral/0", .first = 0, .head = 1, .items = {one}};
  ASSERT_TRUE(vault->send(first[0].first, wire::write(foreign)));
  while (network.turn()) {
  }
  ticks.advance(Milliseconds(20));
  turn();
  EXPECT_EQ(freshness.projected(Service::vault), 2u);
  EXPECT_EQ(freshness.projected(Service::referral), 0u);
  const auto status = side->status();
  EXPECT_EQ(status[0].log, "vault/0");
  EXPECT_EQ(status[0].head, 3u);
  EXPECT_EQ(status[0].next, 2u);
  EXPECT_TRUE(status[0].heard);
  EXPECT_FALSE(status[2].heard);
  EXPECT_TRUE(*store.get(Family::rows, "organisation/O1/" + Uuid{{2}}.text()));

  reopen();
  turn();
  const auto again = resumes();
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.back().second, 2u);
}

// After an upgrade rows are of another shape: all of them are made anew, and who serves them can
// tell when that is done.
TEST_F(FeedSideTest, RowsThatAnotherVersionFoldedAreMadeAnew) {
  turn();
  const auto first = resumes();
  ASSERT_EQ(first.size(), 1u);
  const std::string one = record_of(0);
  send(first[0].first,
       wire::write(wire::Records{.log = "vault/0", .first = 0, .head = 1, .items = {one}}));
  ticks.advance(Milliseconds(20));
  turn();
  EXPECT_TRUE(side->caught_up());
  const std::string row = "organisation/O0/" + Uuid{{1}}.text();
  ASSERT_TRUE(*store.get(Family::rows, row));
  ASSERT_TRUE(*store.get(Family::rows, "log_time"));
  Batch upgraded;
  upgraded.put(Family::meta, "folded", std::string(8, '\0'));  // as the first version marked it
  upgraded.put(Family::rows, "organisation/Old/1", "");
  upgraded.put(Family::meta, "witnessed", "kept");
  ASSERT_TRUE(store.commit(upgraded, Sync::no));
  reopen();
  EXPECT_FALSE(*store.get(Family::rows, row));
  EXPECT_FALSE(*store.get(Family::rows, "organisation/Old/1"));
  EXPECT_TRUE(*store.get(Family::meta, "witnessed")) << "this follows from no log";
  EXPECT_FALSE(side->caught_up());
  turn();
  const auto again = resumes();
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.back().second, 0u);
  send(again.back().first,
       wire::write(wire::Records{.log = "vault/0", .first = 0, .head = 1, .items = {one}}));
  ticks.advance(Milliseconds(20));
  turn();
  EXPECT_TRUE(*store.get(Family::rows, row));
  EXPECT_TRUE(*store.get(Family::rows, "log_time")) << "a clock that never goes back rests on it";
  EXPECT_FALSE(side->caught_up()) << "of the other logs nothing was heard";
  reopen();
  EXPECT_TRUE(*store.get(Family::rows, row)) << "nothing is dropped twice";
  EXPECT_FALSE(side->caught_up()) << "but a restart is not the end of it";

  others.push_back(std::move(vault));
  turn();
  for (auto& owner : others) {
    std::vector<Delivery> deliveries;
    owner->receive(no_wait, 1'000, deliveries);
    for (const Delivery& delivery : deliveries) {
      const auto message = wire::read(delivery.frames);
      const auto* resume = message ? std::get_if<wire::Resume>(&*message) : nullptr;
      if (resume == nullptr) continue;
      wire::Records records{.log = resume->log, .first = 0, .head = 1, .items = {one}};
      ASSERT_TRUE(owner->send(delivery.link, wire::write(records)));
    }
  }
  while (network.turn()) {
  }
  for (int i = 0; i < 2; ++i) {
    ticks.advance(Milliseconds(20));
    turn();
  }
  EXPECT_TRUE(side->caught_up());
  reopen();
  EXPECT_TRUE(side->caught_up());
}

// A service that was taken over writes JSON as it likes.
TEST_F(FeedSideTest, OthersEventsMakeNoRowsHoweverTheyAreSpelled) {
  turn();
  const Link link = resumes().at(0).first;
  for (const char* spelling : {R"({"type":")", R"({"type": ")", R"({ "type":")"}) {
    const auto seq = side->status()[0].next;
    Record record{.seq = seq, .at = Instant{1'000'000}};
    record.events.push_back({case_stream(CaseId(Uuid{{9}})), ReportReceived{}});
    std::string bytes;
    write_record(bytes, record);
    bytes.replace(bytes.find(R"({"type":")"), 9, spelling);
    send(link, wire::write(wire::Records{
                   .log = "vault/0", .first = seq, .head = seq + 1, .items = {bytes}}));
    turn();
    ticks.advance(Milliseconds(20));
    turn();
    EXPECT_EQ(side->status()[0].next, seq + 1) << spelling;
    ASSERT_TRUE(store.scan(
        Family::rows, {},
        [&](std::string_view key, std::string_view) {
          ADD_FAILURE() << spelling << ": " << key;
          return true;
        },
        false));
  }
}

// A log that gives no more rows must not keep the port closed.
TEST_F(FeedSideTest, RowsAreAwaitedFromWhoeverCanGiveThem) {
  using Status = FeedSide::LogStatus;
  const Status away{.log = "closure/0", .head = 9, .next = 3};
  const Status behind{.log = "vault/0", .head = 9, .next = 3, .heard = true};
  const Status done{.log = "vault/0", .head = 9, .next = 9, .heard = true};
  const Status stopped{
      .log = "vault/0", .head = 9, .next = 3, .heard = true, .stopped = "diverged"};
  EXPECT_TRUE(away.is_awaited(false));
  EXPECT_FALSE(away.is_awaited(true)) << "also when some of its rows are missing";
  EXPECT_TRUE(behind.is_awaited(true));
  EXPECT_FALSE(done.is_awaited(false));
  EXPECT_FALSE(stopped.is_awaited(false));
}

TEST_F(FeedSideTest, CommitsAtOnceForWhoWaitsAndElseEveryTwentyMilliseconds) {
  turn();
  const auto link = resumes().at(0).first;
  const auto follow = [&](std::uint64_t seq) {
    const std::string bytes = record_of(seq);
    send(link, wire::write(wire::Records{
                   .log = "vault/0", .first = seq, .head = seq + 1, .items = {bytes}}));
    turn();
  };
  follow(0);
  EXPECT_EQ(freshness.projected(Service::vault), 0u);
  EXPECT_TRUE(presence.is_up(Service::vault, ticks.now()));  // that is known without a commit
  ticks.advance(Milliseconds(19));
  turn();
  EXPECT_EQ(freshness.projected(Service::vault), 0u);
  ticks.advance(Milliseconds(1));
  turn();
  EXPECT_EQ(freshness.projected(Service::vault), 1u);

  int reads = 0;
  freshness.acknowledged(Service::vault, 1);
  freshness.when_fresh([&] { ++reads; });
  follow(1);
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(freshness.projected(Service::vault), 2u);
}
}  // namespace
}  // namespace nrm::gateway
