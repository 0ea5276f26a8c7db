// Row 19: an account of a low class floods the real gateway with what it may do (reports that are
// not urgent, lists, openings, follows of streams), as fast as 64 connections can; the limits are
// those of production. Another account's urgent reports are all taken meanwhile, and quickly.
// NRM_FLOOD_SECONDS makes it longer; the threat table says ten minutes.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::unique_ptr<http::Client> client_of(const Installation& at, std::size_t connections) {
  return http::connect({.port = static_cast<std::uint16_t>(at.port()),
                        .authority_file = at.dir() + "/tls/ca.pem",
                        .connections = connections,
                        .deadline = 30s})
      .value();
}

// A sandbox with the limits that production has.
void limit_as_in_production(const Installation& at) {
  const std::string file = at.dir() + "/mechanism.json";
  const auto folder = Folder::open(at.dir());
  ASSERT_TRUE(folder) << folder.error().detail;
  Mechanism mechanism = folder->mechanism();
  const auto allowance = [](const limits::Rate& rate) {
    return Allowance{rate.burst, rate.per_minute};
  };
  mechanism.edge = EdgeSettings{.host_names = {},
                                .connections_per_address = static_cast<std::uint32_t>(
                                    limits::http_connections_per_address_max),
                                .urgent_reports = allowance(limits::urgent_reports_rate),
                                .acts = allowance(limits::acts_rate),
                                .openings = allowance(limits::openings_rate),
                                .reads = allowance(limits::reads_rate)};
  ASSERT_TRUE(write_file(file, to_json(mechanism) + '\n', 0600));
}

std::string with_urgency(std::string body, std::string_view urgency) {
  const std::string_view member = "\"urgency\":";
  const auto at = body.find('"', body.find(member) + member.size());
  const auto end = body.find('"', at + 1);
  return body.replace(at, end - at + 1, '"' + std::string(urgency) + '"');
}

// Keeps `under_way` calls going until it is told to stop; counts the answers by status.
class Flood {
 public:
  Flood(const Installation& at, std::vector<http::Call> calls, std::size_t connections)
      : calls_(std::move(calls)), client_(client_of(at, connections)) {
    for (std::size_t i = 0; i < 2 * connections; ++i) next();
  }
  ~Flood() { stop(); }
  std::map<int, int> stop() {
    stop_ = true;
    while (under_way_ > 0) std::this_thread::sleep_for(5ms);
    const std::lock_guard lock(mutex_);
    return answers_;
  }

 private:
  void next() {
    if (stop_) return;
    const std::uint64_t number = ++number_;
    http::Call call = calls_[number % calls_.size()];
    call.headers.emplace_back("Idempotency-Key", "flood-" + std::to_string(number));
    ++under_way_;
    client_->post(std::move(call), [this](const Result<http::Answer>& answer) {
      {
        const std::lock_guard lock(mutex_);
        ++answers_[answer ? answer->status : 0];
      }
      next();
      --under_way_;
    });
  }

  const std::vector<http::Call> calls_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> number_ = 0;
  std::atomic<int> under_way_ = 0;
  std::mutex mutex_;
  std::map<int, int> answers_;
  std::unique_ptr<http::Client> client_;  // last: its thread calls back
};

http::Call call_of(std::string method, std::string target, const std::string& token,
                   std::string body = {}) {
  return {.method = std::move(method),
          .target = std::move(target),
          .headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
          .body = std::move(body)};
}

class Threat19_Flood : public ::testing::Test {
 protected:
  void SetUp() override {
    crypto::start();
    limit_as_in_production(at_);
    at_.up();
    police_ = responder_token(at_);
    const Ran added =
        at_.nrm({"accounts", "add", "--organisation", "Other Constabulary", "--kind", "police",
                 "--role", "first_responder", "--as", "operator", "--json"});
    json::Document document;
    ASSERT_TRUE(document.parse_trusted(added.out)) << added.out << added.err;
    flooder_ = document.root().find("token").text();
    example_ = at_.nrm({"report", "--example"}).out;
  }
  static std::chrono::seconds length() {
    const char* said = std::getenv("NRM_FLOOD_SECONDS");
    return std::chrono::seconds(said != nullptr ? std::atoi(said) : 15);
  }
  std::string a_case_of_the_flooder() {
    http::Call call = call_of("POST", "/v1/reports", flooder_, with_urgency(example_, "routine"));
    call.headers.emplace_back("Idempotency-Key", "first");
    const auto answer = client_of(at_, 1)->call(call);
    EXPECT_TRUE(answer && answer->status == 201) << (answer ? answer->body : "none");
    const std::string location(answer->header("location"));
    return location.substr(location.rfind('/') + 1);
  }

