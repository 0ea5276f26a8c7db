#include "services/identification/identification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/runtime/step.hpp"
#include "common/store/keys.hpp"
#include "tests/support/machine.hpp"
#include "tests/support/refusals.hpp"
#include "tests/support/temporary_store.hpp"

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

// No pack of deploy/policy lets it be asked for; one that does grants it once, as the law does.
TEST(RecoveryOnRequest, IsGrantedOnce) {
  Policy policy = policy_of("osce");
  policy.identification.recovery.grant = RecoveryGrant::on_request;
  Desk desk(core(), std::move(policy));
  Instant now = *Instant::parse("2023-07-03T09:00:00.000Z");
  std::uint32_t inputs = 0;
  const auto live = [&](std::string_view who, Role role, decltype(Input::what) what) {
    return desk.apply({.id = derive(id_of("inputs"), ++inputs),
                       .at = now,
                       .actor = Actor{AccountId(id_of(who)), OrganisationId(id_of(who)), role},
                       .what = std::move(what)});
  };
  const CaseId subject(id_of("c1"));
  SubmitReport report{.subject = subject, .dossier = *Text<64>::parse(std::string(64, 'a'))};
  report.facts.age_now = AgeBand::adult;
  report.facts.region = *Region::parse("XX-S");
  const auto ask = [&] {
    return live("police", Role::first_responder, Command(RequestRecovery{subject}));
  };
  ASSERT_FALSE(live("police", Role::first_responder, Command(std::move(report))).rejection);
  ASSERT_FALSE(live("owner", Role::competent_authority,
                    Command(DecideFirstStage{subject, nrm::Outcome::positive,
                                             DecisionGround::evidence_sufficient}))
                   .rejection);
  ASSERT_FALSE(ask().rejection);
  const auto running = desk.clocks().find({case_stream(subject), ClockName::recovery});
  ASSERT_NE(running, desk.clocks().end());
  now = running->second;
  live("owner", Role::competent_authority,
       Due{case_stream(subject), ClockName::recovery, running->second});
  const auto again = ask();
  ASSERT_TRUE(again.rejection);
  EXPECT_EQ(again.rejection->code, Code::not_in_state);
}

// Modern Slavery Act 2015, s.52(3): what is not in the event must not be in the record's input.
class Notified : public testing::Test {
 protected:
  Notified() {
    crypto::start();
    facts.nationalities = {{*Country::parse("AL"), Text<64>::parse("Albanian")},
                           {*Country::parse("VN"), std::nullopt}};
    facts.gender = Gender::female;
    facts.age_at_exploitation = facts.age_now = AgeBand::adult;
    facts.place.countries = {*Country::parse("IT")};
    facts.region = *Region::parse("GB-LND");
    facts.met_on = Date::parse("2023-07-02");
    facts.captured_at = Instant::parse("2023-07-02T23:10:00.000Z");
  }
  // The bytes of the record, and what was answered.
  std::pair<std::string, std::optional<Error>> record(const Policy& policy) {
    const auto entropy = seeded_entropy(3);
    const auto signer = crypto::Signer::random();
    const Instant now = *Instant::parse("2023-07-03T09:00:00.000Z");
    auto step = Step::open({.core = core(),
                            .store = folder.store(),
                            .entropy = *entropy,
                            .policy = policy,
                            .policy_digest = "digest",
                            .signer = signer,
                            .origin = "test/identification/0",
                            .sandbox = true},
                           now);
    CHECK(step, "a fresh log opens");
    const std::string data = to_json(SubmitNotification{facts});
    (*step)->ask({.key = std::string(16, 'k'),
                  .actor = Actor{AccountId(id_of("officer")), OrganisationId(id_of("avon")),
                                 Role::first_responder},
                  .expects = {},
                  .type = SubmitNotification::type,
                  .data = data,
                  .personal = {}},
                 0, now);
    auto committed = (*step)->commit();
    CHECK(committed, "a batch is committed");
    const std::string bytes = *folder.store().get(Family::log, keys::log(1)).value();
    return {bytes, read(bytes).rejection};
  }
  static Record read(const std::string& bytes) {
    json::Document document;
    CHECK(document.parse_trusted(bytes), "a record is JSON");
    auto record = read_record(document.root());
    CHECK(record, "a record can be read");
    return std::move(record).value();
  }
  ReportFacts facts;
  TemporaryStore folder;
};
constexpr const char* told_too_much[] = {"2023-07-02", "captured_at", "Albanian",
                                         "\"VN\"",     "\"IT\"",      "female"};

TEST_F(Notified, IsRecordedAsCoarselyAsItIsKept) {
  const auto [bytes, refused] = record(policy_of("uk"));
  EXPECT_FALSE(refused);
  for (const char* one : told_too_much) EXPECT_THAT(bytes, testing::Not(testing::HasSubstr(one)));
  EXPECT_THAT(bytes, testing::HasSubstr("GB-LND"));
}

TEST_F(Notified, LeavesNoFactWhenItIsRefused) {
  Policy policy = policy_of("uk");
  policy.identification.anonymity->otherwise = TooFew::refuse;
  const auto [bytes, refused] = record(policy);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, Code::identifying_combination);
  for (const char* one : told_too_much) EXPECT_THAT(bytes, testing::Not(testing::HasSubstr(one)));
  EXPECT_THAT(bytes, testing::Not(testing::HasSubstr("GB-LND")));
}

TEST_F(Notified, LeavesNoFactWhenItIsRefusedForAnythingElse) {
  facts.age_now = AgeBand::child;
  const auto [bytes, refused] = record(policy_of("uk"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, Code::child_not_anonymous);
  for (const char* one : told_too_much) EXPECT_THAT(bytes, testing::Not(testing::HasSubstr(one)));
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
