// The ask side against services that are played by the test, over the fake network.
#include "services/gateway/ask_side.hpp"

#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/clock/clock.hpp"

namespace nrm::gateway {
namespace {
constexpr auto no_wait = std::chrono::milliseconds(0);

class AskSideTest : public ::testing::Test {
 protected:
  void SetUp() override {
    crypto::start();
    bus = network.join("gateway");
    vault = network.join("vault");
    referral = network.join("referral");
    for (const std::string name : {"identification", "assistance", "closure"})
      others.push_back(network.join(name));
    side = std::make_unique<AskSide>(AskSide::Parts{*bus, ticks, presence, freshness});
    for (const Service service : {Service::vault, Service::referral})
      presence.heard(service, ticks.now());
  }
  void turn() {
    side->turn(no_wait);
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
  ManualClock ticks{Instant{1'000'000'000}};
  Presence presence;
  Freshness freshness{ticks};
  std::unique_ptr<Bus> bus, vault, referral;
  std::vector<std::unique_ptr<Bus>> others;
  std::unique_ptr<AskSide> side;
  int ask_messages = 0;
};

TEST_F(AskSideTest, UrgentOnesGoBeforeOthersThatWait) {
  std::vector<int> answered;
  for (int i = 0; i < 20; ++i) {
    Question one = question(Service::vault);
    one.urgent = i >= 15;
    side->ask(std::move(one), [&answered, i](const auto&) { answered.push_back(i); });
  }
  turn();
  for (const auto& [link, number] : asks(*vault)) answer(*vault, link, number);
  turn();
  ASSERT_EQ(answered.size(), 20u);
  EXPECT_EQ(std::vector<int>(answered.begin(), answered.begin() + 6),
            (std::vector<int>{15, 16, 17, 18, 19, 0}));
}

TEST_F(AskSideTest, CarriesManyAsksInOneMessageAndEachAnswerToItsAsker) {
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

TEST_F(AskSideTest, AnAnswerThatDoesNotComeIsUnavailableAndALateOneIsDropped) {
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

TEST_F(AskSideTest, ASilentServiceIsUnavailableAtOnce) {
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

TEST_F(AskSideTest, AnotherServiceCannotAnswer) {
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

TEST_F(AskSideTest, AnAnswerMayAskTheNextQuestion) {
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

// One message may hold the answers of a whole batch. The next service gets its part of what they
// lead to while the rest is gone through.
TEST_F(AskSideTest, WhatManyAnswersLeadToIsSentInPieces) {
  constexpr std::size_t many = 100;
  std::size_t done = 0;
  for (std::size_t i = 0; i < many; ++i)
    side->ask(question(Service::vault), [&](const Result<wire::Answer>&) {
      side->ask(question(Service::referral),
                [&](const Result<wire::Answer>& one) { done += one.has_value(); });
    });
  turn();
  const auto first = asks(*vault);
  ASSERT_EQ(first.size(), many);
  wire::Answers all;
  for (const auto& [link, number] : first) all.items.push_back({.number = number, .record = "{}"});
  ASSERT_TRUE(vault->send(first[0].first, wire::write(all)));
  while (network.turn()) {
  }
  ask_messages = 0;
  turn();
  const auto next = asks(*referral);
  ASSERT_EQ(next.size(), many);
  EXPECT_GE(ask_messages, 5);
  for (const auto& [link, number] : next) answer(*referral, link, number);
  turn();
  turn();
  EXPECT_EQ(done, many);
}

TEST_F(AskSideTest, WhatAnAnswerAcknowledgesReadsWaitFor) {
  side->ask(question(Service::vault), [](const Result<wire::Answer>&) {});
  turn();
  const auto got = asks(*vault);
  answer(*vault, got[0].first, got[0].second, 7);
  turn();
  int reads = 0;
  freshness.when_fresh([&] { ++reads; });
  freshness.projected(Service::vault, 7);
  freshness.release();
  EXPECT_EQ(reads, 0);
  freshness.projected(Service::vault, 8);
  freshness.release();
  EXPECT_EQ(reads, 1);
}

// What comes over this connection beside answers is not for it.
TEST_F(AskSideTest, RecordsAreNotTakenHere) {
  int answers = 0;
  side->ask(question(Service::vault), [&](const Result<wire::Answer>&) { ++answers; });
  turn();
  const auto got = asks(*vault);
  ASSERT_TRUE(vault->send(got[0].first, wire::write(wire::Beat{"vault/0", 9, "a note", {}})));
  ASSERT_TRUE(vault->send(got[0].first, Frames{"nonsense"}));
  answer(*vault, got[0].first, got[0].second);
  turn();
  EXPECT_EQ(answers, 1);
}

TEST_F(AskSideTest, TooManyAsksAreRefusedAtOnce) {
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
TEST_F(AskSideTest, TheLargestAsksAllArrive) {
  for (int i = 0; i < 100; ++i) {
    Question large = question(Service::vault, std::string(limits::body_bytes_max, 'd'));
    large.personal = Sensitive<std::string>(std::string(limits::body_bytes_max, 'p'));
    side->ask(std::move(large), [](const Result<wire::Answer>&) {});
  }
  turn();
  EXPECT_EQ(asks(*vault).size(), 100u);
  EXPECT_GT(ask_messages, 1);
}

TEST_F(AskSideTest, ClosingAnswersEverybody) {
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
}  // namespace
}  // namespace nrm::gateway
