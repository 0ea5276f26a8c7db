// Threat 11: the operator, or whoever has its account, puts a key of its own in a provider's place
// and lets others seal to it. A key is in force after an operator and an auditor have compared its
// fingerprint with what the organisation shows; before, and after a revocation, nothing is sealed
// to it, and trying raises an alarm in the log.
#include <gtest/gtest.h>

#include "common/step/policy.hpp"
#include "tests/threats/town.hpp"

namespace nrm::test {
namespace {
// A pack that lets whoever runs the machines, or gives help, audit as well: the rules of two bodies
// must not rest on the packs' being stricter than that.
void let_others_audit(Policy& policy) {
  for (RoleRule& rule : policy.roles)
    if (rule.role == Role::auditor)
      for (const OrganisationKind kind :
           {OrganisationKind::operator_, OrganisationKind::service_provider})
        rule.held_by.push_back(kind);
}

class Threat11_SubstitutedKey : public ::testing::Test {
 protected:
  Town town{Wires::zeromq, let_others_audit};
  Party police = town.join("Example Police", OrganisationKind::police, Role::first_responder);
  Party house = town.provider("Safe house 1", "safe_accommodation");
  Party manager = town.office("case-manager");
  Party operator_ = town.office("operator");
  Party auditor = town.office("auditor");
  Keys keys, manager_keys;
  std::string subject;

  void SetUp() override {
    town.enrol(manager, manager_keys);
    subject = town.report(police);
    town.accept(house, subject);
  }
  http::Answer seal_to(const Keys& to, std::uint32_t version = 1) {
    return town.post(manager, "/v1/cases/" + subject + "/sealed-items",
                     town.sealed_body(subject, version, manager_keys, {&to}, "1 Safe Road"));
  }
  // Of one key, as the list shows it.
  std::string listed(const Party& of, const Keys& key, const std::string& what) {
    const auto list = town.get(auditor, "/v1/organisations/" + of.organisation.text() + "/keys");
    const auto ids = members(list, "key");
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i] == key.id.text()) return members(list, what).at(i);
    return "not listed";
  }
  std::size_t boxes_in_store() {
    std::size_t count = 0;
    const Store& vault = town.store("vault");
    EXPECT_TRUE(
        vault.scan(Family::sealed, prefixed("box/"), [&](auto, auto) { return ++count > 0; }));
    return count;
  }
};

TEST_F(Threat11_SubstitutedKey, NothingIsSealedBeforeTwoBodiesApproved) {
  town.enrol(house, keys, false);
  const auto refused = [&](const std::string& alarms, const char* why) {
    const auto answer = seal_to(keys);
    EXPECT_EQ(answer.status, 409) << why;
    EXPECT_EQ(code_of(answer), "key_not_approved") << why;
    EXPECT_EQ(member(answer, "errors/0/pointer"), "/boxes") << answer.body;
    EXPECT_EQ(listed(house, keys, "anomalies"), alarms) << why;
  };
  refused("1", "nobody approved");
  EXPECT_EQ(town.approve(operator_, keys.id, keys.fingerprint).status, 200);
  refused("2", "one approved");
  const Party second_operator =
      town.join("Operator 2", OrganisationKind::operator_, Role::operator_);
  EXPECT_EQ(code_of(town.approve(operator_, keys.id, keys.fingerprint)), "second_person_required");
  EXPECT_EQ(code_of(town.approve(second_operator, keys.id, keys.fingerprint)),
            "second_person_required")
      << "two operators are one body";
  EXPECT_EQ(
      code_of(town.approve(town.colleague(operator_, Role::auditor), keys.id, keys.fingerprint)),
      "second_person_required")
      << "an auditor in the operator's own organisation";
  EXPECT_EQ(code_of(town.approve(town.colleague(house, Role::auditor), keys.id, keys.fingerprint)),
            "second_person_required")
      << "an auditor in the key's own organisation";
  refused("3", "still one");
  EXPECT_EQ(town.approve(manager, keys.id, keys.fingerprint).status, 403);
  EXPECT_EQ(town.approve(auditor, keys.id, keys.fingerprint).status, 200);
  EXPECT_EQ(listed(house, keys, "status"), "approved");
  EXPECT_EQ(seal_to(keys).status, 201);
  EXPECT_EQ(boxes_in_store(), 1u) << "of what was refused no byte is there";
}

// By the packs as they are there is no such account at all.
TEST(Threat11_Accounts, NobodyWhoRunsTheMachinesOrGivesHelpAudits) {
  Town town{Wires::memory};
  const Party house =
      town.join("Safe house", OrganisationKind::service_provider, Role::service_provider);
  for (const Party& one : {town.office("operator"), house}) {
    const auto answer =
        town.post(town.office("operator"), "/v1/accounts",
                  "{\"organisation\":\"" + one.organisation.text() + "\",\"role\":\"auditor\"}");
    EXPECT_EQ(answer.status, 422) << one.name << answer.body;
    EXPECT_EQ(code_of(answer), "out_of_range") << one.name;
    EXPECT_EQ(member(answer, "errors/0/pointer"), "/role") << one.name;
  }
}

