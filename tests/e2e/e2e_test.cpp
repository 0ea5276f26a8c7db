// The whole system as its users have it: real processes, HTTPS in, verified logs out.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <thread>

#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "common/runtime/folder.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/e2e/reporter.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

// The first rows of a published quarter, as many as hold `people` people.
std::string some_of_a_quarter(int people) {
  std::ifstream in(std::string(NRM_SOURCE_FOLDER) +
                   "/tests/data/uk-nrm/uk_nrm_referrals_2023_q3.csv");
  std::string out, line;
  std::getline(in, line);
  out = line + "\n";
  // Every third row, so that all kinds of organisations are there.
  for (int row = 0; people > 0 && std::getline(in, line); ++row) {
    if (row % 3 != 0) continue;
    people -= std::atoi(line.substr(line.rfind(',') + 1).c_str());
    out += line + "\n";
  }
  return out;
}

const char* const services[] = {"vault",   "identification", "referral", "assistance",
                                "closure", "gateway",        "audit"};

void expect_verified(const Installation& at) {
  const Ran verified = at.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

// Kills services one after another until it is told to stop: each once in a round, in a new order
// in every round, so that none is spared by luck.
class Killer {
 public:
  explicit Killer(const Installation& at) : thread_([this, &at] { run(at); }) {}
  ~Killer() { stop(); }
  void stop() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int kill_count() const { return std::accumulate(kills_.begin(), kills_.end(), 0); }
  int kill_count(std::size_t service) const { return kills_[service]; }

 private:
  void run(const Installation& at) {
    std::mt19937_64 dice(4711);
    std::array<std::size_t, std::size(services)> order;
    std::iota(order.begin(), order.end(), 0);
    while (!done_) {
      std::ranges::shuffle(order, dice);
      for (const std::size_t service : order) {
        // One that is being started again is waited for: a round leaves nobody out.
        while (!done_ && !at.kill_service(services[service]))
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (done_) return;
        ++kills_[service];
        // Everybody backs off after a kill; the quiet moments between are when work gets done.
        std::this_thread::sleep_for(std::chrono::milliseconds(200 + dice() % 1'200));
      }
    }
  }
  std::atomic<bool> done_ = false;
  std::array<std::atomic<int>, std::size(services)> kills_{};
  std::thread thread_;
};

TEST(EndToEnd, WhatWasAcknowledgedSurvivesEveryKill) {
  crypto::start();
  Installation at;
  at.up();
  const std::string token = responder_token(at);
  const std::string file = at.dir() + "/people.csv";
  const std::string table = some_of_a_quarter(300);
  std::ofstream(file) << table;

  std::vector<Receipt> receipts;
  {
    Killer killer(at);
    // `nrm load` gives up when a service is away for long; its keys make another run harmless.
    std::thread other([&] {
      Reporter reporter(at);
      for (int i = 0; i < 40; ++i) {
        const auto receipt = reporter.report(token, "kill-test-" + std::to_string(i));
        ASSERT_TRUE(receipt) << reporter.last();
        receipts.push_back(*receipt);
      }
    });
    Ran loaded;
    for (int attempt = 0; attempt < 100 && loaded.exit_code != 0; ++attempt) {
      loaded = at.nrm({"load", file});
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    other.join();
    // Twenty kills end the third round at the earliest; one that never comes back ends the wait.
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (killer.kill_count() < 20 && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    killer.stop();
    EXPECT_GE(killer.kill_count(), 20);
    for (std::size_t i = 0; i < std::size(services); ++i)
      EXPECT_GE(killer.kill_count(i), 1) << services[i];
    EXPECT_EQ(loaded.exit_code, 0) << loaded.out << loaded.err;
  }
  EXPECT_EQ(at.nrm({"load", file}).exit_code, 0) << "loading again is harmless";
  EXPECT_EQ(at.down(), 0);
  expect_verified(at);

  EXPECT_EQ(find_receipt_fault(at, receipts), "");

  // The loaded table, and the forty reports of the other client on top.
  const Ran csv = at.nrm({"audit", "statistics", "referrals", "--format", "csv"});
  ASSERT_EQ(csv.exit_code, 0) << csv.err;
  std::istringstream wanted(table), rows(csv.out);
  std::map<std::string, int> counts;
  for (std::string row; std::getline(wanted, row);) ++counts[row.substr(0, row.find('\r'))];
  int others = 0;
  for (std::string row; std::getline(rows, row);) {
    row = row.substr(0, row.find('\r'));
    if (row.starts_with("Police,Test Constabulary,"))
      others += std::atoi(row.substr(row.rfind(',') + 1).c_str());
    else
      --counts[row];
  }
  for (const auto& [row, difference] : counts) EXPECT_EQ(difference, 0) << row;
  EXPECT_EQ(others, 40);
}

// The largest file with this extension: the log of unflushed writes may be empty.
std::string largest(const std::string& folder, const std::string& extension) {
  std::string found;
  std::uintmax_t size = 0;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == extension && entry.file_size() > size) {
      size = entry.file_size();
      found = entry.path().string();
    }
  return found;
}

void flip_byte(const std::string& file, std::uint64_t where) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(where));
  const char changed = static_cast<char>(bytes.get() ^ 0x10);
  bytes.seekp(static_cast<std::streamoff>(where));
  bytes.put(changed);
}

TEST(EndToEnd, OneChangedByteOfAnyServiceIsFoundAndNamed) {
  crypto::start();
  Installation at;
  at.up();
  const std::string token = responder_token(at);
  Reporter reporter(at);
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(reporter.report(token, "flip-test-" + std::to_string(i))) << reporter.last();
  EXPECT_EQ(at.down(), 0);
  expect_verified(at);
  std::mt19937_64 dice(7);
  int flips = 0;
  for (const char* name : services)
    for (const char* extension : {".sst", ".log"}) {
      const std::string file = largest(at.dir() + "/store/" + name, extension);
      if (file.empty()) continue;  // nothing to change: a clean stop leaves no unflushed writes
      const std::uint64_t where = dice() % fs::file_size(file);
      flip_byte(file, where);
      const Ran verified = at.nrm({"audit", "verify"});
      EXPECT_EQ(verified.exit_code, 20) << file << " at " << where << verified.out;
      EXPECT_NE(verified.out.find(fs::path(file).filename().string()), std::string::npos)
          << verified.out;
      flip_byte(file, where);
      ++flips;
    }
  EXPECT_GE(flips, 7);
  expect_verified(at);
}

TEST(EndToEnd, AServiceThatIsDownIsSaidSoAndTheKeyIsSafeToUseAgain) {
  crypto::start();
  Installation at;
  at.up();
  const std::string token = responder_token(at);
  // Stopped, not killed: the supervisor does not start it again, nobody answers.
  const auto pid = read_file(at.dir() + "/run/identification.pid");
  ASSERT_TRUE(pid);
  ASSERT_EQ(::kill(std::atoi(pid->c_str()), SIGSTOP), 0);
  const auto client = http::connect({.port = static_cast<std::uint16_t>(at.port()),
                                     .authority_file = at.dir() + "/tls/ca.pem",
                                     .connections = 1,
                                     .deadline = std::chrono::seconds(40)})
                          .value();
  const http::Call call{.method = "POST",
                        .target = "/v1/reports",
                        .headers = {{"Authorization", "Bearer " + token},
                                    {"Content-Type", "application/json"},
                                    {"Idempotency-Key", "down-test"}},
                        .body = at.nrm({"report", "--example"}).out};
  const auto refused = client->call(call);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503) << refused->body;
  EXPECT_FALSE(refused->header("retry-after").empty());
  ASSERT_EQ(::kill(std::atoi(pid->c_str()), SIGCONT), 0);
  Reporter reporter(at);
  EXPECT_TRUE(reporter.report(token, "down-test")) << reporter.last();
  EXPECT_EQ(at.down(), 0);
  const Ran csv = at.nrm({"audit", "statistics", "referrals", "--format", "csv"});
  int people = 0;
  std::istringstream rows(csv.out);
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) people += std::atoi(row.substr(row.rfind(',') + 1).c_str());
  EXPECT_EQ(people, 1) << "one report, however often it was sent";
  expect_verified(at);
}
}  // namespace
}  // namespace nrm::test
