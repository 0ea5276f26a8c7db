// Who comes in when places run out: the rule alone, and the server that follows it.
#include "common/http/places.hpp"

#include <gtest/gtest.h>

#include "tests/unit/http/attacks.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
using Time = std::chrono::steady_clock::time_point;

PeerAddress v4(std::uint8_t last) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, last};
}
Seat waiting(std::uint64_t id, std::uint8_t from, int since, bool known = false) {
  return {id, v4(from), known, true, Time(std::chrono::seconds(since))};
}
Seat served(std::uint64_t id, std::uint8_t from) { return {id, v4(from), true, false, Time()}; }

TEST(Places, WhileThereAreSomeNobodyGivesWay) {
  const Seat seats[] = {waiting(1, 1, 10), waiting(2, 1, 20)};
  const Verdict verdict = judge(seats, v4(1), 3, 3);
  EXPECT_TRUE(verdict.enters);
  EXPECT_FALSE(verdict.gives_way);
}

TEST(Places, TheStrangerWhoWaitedLongestGivesWay) {
  const Seat seats[] = {waiting(1, 1, 10, true), waiting(2, 2, 30), waiting(3, 3, 20),
                        served(4, 4)};
  const Verdict verdict = judge(seats, v4(9), 4, 2);
  EXPECT_TRUE(verdict.enters);
  EXPECT_EQ(verdict.gives_way, 3u);
}

TEST(Places, WhoIsKnownGivesWayOnlyAfterAllStrangers) {
  const Seat seats[] = {waiting(1, 1, 20, true), waiting(2, 2, 10, true), served(3, 3)};
  EXPECT_EQ(judge(seats, v4(9), 3, 2).gives_way, 2u);
}

TEST(Places, WhoIsServedNeverGivesWay) {
  const Seat seats[] = {served(1, 1), served(2, 2)};
  EXPECT_FALSE(judge(seats, v4(9), 2, 2).enters);
  EXPECT_FALSE(most_dispensable(seats));
}

TEST(Places, AFullAddressCostsOnlyItself) {
  const Seat seats[] = {waiting(1, 1, 1), waiting(2, 2, 30), waiting(3, 2, 20)};
  EXPECT_EQ(judge(seats, v4(2), 100, 2).gives_way, 3u);
  const Seat busy[] = {waiting(1, 1, 1), served(2, 2), served(3, 2)};
  EXPECT_FALSE(judge(busy, v4(2), 100, 2).enters);
  EXPECT_TRUE(judge(busy, v4(3), 100, 2).enters);
}

TEST(Places, OfAnIpv6AddressTheFirstHalfCounts) {
  const PeerAddress one = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8};
  PeerAddress other = one;
  other[15] = 9;
  EXPECT_EQ(shared_part(one), shared_part(other));
  other[7] = 8;
  EXPECT_NE(shared_part(one), shared_part(other));
  EXPECT_NE(shared_part(v4(1)), shared_part(v4(2)));
}

class Crowded : public testing::Test {
 protected:
  ServerOptions options = options_of(Wiring::plain);
  std::unique_ptr<RawPeer> peer(const Server& server, const std::string& from = "127.0.0.1") {
    return std::make_unique<RawPeer>(server.port(), "", false, from);
  }
  static void expect_answer(RawPeer& peer) {
    peer.send(get("/"));
    EXPECT_EQ(status_of(peer.read_response()), 200);
  }
  // Says that the caller is known when the request has a token.
  static void recognise(const Request& request, const Reply& reply) {
    reply({.body = "x", .known_caller = !request.header("authorization").empty()});
  }
};

TEST_F(Crowded, ANewcomerTakesThePlaceOfASilentStranger) {
  options.connections_max = 3;
  const auto server = started(options, recognise);
  const auto known = peer(*server);
  known->send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n");
  EXPECT_EQ(status_of(known->read_response()), 200);
  std::vector<std::unique_ptr<RawPeer>> silent;
  for (int i = 0; i < 5; ++i) {
    silent.push_back(peer(*server));
    silent.back()->send("GET / HTTP/1.1\r\nHost:");
  }
  const auto newcomer = peer(*server);
  expect_answer(*newcomer);
  EXPECT_EQ(silent.front()->read_all(), "") << "the one that waited longest was cut";
  expect_answer(*known);  // on its old connection
}

TEST_F(Crowded, OneAddressCannotTakeAllPlaces) {
  options.connections_max = 100;
  options.connections_per_address_max = 2;
  Told<Reply> kept;
  const auto server = started(options, [&](const Request& request, Reply reply) {
    if (request.path == "/kept") return kept.say(std::move(reply));
    reply({.body = "x"});
  });
  const auto first = peer(*server, "127.0.0.2"), second = peer(*server, "127.0.0.2");
  first->send(get("/kept"));
  second->send(get("/kept"));
  const auto replies = kept.wait_for(2);
  EXPECT_EQ(peer(*server, "127.0.0.2")->read_all(), "");
  expect_answer(*peer(*server, "127.0.0.3"));
  for (const Reply& reply : replies) reply({.body = "x"});
  EXPECT_EQ(status_of(first->read_response()), 200);
}

TEST_F(Crowded, ASmallBodyHasNotTheTimeOfALargeOne) {
  options.header_deadline = 50ms;
  options.body_deadline = 60s;
  options.body_bytes_per_second_min = 1'000;
  const auto server = started(options, recognise);
  const auto slow = peer(*server);
  const auto began = std::chrono::steady_clock::now();
  slow->send(post("Content-Length: 100\r\n", "x"));
  EXPECT_EQ(status_of(slow->read_all()), 408);
  EXPECT_LT(std::chrono::steady_clock::now() - began, generous);
}

// The last descriptor is spent on hearing who is there; a silent stranger pays for it.
TEST_F(Crowded, WithoutDescriptorsASilentStrangerGivesWay) {
  const auto server = started(options, recognise);
  const auto silent = peer(*server);
  silent->send("GET / HT");
  expect_answer(*peer(*server));  // so the silent one has been accepted
  OneDescriptorLeft shortage;
  const auto newcomer = peer(*server);  // takes the last one
  ASSERT_TRUE(newcomer->connected());
  newcomer->send(get("/"));
  const std::string said = newcomer->read_response();
  shortage.end();
  EXPECT_EQ(status_of(said), 200);
  EXPECT_EQ(silent->read_all(), "");
}
}  // namespace
}  // namespace nrm::http::test
