// Operator, auditor and witness see no person; a witness sees least: the signed heads of the logs,
// by which history that was changed or told differently to others comes to light (rows 8 to 10).
#include <gtest/gtest.h>

#include "common/ledger/checkpoint.hpp"
#include "tests/threats/town.hpp"

namespace nrm::test {
namespace {
TEST(Threat10_Witness, ReadsASignedHeadOfEachLogAndNothingThatItIsAbout) {
  Town town;
  const Party police = town.join("Police", OrganisationKind::police, Role::first_responder);
  const Party witness = town.join("University", OrganisationKind::witness, Role::witness);
  const std::string subject = town.report(police, R"({"name":"CANARY7c1f"})");
  town.settle();
  const auto heads = town.get(witness, "/v1/logs");
  ASSERT_EQ(heads.status, 200) << heads.body;
  const auto status = town.get(town.office("auditor"), "/v1/status");
  for (const char* log : {"0", "1", "2", "3", "4"}) {
    const std::string at = "logs/" + std::string(log) + '/';
    const auto key = read_verifier_key(member(heads, at + "verifier_key"));
    ASSERT_TRUE(key) << heads.body;
    const auto text = open_note(member(heads, at + "checkpoint"), key->first, key->second);
    ASSERT_TRUE(text) << heads.body;
    const auto checkpoint = read_checkpoint(*text);
    ASSERT_TRUE(checkpoint) << *text;
    EXPECT_EQ(checkpoint->origin, "town/" + member(heads, at + "log"));
    EXPECT_EQ(std::to_string(checkpoint->size), member(status, at + "head"));
  }
  for (const std::string& known : {std::string("CANARY"), subject, police.account.text(),
                                   police.organisation.text(), std::string("Police")})
    EXPECT_EQ(heads.body.find(known), heads.body.npos) << known;
  // Auditor and operator read the same; who works on cases has no business there.
  for (const char* office : {"auditor", "operator"})
    EXPECT_EQ(town.get(town.office(office), "/v1/logs").body, heads.body);
  EXPECT_EQ(town.get(police, "/v1/logs").status, 403);
}

TEST(Threat10_Witness, IsNobodysColleague) {
  Town town;
  const Party witness = town.join("University", OrganisationKind::witness, Role::witness);
  const auto issue = [&](const OrganisationId& organisation, const std::string& role) {
    return town.post(town.office("operator"), "/v1/accounts",
                     R"({"organisation":")" + organisation.text() + R"(","role":")" + role + "\"}");
  };
  for (const char* role : {"case_manager", "operator", "auditor"}) {
    const auto answer = issue(witness.organisation, role);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(member(answer, "errors/0/pointer"), "/role") << answer.body;
  }
  EXPECT_EQ(issue(town.office("case-manager").organisation, "witness").status, 422);
  EXPECT_EQ(issue(witness.organisation, "witness").status, 201);
}
}  // namespace
}  // namespace nrm::test
