// What is typed after `nrm case act` becomes the body of a form that the gateway takes.
#include "services/cli/case_act.hpp"

#include <gtest/gtest.h>

#include <set>

#include "services/gateway/route_table.hpp"

namespace nrm::cli {
namespace {
std::string body(std::string_view act, const std::vector<std::string>& values) {
  const CaseAct* known = find_case_act(act);
  EXPECT_NE(known, nullptr) << act;
  if (known == nullptr) return {};
  const auto out = act_body(*known, values);
  return out ? *out : out.error().where + ": " + out.error().detail;
}

TEST(CaseAct, WordsBecomeAForm) {
  EXPECT_EQ(body("review", {}), "");
  EXPECT_EQ(body("alarm", {"ground=unreachable"}), R"({"ground":"unreachable"})");
  EXPECT_EQ(body("plan", {"agreed_by_person=yes", "goals=safety,housing"}),
            R"({"goals":["safety","housing"],"agreed_by_person":true})");
  EXPECT_EQ(body("extend", {"ground=housing", "days=30"}), R"({"ground":"housing","days":30})");
}

TEST(CaseAct, MembersOfOneMemberComeTogether) {
  EXPECT_EQ(body("contact", {"channel=in_person", "risk.level=high", "risk.dangers=self_harm"}),
            R"({"channel":"in_person","risk":{"level":"high","dangers":["self_harm"]}})");
  EXPECT_EQ(
      body("close", {"reason=contact_lost", "evidence.needs_reviewed=yes", "evidence.attempts=3"}),
      R"({"reason":"contact_lost","evidence":{"needs_reviewed":true,"attempts":3}})");
}

TEST(CaseAct, SaysWhatIsMissingOrWrong) {
  EXPECT_EQ(body("alarm", {}).substr(0, 16), "ground: one of: ");
  EXPECT_EQ(body("alarm", {"place=here"}), "place: one of: ground");
  EXPECT_EQ(body("review", {"place=here"}), "place: this act says nothing more");
  EXPECT_EQ(body("extend", {"ground=housing", "days=-1"}), "days: a whole number");
  EXPECT_EQ(body("plan", {"goals=safety", "agreed_by_person=maybe"}),
            "agreed_by_person: yes or no");
}

TEST(CaseAct, EachIsARouteOfTheGateway) {
  std::set<std::string_view> names;
  for (const CaseAct& act : case_acts()) {
    EXPECT_TRUE(names.insert(act.name).second) << act.name;
    bool found = false;
    for (const gateway::Route& route : gateway::routes())
      found |= route.method == "POST" && route.pattern == act.target;
    EXPECT_TRUE(found) << act.target;
  }
}
}  // namespace
}  // namespace nrm::cli
