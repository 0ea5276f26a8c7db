// The auditors' feed of a real installation: people are reported while the gateway, the archive and
// the services are killed; readers are fast, slow, or go page by page. What each of them got is the
// logs, each record once, in its log's order, byte for byte.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "common/base/json.hpp"
#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "services/cli/logs.hpp"
#include "tests/e2e/following.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
using Events = std::vector<std::string>;  // as they came, without bookmarks

bool is_bookmark(std::string_view event) {
  return event.find(R"("type":"nrm.feed.bookmark.v1")") != event.npos;
}

std::unique_ptr<http::Client> client_of(const Installation& at) {
  return http::connect({.port = static_cast<std::uint16_t>(at.port()),
                        .authority_file = at.dir() + "/tls/ca.pem",
                        .connections = 1,
                        .deadline = std::chrono::seconds(20)})
      .value();
}

// Follows the stream on a connection of its own and dawdles over every event; resumes when the
// connection breaks, with Last-Event-ID as browsers do.
class SlowReader {
 public:
  SlowReader(const Installation& at, std::chrono::milliseconds each)
      : client_(client_of(at)),
        token_(at.token("auditor")),
        each_(each),
        thread_([this] { run(); }) {}
  ~SlowReader() {
    stop_ = true;
    thread_.join();
  }
  void hurry() { each_ = std::chrono::milliseconds(0); }
  std::size_t count() const { return count_; }
  Events stop() {
    stop_ = true;
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  void run() {
    std::string cursor = "0";
    while (!stop_) {
      http::Call call{.method = "GET",
                      .target = "/v1/logs/feed",
                      .headers = {{"Authorization", "Bearer " + token_}},
                      .body = {}};
      call.headers.emplace_back("Last-Event-ID", cursor);
      (void)client_->follow(call, [&](std::string_view id, std::string_view data) {
        cursor = id;
        if (!is_bookmark(data)) {
          const std::lock_guard lock(mutex_);
          events_.emplace_back(data);
          ++count_;
        }
        std::this_thread::sleep_for(each_.load());
        return !stop_;
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  const std::unique_ptr<http::Client> client_;
  const std::string token_;
  std::atomic<std::chrono::milliseconds> each_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  Events events_;
  std::thread thread_;
};

// Records by log, as an event names them; "" or what is wrong with the order.
struct Told {
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::string>>> logs;
  std::string fault;
};
Told told_of(const Events& events) {
  Told out;
  std::set<std::string> taken;
  json::Document document;
  for (const std::string& event : events) {
    if (!document.parse_strict(event)) {
      out.fault = "not an event: " + event;
      return out;
    }
    const json::Value root = document.root();
    const std::string log(root.find("source").text());
    const std::uint64_t seq = std::stoull(std::string(root.find("id").text()));
    const auto data = event.find(",\"data\":");
    auto& list = out.logs[log];
    if (!list.empty() && list.back().first >= seq)
      out.fault = log + " " + std::to_string(seq) + " after " + std::to_string(list.back().first);
    const json::Value input = root.find("data").find("input"), owner = input.find("log");
    if (owner && !taken.contains(std::string(owner.text()) + ' ' +
                                 std::to_string(input.find("seq").integer())))
      out.fault = log + " " + std::to_string(seq) + " came before its cause";
    taken.insert(log + ' ' + std::to_string(seq));
    list.emplace_back(seq, event.substr(data + 8, event.size() - data - 9));
  }
  return out;
}

std::uint64_t records_of(const Installation& at) {
  auto logs = cli::open_logs("", at.dir());
  std::uint64_t all = 0;
  for (const Service service : log_owners) all += (*logs)->head(service).value();
  return all;
}

void expect_logs(const Installation& at, const Told& told, const std::string& who) {
  EXPECT_EQ(told.fault, "") << who;
  auto logs = cli::open_logs("", at.dir());
  ASSERT_TRUE(logs);
  for (const Service service : log_owners) {
    std::vector<std::pair<std::uint64_t, std::string>> there;
    ASSERT_TRUE((*logs)->read(service, 0, [&](std::uint64_t seq, std::string_view bytes) {
      there.emplace_back(seq, bytes);
      return true;
    }));
    const auto got = told.logs.find(log_name(service));
    const std::size_t count = got == told.logs.end() ? 0 : got->second.size();
    EXPECT_EQ(count, there.size()) << who << ' ' << log_name(service);
    const bool same = count == 0 || got->second == there;
    EXPECT_TRUE(same) << who << ": other bytes";
  }
}

template <class Condition>
bool wait_for(const Condition& condition, int seconds) {
  for (int i = 0; i < seconds * 10; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

TEST(AuditorsFeed, IsTheLogsThroughKillsForFastAndSlowReaders) {
  crypto::start();
  Installation at;
  at.up();
  FollowingCommand fast(at, {"audit", "feed", "--follow"});
  SlowReader slow(at, std::chrono::milliseconds(40));
  std::atomic<bool> reported = false;
  std::thread reporting([&] {
    Reporter reporter(at);
    const std::string token = responder_token(at);
    for (int i = 0; i < 60; ++i)
      EXPECT_TRUE(reporter.report(token, "feed-" + std::to_string(i))) << reporter.last();
    reported = true;
  });
  for (const char* service : {"gateway", "audit", "identification", "gateway", "vault", "audit"}) {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    EXPECT_TRUE(wait_for([&] { return at.kill_service(service); }, 20)) << service;
  }
  reporting.join();
  at.wait_until_ready();
  // Nothing happens any more; a service that was killed may still be catching up.
  std::uint64_t all = 0;
  EXPECT_TRUE(wait_for(
      [&] {
        const std::uint64_t now = records_of(at);
        return std::exchange(all, now) == now && fast.events().size() == now;
      },
      60))
      << fast.events().size() << " of " << records_of(at);
  slow.hurry();
  EXPECT_TRUE(wait_for([&] { return slow.count() >= all; }, 60)) << slow.count() << " of " << all;
  EXPECT_EQ(fast.stop(), 0);
  EXPECT_TRUE(fast.says_where_to_go_on());
  const Ran paged = at.nrm({"audit", "feed"});
  EXPECT_EQ(paged.exit_code, 0) << paged.err;
  const Ran filtered = at.nrm(
      {"audit", "feed", "--service", "identification", "--type", "nrm.case.report_received.v1"});
  const Events slow_events = slow.stop();
  EXPECT_EQ(at.down(), 0);

  Events pages;
  std::istringstream lines(paged.out);
  for (std::string line; std::getline(lines, line);) pages.push_back(line);
  expect_logs(at, told_of(fast.events()), "nrm audit feed --follow");
  expect_logs(at, told_of(slow_events), "the slow reader");
  expect_logs(at, told_of(pages), "nrm audit feed");
  Events reports;
  std::istringstream matching(filtered.out);
  for (std::string line; std::getline(matching, line);) reports.push_back(line);
  EXPECT_EQ(reports.size(), 60u);
  for (const std::string& one : reports)
    EXPECT_NE(one.find("nrm.case.report_received.v1"), std::string::npos);
}

TEST(AuditorsFeed, RefusesWhoIsNoAuditorAndWhatIsNoCursor) {
  crypto::start();
  Installation at;
  at.up();
  const auto client = client_of(at);
  const auto status = [&](const std::string& account, const std::string& query) {
    const auto answer = client->call({.method = "GET",
                                      .target = "/v1/logs/feed" + query,
                                      .headers = {{"Authorization", "Bearer " + at.token(account)},
                                                  {"Accept", "application/x-ndjson"}},
                                      .body = {}});
    EXPECT_TRUE(answer);
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(status("auditor", ""), 200);
  EXPECT_EQ(status("operator", ""), 403);
  EXPECT_EQ(status("case-manager", ""), 403);
  EXPECT_EQ(status("auditor", "?after=1.2"), 400);
  EXPECT_EQ(status("auditor", "?after=0.0.999999.0.0.0"), 409) << "another installation's";
  EXPECT_EQ(status("auditor", "?service=gateway"), 422);
  EXPECT_EQ(status("auditor", "?type=nrm.case.nothing.v1"), 422);
  EXPECT_EQ(status("auditor", "?case=somebody"), 400);
  EXPECT_EQ(status("auditor", "?everything=1"), 400);
  EXPECT_EQ(at.down(), 0);
}
// While everything runs: what is new is told as it comes, and Ctrl-C is a clean end. The states at
// a record are the same bytes from the owner's log, the archive and an export.
TEST(Replay, FollowsLiveAndIsTheSameFromEverywhere) {
  crypto::start();
  Installation at;
  at.up();
  FollowingCommand following(at, {"audit", "replay", "--follow", "--json"});
  Reporter reporter(at);
  const std::string token = responder_token(at);
  const auto reports = [&] {
    int count = 0;
    for (const std::string& line : following.events())
      count +=
          line.find(R"("type":"nrm.case.report_received.v1","before":"","status":"reported"})") !=
          line.npos;
    return count;
  };
  // Told is what comes after it has begun, which takes it a moment.
  int early = 0;
  ASSERT_TRUE(wait_for(
      [&] { return reporter.report(token, "early-" + std::to_string(++early)) && reports() > 0; },
      60));
  ASSERT_TRUE(reporter.report(token, "early-last"));
  int before = 0;
  ASSERT_TRUE(wait_for(
      [&] {
        std::this_thread::sleep_for(std::chrono::seconds(2));
        return std::exchange(before, reports()) == reports();
      },
      60));
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(reporter.report(token, "live-" + std::to_string(i))) << reporter.last();
  EXPECT_TRUE(wait_for([&] { return reports() == before + 10; }, 30)) << reports();
  EXPECT_EQ(following.stop(), 0);

  const std::string exported = at.dir() + "/exported";
  // Assistance has nothing to sign yet and cannot be exported; identification is by then.
  ASSERT_TRUE(wait_for(
      [&] {
        (void)at.nrm({"audit", "export", exported});
        std::ifstream note(exported + "/identification-0/checkpoint");
        std::string origin, size;
        return std::getline(note, origin) && std::getline(note, size) && std::stoi(size) >= 8;
      },
      20));
  const auto states = [&](const std::vector<std::string>& from, const std::string& file) {
    std::vector<std::string> words{"audit",       "replay", "--service", "identification",
                                   "--at-record", "7",      "--export",  at.dir() + "/" + file};
    words.insert(words.end(), from.begin(), from.end());
    const Ran ran = at.nrm(words);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::ifstream in(at.dir() + "/" + file);
    return std::string((std::istreambuf_iterator<char>(in)), {});
  };
  const std::string own = states({}, "own.ndjson");
  EXPECT_NE(own.find(R"({"log":"identification/0","records":8)"), std::string::npos) << own;
  EXPECT_EQ(states({"--from", "archive"}, "archived.ndjson"), own);
  EXPECT_EQ(states({"--from", exported}, "exported.ndjson"), own);
  const std::string array = states({}, "own.json");
  json::Document document;
  EXPECT_TRUE(document.parse_strict(array));

  const Ran no_service = at.nrm({"audit", "replay", "--at-record", "1"});
  EXPECT_EQ(no_service.exit_code, 64);
  EXPECT_NE(no_service.err.find("--at-record"), std::string::npos) << no_service.err;
  const Ran beyond = at.nrm({"audit", "replay", "--service", "vault", "--at-record", "9999"});
  EXPECT_EQ(beyond.exit_code, 64);
  EXPECT_NE(beyond.err.find("--at-record: vault/0 has the records 0 to"), std::string::npos)
      << beyond.err;
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--until", "yesterday"},
                                                {"--from", "/nowhere"},
                                                {"--service", "gateway"},
                                                {"--follow", "--until", "2023-08-01"},
                                                {"--case", "nobody"}}) {
    std::vector<std::string> words{"audit", "replay"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    const Ran ran = at.nrm(words);
    EXPECT_NE(ran.exit_code, 0) << wrong[0];
    EXPECT_NE(ran.err.find("nrm: " + wrong[0] + ": "), std::string::npos) << ran.err;
  }
  EXPECT_EQ(at.down(), 0);
}
}  // namespace
}  // namespace nrm::test
