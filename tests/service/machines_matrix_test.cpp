// The negative space of every machine, enumerated in every pack: tests/support/matrix.hpp.
#include <gtest/gtest.h>

#include "services/assistance/assistance.hpp"
#include "services/audit/audit.hpp"
#include "services/closure/closure.hpp"
#include "services/identification/identification.hpp"
#include "services/referral/referral.hpp"
#include "services/vault/vault.hpp"
#include "tests/support/matrix.hpp"

namespace nrm::test {
namespace {
TEST(MachinesMatrix, OfIdentification) {
  expect_matrix(core_of<Identification>(), "identification");
}
TEST(MachinesMatrix, OfReferral) { expect_matrix(core_of<Referrals>(), "referral"); }
TEST(MachinesMatrix, OfAssistance) { expect_matrix(core_of<Assistance>(), "assistance"); }
TEST(MachinesMatrix, OfClosure) { expect_matrix(core_of<Closure>(), "closure"); }
TEST(MachinesMatrix, OfTheVault) { expect_matrix(core_of<Vault>(), "vault"); }
// tests/service/audit tells of complaints, what persons say and warnings.
TEST(MachinesMatrix, OfAudit) {
  using enum StreamKind;
  expect_matrix(core_of<Audit>(), "audit", {complaint, feedback, observation, warning});
}
}  // namespace
}  // namespace nrm::test
