// Row 27: line ends, terminal escapes, format strings and names of people in every field that a
// client fills, of every request that there is; then every line that any process wrote is read. No
// planted string is in it, each line is one object, and each has only members that are named here.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "common/base/json.hpp"
#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

// What a line may have; a new member is added here after somebody has thought about it.
const std::set<std::string, std::less<>> allowed_members = {
    "enforced", "time",    "level",     "process",
    "event",    "code",    "why",       "records",
    "log",      "next",    "error",     "doing",
    "status",   "format",  "port",      "batches",
    "synced",   "family",  "puts",      "erased",
    "signal",   "exit",    "key_bytes", "value_bytes",
    "reads",    "file",    "bytes",     "job",
    "reason",   "message", "seconds",   "starts_again_in_ms"};

// The planted string, alone and in the company of what logs and terminals obey.
constexpr const char* canary = "CANARY7c1f";
std::vector<std::string> poisons() {
  const std::string name = canary;
  return {name,
          name + "\r\n{\"time\":\"x\",\"event\":\"FORGED\"}",
          name + "\n\nFORGED",
          name + "\x1b[2J\x1b[31mFORGED",
          name +
              "\xc2\x9b"
              "31mFORGED",
          name + "%s%s%n%p{}{0}{:>99999}${jndi:ldap://x}",
          name +
              "\xe2\x80\xae"
              "FORGED",
          name + std::string("\0FORGED", 7),
          name + "\",\"event\":\"FORGED\",\"x\":\""};
}

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    char code[4];
    std::snprintf(code, sizeof code, "%%%02x", static_cast<unsigned char>(c));
    out += code;
  }
  return out;
}

// Visible ASCII of it: what can be sent in a field.
std::string as_field(const std::string& text) {
  std::string out;
  for (const char c : text) out += c > ' ' && c < 127 ? c : '~';
  return out;
}

class Threat27_Logs : public ::testing::Test {
 protected:
  void SetUp() override {
    crypto::start();
    at_.up();
    responder_ = responder_token(at_);
    operator_ = at_.token("operator");
    authority_ = at_.token("competent-authority");
    provider_ = at_.token("case-manager");
    example_ = at_.nrm({"report", "--example"}).out;
    client_ = http::connect({.port = static_cast<std::uint16_t>(at_.port()),
                             .authority_file = at_.dir() + "/tls/ca.pem",
                             .connections = 4})
                  .value();
  }
  // The status; 0 when it could not be sent.
  int call(std::string method, std::string target, const std::string& token, std::string body = {},
           http::Headers more = {}) {
    http::Call call{.method = std::move(method),
                    .target = std::move(target),
                    .headers = std::move(more),
                    .body = std::move(body)};
    call.headers.emplace_back("Authorization", "Bearer " + token);
    if (call.method == "POST") {
      bool has_key = false;
      for (const auto& [name, value] : call.headers) has_key |= name == "Idempotency-Key";
      if (!has_key) call.headers.emplace_back("Idempotency-Key", "k-" + std::to_string(++keys_));
    }
    const auto answer = client_->call(call);
    ++calls_;
    refused_ += answer && answer->status / 100 == 4;
    return answer ? answer->status : 0;
  }
  void poison_heads(const std::string& poison) {
    const std::string encoded = percent_encoded(poison), field = as_field(poison);
    for (const char* prefix :
         {"/", "/v1/", "/v1/cases/", "/v1/queues/", "/v1/inbox?status=", "/v1/cases?reference=",
          "/v1/cases?cursor=", "/v1/cases?limit=", "/v1/organisations?name=", "/v1/cases?"})
      for (const std::string& token : {authority_, operator_, field})
        call("GET", prefix + encoded, token);
    for (const char* name : {"If-Match", "If-None-Match", "Last-Event-ID", "Prefer", "Accept",
                             "User-Agent", "X-Request-Id", "X-Forwarded-For", "Referer", "Cookie",
                             "Content-Type", "Idempotency-Key"})
      call("POST", "/v1/reports", responder_, example_, {{name, field}});
    call(field, "/v1/cases", authority_);
    call("GET", "/v1/cases", authority_, {}, {{field, "x"}});
  }
  void poison_bodies(const std::string& poison) {
    std::string text;
    json::append_string(text, poison);
    // In place of every text of a whole report: members and values, one after the other.
    for (std::size_t at = example_.find('"'); at != std::string::npos;) {
      const auto end = example_.find('"', at + 1);
      std::string body = example_;
      call("POST", "/v1/reports", responder_, body.replace(at, end - at + 1, text));
      at = example_.find('"', end + 1);
    }
    call("POST", "/v1/reports", responder_, poison);
    call("POST", "/v1/reports", responder_, "{" + text + ":" + text + "}");
    const std::string kind = ",\"kind\":\"police\"}";
    call("POST", "/v1/organisations", operator_, "{\"name\":" + text + kind);
    call("POST", "/v1/accounts", operator_,
         "{\"organisation\":" + text + ",\"role\":" + text + "}");
    call("POST", "/v1/providers", provider_, "{\"service\":" + text + ",\"places\":" + text + "}");
    call("POST", "/v1/sandbox/clock", operator_, "{\"advance\":" + text + "}");
    for (const char* path : {"openings", "consents", "plan", "reviews", "referrals",
                             "closure-request", "first-stage-decision"})
      call("POST", std::string("/v1/cases/00000000-0000-4000-8000-000000000000/") + path,
           authority_, "{" + text + ":" + text + ",\"purpose\":" + text + "}");
  }
  void poison_sockets(const std::string& poison) {
    for (const char* service : {"vault", "identification", "referral", "assistance", "closure"}) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      (at_.dir() + "/run/" + service + ".sock").copy(address.sun_path, sizeof address.sun_path - 1);
      const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
      (void)::send(socket, poison.data(), poison.size(), MSG_NOSIGNAL);
      ::close(socket);
    }
  }
  static void expect_clean(const std::string& file, const std::string& line) {
    EXPECT_EQ(line.find("CANARY"), std::string::npos) << file << ": " << line;
    EXPECT_EQ(line.find("FORGED"), std::string::npos) << file << ": " << line;
    for (const char c : line)
      EXPECT_TRUE(c >= ' ' && c < 127) << file << ": " << static_cast<int>(c) << ": " << line;
  }
  // The number of lines.
  static int check_log(const std::string& file) {
    std::ifstream in(file);
    json::Document document;
    int lines = 0;
    for (std::string line; std::getline(in, line); ++lines) {
      expect_clean(file, line);
      EXPECT_TRUE(document.parse_strict(line)) << file << ": not one object: " << line;
      if (!document.root()) continue;
      for (const char* member : {"time", "level", "process", "event"})
        EXPECT_TRUE(document.root().find(member)) << file << ": " << line;
      for (const json::Node& node : document.nodes())
        EXPECT_TRUE(node.key.empty() || allowed_members.contains(node.key))
            << file << ": " << node.key;
    }
    return lines;
  }

  Installation at_;
  std::string responder_, operator_, authority_, provider_, example_;
  std::unique_ptr<http::Client> client_;
  int keys_ = 0, calls_ = 0, refused_ = 0;
};

