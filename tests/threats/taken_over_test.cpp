// Row 15: one service is taken over, and whoever has it has its real key. It forges others' events,
// replays, leaves gaps, reorders, floods, sends what is too large, gives commands: all refused, the
// link stays alive, the others go on. Row 9, one half: a lone liar stops nobody.
//
// Real ZeroMQ, real keys of a folder that `nrm init` made; closure is the victim, referral attacks.
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <functional>
#include <random>

#include "common/runtime/folder.hpp"
#include "common/runtime/roles.hpp"
#include "common/runtime/run.hpp"
#include "common/runtime/service_loop.hpp"
#include "services/cores.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/support/temporary_store.hpp"

namespace nrm::test {
namespace {
constexpr std::chrono::seconds patience{60};  // only a test that fails waits this long

std::string record(std::uint64_t seq, std::string_view type, const StreamKey& stream,
                   const std::string& data = "{}") {
  return "{\"seq\":" + std::to_string(seq) +
         ",\"id\":\"00000000-0000-4000-8000-000000000000\",\"at\":\"2023-07-03T09:00:00.000Z\","
         "\"input\":{\"opened\":true},\"events\":[{\"type\":\"" +
         std::string(type) + "\",\"stream\":\"" + stream.text() + "\",\"data\":" + data +
         "}],\"policy\":\"test@0\",\"engine\":1}";
}

// A service's log as its owner serves it, honestly or not.
class Owner {
 public:
  Owner(const Folder& folder, Service service, const std::vector<std::string>& peers = {})
      : log(log_name(service)),
        bus(open_zmq(folder.bus(to_text(service), peers).value()).value()) {}
  // Takes what came; remembers who follows from where.
  void listen() {
    std::vector<Delivery> came;
    bus->receive(std::chrono::milliseconds(1), 100, came);
    for (const Delivery& delivery : came) {
      const auto message = wire::read(delivery.frames);
      if (!message) continue;
      if (const auto* resume = std::get_if<wire::Resume>(&*message))
        follower = delivery.link, next = resume->next, ++resumes;
      if (const auto* answers = std::get_if<wire::Answers>(&*message))
        answered += answers->items.size();
    }
  }
  void send(std::uint64_t first, const std::vector<std::string>& records,
            const std::string& as = {}) {
    std::vector<std::string_view> items(records.begin(), records.end());
    (void)bus->send(*follower, wire::write(wire::Records{as.empty() ? log : as, first,
                                                         first + items.size(), items}));
  }
  std::string log;
  std::unique_ptr<Bus> bus;
  std::optional<Link> follower;
  std::uint64_t next = 0;
  int resumes = 0;
  std::size_t answered = 0;
};

class Threat15_TakenOver : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  void SetUp() override {
    policy = folder.policy();
    std::vector<std::string> owners;
    for (const Service owner : core_of(Service::closure).follows())
      owners.emplace_back(to_text(owner));
    bus = open_zmq(folder.bus("closure", owners).value()).value();
    auto opened = ServiceLoop::open({.step = {.core = core_of(Service::closure),
                                              .store = store,
                                              .entropy = *entropy,
                                              .policy = policy,
                                              .policy_digest = folder.policy_digest(),
                                              .signer = signer,
                                              .origin = folder.origin(Service::closure),
                                              .sandbox = true},
                                     .bus = *bus,
                                     .clock = clock,
                                     .ticks = *ticks});
    ASSERT_TRUE(opened) << opened.error().detail;
    loop = std::move(*opened);
    ASSERT_TRUE(comes_true([&] { return honest.follower && attacker.follower; }));
  }
  void turn() {
    ASSERT_TRUE(loop->turn(std::chrono::milliseconds(1)));
    honest.listen();
    attacker.listen();
  }
  bool comes_true(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      turn();
    }
    return true;
  }
  void turns(int count) {
    for (int i = 0; i < count; ++i) turn();
  }
  const FeedCursor& cursor(std::string_view log) const {
    return *std::ranges::find_if(loop->cursors(),
                                 [&](const FeedCursor& one) { return one.log() == log; });
  }
  std::uint64_t taken() const { return cursor("referral/0").next(); }
  // An honest record of each link is taken, after everything: the link lives, the others go on.
  void expect_alive() {
    EXPECT_FALSE(loop->stopped());
    const auto honest_next = cursor("identification/0").next(), attacked_next = taken();
    const auto closure_head = loop->step().head();
    const StreamKey fresh = case_stream(CaseId(entropy->uuid()));
    const auto report = record(honest_next, ReportReceived::type, fresh, report_data());
    const auto request =
        record(attacked_next, ReferralRequested::type, {StreamKind::referral, entropy->uuid()},
               "{\"subject\":\"" + fresh.id.text() + "\"}");
    // Sent again until it is taken, as an owner would after RESUME.
    EXPECT_TRUE(comes_true([&] {
      honest.send(honest_next, {report});
      return cursor("identification/0").next() == honest_next + 1;
    }));
    EXPECT_TRUE(comes_true([&] {
      attacker.send(attacked_next, {request});
      return taken() == attacked_next + 1;
    }));
    EXPECT_TRUE(comes_true([&] { return loop->step().head() > closure_head; }))
        << "what an honest record led to";
  }
  static std::string report_data() {
    std::string out;
    write_event(out, ReportReceived{});
    return out;
  }

