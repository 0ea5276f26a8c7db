#include "common/http/framing.hpp"

#include <gtest/gtest.h>

#include "common/base/limits.hpp"
#include "tests/unit/http/attacks.hpp"

namespace nrm::http::test {
namespace {
constexpr std::size_t body_max = 1024 * 1024;

TEST(Framing, TakesAnOrdinaryRequest) {
  const std::string head =
      "POST /v1/reports?dry=1 HTTP/1.1\r\nHost: localhost:8443\r\nContent-Length: 3\r\n"
      "Content-Type: application/json\r\nIdempotency-Key: k\r\nX-Any: a\tb \r\n\r\n";
  const auto framing = check_head(head + "abc", body_max);
  ASSERT_TRUE(framing);
  EXPECT_EQ(framing->head_bytes, head.size());
  EXPECT_EQ(framing->body_bytes, 3u);
  EXPECT_FALSE(framing->close);
}

TEST(Framing, EveryAllowedMethodPasses) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"})
    EXPECT_TRUE(check_head(std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n", body_max))
        << method;
}

// However the bytes are cut, a prefix is incomplete and never taken for a request.
TEST(Framing, EveryPrefixIsIncomplete) {
  const std::string head = post("Content-Length: 3\r\nConnection: close\r\n");
  for (std::size_t length = 0; length < head.size(); ++length) {
    const auto framing = check_head(std::string_view(head).substr(0, length), body_max);
    ASSERT_TRUE(framing) << length;
    EXPECT_EQ(framing->head_bytes, 0u) << length;
  }
}

TEST(Framing, WhatFollowsTheHeadIsNotLookedAt) {
  const std::string head = get("/");
  const auto framing = check_head(head + std::string("\0\n\r\xff", 4), body_max);
  ASSERT_TRUE(framing);
  EXPECT_EQ(framing->head_bytes, head.size());
}

TEST(Framing, ConnectionCloseIsFoundInLists) {
  for (const char* value : {"close", "Close", "keep-alive, close", "x,close ,y"})
    EXPECT_TRUE(check_head(post(std::string("Connection: ") + value + "\r\n"), body_max)->close)
        << value;
  for (const char* value : {"keep-alive", "closed", "Upgrade", ""})
    EXPECT_FALSE(check_head(post(std::string("Connection: ") + value + "\r\n"), body_max)->close)
        << value;
}

TEST(Framing, LimitsAreExact) {
  const auto length = [](std::size_t n) {
    return post("Content-Length: " + std::to_string(n) + "\r\n");
  };
  EXPECT_TRUE(check_head(length(100), 100));
  EXPECT_EQ(check_head(length(101), 100).error().code, Code::too_large);
  EXPECT_TRUE(check_head(get("/" + std::string(limits::http_target_bytes_max - 1, 'a')), 0));
  EXPECT_FALSE(check_head(get("/" + std::string(limits::http_target_bytes_max, 'a')), 0));
  EXPECT_TRUE(check_head(post(repeat("X: y\r\n", limits::http_fields_max - 1)), 0));
  EXPECT_FALSE(check_head(post(repeat("X: y\r\n", limits::http_fields_max)), 0));
  const std::size_t others = std::string("Host: a\r\nX: \r\n").size();
  const auto fields = [&](std::size_t n) {
    return post("X: " + std::string(n - others, 'y') + "\r\n");
  };
  EXPECT_TRUE(check_head(fields(limits::http_fields_bytes_max), 0));
  EXPECT_EQ(check_head(fields(limits::http_fields_bytes_max + 1), 0).error().code,
            Code::headers_too_large);
}

TEST(Framing, EveryAttackIsRefused) {
  for (const auto& attack : attacks()) {
    const auto framing = check_head(attack.bytes, body_max);
    if (!framing) {
      EXPECT_EQ(row_of(framing.error().code).status, attack.status) << attack.name;
      continue;
    }
    // What passes the head check must fail with its target, or with whom it asks for.
    const auto start = attack.bytes.find(' ') + 1;
    const auto target = decode_target(
        std::string_view(attack.bytes).substr(start, attack.bytes.find(' ', start) - start));
    if (target) {
      const auto host = attack.bytes.find("Host: ") + 6;
      EXPECT_FALSE(
          asks_for_one_of(attack.bytes.substr(host, attack.bytes.find('\r', host) - host), {"a"}))
          << attack.name;
      EXPECT_EQ(attack.status, row_of(Code::misdirected).status) << attack.name;
      continue;
    }
    EXPECT_EQ(row_of(target.error().code).status, attack.status) << attack.name;
  }
}

TEST(Framing, WhatOnlyLooksBadPasses) {
  for (const auto& each : harmless()) EXPECT_TRUE(check_head(each.bytes, body_max)) << each.name;
}

TEST(Host, IsOneOfOursWithOrWithoutAPort) {
  const std::vector<std::string> names = {"nrm.example", "[::1]", "127.0.0.1"};
  for (const char* field : {"nrm.example", "NRM.Example", "nrm.example:443", "[::1]", "[::1]:9443",
                            "127.0.0.1", "127.0.0.1:1", "127.0.0.1:65535"})
    EXPECT_TRUE(asks_for_one_of(field, names)) << field;
  for (const char* field :
       {"", ":443", "example", "nrm.example.", "nrm.example:", "nrm.example:0", "nrm.example:65536",
        "nrm.example:+1", "nrm.example:1:2", "[::1]x", "[::1", "::1", "[::1]:", "127.0.0.1.evil"})
    EXPECT_FALSE(asks_for_one_of(field, names)) << field;
}

TEST(Target, IsDecodedOnce) {
  const auto target = decode_target("/v1/caf%C3%A9/%252e%252e/a+b?q=a+b%2Bc&empty=&flag&&x=%3D=");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/caf\xc3\xa9/%2e%2e/a+b");
  const std::vector<std::pair<std::string, std::string>> query = {
      {"q", "a b+c"}, {"empty", ""}, {"flag", ""}, {"x", "=="}};
  EXPECT_EQ(target->query, query);
}

TEST(Target, KeepsASlashAtTheEnd) {
  EXPECT_EQ(decode_target("/")->path, "/");
  EXPECT_EQ(decode_target("/console/")->path, "/console/");
  EXPECT_EQ(decode_target("/?a=b")->path, "/");
  EXPECT_EQ(decode_target("/v1/x?")->query.size(), 0u);
  EXPECT_EQ(decode_target("/v1/...")->path, "/v1/...");
}

TEST(Target, RefusesWhatIsNotOriginForm) {
  for (const char* target : {"", "*", "http://a/", "v1", "?a=b"})
    EXPECT_FALSE(decode_target(target));
}

TEST(Names, AreComparedWithoutCase) {
  EXPECT_TRUE(same_name("Content-Length", "cONTENT-lENGTH"));
  EXPECT_FALSE(same_name("Content-Length", "Content_Length"));
  EXPECT_FALSE(same_name("a", "ab"));
  EXPECT_FALSE(same_name("@", "`"));  // 32 apart, like letters
}
}  // namespace
}  // namespace nrm::http::test
