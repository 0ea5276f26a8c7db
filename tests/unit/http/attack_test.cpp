// The corpus against a real server: each attack gets its refusal, the connection ends, nothing of
// it reaches the handler, and the server still serves.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/http/attacks.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
class Attacked : public testing::TestWithParam<Wiring> {};

TEST_P(Attacked, RefusesClosesAndGoesOn) {
  std::atomic<int> handled = 0;
  const auto server = started(options_of(GetParam()), [&](Request request, const Reply& reply) {
    ++handled;
    echo(std::move(request), reply);
  });
  ASSERT_GE(attacks().size(), 60u);
  for (const auto& attack : attacks()) {
    SCOPED_TRACE(attack.name);
    handled = 0;
    RawPeer peer = peer_of(*server, GetParam());
    ASSERT_TRUE(peer.connected());
    peer.send(attack.bytes);
    const std::string said = peer.read_all();
    EXPECT_EQ(status_of(said), attack.status);
    EXPECT_NE(said.find("Connection: close\r\n"), std::string::npos);
    EXPECT_NE(said.find("application/problem+json"), std::string::npos);
    EXPECT_EQ(said.find("HTTP/1.1 ", 1), std::string::npos) << "one refusal, not two answers";
    EXPECT_EQ(handled, 0);

    RawPeer honest = peer_of(*server, GetParam());
    honest.send(get("/v1/x"));
    EXPECT_EQ(status_of(honest.read_response()), 200);
    EXPECT_EQ(handled, 1);
  }
}

// The same in the middle of a connection that has been good so far.
TEST_P(Attacked, RefusesAfterAGoodRequest) {
  const auto server = started(options_of(GetParam()), echo);
  for (const auto& attack : attacks()) {
    SCOPED_TRACE(attack.name);
    RawPeer peer = peer_of(*server, GetParam());
    peer.send(post("Content-Length: 3\r\n", "abc") + attack.bytes);
    EXPECT_EQ(status_of(peer.read_response()), 200);
    EXPECT_EQ(status_of(peer.read_all()), attack.status);
  }
}

TEST_P(Attacked, AnswersWhatOnlyLooksBadOnceAsWhatItSays) {
  const auto server = started(options_of(GetParam()), echo);
  for (const auto& each : harmless()) {
    SCOPED_TRACE(each.name);
    RawPeer peer = peer_of(*server, GetParam());
    peer.send(each.bytes);
    const std::string said = peer.read_response();
    EXPECT_EQ(status_of(said), 200);
    EXPECT_NE(said.find("GET /v1/"), std::string::npos);
    peer.send(get("/v1/next"));
    EXPECT_TRUE(peer.read_response().ends_with("GET /v1/next ")) << "the stream is in step";
  }
}

INSTANTIATE_TEST_SUITE_P(Http, Attacked, testing::Values(Wiring::plain, Wiring::tls),
                         [](const auto& each) { return name_of(each.param); });
}  // namespace
}  // namespace nrm::http::test
