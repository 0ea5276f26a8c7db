#include "services/closure/closure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/refusals.hpp"

namespace nrm::test {
namespace {
const Core& core() { return core_of<Closure>(); }

std::filesystem::path story(std::string_view name) {
  return std::filesystem::path(NRM_SOURCE_FOLDER) / "tests/service/scripts/closure" /
         (std::string(name) + ".txt");
}

class ClosureScript : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ClosureScript, TellsItsStory) { expect_script(core(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Stories, ClosureScript, testing::ValuesIn(scripts_of("closure")),
                         [](const auto& test) { return script_name(test.param); });

// A story, the state that it leaves the file in, and what may be done there.
struct Reached {
  std::string_view story;
  std::optional<ClosureStatus> status;
  std::set<std::string_view> allowed;
};

std::ostream& operator<<(std::ostream& out, const Reached& reached) { return out << reached.story; }

constexpr std::string_view inform = InformPerson::type;
constexpr std::string_view ask = RequestClosure::type;
constexpr std::string_view approve = ApproveClosure::type;
constexpr std::string_view refuse = RefuseClosure::type;
constexpr std::string_view reopen = ReopenCase::type;

class ClosureState : public testing::TestWithParam<Reached> {};

INSTANTIATE_TEST_SUITE_P(
    All, ClosureState,
    testing::Values(Reached{"only_owed", std::nullopt, {}},
                    Reached{"opened", ClosureStatus::open, {inform}},
                    Reached{"confirmed", ClosureStatus::open, {inform}},
                    Reached{"ready", ClosureStatus::open, {ask}},
                    Reached{"refused_with_obligation", ClosureStatus::open, {}},
                    Reached{"requested", ClosureStatus::requested, {approve, refuse}},
                    Reached{"approval_is_overdue", ClosureStatus::requested, {approve, refuse}},
                    Reached{"owed_again", ClosureStatus::requested, {refuse}},
                    Reached{"closed", ClosureStatus::closed, {reopen}},
                    Reached{"reopened", ClosureStatus::open, {inform}},
                    Reached{"erasure_ordered", ClosureStatus::erasure_ordered, {reopen}},
                    Reached{"erased", ClosureStatus::erased, {}},
                    Reached{"erased_while_open", ClosureStatus::open, {ask}}),
    [](const auto& test) { return std::string(test.param.story); });

TEST_P(ClosureState, AllowsTheseCommandsAndRefusesAllOthers) {
  const auto right_actor = [](std::string_view) { return "case_manager@managers/ben"; };
  EXPECT_EQ(accepted_after(core(), story(GetParam().story), "c1", right_actor), GetParam().allowed);
}

TEST_P(ClosureState, IsRefusedToEveryOtherRole) {
  for (const std::string_view role :
       {"first_responder", "service_provider", "person", "auditor", "operator"}) {
    const auto wrong_actor = [role](std::string_view) { return std::string(role) + "@managers"; };
    EXPECT_THAT(accepted_after(core(), story(GetParam().story), "c1", wrong_actor),
                testing::IsEmpty())
        << role;
  }
}

// Who asked never answers, whatever else is right.
TEST_P(ClosureState, IsNeverClosedByOnePerson) {
  const auto same_person = [](std::string_view) { return "case_manager@managers/ana"; };
  const auto accepted = accepted_after(core(), story(GetParam().story), "c1", same_person);
  EXPECT_FALSE(accepted.contains(approve));
  EXPECT_FALSE(accepted.contains(refuse));
}

// What the conservation rule asks: an opened file is in one queue until its data is erased, and
// every state but open and erased has one clock.
TEST_P(ClosureState, IsInOnePlace) {
  Script script(core());
  ASSERT_TRUE(script.run(story(GetParam().story)));
  Desk& desk = script.desk();
  const ClosureFile* file = desk.find<ClosureFile>(script.id("c1"));
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->status, GetParam().status);
  const bool waits = file->status && file->status != ClosureStatus::erased;
  EXPECT_EQ(desk.all_rows().size(), waits ? 1u : 0u);
  EXPECT_EQ(desk.clocks().size(), waits && file->status != ClosureStatus::open ? 1u : 0u);
  for (const auto& [key, due] : desk.clocks()) EXPECT_EQ(file->running_clock(), key.second);
}
}  // namespace
}  // namespace nrm::test
