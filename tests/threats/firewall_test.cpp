// Threat 1, the firewall of assistance: what is noted of a person's support is nowhere for those
// who investigate or decide; not in a timeline, a list, a queue or a receipt. And who is barred
// from a case is barred from all that hangs on it.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/event/events.hpp"
#include "tests/threats/town.hpp"

namespace nrm::test {
namespace {
constexpr std::string_view notes[] = {
    "nrm.case.contact_recorded.v1", "nrm.case.risk_assessed.v1", "nrm.case.needs_assessed.v1",
    "nrm.case.plan_agreed.v1",      "nrm.case.service_given.v1", "nrm.case.contact_rules_set.v1",
    "nrm.case.service_started.v1",  "nrm.procedure.opened.v1",   "nrm.incident.reported.v1"};

// One supported person of whom everything is noted.
class Threat01_Firewall : public ::testing::Test {
 protected:
  Town town{Wires::memory};
  Party police = town.join("Police", OrganisationKind::police, Role::first_responder);
  Party house = town.provider("Safe house", "safe_accommodation");
  const Party& manager = town.office("case-manager");
  const Party& authority = town.office("competent-authority");
  std::string subject = town.report(police), referral = town.accept(house, subject);
  std::string procedure, incident;

  std::string at(std::string_view what) const {
    return "/v1/cases/" + subject + '/' + std::string(what);
  }
  void note() {
    const std::string day = member(town.get(house, at("timeline")), "items/0/at").substr(0, 10);
    const auto post = [&](std::string_view what, const std::string& body) {
      const auto answer = town.post(house, at(what), body);
      EXPECT_EQ(answer.status / 100, 2) << what << answer.body;
      return answer;
    };
    post("contacts", R"({"channel":"in_person","risk":{"level":"high","dangers":["self_harm"]}})");
    post(
        "needs-assessments",
        R"({"needs":[{"need":"safe_accommodation","state":"met"},{"need":"medical","state":"unmet"},
             {"need":"psychosocial","state":"unmet"},{"need":"legal_advice","state":"unmet"},
             {"need":"material_assistance","state":"met"},{"need":"education","state":"not_needed"},
             {"need":"interpretation","state":"not_needed"}]})");
    post("plan", R"({"goals":["safety"],"agreed_by_person":true})");
    post("contact-rules", R"({"never":["safe_address"],"code_word":true,"no_contact":false})");
    post("services", R"({"referral":")" + referral + R"(","on":")" + day + R"(","units":1})");
    procedure = member(post("procedures", R"({"kind":"asylum"})"), "procedure");
    incident =
        member(post("incidents", R"({"kind":"threat","severity":"grave","on":")" + day + "\"}"),
               "incident");
    town.settle();
  }
  std::vector<std::string> seen_by(const Party& who) {
    return members(town.get(who, at("timeline") + "?limit=200"), "type");
  }
};

TEST_F(Threat01_Firewall, WhoHelpsSeesTheNotesAndWhoInvestigatesDoesNot) {
  note();
  const auto helpers = seen_by(house), managers = seen_by(manager);
  for (const std::string_view type : notes) {
    EXPECT_NE(std::ranges::find(helpers, type), helpers.end()) << type;
    EXPECT_NE(std::ranges::find(managers, type), managers.end()) << type;
    for (const Party* who : std::initializer_list<const Party*>{&police, &authority}) {
      const auto seen = seen_by(*who);
      EXPECT_EQ(std::ranges::find(seen, type), seen.end()) << who->name << ' ' << type;
    }
  }
  const auto seen = seen_by(authority);
  EXPECT_NE(std::ranges::find(seen, "nrm.case.support_opened.v1"), seen.end());
  // Closure's copy of how the person may be reached is no way round.
  const std::string_view copy = SafeContactNoted::type;
  EXPECT_NE(std::ranges::find(managers, copy), managers.end());
  EXPECT_EQ(std::ranges::find(seen, copy), seen.end());
}

TEST_F(Threat01_Firewall, ListsAndQueuesOfWhatIsOpenAreForCaseManagers) {
  note();
  EXPECT_EQ(members(town.get(manager, at("matters")), "matter").size(), 2u);
  EXPECT_EQ(members(town.get(house, at("matters")), "matter").size(), 2u);
  for (const Party* who : std::initializer_list<const Party*>{
           &police, &authority, &town.office("operator"), &town.office("auditor")}) {
    EXPECT_EQ(town.get(*who, at("matters")).status, 403) << who->name;
    for (const std::string_view queue :
         {"risk", "procedure", "missing_alarm", "incident", "child_notice", "guardian",
          "best_interests", "move_on", "reach_in", "follow_up"})
      EXPECT_EQ(town.get(*who, "/v1/queues/" + std::string(queue)).status, 403)
          << who->name << ' ' << queue;
  }
  EXPECT_EQ(members(town.get(manager, "/v1/queues/incident"), "when").size(), 1u);
}

// Somebody is missing: who looks for the person learns that, and nothing of the support.
TEST_F(Threat01_Firewall, AnAlarmIsForEverybodyWhoLooksForThePerson) {
  EXPECT_EQ(town.post(house, at("alarms"), R"({"ground":"did_not_return"})").status, 201);
  town.settle();
  const auto seen = seen_by(authority);
  EXPECT_NE(std::ranges::find(seen, "nrm.alarm.raised.v1"), seen.end());
}

TEST_F(Threat01_Firewall, WhoIsBarredFromTheCaseIsBarredFromWhatHangsOnIt) {
  note();
  EXPECT_EQ(town.post(manager, at("conflicts"), R"({"ground":"family"})").status, 200);
  town.settle();
  const auto absent = "/v1/procedures/" + fresh_id() + "/end";
  const auto barred =
      town.post(manager, "/v1/procedures/" + procedure + "/end", R"({"end":"withdrawn"})");
  EXPECT_EQ(barred.status, 404);
  EXPECT_EQ(barred.body, town.post(manager, absent, R"({"end":"withdrawn"})").body);
  EXPECT_EQ(
      town.post(manager, "/v1/incidents/" + incident + "/closing", R"({"outcome":"resolved"})")
          .status,
      404);
  EXPECT_TRUE(members(town.get(manager, "/v1/queues/procedure"), "when").empty());
  // A colleague goes on.
  EXPECT_EQ(town.post(town.office("case-manager-2"), "/v1/procedures/" + procedure + "/end",
                      R"({"end":"withdrawn"})")
                .status,
            200);
}
}  // namespace
}  // namespace nrm::test
