// Row 20: documents made to break a parser, through POST /v1/reports of a real gateway and through
// the parser alone. Each is refused with its reason; the gateway lives, grows by less than 64 MiB,
// and takes a good report afterwards.
#include <gtest/gtest.h>

#include <unistd.h>
#include <cstdio>
#include <fstream>

#include "common/base/json.hpp"
#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

struct Hostile {
  const char* name;
  std::string body;
  int status;
};

std::vector<Hostile> hostile() {
  std::string members, wide = "{\"a\":[";
  for (int i = 0; i < 300; ++i) members += "\"m" + std::to_string(i) + "\":1,";
  wide += repeat("0,", 9'000) + "0]}";
  const std::string nul(1, '\0');
  return {
      {"deep arrays", repeat("[", 40'000), 400},
      {"deep arrays that end", repeat("[", 20'000) + repeat("]", 20'000), 400},
      {"deep objects", repeat("{\"a\":", 8'000), 400},
      {"deep objects that end", repeat("{\"a\":", 7'000) + "1" + repeat("}", 7'000), 400},
      {"just too deep", repeat("[", 17) + repeat("]", 17), 400},
      {"a number of 40,000 digits", "{\"route\":" + repeat("9", 40'000) + "}", 422},
      {"a fraction of 40,000 digits", "{\"route\":0." + repeat("9", 40'000) + "}", 422},
      {"an exponent without end", "{\"route\":1e" + repeat("9", 40'000) + "}", 400},
      {"1e400", "{\"route\":1e400}", 422},
      {"-1e400", "{\"route\":-1e400}", 422},
      {"2^53", "{\"route\":9007199254740992}", 422},
      {"2^64", "{\"route\":18446744073709551616}", 422},
      {"a leading zero", "{\"route\":01}", 400},
      {"a plus sign", "{\"route\":+1}", 400},
      {"hexadecimal", "{\"route\":0x1}", 400},
      {"NaN", "{\"route\":NaN}", 400},
      {"Infinity", "{\"route\":-Infinity}", 400},
      {"a name twice", "{\"route\":\"formal\",\"route\":\"anonymous\"}", 422},
      {"a name twice, once escaped", "{\"route\":\"formal\",\"rout\\u0065\":\"formal\"}", 422},
      {"a name twice, deeper", "{\"facts\":{\"urgency\":\"urgent\",\"urgency\":\"routine\"}}", 422},
      {"a consent twice", "{\"consents\":[{\"given\":false,\"given\":true}]}", 422},
      {"too many members", "{" + members + "\"z\":1}", 413},
      {"too many values", wide, 413},
      {"a name of 300 bytes", "{\"" + repeat("n", 300) + "\":1}", 413},
      {"a text of 40,000 bytes", "{\"personal\":{\"name\":\"" + repeat("x", 40'000) + "\"}}", 422},
      {"escapes of 6 bytes each", "{\"personal\":{\"name\":\"" + repeat("\\u0041", 7'000) + "\"}}",
       422},
      {"not UTF-8", "{\"route\":\"\xff\xfe\"}", 400},
      {"an overlong slash", "{\"route\":\"\xc0\xaf\"}", 400},
      {"a UTF-8 surrogate", "{\"route\":\"\xed\xa0\x80\"}", 400},
      {"half a pair", "{\"route\":\"\\ud800\"}", 400},
      {"a byte order mark", "\xef\xbb\xbf{}", 400},
      {"UTF-16", std::string("\xff\xfe{\0}\0", 6), 400},
      {"a NUL inside", "{\"route\":\"a" + nul + "b\"}", 400},
      {"a NUL behind", "{}" + nul, 400},
      {"two documents", "{}{}", 400},
      {"two documents on lines", "{}\n{}", 400},
      {"a trailing comma", "{\"route\":\"formal\",}", 400},
      {"a comment", "{/* */}", 400},
      {"single quotes", "{'route':'formal'}", 400},
      {"a control character", "{\"route\":\"a\nb\"}", 400},
      {"only a quote", "\"", 400},
      {"blanks", repeat(" ", 40'000), 400},
      {"a prototype", "{\"__proto__\":{\"route\":\"formal\"}}", 422},
      {"not an object", "[]", 422},
  };
}

long memory_kib(int pid, const std::string& what) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(what)) return std::atol(line.c_str() + what.size() + 1);
  ADD_FAILURE() << "no process " << pid;
  return 0;
}

TEST(Threat20_Parser, HostileDocumentsAreRefusedByTheGatewayWhichStaysSmall) {
  crypto::start();
  Installation at;
  at.up();
  const std::string token = responder_token(at);
  Reporter reporter(at);
  ASSERT_TRUE(reporter.report(token, "before")) << reporter.last();
  const int pid = std::atoi(read_file(at.dir() + "/run/gateway.pid").value().c_str());
  const auto client = http::connect({.port = static_cast<std::uint16_t>(at.port()),
                                     .authority_file = at.dir() + "/tls/ca.pem",
                                     .connections = 1})
                          .value();
  const long before = memory_kib(pid, "VmRSS");
  int number = 0;
  for (int round = 0; round < 20; ++round)
    for (const Hostile& each : hostile()) {
      SCOPED_TRACE(each.name);
      const auto answer =
          client->call({.method = "POST",
                        .target = "/v1/reports",
                        .headers = {{"Authorization", "Bearer " + token},
                                    {"Content-Type", "application/json"},
                                    {"Idempotency-Key", "h-" + std::to_string(++number)}},
                        .body = each.body});
      ASSERT_TRUE(answer) << answer.error().detail;
      EXPECT_EQ(answer->status, each.status) << answer->body.substr(0, 300);
      EXPECT_LT(answer->body.size(), 4'096u) << "a refusal echoes no document";
    }
  // What is announced as too large is refused before it is read.
  const auto large = client->call({.method = "POST",
                                   .target = "/v1/reports",
                                   .headers = {{"Authorization", "Bearer " + token},
                                               {"Content-Type", "application/json"},
                                               {"Idempotency-Key", "large"}},
                                   .body = repeat("[", 64 * 1024)});
  ASSERT_TRUE(large);
  EXPECT_EQ(large->status, 413);
  const long grown = memory_kib(pid, "VmHWM") - before;
  std::printf("%d documents; the gateway grew by %ld KiB at its highest\n", number, grown);
  EXPECT_LT(grown, 64 * 1024);
  EXPECT_EQ(read_file(at.dir() + "/run/gateway.pid").value(), std::to_string(pid) + "\n");
  EXPECT_TRUE(reporter.report(token, "after")) << reporter.last();
  EXPECT_EQ(at.down(), 0);
}

// Far beyond what the edge lets in: the parser alone does not rely on the edge.
TEST(Threat20_Parser, AMillionLevelsAreRefusedByTheParserAloneWithoutMemory) {
  constexpr std::size_t bytes_max = 64 * 1024 * 1024;
  const long before = memory_kib(::getpid(), "VmRSS");
  json::Document document;
  for (const std::string& text :
       {repeat("[", 1'000'000), repeat("{\"a\":", 1'000'000), repeat("9", 1'000'000),
        "[" + repeat("\"x\",", 1'000'000), "[\"" + repeat("x", 1'000'000),
        "{\"" + repeat("k", 1'000'000), "[1e" + repeat("9", 1'000'000) + "]"}) {
    const auto parsed = document.parse_strict(text, bytes_max);
    ASSERT_FALSE(parsed) << text.substr(0, 10);
    EXPECT_FALSE(parsed.error().detail.empty());
    EXPECT_FALSE(document.root());
  }
  EXPECT_LT(memory_kib(::getpid(), "VmHWM") - before, 64 * 1024);
}
}  // namespace
}  // namespace nrm::test
