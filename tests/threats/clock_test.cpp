// Row 25: a machine's clock is set, ahead or back, while a service runs or while it is down. No
// record is dated before the one before it; a running process does not follow a jump; one that
// starts ahead of its peers writes nothing and lets no deadline run out.
//
// The store is RocksDB. Clocks are fakes, because a test cannot set the machine's; so the bus is in
// memory: its messages arrive at the moment of those clocks. The peers are played by the test,
// because one of them lies.
#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/clock/clock.hpp"
#include "common/runtime/service_loop.hpp"
#include "tests/support/temporary_store.hpp"
#include "tests/unit/runtime/ledger_of_notes.hpp"

namespace nrm::test {
namespace {
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
const Instant monday = *Instant::parse("2023-07-03T09:00:00.000Z");

struct FollowsThree : LedgerOfNotes {
  using Receives = EventTypes<ReportReceived, ReferralAccepted, CaseClosed>;
};

// A vault in production that follows three logs, whose owners say what time it is.
class Threat25_Clock : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  void SetUp() override {
    policy.pack = *Text<32>::parse("test");
    start();
  }
  void start(int first_turns = 8) {
    loop.reset();
    bus = network.join("vault");
    auto opened = ServiceLoop::open({.step = {.core = core_of<FollowsThree>(),
                                              .store = store,
                                              .entropy = *entropy,
                                              .policy = policy,
                                              .policy_digest = "digest",
                                              .signer = signer,
                                              .origin = "test/vault/0"},
                                     .bus = *bus,
                                     .clock = clock,
                                     .ticks = ticks});
    ASSERT_TRUE(opened);
    loop = std::move(*opened);
    for (auto& [log, peer] : peers) peer.link.reset();
    turns(first_turns);
  }
  void turn() {
    ticks.advance(Milliseconds(500));
    clock.advance(Milliseconds(500));
    true_time = true_time + Milliseconds(500);
    for (auto& [log, peer] : peers) {
      std::vector<Delivery> came;
      peer.bus->receive({}, 100, came);
      for (const Delivery& delivery : came) {
        const auto message = wire::read(delivery.frames);
        if (message && std::holds_alternative<wire::Resume>(*message)) peer.link = delivery.link;
      }
      if (peer.link && beats)
        (void)peer.bus->send(*peer.link, wire::write(wire::Beat{log, 0, "", true_time + peer.lie}));
    }
    network.turn();
    ASSERT_TRUE(loop->turn({}));
    network.turn();
  }
  void turns(int count) {
    for (int i = 0; i < count; ++i) turn();
  }
  // What a client is answered to a consent; none when it was taken.
  std::optional<Code> ask() {
    const auto client = network.join("gateway");
    const std::string data =
        to_json(RecordConsent{CaseId(one.id), {ConsentPurpose::support, true}});
    std::string key(16, 'k');
    key[0] = static_cast<char>(++asked);
    (void)client->send(client->link_to("vault"),
                       wire::write(wire::Asks{{{.number = 1,
                                                .key = key,
                                                .actor = {},
                                                .expects = {},
                                                .type = RecordConsent::type,
                                                .data = data,
                                                .personal = {}}}}));
    turns(3);
    std::vector<Delivery> came;
    client->receive({}, 10, came);
    EXPECT_EQ(came.size(), 1u);
    if (came.empty()) return Code::internal;
    const auto message = wire::read(came.front().frames);
    const auto& answer = std::get<wire::Answers>(*message).items.at(0);
    if (!answer.rejection) return std::nullopt;
    return answer.rejection->code;
  }
  // What waited for it at an owner.
  void send_report() {
    const Peer& owner = peers.at("identification/0");
    ASSERT_TRUE(owner.link);
    const std::string record =
        "{\"seq\":0,\"id\":\"00000000-0000-4000-8000-000000000000\",\"at\":"
        "\"2023-07-03T09:00:00.000Z\",\"input\":{\"opened\":true},\"events\":[{\"type\":\"" +
        std::string(ReportReceived::type) + "\",\"stream\":\"" + one.text() +
        "\",\"data\":{}}],\"policy\":\"test@0\",\"engine\":1}";
    (void)owner.bus->send(*owner.link,
                          wire::write(wire::Records{"identification/0", 0, 1, {record}}));
  }
  // The dates of all records, which must never go back.
  std::vector<Instant> dates() const {
    std::vector<Instant> out;
    json::Document document;
    EXPECT_TRUE(store.scan(
        Family::log, {},
        [&](auto, auto bytes) {
          EXPECT_TRUE(document.parse_trusted(bytes));
          out.push_back(read_outline(document.root()).value().at);
          return true;
        },
        false));
    EXPECT_TRUE(std::ranges::is_sorted(out, {}, &Instant::ms));
    return out;
  }