TEST_F(Threat27_Logs, NothingThatAClientSendsIsInAnyLine) {
  // What is valid is taken, so that it goes all the way through the services.
  std::string named = example_;
  const auto name = named.find("\"name\"");
  ASSERT_NE(name, std::string::npos);
  const auto value = named.find('"', named.find(':', name)), end = named.find('"', value + 1);
  named.replace(value, end - value + 1, std::string("\"") + canary + " Person\"");
  EXPECT_EQ(call("POST", "/v1/reports", responder_, named), 201);
  EXPECT_EQ(call("POST", "/v1/organisations", operator_,
                 std::string("{\"name\":\"") + canary + " {} %s\",\"kind\":\"police\"}"),
            201);
  for (const std::string& poison : poisons()) {
    poison_heads(poison);
    poison_bodies(poison);
    poison_sockets(poison);
  }
  const auto metrics =
      client_->call({.target = "/metrics", .headers = {{"Authorization", "Bearer " + operator_}}});
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->status, 200);
  EXPECT_EQ(metrics->body.find("CANARY"), std::string::npos);
  EXPECT_EQ(metrics->body.find("FORGED"), std::string::npos);
  // Processes that start and stop write most of the lines that there are.
  for (const char* service : {"vault", "identification", "gateway"})
    EXPECT_TRUE(at_.kill_service(service));
  Reporter reporter(at_);
  EXPECT_TRUE(reporter.report(responder_, "after")) << reporter.last();
  EXPECT_EQ(at_.down(), 0);

  int lines = 0, files = 0;
  for (const auto& entry : fs::directory_iterator(at_.dir() + "/logs")) {
    lines += check_log(entry.path().string());
    ++files;
  }
  EXPECT_GT(refused_, 500) << "most of it was read, and refused";
  EXPECT_GE(files, 7);
  EXPECT_GT(lines, 20);
  std::ifstream up(at_.dir() + "/up.log");  // what `nrm up` says: some text for people, some lines
  for (std::string line; std::getline(up, line);) {
    EXPECT_EQ(line.find("CANARY"), std::string::npos) << line;
    EXPECT_EQ(line.find("FORGED"), std::string::npos) << line;
  }
  // RocksDB would write a diary of its own beside the data, if it were let.
  int diaries = 0;
  for (const auto& entry : fs::recursive_directory_iterator(at_.dir() + "/store"))
    diaries += entry.path().filename().string().starts_with("LOG") && entry.file_size() > 0;
  EXPECT_EQ(diaries, 0) << "it has the keys of rows in it";
  std::printf("%d requests, %d refused; %d lines in %d logs: nothing planted\n", calls_, refused_,
              lines, files);
}
}  // namespace
}  // namespace nrm::test