  Installation at;
  Folder folder = Folder::open(at.dir()).value();
  Policy policy;
  TemporaryStore disk;
  Store& store = disk.store();
  std::unique_ptr<Entropy> entropy = system_entropy();
  crypto::Signer signer = folder.signer(Service::closure).value();
  ManualClock clock{*Instant::parse("2023-07-03T09:00:00.000Z")};
  std::unique_ptr<Clock> ticks = tick_clock();
  std::unique_ptr<Bus> bus;
  std::unique_ptr<ServiceLoop> loop;
  Owner honest{folder, Service::identification};
  Owner attacker{folder, Service::referral, {"closure"}};
  StreamKey victim_case = case_stream(CaseId(entropy->uuid()));
};

TEST_F(Threat15_TakenOver, OthersEventsAreDeadLettersAndNothingElse) {
  std::uint64_t seq = taken();
  for (const std::string_view type : {ReportReceived::type, SecondStageDecided::type,
                                      SupportEnded::type, CaseClosed::type, DossierOpened::type}) {
    const auto before = loop->step().head();
    attacker.send(seq, {record(seq, type, victim_case)});
    ASSERT_TRUE(comes_true([&] { return taken() == seq + 1; })) << type;
    ++seq;
    EXPECT_EQ(loop->step().fold().version(victim_case), 0u) << type;
    ASSERT_TRUE(comes_true([&] { return loop->step().head() == before + 1; }))
        << "it is in the log that it came";
    const auto bytes = store.get(Family::log, keys::log(before)).value();
    EXPECT_NE(bytes->find("\"rejection\":{\"code\":\"forbidden\""), std::string::npos) << *bytes;
  }
  expect_alive();
}

// The same JSON, not written as we write it.
TEST_F(Threat15_TakenOver, OthersEventsInAnotherSpellingAreDeadLettersToo) {
  const std::string type(ReportReceived::type), named = "{\"type\":\"" + type + "\"";
  const std::string spellings[] = {
      "{\"type\": \"" + type + "\"",
      "{ \"type\":\"" + type + "\"",
      "{\"type\":\"\\u006e" + type.substr(1) + "\"",
      "{\"typ\\u0065\":\"" + type + "\"",
  };
  std::uint64_t seq = taken();
  for (const std::string& spelling : spellings) {
    const auto before = loop->step().head();
    std::string forged = record(seq, type, victim_case, report_data());
    forged.replace(forged.find(named), named.size(), spelling);
    attacker.send(seq, {forged});
    ASSERT_TRUE(comes_true([&] { return taken() == seq + 1; })) << spelling;
    ++seq;
    EXPECT_EQ(loop->step().fold().version(victim_case), 0u) << spelling;
    ASSERT_TRUE(comes_true([&] { return loop->step().head() == before + 1; })) << spelling;
    const auto bytes = store.get(Family::log, keys::log(before)).value();
    EXPECT_NE(bytes->find("\"rejection\":{\"code\":\"forbidden\""), std::string::npos) << *bytes;
  }
  expect_alive();
}