  struct Peer {
    std::unique_ptr<Bus> bus;
    std::optional<Link> link;
    Milliseconds lie{0};
  };
  MemoryNetwork network{25};
  TemporaryStore disk;
  Store& store = disk.store();
  std::unique_ptr<Entropy> entropy = seeded_entropy(25);
  crypto::Signer signer = crypto::Signer::from_seed(std::string(32, 's')).value();
  Policy policy;
  Instant true_time = monday;
  ManualClock clock{monday}, ticks{Instant{1'000'000}};
  std::map<std::string, Peer> peers = [this] {
    std::map<std::string, Peer> out;
    for (const char* name : {"identification", "referral", "closure"})
      out[std::string(name) + "/0"].bus = network.join(name);
    return out;
  }();
  std::unique_ptr<Bus> bus;
  std::unique_ptr<ServiceLoop> loop;
  StreamKey one = case_stream(derive({}, 1));
  int asked = 0;
  bool beats = true;  // the owners say what time it is
};

TEST_F(Threat25_Clock, AServiceThatIsAheadOfItsPeersWritesNothing) {
  EXPECT_EQ(ask(), std::nullopt);
  const auto head = loop->step().head();
  clock.advance(hours(24 * 365));
  start();  // set while it was down
  EXPECT_EQ(ask(), Code::unavailable);
  EXPECT_EQ(loop->step().head(), head) << "no record with a date that nobody could take back";
  clock.set(true_time);
  turns(4);
  EXPECT_EQ(ask(), std::nullopt) << "set right, it goes on";
  EXPECT_LT(dates().back(), monday + hours(1));
}

TEST_F(Threat25_Clock, NothingIsDatedBeforePeersHaveSaidWhatTimeItIs) {
  EXPECT_EQ(ask(), std::nullopt);
  const auto head = loop->step().head();
  clock.advance(hours(24 * 365));
  beats = false;
  start(2);
  send_report();
  EXPECT_EQ(ask(), Code::unavailable);
  EXPECT_EQ(loop->step().head(), head);
  beats = true;
  turns(4);
  send_report();
  EXPECT_EQ(ask(), Code::unavailable);
  EXPECT_EQ(loop->step().head(), head);
  clock.set(true_time);
  turns(4);
  send_report();
  EXPECT_EQ(ask(), std::nullopt);
  EXPECT_EQ(loop->step().head(), head + 2);
  EXPECT_LT(dates().back(), monday + hours(1));
}

TEST_F(Threat25_Clock, PeersThatAreAwayHoldNobodyUpForLong) {
  beats = false;
  start(2);
  EXPECT_EQ(ask(), Code::unavailable);
  turns(10);
  EXPECT_EQ(ask(), std::nullopt);
}

TEST_F(Threat25_Clock, NoDeadlineRunsOutThatPeersDoNotSee) {
  EXPECT_EQ(ask(), std::nullopt);  // sets a clock a day ahead
  const auto head = loop->step().head();
  clock.advance(hours(30));
  start();
  turns(200);
  EXPECT_EQ(loop->step().head(), head) << "closed by nothing but a clock that was set";
  EXPECT_FALSE(loop->stopped()) << "an alarm, not an end";
  true_time = true_time + hours(30);  // the day has really gone
  clock.set(true_time);
  turns(400);
  EXPECT_EQ(loop->step().head(), head + 1);
}

TEST_F(Threat25_Clock, AClockThatIsSetBackDatesNothingBack) {
  EXPECT_EQ(ask(), std::nullopt);
  const Instant before = dates().back();
  clock.set(monday - hours(48));
  start();
  EXPECT_EQ(ask(), std::nullopt);
  EXPECT_GE(dates().back(), before);
  clock.set(Instant{0});
  EXPECT_EQ(ask(), std::nullopt);
  EXPECT_GE(dates().back(), before);
}

TEST_F(Threat25_Clock, OneLiarAmongThePeersChangesNothing) {
  for (const Milliseconds lie : {Milliseconds(hours(-1'000)), Milliseconds(hours(1'000))}) {
    peers.at("referral/0").lie = lie;
    turns(10);
    EXPECT_EQ(ask(), std::nullopt);
  }
  const auto head = loop->step().head();
  true_time = true_time + hours(30);
  clock.set(true_time);
  turns(400);
  EXPECT_GT(loop->step().head(), head) << "deadlines run, whatever one of them says";
  dates();
}

TEST(Threat25_AnchoredClock, AJumpOfTheMachineIsFollowedNoFasterThanOnePerMille) {
  for (const Milliseconds jump : {Milliseconds(hours(24 * 400)), Milliseconds(hours(-24 * 400))}) {
    ManualClock machine(monday), boot(Instant{5'000});
    const auto clock = anchored_clock([&] { return machine.now(); }, [&] { return boot.now(); });
    const auto run = [&](Milliseconds time) {
      machine.advance(time);
      boot.advance(time);
    };
    EXPECT_EQ(clock->now(), monday);
    run(seconds(10));
    EXPECT_EQ(clock->now(), monday + seconds(10));
    machine.set(machine.now() + jump);
    EXPECT_EQ(clock->now(), monday + seconds(10)) << "a token that ends in a minute still does";
    EXPECT_EQ(clock->astray(), jump);
    Instant last = clock->now();
    for (int i = 0; i < 3'600; ++i) {
      run(seconds(1));
      EXPECT_GT(clock->now(), last) << "never back, never still";
      last = clock->now();
    }
    const Milliseconds off = last - (monday + seconds(10) + hours(1));
    EXPECT_LE(std::abs(off.count()), 3'600) << "an hour later at most 3.6 s nearer to it";
  }
}

TEST(Threat25_AnchoredClock, HonestDriftIsFollowedAndSleepCounts) {
  ManualClock machine(monday), boot(Instant{5'000});
  const auto clock = anchored_clock([&] { return machine.now(); }, [&] { return boot.now(); });
  for (int i = 0; i < 10'000; ++i) {  // the boot clock is 400 ppm slow
    machine.advance(Milliseconds(10'004));
    boot.advance(Milliseconds(10'000));
    EXPECT_LE(std::abs(clock->astray().count()), 10) << i;
  }
  machine.advance(hours(8));  // asleep: the boot clock goes on
  boot.advance(hours(8));
  EXPECT_LE(std::abs((machine.now() - clock->now()).count()), 10);
}

TEST(Threat25_AnchoredClock, OfThisMachineRuns) {
  const auto clock = anchored_clock();
  const auto system = system_clock();
  EXPECT_LE(std::abs((clock->now() - system->now()).count()), 60'000);
  const Instant before = clock->now();
  while (clock->now() == before) {
  }
  EXPECT_GT(clock->now(), before);
}
}  // namespace
}  // namespace nrm::test
