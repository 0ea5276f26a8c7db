// What the seeded world does not reach: records of a later version, forged events, batches whose
// answers are more than the bus takes at once.
#include "common/runtime/service_loop.hpp"

#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/store/memory_store.hpp"
#include "tests/unit/runtime/ledger_of_notes.hpp"

namespace nrm::test {
namespace {
// A vault's worth of answers without its keys: each accepted command opens `bytes` bytes.
class Opens final : public Hooks {
 public:
  Result<void> before(Input&, std::string_view, Batch&) override { return {}; }
  void decided(const Record&, Batch&) override {}
  Result<Sensitive<std::string>> answer(const Record&, bool) override {
    return Sensitive<std::string>(std::string(bytes, 'o'));
  }
  std::size_t bytes = 0;
};

struct PatientLedger : LedgerOfNotes {
  static constexpr Milliseconds patience{10};
  static bool presses(const Event& event) { return get_if<DossierAbandoned>(&event); }
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy) {
    const auto* received = std::get_if<Received>(&input.what);
    if (received == nullptr || received->stream.id.bytes[15] != urgent)
      return LedgerOfNotes::decide(view, input, policy);
    return Decision().emit(received->stream, DossierAbandoned{});
  }
  static constexpr std::uint8_t urgent = 0xff;
};

class LoopTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  LoopTest() {
    policy.pack = *Text<32>::parse("test");
    open();
  }
  void open(const Core& core = core_of<LedgerOfNotes>()) {
    loop.reset();
    bus = network.join("vault");
    auto opened = ServiceLoop::open({.step = {.core = core,
                                              .store = store,
                                              .entropy = *entropy,
                                              .policy = policy,
                                              .policy_digest = "digest",
                                              .signer = signer,
                                              .origin = "test/vault/0",
                                              .sandbox = true,
                                              .hooks = &hooks},
                                     .bus = *bus,
                                     .clock = clock,
                                     .ticks = clock});
    ASSERT_TRUE(opened);
    loop = std::move(opened).value();
  }
  // A record of identification's log, sent by the peer of that name.
  void send(std::uint64_t seq, std::string_view type, const StreamKey& stream) {
    send_events(seq, "{\"type\":\"" + std::string(type) + "\",\"stream\":\"" + stream.text() +
                         "\",\"data\":{}}");
  }
  void send_events(std::uint64_t seq, const std::string& events) {
    const std::string record = "{\"seq\":" + std::to_string(seq) +
                               ",\"id\":\"00000000-0000-4000-8000-000000000000\","
                               "\"at\":\"2023-07-03T09:00:00.000Z\",\"input\":{\"opened\":true},"
                               "\"events\":[" +
                               events + "],\"policy\":\"test@0\",\"engine\":1}";
    for (int i = 0; i < 20 && !link; ++i) {  // the loop asks first
      turn();
      std::vector<Delivery> came;
      peer->receive({}, 10, came);
      if (!came.empty()) link = came.front().link;
    }
    ASSERT_TRUE(link);
    ASSERT_TRUE(
        peer->send(*link, wire::write(wire::Records{"identification/0", seq, seq + 1, {record}})));
    if (!at_once) return;
    turn();
    turn();
  }
  bool at_once = true;  // send() turns the loop too
  void turn() {
    clock.advance(std::chrono::milliseconds(600));
    network.turn();
    ASSERT_TRUE(loop->turn({}));
    network.turn();
  }
  // Asks `count` times for one consent, all in one batch; the answers that came, by number.
  std::map<std::uint64_t, wire::Answer> ask_for(std::size_t count,
                                                const std::string& unknown = "") {
    const auto client = network.join("gateway");
    std::string data = to_json(RecordConsent{CaseId(one.id), {ConsentPurpose::support, true}});
    if (!unknown.empty()) data.insert(1, "\"" + unknown + "\":1,");
    wire::Asks asks;
    std::vector<Delivery> came;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string digits = std::to_string(i);
      asks.items.push_back({.number = i,
                            .key = std::string(16 - digits.size(), 'k') + digits,
                            .actor = {},
                            .expects = {},
                            .type = RecordConsent::type,
                            .data = data,
                            .personal = {}});
      if (asks.items.size() * data.size() < 500'000 && i + 1 < count) continue;
      EXPECT_TRUE(client->send(client->link_to("vault"), wire::write(asks)));
      asks.items.clear();
    }
    turn();
    turn();
    client->receive({}, 1'000, came);
    messages = came.size();
    std::map<std::uint64_t, wire::Answer> out;
    for (const Delivery& delivery : came) {
      const auto message = wire::read(delivery.frames);
      const auto* answers = message ? std::get_if<wire::Answers>(&*message) : nullptr;
      EXPECT_TRUE(answers);
      if (!answers) continue;
      for (const wire::Answer& answer : answers->items) {
        EXPECT_EQ(answer.opened.size(), answer.rejection ? 0 : hooks.bytes);
        EXPECT_TRUE(out.emplace(answer.number, wire::Answer{.number = answer.number,
                                                            .rejection = answer.rejection})
                        .second);
      }
    }
    return out;
  }
  std::size_t parked() const {
    std::size_t count = 0;
    EXPECT_TRUE(store.scan(
        Family::parked, {}, [&](std::string_view, std::string_view) { return ++count > 0; },
        false));
    return count;
  }

  Opens hooks;
  std::size_t messages = 0;  // that the last ask_for() was answered with
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

// Without a bound a peer of a later version, or one that was taken over, could fill our memory.
TEST_F(LoopTest, BeyondWhatMayWaitForAnUpgradeTheWholeLogWaits) {
  constexpr std::uint32_t streams_per_record = 400;
  const auto event = [](std::string_view type, const StreamKey& stream) {
    return "{\"type\":\"" + std::string(type) + "\",\"stream\":\"" + stream.text() +
           "\",\"data\":{}}";
  };
  send(0, ReportReceived::type, two);  // until the link is known
  std::uint64_t seq = 1;
  std::uint32_t number = 0;
  const auto many = [&] {
    std::string events;
    for (std::uint32_t i = 0; i < streams_per_record; ++i)
      events += (i == 0 ? "" : ",") +
                event("nrm.case.later.v9", case_stream(derive({}, 1'000 + number++)));
    return events;
  };
  for (; number + streams_per_record <= limits::parked_streams_max; ++seq) send_events(seq, many());
  const std::string last = many();  // would be more than there may be
  const auto waiting = parked();
  EXPECT_EQ(loop->cursors().at(0).next(), seq);
  EXPECT_FALSE(loop->cursors().at(0).held());
  send_events(seq, last);
  EXPECT_TRUE(loop->cursors().at(0).held());
  EXPECT_EQ(loop->cursors().at(0).next(), seq) << "it stays with its owner";
  send(seq + 1, ReportReceived::type, two);
  EXPECT_EQ(parked(), waiting);
  EXPECT_FALSE(loop->stopped()) << "nobody's history differs: the process goes on";
  EXPECT_EQ(ask_for(1).size(), 1u) << "and serves its clients";
  // A start reads what waits, batch by batch, and is where it was.
  link.reset();
  open();
  EXPECT_EQ(parked(), waiting);
  send_events(seq, last);
  EXPECT_TRUE(loop->cursors().at(0).held());
  EXPECT_EQ(parked(), waiting);
}

// A decider may trust that a case's event is about a case; whoever was taken over says what he
// likes.
TEST_F(LoopTest, AnEventOnAStreamOfAnotherKindIsRefused) {
  send(0, ReportReceived::type, one);
  const auto head = loop->step().head();
  send(1, ReportReceived::type, referral_stream(one.id));
  ASSERT_EQ(loop->step().head(), head + 1);
  const auto record = store.get(Family::log, keys::log(head)).value();
  EXPECT_NE(record->find(R"("rejection":{"code":"forbidden")"), std::string::npos) << *record;
  EXPECT_EQ(loop->cursors().at(0).next(), 2u);
  send(2, ReportReceived::type, two);
  EXPECT_EQ(loop->cursors().at(0).next(), 3u) << "and the link goes on";
}

// More than 500 reports in one batch: what was decided of them is more than one message of the bus.
// What follows from others' events may wait for company; until it is synced it is nowhere to be
// seen.
TEST_F(LoopTest, APatientServiceSyncsWhatOthersCausedALittleLater) {
  open(core_of<PatientLedger>());
  send(0, DossierAbandoned::type, two);  // until the link is known
  at_once = false;
  const auto quick_turn = [&] {
    network.turn();
    ASSERT_TRUE(loop->turn({}));
  };
  const auto before = loop->step().head();
  send(1, ReportReceived::type, one);
  quick_turn();
  quick_turn();
  EXPECT_EQ(loop->step().head(), before);
  EXPECT_EQ(loop->step().fold().version(one), 1u) << "it was taken";
  clock.advance(std::chrono::milliseconds(10));
  quick_turn();
  EXPECT_EQ(loop->step().head(), before + 1);

  send(2, ReportReceived::type, one);
  quick_turn();
  EXPECT_EQ(loop->step().head(), before + 1);
  EXPECT_EQ(ask_for(1).size(), 1u) << "a client is not kept waiting";
  EXPECT_EQ(loop->step().head(), before + 3) << "and takes with it what waited";

  StreamKey pressing = one;
  pressing.id.bytes[15] = PatientLedger::urgent;
  send(3, ReportReceived::type, one);
  quick_turn();
  EXPECT_EQ(loop->step().head(), before + 3);
  send(4, ReportReceived::type, pressing);
  quick_turn();
  EXPECT_EQ(loop->step().head(), before + 5) << "somebody waits for one of its events";
}

TEST_F(LoopTest, ManyLargeAnswersOfOneBatchAllArrive) {
  hooks.bytes = 3'000;
  const std::size_t count = limits::inputs_per_batch_max;
  static_assert(limits::inputs_per_batch_max * 3'000 > limits::bus_message_bytes_max);
  const auto answers = ask_for(count);
  EXPECT_EQ(answers.size(), count);
  for (const auto& [number, answer] : answers) EXPECT_FALSE(answer.rejection) << number;
  EXPECT_GT(messages, 1u);
  hooks.bytes = 10;
  EXPECT_EQ(ask_for(count).size(), count) << "the same again, from what is stored";
  EXPECT_LT(messages, count / 4) << "small ones go together";
}

TEST_F(LoopTest, TheLargestAnswersArriveToo) {
  hooks.bytes = limits::body_bytes_max;
  EXPECT_EQ(ask_for(limits::inputs_per_batch_max).size(), limits::inputs_per_batch_max);
}

// A fault names the member; a name may be long.
TEST_F(LoopTest, ManyLongRejectionsAllArrive) {
  const auto answers = ask_for(limits::inputs_per_batch_max, std::string(4'000, 'm'));
  EXPECT_EQ(answers.size(), limits::inputs_per_batch_max);
  for (const auto& [number, answer] : answers) {
    ASSERT_TRUE(answer.rejection) << number;
    EXPECT_GT(answer.rejection->where.size(), 4'000u);
  }
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

// What an older build could not read may turn out to be nonsense; no start may fail for it.
TEST_F(LoopTest, WhatWasParkedAndCannotBeIsADeadLetterAfterAnUpgrade) {
  const std::string begin =
                        ",\"id\":\"00000000-0000-4000-8000-000000000000\",\"at\":"
                        "\"2023-07-03T09:00:00.000Z\",\"input\":{\"opened\":true},\"events\":[",
                    event = "{\"type\":\"" + std::string(ReportReceived::type) +
                            "\",\"stream\":\"" + one.text() + "\",\"data\":{}}",
                    end = "],\"policy\":\"test@0\",\"engine\":1}";
  Batch batch;
  batch.put(Family::parked, keys::archive("identification/0", 4),
            "{\"seq\":9" + begin + event + end);
  batch.put(Family::parked, keys::archive("identification/0", 5),
            "{\"seq\":5" + begin + event + ",{\"type\":7}" + end);
  ASSERT_TRUE(store.commit(batch, Sync::yes));
  const auto head = loop->step().head();
  open();
  EXPECT_EQ(parked(), 0u);
  EXPECT_EQ(loop->step().fold().version(one), 0u);
  ASSERT_EQ(loop->step().head(), head + 2);
  const auto record = store.get(Family::log, keys::log(head)).value();
  EXPECT_NE(record->find(R"("rejection":{"code":"diverged")"), std::string::npos) << *record;
}

TEST_F(LoopTest, AnotherNumberIsAnotherHistoryInALaterVersionToo) {
  send(0, ReportReceived::type, one);
  const std::string record =
      "{\"seq\":7,\"id\":\"00000000-0000-4000-8000-000000000000\",\"at\":"
      "\"2023-07-03T09:00:00.000Z\",\"input\":{\"opened\":true},\"events\":[{\"type\":"
      "\"nrm.case.later.v9\",\"stream\":\"" +
      two.text() + "\",\"data\":{}}],\"policy\":\"test@0\",\"engine\":1}";
  ASSERT_TRUE(peer->send(*link, wire::write(wire::Records{"identification/0", 1, 2, {record}})));
  turn();
  turn();
  EXPECT_FALSE(loop->cursors().at(0).stopped().empty());
  EXPECT_EQ(parked(), 0u);
}

struct ForgetfulLedger : LedgerOfNotes {
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy) {
    NRM_TRY_ASSIGN(auto decision, LedgerOfNotes::decide(view, input, policy));
    if (!std::holds_alternative<Command>(input.what)) return decision;
    return decision.set_clock(decision.events.at(0).stream, ClockName::report_follows,
                              input.at + hours(1));
  }
};

// What waits for the upgrade may be the very report that the clock waits for.
TEST_F(LoopTest, AClockThatDestroysWaitsForWhatIsNotUnderstoodYet) {
  open(core_of<ForgetfulLedger>());
  send(0, "nrm.case.report_received.v2", two);
  ASSERT_EQ(ask_for(1).size(), 1u);  // about `one`
  const auto an_hour_later = [&](std::uint64_t head) {
    clock.advance(hours(2));
    ASSERT_TRUE(
        peer->send(*link, wire::write(wire::Beat{"identification/0", head, "", clock.now()})));
    turn();
    turn();
  };
  send(1, "nrm.case.report_received.v2", one);
  an_hour_later(2);
  EXPECT_EQ(loop->step().fold().version(one), 1u) << "nothing is destroyed";
  Batch batch;  // as if the upgrade had made nothing of it
  batch.erase(Family::parked, keys::archive("identification/0", 1));
  ASSERT_TRUE(store.commit(batch, Sync::yes));
  link.reset();
  open(core_of<ForgetfulLedger>());
  send(2, "nrm.case.report_received.v2", two);
  an_hour_later(3);
  EXPECT_EQ(loop->step().fold().version(one), 2u);
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
