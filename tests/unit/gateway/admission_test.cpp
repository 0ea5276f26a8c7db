// How much one account may ask for: the buckets alone, and the gateway that follows them.
#include "services/gateway/admission.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
using namespace std::chrono_literals;
using Kind = Admission::Kind;

AccountId account(std::uint8_t number) {
  AccountId id;
  id.bytes[0] = number;
  return id;
}

class Buckets : public ::testing::Test {
 protected:
  // Urgent reports, acts, openings, reads.
  Admission admission{{limits::Rate{2, 60}, limits::Rate{3, 6}, limits::Rate{1, 1}, std::nullopt}};
  Admission::Time now = Admission::Time(1h);
  int taken(Kind kind, int tries, std::uint8_t of = 1) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += admission.take(account(of), kind, now) == 0ms;
    return count;
  }
};

TEST_F(Buckets, GiveTheirBurstAtOnceAndThenTheirRate) {
  EXPECT_EQ(taken(Kind::act, 10), 3);
  EXPECT_EQ(admission.take(account(1), Kind::act, now), 10s);
  now += 9'999ms;
  EXPECT_EQ(admission.take(account(1), Kind::act, now), 1ms);
  now += 1ms;
  EXPECT_EQ(taken(Kind::act, 10), 1);
  now += 1min;
  EXPECT_EQ(taken(Kind::act, 10), 3) << "full again, and not fuller";
  now += 24h;
  EXPECT_EQ(taken(Kind::act, 10), 3);
}

