// The bus side against services that are played by the test, over the fake network.
#include "services/gateway/bus_side.hpp"

#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/clock/clock.hpp"
#include "common/ledger/merkle.hpp"
#include "common/store/memory_store.hpp"

namespace nrm::gateway {
namespace {
constexpr auto no_wait = std::chrono::milliseconds(0);

class BusSideTest : public ::testing::Test {
 protected:
  void SetUp() override {
    crypto::start();
    bus = network.join("gateway");
    vault = network.join("vault");
    referral = network.join("referral");
    for (const std::string name : {"identification", "assistance", "closure"})
      others.push_back(network.join(name));
    reopen();
    turn();
    for (Bus* service : {vault.get(), referral.get()}) beat(*service);
    turn();
  }
  // The service says that it is there, to whoever follows it.
  void beat(Bus& service) {
    std::vector<Delivery> deliveries;
    service.receive(no_wait, 1'000, deliveries);
    for (const Delivery& delivery : deliveries) {
      const auto message = wire::read(delivery.frames);
      if (const auto* resume = message ? std::get_if<wire::Resume>(&*message) : nullptr) {
        ASSERT_TRUE(service.send(delivery.link, wire::write(wire::Beat{resume->log, 0, "a note"})));
      }
    }
    while (network.turn()) {
    }
  }
  void reopen() {
    auto opened = BusSide::open({store, *bus, ticks, freshness});
    ASSERT_TRUE(opened);
    side = std::move(opened).value();
  }
  void turn() {
    ASSERT_TRUE(side->turn(no_wait));
    while (network.turn()) {
    }
  }
  Question question(Service service, std::string data = "{}") {
    return {.service = service,
            .key = std::string(16, 'k'),
            .actor = {},
            .expects = std::nullopt,
            .type = RevokeAccount::type,
            .data = std::move(data),
            .personal = {}};
  }
  // What a service got: asks only.
  std::vector<std::pair<Link, std::uint64_t>> asks(Bus& service) {
    std::vector<Delivery> deliveries;
    service.receive(no_wait, 1'000, deliveries);
    std::vector<std::pair<Link, std::uint64_t>> out;
    for (const Delivery& delivery : deliveries) {
      const auto message = wire::read(delivery.frames);
      if (const auto* got = message ? std::get_if<wire::Asks>(&*message) : nullptr) {
        ++ask_messages;
        for (const wire::Ask& ask : got->items) out.emplace_back(delivery.link, ask.number);
      }
    }
    return out;
  }
  void answer(Bus& service, Link link, std::uint64_t number, std::uint64_t seq = 5) {
    wire::Answer one{.number = number, .seq = seq, .record = "{}"};
    ASSERT_TRUE(service.send(link, wire::write(wire::Answers{{one}})));
    while (network.turn()) {
    }
  }

  MemoryNetwork network{1};
  MemoryStore store;
  ManualClock ticks{Instant{1'000'000'000}};
  Freshness freshness{ticks};
  std::unique_ptr<Bus> bus, vault, referral;
  std::vector<std::unique_ptr<Bus>> others;
  std::unique_ptr<BusSide> side;
  int ask_messages = 0;
};

TEST_F(BusSideTest, CarriesManyAsksInOneMessageAndEachAnswerToItsAsker) {
  std::map<int, std::uint64_t> answered;
  for (int i = 0; i < 10; ++i)
    side->ask(question(Service::vault), [&answered, i](const Result<wire::Answer>& one) {
      ASSERT_TRUE(one);
      answered[i] = one->seq;
    });
  turn();
  const auto got = asks(*vault);
  ASSERT_EQ(got.size(), 10u);
  EXPECT_EQ(ask_messages, 1);
  for (std::size_t i = got.size(); i-- > 0;) answer(*vault, got[i].first, got[i].second, 100 + i);
  turn();
  ASSERT_EQ(answered.size(), 10u);
  for (const auto& [asker, seq] : answered) EXPECT_EQ(seq, 100u + static_cast<unsigned>(asker));
}

TEST_F(BusSideTest, AnAnswerThatDoesNotComeIsUnavailableAndALateOneIsDropped) {
  int answers = 0;
  std::optional<Code> code;
  side->ask(question(Service::vault), [&](const Result<wire::Answer>& one) {
    ++answers;
    code = one ? std::nullopt : std::optional(one.error().code);
  });
  turn();
  const auto got = asks(*vault);
  ticks.advance(Milliseconds(9'999));
  turn();
  EXPECT_EQ(answers, 0);
  ticks.advance(Milliseconds(1));
  turn();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(code, Code::unavailable);
  answer(*vault, got[0].first, got[0].second);
  turn();
  EXPECT_EQ(answers, 1);
}

TEST_F(BusSideTest, ASilentServiceIsUnavailableAtOnce) {
  int refused = 0;
  const auto count = [&](const Result<wire::Answer>& one) {
    refused += !one && one.error().code == Code::unavailable;
  };
  side->ask(question(Service::closure), count);  // was never heard
  turn();
  EXPECT_EQ(refused, 1);
  ticks.advance(Milliseconds(5'001));
  side->ask(question(Service::vault), count);  // not for a while
  turn();
  EXPECT_EQ(refused, 2);
  EXPECT_TRUE(asks(*vault).empty());
}

TEST_F(BusSideTest, AnotherServiceCannotAnswer) {
  int answers = 0;
  side->ask(question(Service::vault), [&](const Result<wire::Answer>&) { ++answers; });
  side->ask(question(Service::referral), [&](const Result<wire::Answer>&) { ++answers; });
  turn();
  const auto at_vault = asks(*vault), at_referral = asks(*referral);
  answer(*referral, at_referral[0].first, at_vault[0].second);
  turn();
  EXPECT_EQ(answers, 0);
  answer(*vault, at_vault[0].first, at_vault[0].second);
  answer(*vault, at_vault[0].first, at_vault[0].second);  // twice
  turn();
  EXPECT_EQ(answers, 1);
}

TEST_F(BusSideTest, AnAnswerMayAskTheNextQuestion) {
  bool done = false;
  side->ask(question(Service::vault), [&](const Result<wire::Answer>&) {
    side->ask(question(Service::referral),
              [&](const Result<wire::Answer>& one) { done = one.has_value(); });
  });
  turn();
  auto got = asks(*vault);
  answer(*vault, got[0].first, got[0].second);
  turn();  // takes the answer, and sends the next in the same turn
  got = asks(*referral);
  ASSERT_EQ(got.size(), 1u);
  answer(*referral, got[0].first, got[0].second);
  turn();
  EXPECT_TRUE(done);
}

TEST_F(BusSideTest, TooManyAsksAreRefusedAtOnce) {
  int refused = 0;
  for (std::size_t i = 0; i < limits::gateway_asks_max + 3; ++i)
    side->ask(question(Service::vault), [&](const Result<wire::Answer>& one) {
      refused += !one && one.error().code == Code::unavailable;
    });
  EXPECT_EQ(refused, 3);
  turn();
  EXPECT_EQ(asks(*vault).size(), limits::gateway_asks_max);
  side->ask(question(Service::vault), [&](const Result<wire::Answer>& one) { refused += !one; });
  turn();
  EXPECT_EQ(refused, 4);  // as many are in flight as may be
}

// Each message stays below what the bus takes, though the last ask goes over its bound.
TEST_F(BusSideTest, TheLargestAsksAllArrive) {
  for (int i = 0; i < 100; ++i) {
    Question large = question(Service::vault, std::string(limits::body_bytes_max, 'd'));
    large.personal = Sensitive<std::string>(std::string(limits::body_bytes_max, 'p'));
    side->ask(std::move(large), [](const Result<wire::Answer>&) {});
  }
  turn();
  EXPECT_EQ(asks(*vault).size(), 100u);
  EXPECT_GT(ask_messages, 1);
}

TEST_F(BusSideTest, ClosingAnswersEverybody) {
  int told = 0;
  const auto count = [&](const Result<wire::Answer>& one) { told += !one; };
  side->ask(question(Service::vault), count);
  turn();
  side->ask(question(Service::vault), count);
  side->close();
  EXPECT_EQ(told, 2);
  side->ask(question(Service::vault), count);
  EXPECT_EQ(told, 3);
}

// One record of the vault's log: an organisation.
std::string record_of(std::uint64_t seq) {
  Record record{.seq = seq};
  record.events.push_back({organisation_stream(Uuid{{static_cast<std::uint8_t>(seq + 1)}}),
                           OrganisationRegistered{*Text<120>::parse("O" + std::to_string(seq)),
                                                  OrganisationKind::ngo}});
  std::string out;
  write_record(out, record);
  return out;
}

TEST_F(BusSideTest, FollowsALogIntoRowsAndGoesOnWhereItStopped) {
  const auto resumes = [&] {
    std::vector<std::pair<Link, std::uint64_t>> out;
    std::vector<Delivery> deliveries;
    vault->receive(no_wait, 1'000, deliveries);
    for (const Delivery& delivery : deliveries) {
      const auto message = wire::read(delivery.frames);
      if (const auto* resume = message ? std::get_if<wire::Resume>(&*message) : nullptr)
        out.emplace_back(delivery.link, resume->next);
    }
    return out;
  };
  reopen();
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
}  // namespace
}  // namespace nrm::gateway
