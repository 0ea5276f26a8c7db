#include "services/identification/identification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/machine.hpp"
#include "tests/support/refusals.hpp"

namespace nrm::test {
namespace {
const Core& core() { return core_of<Identification>(); }

std::filesystem::path story(std::string_view name) {
  return std::filesystem::path(NRM_SOURCE_FOLDER) / "tests/service/scripts/identification" /
         (std::string(name) + ".txt");
}

class IdentificationScript : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(IdentificationScript, TellsItsStory) { expect_script(core(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Stories, IdentificationScript,
                         testing::ValuesIn(scripts_of("identification")),
                         [](const auto& test) { return script_name(test.param); });

TEST(IdentificationMachines, AreDrawnAndLeaveNobodyUnseen) {
  const Machine machines[] = {
      {.kind = StreamKind::case_,
       .statuses = statuses_of<IdentificationStatus>(),
       // What can be contested is at rest without that window, too: IsInOnePlace looks closer.
       .at_rest = {"confirmed", "notified_anonymous", "signal_resolved", "withdrawn", "deceased",
                   "merged", "opened_in_error", "ended", "negative_first_stage", "not_confirmed",
                   "disqualified", "contact_lost"},
       .aged = {"awaiting_second_stage"}},
      {.kind = StreamKind::group,
       .statuses = statuses_of<GroupStatus>(),
       .at_rest = {"closed"},
       .aged = {}}};
  expect_machines(core(), "identification", machines);
}

// A story, the state that it leaves the case in, and what may still be decided there. A
// notification is always of a new case.
struct Reached {
  std::string_view story;
  IdentificationStatus status{};
  std::set<std::string_view> allowed;
  std::string_view subject = "c1";
  std::string_view reporter = "avon";
};

std::ostream& operator<<(std::ostream& out, const Reached& reached) { return out << reached.story; }

using Allowed = std::set<std::string_view>;
constexpr std::string_view first = DecideFirstStage::type;
constexpr std::string_view second = DecideSecondStage::type;
constexpr std::string_view contest = RequestReconsideration::type;
constexpr std::string_view attempt = RecordContactAttempt::type;
constexpr std::string_view withdraw = WithdrawIdentification::type;
constexpr std::string_view disqualify = Disqualify::type;
constexpr std::string_view recuse = RecuseMember::type;
constexpr std::string_view episode = OpenFurtherEpisode::type;
// Always of a new case.
// In a pack without the anonymous route.
const Allowed signal{ReceiveSignal::type};
const Allowed anew{SubmitNotification::type, ReceiveSignal::type};
const Allowed deciders{first,      second, RequestInformation::type, DecideReconsideration::type,
                       disqualify, recuse};

Allowed with(Allowed all, std::initializer_list<std::string_view> more) {
  all.insert(more);
  return all;
}
// Of a case in which something is awaited, by who reported it.
const Allowed under_way = with(anew, {attempt, withdraw});

class IdentificationState : public testing::TestWithParam<Reached> {};

INSTANTIATE_TEST_SUITE_P(
    All, IdentificationState,
    testing::Values(
        Reached{"report", IdentificationStatus::reported, with(under_way, {first, recuse})},
        Reached{"first_stage_is_overdue", IdentificationStatus::reported,
                with(under_way, {first, recuse})},
        Reached{"first_stage_negative", IdentificationStatus::negative_first_stage,
                with(under_way, {contest, recuse})},
        Reached{"first_stage_window_closed", IdentificationStatus::negative_first_stage,
                with(anew, {episode, recuse})},
        Reached{"first_stage_positive", IdentificationStatus::recovery_period,
                with(under_way, {disqualify, recuse})},
        Reached{"recovery_ended", IdentificationStatus::awaiting_second_stage,
                with(under_way, {second, disqualify, recuse})},
        Reached{"second_stage_is_overdue",
                IdentificationStatus::awaiting_second_stage,
                {second, disqualify, ReceiveSignal::type, recuse}},
        Reached{"second_stage_positive", IdentificationStatus::confirmed,
                with(anew, {episode, disqualify, recuse})},
        Reached{"second_stage_negative", IdentificationStatus::not_confirmed,
                with(under_way, {contest, recuse})},
        Reached{"second_stage_window_closed", IdentificationStatus::not_confirmed,
                with(anew, {episode, recuse})},
        Reached{"information_requested", IdentificationStatus::information_requested,
                with(signal, {AnswerInformation::type, withdraw, recuse}), "c1", "border"},
        Reached{"contact_lost", IdentificationStatus::contact_lost,
                with(signal, {attempt, ReportContactRegained::type, withdraw, recuse}), "c1",
                "border"},
        Reached{"reconsideration_asked", IdentificationStatus::reconsideration,
                with(signal, {attempt, withdraw, recuse}), "c1", "border"},
        Reached{"disqualified", IdentificationStatus::disqualified,
                with(signal, {attempt, withdraw, contest, recuse}), "c1", "border"},
        Reached{"withdrawn", IdentificationStatus::withdrawn, with(signal, {episode, recuse}), "c1",
                "border"},
        Reached{"died", IdentificationStatus::deceased, with(signal, {recuse}), "c1", "border"},
        Reached{"notification", IdentificationStatus::notified_anonymous, anew, "fresh1"},
        Reached{"closed_while_reported", IdentificationStatus::ended, anew}),
    [](const auto& test) { return std::string(test.param.story); });

TEST_P(IdentificationState, AllowsTheseCommandsAndRefusesAllOthers) {
  const Reached& reached = GetParam();
  const auto right_actor = [&](std::string_view type) {
    return deciders.contains(type) ? std::string("competent_authority@owner")
                                   : "first_responder@" + std::string(reached.reporter);
  };
  EXPECT_EQ(accepted_after(core(), story(reached.story), reached.subject, right_actor),
            reached.allowed);
}

// A person and a provider come to their own cases alone; the gateway looks whose they are.
TEST_P(IdentificationState, IsRefusedToEveryOtherRole) {
  const std::map<std::string, Allowed> roles = {
      {"case_manager", {}},
      {"auditor", {}},
      {"operator", {}},
      {"person", {withdraw, contest, RequestRecovery::type}},
      {"service_provider",
       {withdraw, contest, RequestRecovery::type, RecordContactAttempt::type,
        ReportContactRegained::type}}};
  for (const auto& [role, may] : roles) {
    const auto wrong_actor = [&role](std::string_view) { return role + "@owner"; };
    EXPECT_THAT(accepted_after(core(), story(GetParam().story), GetParam().subject, wrong_actor),
                testing::IsSubsetOf(may))
        << role;
  }
}

// What the conservation rule asks: one owner; one queue and its clock, or settled and neither.
TEST_P(IdentificationState, IsInOnePlace) {
  Script script(core());
  ASSERT_TRUE(script.run(story(GetParam().story)));
  Desk& desk = script.desk();
  const CaseFile* file = desk.find<CaseFile>(script.id(GetParam().subject));
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->status, GetParam().status);
  EXPECT_EQ(file->owner, OrganisationId(id_of("owner")));
  std::size_t queued = 0;
  for (const auto& [key, value] : desk.all_rows()) queued += key.starts_with("queue/") ? 1 : 0;
  EXPECT_EQ(queued, file->settled() ? 0u : 1u);
  std::optional<ClockName> running;
  for (const auto& [key, due] : desk.clocks()) {
    EXPECT_FALSE(running) << "two clocks";
    running = key.second;
  }
  EXPECT_EQ(file->running_clock(), running);
  const bool no_time_set = GetParam().story == "recovery_ended";
  EXPECT_EQ(running.has_value(), !file->settled() && !no_time_set);
}

TEST(Reference, IsReadableAndFindsMistakes) {
  EXPECT_EQ(make_reference(Uuid{}).text(), "00000-00000-0");
  Uuid ones;
  ones.bytes.fill(0xff);
  EXPECT_EQ(make_reference(ones).text(), "ZZZZZ-ZZZZZ-X");  // 2^50 - 1 modulo 37 is 29
  for (std::uint32_t n = 0; n < 200; ++n)
    EXPECT_THAT(make_reference(derive(id_of("reference"), n)).text(),
                testing::MatchesRegex("[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}-"
                                      "[0-9A-HJKMNP-TV-Z*~$=U]"));
}

TEST(Reference, ChangesItsCheckWithEveryCharacter) {
  // The check is the number modulo 37, a prime above 32: change one digit and it changes.
  const std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
  const std::string text = make_reference(id_of("a person")).text();
  std::string ten = text.substr(0, 5) + text.substr(6, 5);
  const auto check = [&](const std::string& of) {
    std::uint64_t rest = 0;
    for (const char c : of) rest = (rest * 32 + digits.find(c)) % 37;
    return digits[rest];
  };
  ASSERT_EQ(check(ten), text.back());
  for (std::size_t i = 0; i < ten.size(); ++i)
    for (const char other : digits.substr(0, 32)) {
      std::string wrong = ten;
      wrong[i] = other;
      if (wrong != ten) {
        EXPECT_NE(check(wrong), text.back()) << wrong;
      }
    }
}
}  // namespace
}  // namespace nrm::test
