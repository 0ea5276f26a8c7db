// Row 17: request smuggling and header attacks on the HTTPS port. Every request of the corpus
// (tests/data/http/attacks.txt) is sent over TLS, without TLS to the same port, behind a good
// request, and given to the framing alone; after each the server serves, and nothing of it ever
// reached a handler.
#include <gtest/gtest.h>

#include <atomic>

#include "common/http/framing.hpp"
#include "tests/unit/http/attacks.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
class Threat17_Edge : public testing::Test {
 protected:
  void serve_with(const ServerOptions& options) {
    server_ = started(options, [this](Request request, const Reply& reply) {
      ++handled_;
      if (request.path.find("smuggled") != std::string::npos) ++smuggled_;
      echo(std::move(request), reply);
    });
  }
  RawPeer peer() const { return RawPeer(server_->port(), authority()); }
  void expect_that_an_honest_client_is_served() {
    const int before = handled_;
    RawPeer honest = peer();
    ASSERT_TRUE(honest.connected());
    honest.send(get("/v1/x"));
    EXPECT_EQ(status_of(honest.read_response()), 200);
    EXPECT_EQ(handled_, before + 1);
  }

  std::unique_ptr<Server> server_;
  std::atomic<int> handled_ = 0, smuggled_ = 0;
};

TEST_F(Threat17_Edge, TheCorpusIsLargeAndNamesItsSources) {
  EXPECT_GE(attacks().size(), 150u);
  for (const auto& attack : attacks()) {
    EXPECT_FALSE(attack.source.empty()) << attack.name;
    EXPECT_FALSE(attack.why.empty()) << attack.name;
    EXPECT_GE(attack.status, 400) << attack.name;
  }
}

TEST_F(Threat17_Edge, EveryAttackOverTlsIsRefusedOnceAndReachesNoHandler) {
  serve_with(options_of(Wiring::tls));
  for (const auto& attack : attacks()) {
    SCOPED_TRACE(attack.name + ": " + attack.why);
    const int before = handled_;
    RawPeer attacker = peer();
    ASSERT_TRUE(attacker.connected());
    attacker.send(attack.bytes);
    const std::string said = attacker.read_all();  // up to the end of the connection
    EXPECT_EQ(status_of(said), attack.status);
    EXPECT_EQ(said.find("HTTP/1.1 ", 1), std::string::npos) << "one refusal, not two answers";
    EXPECT_EQ(handled_, before);
    expect_that_an_honest_client_is_served();
  }
  EXPECT_EQ(smuggled_, 0);
}

// Who speaks HTTP to the TLS port learns at most that it is one: an alert (RFC 8446, 6), no text.
TEST_F(Threat17_Edge, EveryAttackWithoutTlsGetsNoAnswerThatHelps) {
  auto options = options_of(Wiring::tls);
  options.handshake_deadline = 300ms;  // for those bytes that TLS would wait for more of
  serve_with(options);
  for (const auto& attack : attacks()) {
    SCOPED_TRACE(attack.name);
    RawPeer attacker(server_->port());
    attacker.send(attack.bytes);
    const std::string said = attacker.read_all();
    EXPECT_EQ(said.find("HTTP"), std::string::npos);
    EXPECT_LE(said.size(), 7u);
    EXPECT_TRUE(said.empty() || said.front() == '\x15') << "an alert, at most";
  }
  EXPECT_EQ(handled_, 0);
  expect_that_an_honest_client_is_served();
}

TEST_F(Threat17_Edge, BehindAGoodRequestNothingOfItReachesAHandlerEither) {
  serve_with(options_of(Wiring::tls));
  for (const auto& attack : attacks()) {
    SCOPED_TRACE(attack.name);
    const int before = handled_;
    RawPeer attacker = peer();
    attacker.send(post("Content-Length: 3\r\n", "abc") + attack.bytes + get("/smuggled-too"));
    EXPECT_EQ(status_of(attacker.read_response()), 200);
    attacker.read_all();
    EXPECT_EQ(handled_, before + 1) << "the good one alone";
  }
  EXPECT_EQ(smuggled_, 0);
  expect_that_an_honest_client_is_served();
}

// However the network cuts the bytes, the first verdict is a refusal: of the head, of its target,
// or of whom it asks for. No prefix is ever taken for a request.
TEST_F(Threat17_Edge, TheFramingAloneRefusesThemHoweverTheyAreCut) {
  constexpr std::size_t body_bytes_max = 48 * 1024;
  for (const auto& attack : attacks()) {
    SCOPED_TRACE(attack.name);
    const std::string_view bytes = attack.bytes;
    int status = 0;
    for (std::size_t end = 1; end <= bytes.size() && status == 0; ++end) {
      const auto framing = check_head(bytes.substr(0, end), body_bytes_max);
      if (!framing) {
        status = row_of(framing.error().code).status;
      } else if (framing->head_bytes > 0) {
        const auto start = bytes.find(' ') + 1;
        const auto target = decode_target(bytes.substr(start, bytes.find(' ', start) - start));
        status = target ? row_of(Code::misdirected).status : row_of(target.error().code).status;
        const auto host = bytes.find("Host: ") + 6;
        EXPECT_FALSE(target &&
                     asks_for_one_of(bytes.substr(host, bytes.find('\r', host) - host), {"a"}));
      }
    }
    EXPECT_EQ(status, attack.status);
  }
}

TEST_F(Threat17_Edge, NoAnswerTellsWhatWeAreAndEachKeepsBrowsersOut) {
  serve_with(options_of(Wiring::tls));
  std::vector<std::string> answers;
  for (const auto& attack : attacks()) {
    RawPeer attacker = peer();
    attacker.send(attack.bytes);
    answers.push_back(attacker.read_all());
  }
  RawPeer honest = peer();
  honest.send(get("/v1/x"));
  answers.push_back(honest.read_response());
  for (const std::string& said : answers) {
    for (const char* inside : {"Server:", "X-Powered-By", "Beast", "beast", "boost", "Boost",
                               "OpenSSL", ".cpp", "/work", "exception", "std::", "0x"})
      EXPECT_EQ(said.find(inside), std::string::npos) << inside << '\n' << said;
    for (const char* field :
         {"Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n",
          "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
          "Strict-Transport-Security: max-age=63072000\r\n", "Referrer-Policy: no-referrer\r\n"})
      EXPECT_NE(said.find(field), std::string::npos) << field << '\n' << said;
  }
}

TEST_F(Threat17_Edge, WhatOnlyLooksBadIsAnsweredOnceAsWhatItSays) {
  serve_with(options_of(Wiring::tls));
  for (const auto& each : harmless()) {
    SCOPED_TRACE(each.name);
    const int before = handled_;
    RawPeer client = peer();
    client.send(each.bytes);
    const std::string said = client.read_response();
    EXPECT_EQ(status_of(said), 200);
    EXPECT_NE(said.find("\r\n\r\nGET /v1/"), std::string::npos) << "the method and path it named";
    EXPECT_EQ(said.find("Content-Encoding"), std::string::npos);
    EXPECT_EQ(handled_, before + 1);
  }
}
}  // namespace
}  // namespace nrm::http::test
