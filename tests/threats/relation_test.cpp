// Threat 1, the vault's part: a valid account tries ids. For every command about a case and every
// role: a case without a relation, one that is denied, and one that never was are answered alike.
#include <gtest/gtest.h>

#include "tests/support/refusals.hpp"
#include "tests/threats/case_desk.hpp"

namespace nrm::test {
namespace {
constexpr Role all_roles[] = {Role::first_responder, Role::competent_authority,
                              Role::case_manager,    Role::service_provider,
                              Role::person,          Role::guardian,
                              Role::auditor,         Role::operator_,
                              Role::witness};

// Commands of the vault about one case; breaking the glass is how strangers come in, on the record.
std::vector<Command> about(const CaseId& subject, const Policy& policy) {
  std::vector<Command> out;
  for (Command& command : every_command(subject, policy)) {
    const bool of_a_case = visit(
        [](const auto& one) {
          if constexpr (requires { one.subject; })
            return std::is_same_v<std::remove_cvref_t<decltype(one.subject)>, CaseId>;
          else
            return false;
        },
        command);
    if (of_a_case && target_of(command) == Service::vault && !holds<BreakGlass>(command))
      out.push_back(std::move(command));
  }
  return out;
}

std::string said(const Result<Decision>& decided) {
  if (decided) return "accepted";
  const Error& error = decided.error();
  return std::string(row_of(error.code).name) + '|' + error.where + '|' + error.detail;
}

TEST(Threat01_Relation, OthersCasesAreAnsweredAsIfTheyDidNotExist) {
  CaseDesk desk;
  const CaseId other = desk.seal(), absent(id_of("absent"));
  const auto theirs = about(other, desk.desk.policy()), nothing = about(absent, desk.desk.policy());
  ASSERT_GT(theirs.size(), 6u);
  for (const Role role : all_roles)
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      const Actor stranger = actor(role, "kent");
      const auto answer = said(desk.try_out(stranger, theirs[i]));
      EXPECT_EQ(answer, said(desk.try_out(stranger, nothing[i])))
          << to_text(role) << " " << type_of(theirs[i]);
      EXPECT_NE(answer, "accepted") << to_text(role) << " " << type_of(theirs[i]);
    }
}

TEST(Threat01_Relation, WhoIsDeniedIsAnsweredAsIfTheCaseDidNotExist) {
  CaseDesk desk;
  const CaseId own = desk.seal(), absent(id_of("absent"));
  desk.accept(own, "haven");
  const Actor ana = actor(Role::case_manager, "managers", "ana");
  desk.ask(ana, DenyAccess{own, {}, organisation("haven"), DenialGround::under_investigation});
  desk.ask(ana, DeclareConflict{own, ConflictGround::family});
  const auto mine = about(own, desk.desk.policy()), nothing = about(absent, desk.desk.policy());
  for (const Actor& barred : {actor(Role::service_provider, "haven"), ana})
    for (std::size_t i = 0; i < mine.size(); ++i)
      EXPECT_EQ(said(desk.try_out(barred, mine[i])), said(desk.try_out(barred, nothing[i])))
          << to_text(barred.role) << " " << type_of(mine[i]);
  EXPECT_EQ(said(desk.try_out(ana, BreakGlass{own, {}})),
            said(desk.try_out(ana, BreakGlass{absent, {}})));
}
}  // namespace
}  // namespace nrm::test
