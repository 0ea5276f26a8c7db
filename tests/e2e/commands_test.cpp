// Commands of `nrm` as people run them, where a try fails: half of a group, a gateway that goes
// away, another port, files that others must not read.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "services/cli/bench.hpp"
#include "tests/e2e/following.hpp"
#include "tests/e2e/installation.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

class Commands : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& kind, const std::string& role) {
    const Ran ran =
        at_.nrm({"accounts", "add", "--organisation", name, "--kind", kind, "--role", role});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
  }
  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = at_.dir() + '/' + name;
    std::ofstream(path) << text;
    return path;
  }
  // A whole report; `consents`: to being identified.
  std::string body(bool consents) const {
    std::string out = at_.nrm({"report", "--example"}).out;
    const std::string given = R"("given": true)";
    const auto found = out.find(given);
    EXPECT_NE(found, out.npos) << out;
    if (!consents) out.replace(found, given.size(), R"("given": false)");
    return out;
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t out = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++out;
    return out;
  }
  Installation at_;
};

TEST_F(Commands, AGroupOfWhichOneIsMendedIsReportedOnce) {
  at_.up();
  add("Border guard", "border_guard", "first_responder");
  const auto report = [&](const std::string& people) {
    return at_.nrm({"report-group", write("people.json", '[' + people + ']'), "--kind", "raid",
                    "--region", "XX-N", "--on", "2023-07-03", "--key", "the-raid", "--json", "--as",
                    "Border guard"});
  };
  // Of the first and the last nothing differs: they are two people all the same.
  const Ran first = report(body(true) + ',' + body(false) + ',' + body(true));
  EXPECT_EQ(first.exit_code, 1) << first.err;
  EXPECT_NE(first.out.find(R"("taken":2)"), std::string::npos) << first.out;
  EXPECT_NE(first.out.find(R"("refused":[{"number":2)"), std::string::npos) << first.out;
  const Ran second = report(body(true) + ',' + body(true) + ',' + body(true));
  EXPECT_EQ(second.exit_code, 0) << second.out << second.err;
  EXPECT_NE(second.out.find(R"("taken":3)"), std::string::npos) << second.out;
  // The references of those who were taken in before, and one more.
  const auto at = first.out.find(R"("references":[)"), end = first.out.find(']', at);
  const std::string before = first.out.substr(at + 14, end - at - 14);
  EXPECT_EQ(count(before, "\""), 4u);
  for (const std::string& one : {before.substr(0, 15), before.substr(before.size() - 15)})
    EXPECT_NE(second.out.find(one), std::string::npos) << one << second.out;
}

TEST_F(Commands, AnInboxIsFollowedWhileTheGatewayStartsAgain) {
  at_.up();
  add("Border guard", "border_guard", "first_responder");
  add("Safe house", "service_provider", "service_provider");
  const Ran offering = at_.nrm(
      {"act", "providers",
       R"({"service":"safe_accommodation","places":2,"regions":["XX-N"],"languages":["sq"],)"
       R"("genders":["female"],"ages":["adult"]})",
       "--as", "Safe house"});
  ASSERT_EQ(offering.exit_code, 0) << offering.err;
  FollowingCommand following(at_, {"inbox", "--follow", "--json", "--as", "Safe house"});
  std::this_thread::sleep_for(std::chrono::seconds(1));
  ASSERT_TRUE(at_.kill_service("gateway"));
  at_.wait_until_ready();
  const Ran reported = at_.nrm({"report", write("r.json", body(true)), "--as", "Border guard"});
  ASSERT_EQ(reported.exit_code, 0) << reported.err;
  bool told = false;
  for (int look = 0; !told && look < 300; ++look) {
    for (const std::string& event : following.events())
      told |= event.find("nrm.referral.offered.v1") != event.npos;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(told);
}

TEST_F(Commands, WhatGotNoAnswerIsSaidAgainWithItsKey) {
  at_.up();
  add("Border guard", "border_guard", "first_responder");
  at_.down();
  const std::string id = "00000000-0000-4000-8000-000000000001";
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"report", write("r.json", body(true)), "--as", "Border guard"},
        {"case", "act", "alarm", id, "ground=did_not_return"},
        {"refer", "retry", id},
        {"decide", "first", id, "positive"},
        {"consent", "withdraw", id, "--purpose", "support"}}) {
    std::vector<std::string> keyed = words;
    const Ran fresh = at_.nrm(words);
    EXPECT_EQ(fresh.exit_code, 69) << words[0] << fresh.err;
    EXPECT_NE(fresh.err.find("safe to say it again with --key "), std::string::npos) << fresh.err;
    keyed.insert(keyed.end(), {"--key", "mine"});
    const Ran again = at_.nrm(keyed);
    EXPECT_NE(again.err.find("--key mine\n"), std::string::npos) << words[0] << again.err;
  }
}

// Services with users of their own read it by its group.
TEST_F(Commands, AnotherPortLeavesTheFileToItsReaders) {
  const std::string file = at_.dir() + "/mechanism.json";
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  at_.up(cli::measure::free_port());
  EXPECT_EQ(mode_of(file), 0640u);
  at_.down();
}

TEST_F(Commands, AnExportOfStatesIsForItsOwnerAlone) {
  at_.up();
  at_.down();
  const std::string file = at_.dir() + "/states.ndjson";
  const Ran ran = at_.nrm({"audit", "replay", "--export", file});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(mode_of(file), 0600u);
  EXPECT_FALSE(fs::exists(file + ".tmp"));
  const Ran piped = at_.nrm({"audit", "replay", "--export", "/dev/null"});
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

// What root wrote there, the vault's user could not read again.
TEST_F(Commands, TheVaultsKeysAreChangedByTheirOwnerAlone) {
  ASSERT_EQ(::chown((at_.dir() + "/keys/vault").c_str(), 12'345, 0), 0);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"vault", "rewrap"},
        {"vault", "split", "--shares", "3", "--threshold", "2"}}) {
    const Ran ran = at_.nrm(words);
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    EXPECT_NE(ran.err.find("runuser -u 12345 -- nrm vault"), std::string::npos) << ran.err;
  }
}
}  // namespace
}  // namespace nrm::test