TEST_F(Threat11_SubstitutedKey, TheFingerprintThatIsComparedIsTheOrganisationsOwn) {
  // The operator makes itself an account of the safe house and registers a key that it has.
  Keys real, planted;
  town.enrol(house, real, false);
  const Party impostor = town.colleague(house, Role::service_provider);
  town.enrol(impostor, planted, false);
  EXPECT_EQ(town.approve(operator_, planted.id, planted.fingerprint).status, 200);
  // The auditor was shown the real one, and types that.
  const auto answer = town.approve(auditor, planted.id, real.fingerprint);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(code_of(answer), "fingerprint_differs");
  EXPECT_EQ(listed(house, planted, "anomalies"), "1");
  EXPECT_EQ(listed(house, planted, "status"), "registered");
  EXPECT_EQ(code_of(seal_to(planted)), "key_not_approved");
}

TEST_F(Threat11_SubstitutedKey, KeysAreProvenAndOnlyOnesOwn) {
  const std::string own = "/v1/organisations/" + house.organisation.text() + "/keys";
  const std::string zero(64, '0');
  const auto refused = [&](const std::string& body, const char* pointer) {
    const auto answer = town.post(house, own, body);
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(member(answer, "errors/0/pointer"), pointer) << answer.body;
  };
  // A point of small order is every secret's; a key without its proof is anybody's.
  refused("{\"box_key\":\"" + zero + "\",\"sign_key\":\"" + zero + "\",\"proof\":\"" + zero + "\"}",
          "/box_key");
  town.enrol(house, keys);
  const auto list = town.get(house, own);
  const std::string box = member(list, "items/0/box_key"), sign = member(list, "items/0/sign_key"),
                    proof = member(list, "items/0/proof");
  refused(
      "{\"box_key\":\"" + sign + "\",\"sign_key\":\"" + sign + "\",\"proof\":\"" + proof + "\"}",
      "/proof");
  EXPECT_EQ(code_of(town.post(house, own,
                              "{\"box_key\":\"" + box + "\",\"sign_key\":\"" + sign +
                                  "\",\"proof\":\"" + proof + "\"}")),
            "already_exists");
  EXPECT_EQ(town.post(police, own,
                      "{\"box_key\":\"" + box + "\",\"sign_key\":\"" + sign + "\",\"proof\":\"" +
                          proof + "\"}")
                .status,
            404);
  // An auditor decides all of this again, although what proves a key is in no log.
  EXPECT_EQ(town.faults(), std::vector<std::string>());
}

TEST_F(Threat11_SubstitutedKey, ARevokedKeyIsSealedToNoMore) {
  town.enrol(house, keys);
  ASSERT_EQ(seal_to(keys).status, 201);
  const std::string revocation = "/v1/organisation-keys/" + keys.id.text() + "/revocation";
  EXPECT_EQ(town.post(police, revocation, R"({"reason":"compromised"})").status, 404);
  EXPECT_EQ(town.post(house, revocation, R"({"reason":"compromised"})").status, 200);
  EXPECT_EQ(code_of(seal_to(keys, 2)), "key_not_approved");
  EXPECT_EQ(listed(house, keys, "anomalies"), "1");
  EXPECT_EQ(code_of(town.approve(auditor, keys.id, keys.fingerprint)), "not_in_state");
  // What is sealed to a key that others may have is not handed out any more.
  const auto items = town.get(house, "/v1/cases/" + subject + "/sealed-items");
  const auto answer =
      town.post(house, "/v1/sealed-items/" + member(items, "items/0/item") + "/openings",
                R"({"purpose":"safety"})");
  EXPECT_EQ(code_of(answer), "key_not_approved") << answer.body;
}

// A key that was replaced still opens what was sealed to it, until it is found out that others have
// it.
TEST_F(Threat11_SubstitutedKey, AReplacedKeyCanBeFoundToBeCompromised) {
  town.enrol(house, keys);
  ASSERT_EQ(seal_to(keys).status, 201);
  const std::string revocation = "/v1/organisation-keys/" + keys.id.text() + "/revocation";
  const auto open = [&] {
    const auto items = town.get(house, "/v1/cases/" + subject + "/sealed-items");
    return town.post(house, "/v1/sealed-items/" + member(items, "items/0/item") + "/openings",
                     R"({"purpose":"safety"})");
  };
  EXPECT_EQ(town.post(house, revocation, R"({"reason":"replaced"})").status, 200);
  EXPECT_EQ(code_of(town.post(house, revocation, R"({"reason":"replaced"})")), "not_in_state");
  const auto before = open();
  EXPECT_NE(code_of(before), "key_not_approved") << before.body;
  EXPECT_EQ(town.post(house, revocation, R"({"reason":"compromised"})").status, 200);
  EXPECT_EQ(code_of(town.post(house, revocation, R"({"reason":"compromised"})")), "not_in_state");
  EXPECT_EQ(code_of(open()), "key_not_approved");
  EXPECT_EQ(town.faults(), std::vector<std::string>());
}
}  // namespace
}  // namespace nrm::test