TEST_F(Threat15_TakenOver, AnotherLogsRecordsAreNotTakenFromItsLink) {
  const auto before = cursor("identification/0").next();
  attacker.send(before, {record(before, ReportReceived::type, victim_case, report_data())},
                "identification/0");
  turns(50);
  EXPECT_EQ(cursor("identification/0").next(), before);
  EXPECT_EQ(loop->step().fold().version(victim_case), 0u);
  expect_alive();
}

TEST_F(Threat15_TakenOver, ReplaysGapsAndDisorderChangeNothing) {
  const auto first = taken();
  std::vector<std::string> log;
  for (std::uint64_t i = 0; i < 6; ++i)
    log.push_back(
        record(first + i, ReferralOffered::type, {StreamKind::referral, entropy->uuid()}));
  attacker.send(first + 3, {log[3]});  // a gap
  attacker.send(first + 4, {log[4], log[5]});
  turns(20);
  EXPECT_EQ(taken(), first);
  attacker.send(first, {log[0], log[1]});
  ASSERT_TRUE(comes_true([&] { return taken() == first + 2; }));
  for (int i = 0; i < 10; ++i) attacker.send(first, {log[0], log[1]});  // replayed
  attacker.send(first + 4, {log[4]});                                   // out of order
  attacker.send(first + 2, {log[2], log[3]});
  ASSERT_TRUE(comes_true([&] { return taken() == first + 4; }));
  expect_alive();
}

TEST_F(Threat15_TakenOver, CommandsAreTheGatewaysToGive) {
  const auto head = loop->step().head();
  const Link to_victim = attacker.bus->link_to("closure");
  const std::string data = to_json(RequestClosure{});
  // With the identity of somebody who may: it is the link that counts.
  const wire::Ask forged{
      .number = 1,
      .key = std::string(16, 'k'),
      .actor = {AccountId(entropy->uuid()), folder.policy().appointments->case_management,
                Role::case_manager},
      .expects = {},
      .type = RequestClosure::type,
      .data = data,
      .personal = {}};
  for (int i = 0; i < 20; ++i) {
    (void)attacker.bus->send(to_victim, wire::write(wire::Asks{{forged}}));
    turns(5);
  }
  EXPECT_EQ(attacker.answered, 0u);
  EXPECT_EQ(loop->step().head(), head) << "not even a rejection is written for it";
  expect_alive();
}

TEST_F(Threat15_TakenOver, ALoneLiarAboutHistoryStopsNobody) {
  const Link to_victim = attacker.bus->link_to("closure");
  for (const std::uint64_t next : {std::uint64_t{1'000'000}, std::uint64_t{1}}) {
    (void)attacker.bus->send(
        to_victim, wire::write(wire::Resume{"closure/0", next, leaf_hash("another history"), 9}));
    turns(20);
  }
  expect_alive();
}

TEST_F(Threat15_TakenOver, AFloodIsWorkedOffAndTheOthersAreHeard) {
  const Link to_victim = attacker.bus->link_to("closure");
  const std::string garbage(900, '\xff');
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 100; ++i) {
      (void)attacker.bus->send(*attacker.follower, {"RECORDS", garbage, garbage});
      (void)attacker.bus->send(to_victim, {"ASK", {}, garbage});
      (void)attacker.bus->send(to_victim, wire::write(wire::Credit{"closure/0", ~0ull}));
      attacker.send(~0ull - 5, {"x"});
    }
    turn();
  }
  expect_alive();
}

