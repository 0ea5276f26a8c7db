// The newcomer's tour of deploy/README.md, "One case by hand": the commands that it shows, on a
// real installation, from the report to the erasure.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <regex>
#include <thread>

#include "tests/e2e/installation.hpp"

namespace nrm::test {
namespace {
constexpr std::string_view offering =
    R"({"service":"safe_accommodation","places":2,"regions":["XX-N"],"languages":["sq"],)"
    R"("genders":["female"],"ages":["adult"]})";

class Tour : public testing::Test {
 protected:
  void SetUp() override {
    at_.up();
    account("Border guard", "border_guard", "first_responder");
    for (const char* house : {"Safe house North", "Safe house South"}) {
      account(house, "service_provider", "service_provider");
      done({"act", "providers", std::string(offering), "--as", house});
    }
  }

  void account(const std::string& name, const std::string& kind, const std::string& role) {
    done({"accounts", "add", "--organisation", name, "--kind", kind, "--role", role});
  }
  // Another service may have to hear of it first.
  std::string done(const std::vector<std::string>& words) {
    Ran ran;
    for (int look = 0; look < 100; ++look) {
      ran = at_.nrm(words);
      if (ran.exit_code == 0) return ran.out;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ADD_FAILURE() << words[0] << ' ' << words[1] << ": " << ran.out << ran.err;
    return {};
  }
  std::string act(const std::string& what, std::vector<std::string> values = {}) {
    std::vector<std::string> words = {"case", "act", what, reference_};
    words.insert(words.end(), values.begin(), values.end());
    return done(words);
  }
  static std::string found(const std::string& text, const std::string& pattern) {
    std::smatch match;
    return std::regex_search(text, match, std::regex(pattern)) ? match[match.size() - 1].str()
                                                               : std::string();
  }
  // What of this kind is open of the case.
  std::string matter(const std::string& kind) {
    return found(done({"case", "matters", reference_}), "([0-9a-f-]{36}) +" + kind);
  }
  // The house that is asked now, by its inbox.
  std::string asked() {
    for (int look = 0; look < 100; ++look) {
      for (const char* house : {"Safe house North", "Safe house South"})
        if (const std::string inbox = done({"inbox", "--as", house});
            inbox.find("offered") != inbox.npos) {
          referral_ = found(inbox, "([0-9a-f-]{36})");
          return house;
        }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ADD_FAILURE() << "nobody is asked";
    return {};
  }

  void report() {
    std::string body = at_.nrm({"report", "--example"}).out;
    const std::string two = R"(["safe_accommodation", "medical"])";
    body.replace(body.find(two), two.size(), R"(["safe_accommodation"])");
    const std::string file = at_.dir() + "/../r.json";
    std::ofstream(file) << body;
    const std::string taken = done({"report", file, "--as", "Border guard"});
    reference_ = found(taken, "reference ([0-9A-Z]{5}-[0-9A-Z]{5}-.)");
    case_ = found(taken, "case ([0-9a-f-]{36})");
    ASSERT_FALSE(reference_.empty()) << taken;
  }

  void close() {
    act("inform", {"channel=in_person"});
    act("close",
        {"reason=plan_completed", "evidence.needs_reviewed=yes", "evidence.handed_over=yes"});
    EXPECT_NE(at_.nrm({"case", "act", "approve", reference_}).err.find("Somebody else must do"),
              std::string::npos);
    act("approve", {"--as", "case-manager-2"});
  }

  Installation at_{"osce"};
  std::string reference_, case_, referral_;
};

TEST_F(Tour, OneCaseByHand) {
  report();
  const std::string first = asked();
  done({"act", "cases/" + reference_ + "/information-request", R"({"topics":["indicators"]})",
        "--as", "competent-authority"});
  done({"act", "cases/" + reference_ + "/information-answer", R"({"topics":["indicators"]})",
        "--as", "Border guard"});
  done({"decide", "first", reference_, "positive"});

  done({"sandbox", "advance", "25h"});
  std::string second = asked();
  for (int look = 0; second == first && look < 100; ++look) second = asked();
  EXPECT_NE(second, first) << "the next one is asked by itself";
  done({"refer", "waitlist", referral_, "--as", second});
  done({"refer", "accept", referral_, "--as", second});

  act("plan", {"goals=safety,housing", "agreed_by_person=yes"});
  act("alarm", {"ground=did_not_return"});
  done({"case", "act", "end-alarm", matter("alarm"), "end=found_safe"});
  done({"sandbox", "advance", "31d"});
  done({"decide", "second", reference_, "positive"});
  act("move-on");
  done({"case", "act", "transition-plan", matter("transition"), "steps=housing,income",
        "agreed_by_person=yes"});
  done({"sandbox", "advance", "46d"});
  done({"act", "cases/" + case_ + "/service-ends",
        R"({"referral":")" + referral_ + R"(","reason":"goals_met"})", "--as", second});

  close();
  act("reopen", {"cause=came_back"});
  close();
  done({"vault", "erase", reference_, "--ground", "person_asked"});
  done({"vault", "erase", reference_, "--confirm", "--as", "case-manager-2"});
  done({"sandbox", "advance", "4d"});

  std::string told;
  for (int look = 0; told.find("ERASED") == told.npos && look < 100; ++look) {
    told = done({"case", "timeline", reference_});
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  std::size_t from = 0;
  for (const char* step :
       {"REPORTED by Border guard", "MORE INFORMATION asked", "FIRST STAGE positive",
        "nobody answered the offer", "on the waiting list", "ACCEPTED (safe accommodation)",
        "plan agreed with the person", "MISSING", "found safe", "SECOND STAGE positive",
        "MOVING ON", "service ended: goals met", "CLOSED", "REOPENED", "identification goes on",
        "CLOSED", "ERASED: keys destroyed"}) {
    const auto there = told.find(step, from);
    ASSERT_NE(there, told.npos) << step << " is not there in its turn:\n" << told;
    from = there;
  }
  ASSERT_EQ(at_.down(), 0);
  const Ran verified = at_.nrm({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}
}  // namespace
}  // namespace nrm::test
