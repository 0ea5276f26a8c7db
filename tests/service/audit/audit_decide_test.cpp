// The audit's own core: its stories, and what they leave open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/audit/audit.hpp"
#include "services/audit/quarters.hpp"
#include "tests/support/refusals.hpp"

namespace nrm::test {
namespace {
const Core& core() { return core_of<Audit>(); }

class AuditScript : public testing::TestWithParam<std::filesystem::path> {};
TEST_P(AuditScript, TellsItsStory) { expect_script(core(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(Stories, AuditScript, testing::ValuesIn(scripts_of("audit")),
                         [](const auto& test) { return script_name(test.param); });

// The negative space of a complaint: in each state every act, by whoever could have the right to
// it; all but those that are named are refused, and change nothing.
struct Stand {
  const char* story;
  std::set<std::string_view> allowed;
};
class ComplaintAt : public testing::TestWithParam<Stand> {};
TEST_P(ComplaintAt, AllowsTheseActsAndNoOther) {
  const ComplaintId none;
  const std::pair<const char*, Command> acts[] = {
      {"case_manager@managers/ana", RecordComplaint{none}},
      {"case_manager@managers/ana", AssignComplaint{none, OrganisationId(id_of("owner"))}},
      {"case_manager@managers/ana", RejectComplaint{none, InadmissibleReason::repeated}},
      {"competent_authority@owner/olga", AnswerComplaint{none}},
      {"person@managers/mia", AcceptComplaintAnswer{none}},
      {"person@managers/mia", EscalateComplaint{none}},
      {"auditor@overseer/ben", ConcludeComplaint{none}},
      {"person@managers/mia", WithdrawComplaint{none}}};
  const auto stories = scripts_of("audit");
  const auto story = std::ranges::find(stories, GetParam().story,
                                       [](const auto& file) { return file.stem().string(); });
  ASSERT_NE(story, stories.end());
  for (const auto& [by, act] : acts) {
    Script script(core());
    ASSERT_TRUE(script.run(*story));
    Command command = act;
    visit(
        [&](auto& c) {
          if constexpr (requires { c.complaint; }) c.complaint = ComplaintId(script.id("fresh1"));
        },
        command);
    Desk& desk = script.desk();
    const std::string before = desk.whole();
    const Outcome outcome = desk.apply(script.input(command, script.actor(by)));
    const std::string_view type = type_of(command);
    EXPECT_EQ(!outcome.rejection, GetParam().allowed.contains(type)) << type;
    if (outcome.rejection) {
      EXPECT_EQ(outcome.rejection->code, Code::not_in_state) << type;
      EXPECT_EQ(desk.whole(), before) << type;
    }
    EXPECT_THAT(desk.faults(), testing::IsEmpty());
  }
}
INSTANTIATE_TEST_SUITE_P(
    States, ComplaintAt,
    testing::Values(
        Stand{"complaint_received",
              {RecordComplaint::type, RejectComplaint::type, WithdrawComplaint::type}},
        Stand{"complaint_recorded",
              {AssignComplaint::type, RejectComplaint::type, WithdrawComplaint::type}},
        Stand{"complaint_assigned", {AnswerComplaint::type, WithdrawComplaint::type}},
        Stand{"complaint_answered",
              {AcceptComplaintAnswer::type, EscalateComplaint::type, WithdrawComplaint::type}},
        Stand{"complaint_escalated", {ConcludeComplaint::type, WithdrawComplaint::type}},
        Stand{"complaint_satisfied", {}}, Stand{"complaint_settled", {}},
        Stand{"complaint_concluded", {}}, Stand{"complaint_withdrawn_at_once", {}},
        Stand{"complaint_inadmissible_when_recorded", {}}),
    [](const auto& test) { return std::string(test.param.story); });

// The same acts are allowed under every pack, and each state has its clock there.
TEST(Complaints, LiveUnderEveryPack) {
  for (const char* pack : {"osce", "uk", "bulgaria", "georgia", "ireland", "latvia"}) {
    SCOPED_TRACE(pack);
    Desk desk(core(), policy_of(pack));
    Instant now = *Instant::parse("2024-03-04T09:00:00.000Z");
    int inputs = 0;
    const auto act = [&](const Actor& by, Command command) {
      return desk.apply({.id = id_of("act" + std::to_string(++inputs)),
                         .at = now,
                         .actor = by,
                         .what = std::move(command)});
    };
    const auto of = [](Role role, const char* organisation) {
      return Actor{AccountId(id_of(std::string(organisation) + "_desk")),
                   OrganisationId(id_of(organisation)), role};
    };
    const Actor person = of(Role::person, "shelter"), manager = of(Role::case_manager, "managers"),
                authority = of(Role::competent_authority, "owner"),
                ombudsman = of(Role::auditor, "overseer");
    const auto received = act(person, SubmitComplaint{.about = OrganisationId(id_of("house"))});
    ASSERT_FALSE(received.rejection) << received.rejection->detail;
    const ComplaintId id(received.decision.events.at(0).stream.id);
    const StreamKey stream = complaint_stream(id);
    const auto due = [&](ClockName clock) { return desk.clocks().at({stream, clock}); };
    EXPECT_GT(due(ClockName::complaint_registration), now);
    EXPECT_FALSE(act(manager, RecordComplaint{id}).rejection);
    EXPECT_FALSE(act(manager, AssignComplaint{id, authority.organisation}).rejection);
    EXPECT_GT(due(ClockName::complaint_answer), now);
    EXPECT_FALSE(act(authority, AnswerComplaint{.complaint = id}).rejection);
    EXPECT_GT(due(ClockName::complaint_response), now);
    EXPECT_FALSE(act(person, EscalateComplaint{id}).rejection);
    now = due(ClockName::complaint_conclusion);
    const auto late = desk.apply({.id = id_of("late"),
                                  .at = now,
                                  .actor = std::nullopt,
                                  .what = Due{stream, ClockName::complaint_conclusion, now}});
    EXPECT_EQ(late.decision.events.size(), 1u);
    EXPECT_GT(due(ClockName::complaint_conclusion), now);
    EXPECT_FALSE(act(ombudsman, ConcludeComplaint{.complaint = id}).rejection);
    EXPECT_TRUE(desk.clocks().empty());
    EXPECT_THAT(desk.faults(), testing::IsEmpty());
  }
}

TEST(PrivacyBudget, IsCountedDownExactly) {
  const auto left = minus({1, 1}, {1, 3});
  ASSERT_TRUE(left);
  EXPECT_EQ(*left, (Epsilon{2, 3}));
  EXPECT_EQ(minus({2, 3}, {1, 6}), (Epsilon{1, 2}));
  EXPECT_EQ(minus({1, 2}, {1, 2}), (Epsilon{0, 1}));
  EXPECT_EQ(minus({1, 3}, {1, 2}), std::nullopt);
  EXPECT_EQ(minus({1, 3}, {333'334, 1'000'000}), std::nullopt);
  EXPECT_TRUE(minus({1, 3}, {333'333, 1'000'000}));
  EXPECT_EQ(minus({1, 3}, {1, 0}), std::nullopt);
  // What no 32 bits can hold is refused, never rounded.
  EXPECT_EQ(minus({UINT32_MAX, 4'294'967'291}, {1, 4'294'967'279}), std::nullopt);
}

TEST(Quarters, AreReadWrittenAndEnd) {
  EXPECT_EQ(quarter_text(*quarter_number("2023Q3")), "2023Q3");
  EXPECT_EQ(quarter_of(*Date::parse("2023-09-30")), *quarter_number("2023Q3"));
  EXPECT_EQ(quarter_of(*Date::parse("2023-10-01")), *quarter_number("2023Q4"));
  EXPECT_EQ(end_of_quarter(*quarter_number("2023Q4")).text(), "2023-12-31T23:59:59.999Z");
  EXPECT_EQ(end_of_quarter(*quarter_number("2024Q1")).text(), "2024-03-31T23:59:59.999Z");
  for (const char* wrong : {"2023Q0", "2023Q5", "2023q3", "23Q3", "", "2023Q33", "x023Q1"})
    EXPECT_EQ(quarter_number(wrong), std::nullopt) << wrong;
}
}  // namespace
}  // namespace nrm::test
