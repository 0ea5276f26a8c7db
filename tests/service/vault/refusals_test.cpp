// The negative space of the vault: in every state of a case, every command by everybody; what is
// not listed is refused and changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/vault/vault.hpp"
#include "tests/support/refusals.hpp"

namespace nrm::test {
namespace {
using testing::IsEmpty;
using Types = std::set<std::string_view>;

std::filesystem::path story(std::string_view name) {
  return std::filesystem::path(NRM_SOURCE_FOLDER) / "tests/service/scripts/vault" /
         (std::string(name) + ".txt");
}

Types accepted(std::string_view after, const std::string& actor) {
  return accepted_after(core_of<Vault>(), story(after), "fresh1",
                        [&](std::string_view) { return actor; });
}

constexpr std::string_view consent = RecordConsent::type;
constexpr std::string_view glass = BreakGlass::type;
constexpr std::string_view conflict = DeclareConflict::type;
constexpr std::string_view seal = SealDossier::type;
constexpr std::string_view erase = EraseCase::type;

// A case that is sealed, and one whose report is in, are the same to those who open.
class LiveDossier : public testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(Stories, LiveDossier, testing::Values("sealed", "reported"));

TEST_P(LiveDossier, AllowsEachItsOwn) {
  EXPECT_EQ(accepted(GetParam(), "first_responder@avon"), (Types{seal, consent, glass, conflict}));
  // Before its report a dossier abandons itself; nobody asks to erase it.
  Types managers{consent, glass, conflict};
  if (GetParam() == "reported") managers.insert(erase);
  EXPECT_EQ(accepted(GetParam(), "case_manager@managers"), managers);
  EXPECT_EQ(accepted(GetParam(), "competent_authority@owner"), (Types{consent, glass, conflict}));
}

// Without a relation the case is not there; only the glass can be broken.
TEST_P(LiveDossier, IsNotThereForStrangers) {
  EXPECT_EQ(accepted(GetParam(), "first_responder@kent"), (Types{seal, glass}));
  EXPECT_EQ(accepted(GetParam(), "case_manager@strangers"), Types{glass});
  EXPECT_EQ(accepted(GetParam(), "competent_authority@strangers"), Types{glass});
  EXPECT_EQ(accepted(GetParam(), "service_provider@haven"), Types{glass});
  for (const std::string role : {"person", "guardian", "auditor", "witness"})
    EXPECT_THAT(accepted(GetParam(), role + "@managers"), IsEmpty()) << role;
}

TEST_P(LiveDossier, IsNothingForTheOperatorToOpen) {
  EXPECT_EQ(accepted(GetParam(), "operator@office"), Types{RegisterOrganisation::type});
}

TEST(SupportedDossier, IsOpenToItsProvider) {
  EXPECT_EQ(accepted("supported", "service_provider@haven"), (Types{consent, glass, conflict}));
  EXPECT_EQ(accepted("supported", "service_provider@clinic"), Types{glass});
}

TEST(AbandonedDossier, IsGoneForEverybody) {
  EXPECT_EQ(accepted("abandoned", "first_responder@avon"), Types{seal});
  for (const std::string actor :
       {"case_manager@managers", "competent_authority@owner", "service_provider@haven"})
    EXPECT_THAT(accepted("abandoned", actor), IsEmpty()) << actor;
}

TEST(BarredFromADossier, NothingIsThere) {
  EXPECT_THAT(accepted("denied", "service_provider@haven"), IsEmpty());
  EXPECT_THAT(accepted("conflicted", "case_manager@managers/ana"), IsEmpty());
  EXPECT_EQ(accepted("conflicted", "case_manager@managers/ben"),
            (Types{erase, consent, glass, conflict}));
}
}  // namespace
}  // namespace nrm::test