  Installation at_;
  std::string police_, flooder_, example_;
};

TEST_F(Threat19_Flood, OfALowClassKeepsNoUrgentReportOutside) {
  const std::string id = a_case_of_the_flooder();
  Flood flood(at_,
              {call_of("POST", "/v1/reports", flooder_, with_urgency(example_, "routine")),
               call_of("GET", "/v1/cases?limit=200", flooder_),
               call_of("POST", "/v1/cases/" + id + "/openings", flooder_,
                       R"({"purpose":"support","classes":["identity"]})"),
               call_of("POST", "/v1/reports", flooder_, "{\"route\":"),
               call_of("GET", "/v1/cases/" + id + "/timeline", flooder_)},
              64);
  const auto client = client_of(at_, 1);
  std::vector<std::chrono::microseconds> times;
  const auto until = Steady::now() + length();
  int number = 0;
  while (Steady::now() < until) {
    http::Call call = call_of("POST", "/v1/reports", police_, with_urgency(example_, "emergency"));
    call.headers.emplace_back("Idempotency-Key", "urgent-" + std::to_string(++number));
    const auto answer = client->call(call);
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_EQ(answer->status, 201) << answer->body;
    times.push_back(answer->took);
    // Of the burst at first, then below 60 a minute, for as long as it is told to last.
    std::this_thread::sleep_for(times.size() < 60 ? 200ms : 1'200ms);
  }
  const auto answers = flood.stop();
  std::ranges::sort(times);
  std::printf("%zu urgent reports taken: p50 %.1f ms, p99 %.1f ms, slowest %.1f ms\n", times.size(),
              static_cast<double>(times[times.size() / 2].count()) / 1e3,
              static_cast<double>(times[times.size() * 99 / 100].count()) / 1e3,
              static_cast<double>(times.back().count()) / 1e3);
  for (const auto& [status, count] : answers) std::printf("flood: %d x %d\n", count, status);
  EXPECT_GT(answers.at(429), 100) << "it was a flood, and it was throttled";
  const auto seconds = static_cast<std::uint64_t>(length().count()) + 30;  // and the stop
  const auto allowed = [&](const limits::Rate& rate) {
    return rate.burst + rate.per_minute * seconds / 60 + 1;
  };
  std::uint64_t taken = 0;
  for (const auto& [status, count] : answers)
    if (status / 100 == 2) taken += static_cast<std::uint64_t>(count);
  EXPECT_LE(taken, allowed(limits::acts_rate) + allowed(limits::openings_rate) +
                       allowed(limits::reads_rate));
  EXPECT_EQ(answers.count(0), 0u) << "each call was answered";
  EXPECT_EQ(at_.down(), 0);
}

// The flooder itself can still report what is urgent.
TEST_F(Threat19_Flood, TheFloodersOwnUrgentReportsAreTakenToo) {
  const auto client = client_of(at_, 8);
  http::Call routine = call_of("POST", "/v1/reports", flooder_, with_urgency(example_, "routine"));
  int throttled = 0;
  for (std::uint32_t i = 0; i < 2 * limits::acts_rate.burst && throttled == 0; ++i) {
    http::Call one = routine;
    one.headers.emplace_back("Idempotency-Key", "routine-" + std::to_string(i));
    const auto answer = client->call(one);
    ASSERT_TRUE(answer);
    if (answer->status != 429) continue;
    ++throttled;
    EXPECT_GE(std::atoi(std::string(answer->header("retry-after")).c_str()), 1);
    EXPECT_NE(answer->body.find("too_many_requests"), std::string::npos);
  }
  EXPECT_EQ(throttled, 1);
  http::Call urgent = call_of("POST", "/v1/reports", flooder_, with_urgency(example_, "urgent"));
  urgent.headers.emplace_back("Idempotency-Key", "urgent");
  const auto answer = client->call(urgent);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201) << answer->body;
  EXPECT_EQ(at_.down(), 0);
}
}  // namespace
}  // namespace nrm::test