TEST_F(Buckets, ARefusalCostsNothing) {
  EXPECT_EQ(taken(Kind::opening, 1'000), 1);
  now += 1min;
  EXPECT_EQ(taken(Kind::opening, 1'000), 1);
}

TEST_F(Buckets, AreOfOneAccountAndOneKind) {
  EXPECT_EQ(taken(Kind::act, 100), 3);
  EXPECT_EQ(taken(Kind::urgent_report, 100), 2) << "not the one of acts";
  EXPECT_EQ(taken(Kind::act, 100, 2), 3) << "not the one of another account";
  EXPECT_EQ(taken(Kind::read, 100), 100) << "not limited";
}

// 100,000 accounts that come once leave nothing behind, and who floods stays empty meanwhile.
TEST_F(Buckets, AreForgottenWhenTheyAreFullAgain) {
  EXPECT_EQ(taken(Kind::opening, 5), 1);
  AccountId id;
  for (int i = 0; i < 100'000; ++i) {
    id.bytes[1] = static_cast<std::uint8_t>(i), id.bytes[2] = static_cast<std::uint8_t>(i >> 8),
    id.bytes[3] = static_cast<std::uint8_t>(i >> 16);
    EXPECT_EQ(admission.take(id, Kind::urgent_report, now), 0ms);
    if (i % 1'000 == 0) now += 100ms;
  }
  EXPECT_EQ(taken(Kind::opening, 5), 0);
}

TEST_F(Buckets, PlacesOfOthersEndBeforeThoseOfUrgentReports) {
  std::vector<Admission::Place> held;
  for (std::size_t i = 0; i < limits::gateway_ordinary_calls_max; ++i)
    held.push_back(admission.enter(i % 2 == 0 ? Kind::act : Kind::opening));
  for (const auto& place : held) ASSERT_TRUE(place);
  EXPECT_FALSE(admission.enter(Kind::act));
  EXPECT_FALSE(admission.enter(Kind::opening));
  EXPECT_TRUE(admission.enter(Kind::urgent_report));
  held.pop_back();
  EXPECT_TRUE(admission.enter(Kind::act)) << "and it was given back at once";
  EXPECT_TRUE(admission.enter(Kind::act));
}

TEST_F(Buckets, StreamsAreCountedByAccountAndOutliveUs) {
  auto alone = std::make_unique<Admission>(Admission::Rates{});
  std::vector<Admission::Place> held;
  for (std::size_t i = 0; i < limits::gateway_streams_per_account_max; ++i)
    held.push_back(alone->follow(account(1)));
  EXPECT_FALSE(alone->follow(account(1)));
  EXPECT_TRUE(alone->follow(account(2)));
  held.pop_back();
  EXPECT_TRUE(alone->follow(account(1)));
  alone.reset();
  held.clear();
}

class Throttled : public ::testing::Test {
 protected:
  World world{{limits::Rate{4, 1}, limits::Rate{2, 1}, limits::Rate{1, 1}, limits::Rate{3, 1}}};
  const OrganisationId police{world.id()};
  const std::string token = world.account(Role::first_responder, police);

  void SetUp() override {
    world.says = [&](const Question& question) -> Said {
      urgent.push_back(question.urgent);
      return Error(Code::unavailable);  // as far as this test goes
    };
  }
  int report(std::string_view urgency) {
    std::string body = report_body();
    const auto at = body.find("\"urgent\"");
    body.replace(at, 8, '"' + std::string(urgency) + '"');
    last = world.post("/v1/reports", token, body);
    return last.status;
  }
  http::Response last;
  std::vector<bool> urgent;  // of the questions
};

TEST_F(Throttled, WhoUsedUpOrdinaryReportsIsStillHeardWithUrgentOnes) {
  EXPECT_EQ(report("routine"), 503);  // it got through to the vault
  EXPECT_EQ(report("routine"), 503);
  EXPECT_EQ(report("routine"), 429);
  EXPECT_EQ(code_of(last), "too_many_requests");
  const int wait = std::stoi(header_of(last, "Retry-After"));
  EXPECT_GT(wait, 50);  // one a minute
  EXPECT_LE(wait, 60);
  EXPECT_EQ(report("urgent"), 503);
  EXPECT_EQ(report("emergency"), 503);
  EXPECT_EQ(urgent, (std::vector<bool>{false, false, true, true}));
}

TEST_F(Throttled, UrgentReportsAreNotWithoutEnd) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(report("emergency"), 503);
  EXPECT_EQ(report("emergency"), 429);
  EXPECT_EQ(report("routine"), 503);
}

TEST_F(Throttled, OtherAccountsNoticeNothing) {
  for (int i = 0; i < 10; ++i) report("routine");
  EXPECT_EQ(last.status, 429);
  const std::string other = world.account(Role::first_responder, police);
  EXPECT_EQ(world.post("/v1/reports", other, report_body()).status, 503);
}

TEST_F(Throttled, ListsAndOpeningsHaveBucketsOfTheirOwn) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(world.get("/v1/cases", token).status, 200);
  EXPECT_EQ(world.get("/v1/cases", token).status, 429);
  const std::string path = "/v1/cases/" + world.id().text() + "/openings";
  const std::string body = R"({"classes":["identity"],"purpose":"decision"})";
  EXPECT_NE(world.post(path, token, body).status, 429);
  EXPECT_EQ(world.post(path, token, body).status, 429);
  const std::string sealed = "/v1/sealed-items/" + world.id().text() + "/openings";
  EXPECT_EQ(world.post(sealed, token, R"({"purpose":"safety"})").status, 429) << "the same bucket";
  EXPECT_EQ(report("routine"), 503);
  // What needs no account has no bucket: a probe must not lose to a flood.
  for (int i = 0; i < 20; ++i) EXPECT_EQ(world.get("/livez").status, 200);
}

TEST_F(Throttled, TheServerLearnsWhoIsKnown) {
  EXPECT_TRUE(world.get("/v1/cases", token).known_caller);
  EXPECT_FALSE(world.get("/v1/cases", std::string(64, '1')).known_caller);
  EXPECT_FALSE(world.get("/livez").known_caller);
  for (int i = 0; i < 5; ++i) report("routine");
  EXPECT_TRUE(last.known_caller);
}
}  // namespace
}  // namespace nrm::gateway::test
