#include "common/http/message.hpp"

#include <gtest/gtest.h>

namespace nrm::http::test {
namespace {
std::string written(const Response& response, Sending sending = {}) {
  std::string out;
  write_response(out, response, sending);
  return out;
}

TEST(Response, IsGolden) {
  EXPECT_EQ(written({.status = 201, .headers = {{"Location", "/v1/cases/1"}}, .body = "{}"}),
            "HTTP/1.1 201 Created\r\n"
            "Location: /v1/cases/1\r\n"
            "Cache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
            "Strict-Transport-Security: max-age=63072000\r\n"
            "Referrer-Policy: no-referrer\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n"
            "\r\n{}");
}

TEST(Response, ToHeadHasTheLengthAndNoBody) {
  const std::string text = written({.body = "12345"}, {.head_only = true, .close = true});
  EXPECT_NE(text.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("Connection: close\r\n\r\n"));
}

TEST(Response, WithoutContentHasNoLength) {
  const std::string text = written({.status = 204, .body = "lost"});
  EXPECT_EQ(text.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST(Response, AHandlerMayLoosenAStandingField) {
  const std::string text = written({.headers = {{"cache-control", "max-age=60"}}});
  EXPECT_NE(text.find("cache-control: max-age=60\r\n"), std::string::npos);
  EXPECT_EQ(text.find("no-store"), std::string::npos);
}

TEST(Response, CannotBeSplit) {
  for (const char* value : {"a\r\nX: y", "a\nb", "a\rb", "\xc3\xa9"}) {
    const std::string text = written({.headers = {{"Location", value}}});
    EXPECT_TRUE(text.starts_with("HTTP/1.1 500 ")) << value;
    EXPECT_EQ(text.find(value), std::string::npos);
  }
  EXPECT_TRUE(written({.content_type = "a\r\nX: y"}).starts_with("HTTP/1.1 500 "));
}

TEST(Response, AStreamLastsAsLongAsTheConnection) {
  Response response;
  response.stream = [] { return std::string(); };
  const std::string text = written(response);
  EXPECT_NE(text.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(text.find("X-Accel-Buffering: no\r\n"), std::string::npos);
  EXPECT_NE(text.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(text.find("Content-Length"), std::string::npos);
}

TEST(Request, IsReadWithLowerCaseNames) {
  const auto request = read_request(
      "POST /v1/x?limit=5 HTTP/1.1\r\nHost: a\r\nX-Any: B \r\nContent-Length: 2\r\n\r\n", "ab");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/v1/x");
  EXPECT_EQ(request->body, "ab");
  EXPECT_EQ(request->headers[1].first, "x-any");
  EXPECT_EQ(request->header("X-ANY"), "B");
  EXPECT_EQ(request->header("none"), "");
  EXPECT_EQ(request->parameter("limit"), "5");
  EXPECT_EQ(request->parameter("none"), "");
}

// Where the two parsers differ the request is refused, whichever of them is right.
TEST(Request, WithTwoReadingsIsRefused) {
  EXPECT_FALSE(read_request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", "a"));
  EXPECT_FALSE(read_request("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "a"));
  EXPECT_FALSE(read_request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", ""));
  EXPECT_FALSE(read_request("POST / HTTP/1.1\r\nHost: a\r\n", ""));
}

TEST(Call, IsGolden) {
  std::string out;
  const Call call{.method = "POST", .target = "/v1/x", .headers = {{"A", "b"}}, .body = "{}"};
  ASSERT_TRUE(write_call(out, call, "localhost:1"));
  EXPECT_EQ(out,
            "POST /v1/x HTTP/1.1\r\nHost: localhost:1\r\nA: b\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\n\r\n{}");
}

TEST(Call, CannotBeSplit) {
  std::string out;
  EXPECT_FALSE(write_call(out, {.target = "/a b"}, "h"));
  EXPECT_FALSE(write_call(out, {.target = "/a\r\n"}, "h"));
  EXPECT_FALSE(write_call(out, {.target = "a"}, "h"));
  EXPECT_FALSE(write_call(out, {.method = "GET /x", .target = "/"}, "h"));
  EXPECT_FALSE(write_call(out, {.target = "/", .headers = {{"A", "b\r\nC: d"}}}, "h"));
  EXPECT_FALSE(write_call(out, {.target = "/", .headers = {{"A:", "b"}}}, "h"));
}

TEST(Call, IsRepeatableWhenItIsIdempotentOrHasAKey) {
  EXPECT_TRUE(is_repeatable({.method = "GET"}));
  EXPECT_TRUE(is_repeatable({.method = "PUT"}));
  EXPECT_FALSE(is_repeatable({.method = "POST"}));
  EXPECT_TRUE(is_repeatable({.method = "POST", .headers = {{"Idempotency-Key", "k"}}}));
}
}  // namespace
}  // namespace nrm::http::test