TEST_F(Threat15_TakenOver, WhatIsTooLargeCostsItsSenderTheConnection) {
  const Process* victim = folder.mechanism().find("closure");
  const CurveKey own{folder.mechanism().find("referral")->curve_key,
                     folder.secret("keys/referral/curve").value().reveal()};
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_DEALER);
  const int none = 0;
  zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
  zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, victim->curve_key.c_str(), 41);
  zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own.public_key.c_str(), 41);
  zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own.secret_key.c_str(), 41);
  ASSERT_EQ(zmq_connect(socket, victim->endpoint.c_str()), 0);
  const std::string huge(limits::bus_message_bytes_max + 1, 'x');
  for (int i = 0; i < 10; ++i) {
    zmq_send(socket, huge.data(), huge.size(), ZMQ_DONTWAIT);
    for (int frame = 0; frame < 100; ++frame)
      zmq_send(socket, "f", 1, ZMQ_DONTWAIT | (frame < 99 ? ZMQ_SNDMORE : 0));
    turns(5);
  }
  zmq_close(socket);
  zmq_ctx_term(context);
  expect_alive();
}

// Thousands of messages that were good before some bytes of them changed. The number in a record
// stays: another one is another history, and stops the service (service_loop_test).
TEST_F(Threat15_TakenOver, FuzzedWithItsRealKey) {
  std::mt19937_64 dice(15);
  const Link to_victim = attacker.bus->link_to("closure");
  for (int i = 0; i < 3'000; ++i) {
    const auto next = taken();
    const std::string good = record(next, ReferralOffered::type, victim_case);
    const std::vector<std::string_view> items{good};
    const bool to_feed = dice() % 2 == 0;
    Frames frames =
        to_feed ? wire::write(wire::Records{"referral/0", next, next + 1, items})
                : wire::write(wire::Resume{"closure/0", dice() % 3, leaf_hash("x"), dice()});
    for (int flips = 1 + static_cast<int>(dice() % 4); flips > 0; --flips) {
      std::string& frame = frames[dice() % frames.size()];
      const std::size_t kept = &frame == &frames.back() && to_feed ? 30 : 0;
      if (frame.size() > kept)
        frame[kept + dice() % (frame.size() - kept)] = static_cast<char>(dice());
    }
    (void)attacker.bus->send(to_feed ? *attacker.follower : to_victim, frames);
    if (i % 8 == 0) turn();
  }
  EXPECT_EQ(loop->step().fold().version(victim_case), 0u);
  expect_alive();
}

// The table of roles is what the cores need, and nothing more.
TEST(Threat15_Roles, AreThoseOfTheCores) {
  for (const Service owner : log_owners) {
    for (const Service peer : log_owners) {
      const auto needed = core_of(peer).follows();
      // The audit's process archives all of them, its own too.
      const bool follows =
          peer == Service::audit || std::ranges::find(needed, owner) != needed.end();
      EXPECT_EQ(may_follow(to_text(peer), owner, false), follows)
          << to_text(peer) << " of " << to_text(owner);
      EXPECT_FALSE(may_command(to_text(peer), true)) << to_text(peer);
    }
    for (const char* all : {"audit", "gateway"}) EXPECT_TRUE(may_follow(all, owner, false));
    EXPECT_TRUE(may_follow("bench", owner, true));
    EXPECT_FALSE(may_connect("bench", to_text(owner), false)) << "a sandbox's";
    EXPECT_FALSE(may_connect("nobody", to_text(owner), true));
  }
  EXPECT_TRUE(may_command("gateway", false));
  EXPECT_FALSE(may_command("audit", true));
  EXPECT_FALSE(may_connect("vault", "bench", true)) << "it listens to nobody";
}
}  // namespace
}  // namespace nrm::test
