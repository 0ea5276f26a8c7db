// What check_policy() says of packs with one thing wrong, and that it says what read_policy() does.
#include "common/step/policy_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "common/base/json.hpp"
#include "common/step/clock_table.hpp"
#include "tests/unit/step/packs.hpp"

namespace nrm::test {
namespace {
using testing::HasSubstr;

std::string with(std::string_view pack, std::string_view from, std::string_view to) {
  std::string bytes = pack_bytes(pack);
  const auto place = bytes.find(from);
  EXPECT_NE(place, bytes.npos) << from;
  if (place != bytes.npos) bytes.replace(place, from.size(), to);
  return bytes;
}

// "where: detail -> instead", one line for each finding.
std::string report(const PolicyCheck& check) {
  std::string out;
  for (const PolicyFinding& one : check.findings)
    out += (one.warning ? "warning " : "") + one.fault.where + ": " + one.fault.detail + " -> " +
           one.instead + '\n';
  return out;
}

void expect_finding(const std::string& bytes, std::string_view where, std::string_view detail,
                    std::string_view instead = "") {
  const PolicyCheck check = check_policy(bytes);
  const bool found = std::ranges::any_of(check.findings, [&](const PolicyFinding& one) {
    return !one.warning && one.fault.where == where &&
           one.fault.detail.find(detail) != std::string::npos &&
           one.instead.find(instead) != std::string::npos;
  });
  EXPECT_TRUE(found) << "expected " << where << ": " << detail << "\n" << report(check);
  EXPECT_FALSE(check.policy);
  EXPECT_FALSE(read_policy(bytes));
}

void expect_warning(const std::string& bytes, std::string_view where, std::string_view detail,
                    std::optional<Date> today = std::nullopt) {
  const PolicyCheck check = check_policy(bytes, today);
  const bool found = std::ranges::any_of(check.findings, [&](const PolicyFinding& one) {
    return one.warning && one.fault.where == where &&
           one.fault.detail.find(detail) != std::string::npos;
  });
  EXPECT_TRUE(found) << "expected " << where << ": " << detail << "\n" << report(check);
  EXPECT_TRUE(check.policy) << report(check);
}

TEST(PolicyCheck, FindsEveryMistakeAndNotOnlyTheFirst) {
  std::string bytes = with("uk", "\"kind\": \"target\"", "\"kind\": \"wish\"");
  const auto replace = [&bytes](std::string_view from, std::string_view to) {
    bytes.replace(bytes.find(from), from.size(), to);
  };
  replace("\"2022-04-15\"", "\"2022-04-31\"");
  replace("\"offers_max\": 5", "\"offers_max\": 0");
  replace("\"episodes_max\": 5", "\"episodes_max\": 0");
  replace("\"title\"", "\"tittle\"");
  const PolicyCheck check = check_policy(bytes);
  EXPECT_EQ(check.mistakes(), 6u) << report(check);
  EXPECT_THAT(report(check),
              HasSubstr("/clocks/0/kind: not in the list of codes -> one of: target, minimum, "
                        "maximum, window\n"));
  EXPECT_THAT(report(check), HasSubstr("/holidays/1: not a value of this type, or not in its list "
                                       "-> a day that the calendar has, as in 2024-02-29\n"));
  EXPECT_THAT(report(check), HasSubstr("/title: this member is required -> a text of 1 to 200"));
  EXPECT_THAT(report(check), HasSubstr("/tittle: this member is not known here -> leave it out; "
                                       "the members here are: pack, version, title"));
  EXPECT_THAT(report(check), HasSubstr("/offers_max: 1 to 50 -> 1 to 50\n"));
  EXPECT_THAT(report(check), HasSubstr("/identification/episodes_max"));
}

TEST(PolicyCheck, AMistakeDoesNotBringFalseOnesAfterIt) {
  // Read as the first code, it would be "given twice", and missing under its own name.
  const PolicyCheck check =
      check_policy(with("uk", "\"name\": \"plan\"", "\"name\": \"planning\""));
  ASSERT_EQ(check.findings.size(), 1u) << report(check);
  EXPECT_EQ(check.findings[0].fault.where, place_of_clock("uk", ClockName::plan) + "/name");
}

TEST(PolicyCheck, AClockPromisesWhatTheMechanismDoes) {
  expect_finding(with("uk", "\"expiry\": \"escalate\"", "\"expiry\": \"lapse\""),
                 "/clocks/0/expiry", "the end of first_stage is not lapse", "escalate");
  expect_finding(with("uk", " \"expiry\": \"escalate\",", ""), "/clocks/0/expiry",
                 "nothing happens when first_stage is over", "escalate");
  Policy mute = policy_of("uk");
  mute.clocks[0].starts.clear();
  expect_finding(to_json(mute), "/clocks/0/starts", "nothing starts first_stage",
                 "nrm.case.report_received.v1");
  expect_finding(with("uk", "nrm.case.report_received.v1", "nrm.case.closed.v1"),
                 "/clocks/0/starts/0", "nrm.case.closed.v1 does not start first_stage");
  expect_finding(with("uk", "\"pauses\": [], \"expiry\": \"lapse\"",
                      "\"pauses\": [\"contact_lost\"], \"expiry\": \"lapse\""),
                 place_of_clock("uk", ClockName::reconsideration) + "/pauses/0",
                 "reconsideration does not stand still during contact_lost", "\"pauses\": []");
  expect_finding(with("uk", "\"name\": \"key_epoch\"", "\"name\": \"key_retirement\""),
                 place_of_clock("uk", ClockName::key_epoch) + "/name", "the mechanism's own");
}

TEST(PolicyCheck, ACaseWouldWaitForEver) {
  // Without the general rule, routine offers have no end.
  expect_finding(with("uk", "\"name\": \"answer_offer\"", "\"name\": \"erasure_answer\""),
                 "/clocks", "the clock answer_offer is missing for routine needs");
  expect_finding(with("uk", "{\"stage\": \"second\"", "{\"stage\": \"first\""),
                 "/identification/deciders", "nobody decides the stage second on the route");
  expect_finding(with("uk", "{\"stage\": \"reconsideration\", \"route\": \"authority\"",
                      "{\"stage\": \"reconsideration\", \"route\": \"board\""),
                 "/identification/deciders",
                 "nobody decides the stage reconsideration on the route authority");
  expect_finding(with("georgia", "{\"stage\": \"reconsideration\", \"route\": \"board\"",
                      "{\"stage\": \"first\", \"route\": \"board\""),
                 "/identification/deciders",
                 "nobody decides the stage reconsideration on the route board");
  expect_finding(with("uk", "\"expiry\": \"advance\"", "\"expiry\": \"end\""),
                 place_of_clock("uk", ClockName::recovery) + "/expiry",
                 "there is a second stage to come to", "advance");
  expect_finding(with("georgia", "\"second_stage\": false", "\"second_stage\": true"),
                 "/identification/deciders", "nobody decides the stage second");
}

TEST(PolicyCheck, ACommitteeThatNeverReachesItsQuorum) {
  expect_finding(with("georgia", "\"quorum\": 3, \"members\": 5", "\"quorum\": 6, \"members\": 5"),
                 "/identification/deciders/2/quorum", "a committee of 5 never reaches it",
                 "1 to 5");
  expect_finding(with("georgia", "\"quorum\": 3, \"members\": 5", "\"quorum\": 0, \"members\": 5"),
                 "/identification/deciders/2/quorum", "never reaches it");
  expect_finding(with("georgia", "\"quorum\": 3, \"members\": 5", "\"quorum\": 3"),
                 "/identification/deciders/2/members", "a committee has members");
  expect_finding(with("uk", "\"quorum\": 1", "\"quorum\": 2"), "/identification/deciders/0/quorum",
                 "one person of an authority decides");
  expect_warning(with("georgia", "\"quorum\": 3, \"members\": 5", "\"quorum\": 2, \"members\": 5"),
                 "/identification/deciders/2/quorum", "two parts of the committee");
}

TEST(PolicyCheck, ARoleThatNobodyMayHold) {
  expect_finding(with("uk", "\"held_by\": [\"case_management\"]", "\"held_by\": []"),
                 "/roles/2/held_by", "nobody may hold the role case_manager");
  expect_finding(with("uk", "{\"role\": \"auditor\"", "{\"role\": \"witness\""), "/roles",
                 "nobody may hold the role auditor");
  Policy odd = policy_of("bulgaria");
  odd.identification.first_responders[0] = OrganisationKind::auditor;
  expect_finding(to_json(odd), "/identification/first_responders/0",
                 "/roles does not let this kind");
}

TEST(PolicyCheck, RulesThatOverlap) {
  expect_finding(with("uk", "{\"stage\": \"second\"", "{\"stage\": \"first\""),
                 "/identification/deciders/1", "has two rules");
  expect_finding(with("uk", "\"urgency\": \"emergency\"", "\"urgency\": \"urgent\""), "/clocks/5",
                 "given twice");
  expect_finding(with("uk", "\"2022-04-18\"", "\"2022-04-15\""), "/holidays/2", "named twice");
  expect_finding(with("uk", "\"GB-NW\"", "\"GB-NE\""), "/regions/1", "named twice");
  // Each urgency has its own answer_offer, so the general one serves nobody.
  Policy all = policy_of("uk");
  ClockRule routine = *all.rule(ClockName::answer_offer);
  routine.urgency = Urgency::routine;
  all.clocks.push_back(routine);
  expect_warning(to_json(all), place_of_clock("uk", ClockName::answer_offer), "never used");
}

TEST(PolicyCheck, CalendarsAndTheirRegions) {
  const auto local = [](std::string_view rows) {
    return with("uk", "\"regional_holidays\": []",
                "\"regional_holidays\": [" + std::string(rows) + "]");
  };
  expect_finding(local("{\"region\": \"FR-75\", \"days\": []}"), "/regional_holidays/0/region",
                 "not one of the pack's regions", "GB-SCT");
  expect_finding(local("{\"region\": \"GB-SCT\", \"days\": []}, "
                       "{\"region\": \"GB-SCT\", \"days\": [\"2024-01-02\"]}"),
                 "/regional_holidays/1", "has holidays already");
  expect_warning(local("{\"region\": \"GB-SCT\", \"days\": [\"2024-01-01\"]}"),
                 "/regional_holidays/0/days/0", "of the whole country already");
  expect_warning(with("uk", "\"2022-01-03\"", "\"2022-01-01\""), "/holidays/0", "a weekend");
  expect_finding(
      with("uk", "\"calendar_until\": \"2027-12-31\"", "\"calendar_until\": \"2027-06-30\""),
      "/holidays/48", "after the end of the calendar");
  expect_warning(
      with("uk", "\"calendar_until\": \"2027-12-31\"", "\"calendar_until\": \"2030-12-31\""),
      "/holidays", "no holiday in the last year before 2030-12-31");
  expect_warning(pack_bytes("uk"), "/calendar_until", "less than a year from now",
                 day("2027-02-01"));
  expect_finding(with("uk", "\"minutes_ahead\": 0", "\"minutes_ahead\": 900"),
                 "/zone/minutes_ahead", "14 hours");
}

TEST(PolicyCheck, AnonymityAndItsRoute) {
  expect_finding(with("uk", "\"k\": 5", "\"k\": 1"), "/identification/anonymity/k",
                 "one person is not a crowd");
  expect_finding(with("uk", "\"region\", \"gender\"", "\"region\", \"region\""),
                 "/identification/anonymity/combinations/0/1", "named twice");
  expect_finding(with("osce", "\"anonymous_route\": false", "\"anonymous_route\": true"),
                 "/identification/anonymity", "tells too much");
  expect_warning(with("uk", "\"anonymous_route\": true", "\"anonymous_route\": false"),
                 "/identification/anonymity", "never used");
}

// --- a new version ------------------------------------------------------------------------------

TEST(Succession, TakesALongerClockAndRefusesAMissingOne) {
  const Policy now = policy_of("uk");
  Policy next = now;
  ++next.version;
  next.clocks[0].length = 10;
  EXPECT_TRUE(check_succession(now, next).empty());
  // No pack needs it, but this one had it.
  std::erase_if(next.clocks,
                [](const ClockRule& rule) { return rule.name == ClockName::key_epoch; });
  ASSERT_EQ(check_succession(now, next).size(), 1u);
  EXPECT_THAT(check_succession(now, next)[0].fault.detail, HasSubstr("key_epoch"));
}

TEST(Succession, NeedsTheSamePackAHigherNumberAndWhatCasesWaitFor) {
  const Policy now = policy_of("georgia");
  EXPECT_EQ(check_succession(now, now)[0].fault.where, "/version");
  Policy next = now;
  next.version = 2;
  next.pack = *Text<32>::parse("abkhazia");
  EXPECT_EQ(check_succession(now, next)[0].fault.where, "/pack");
  next = now;
  next.version = 2;
  next.regions.pop_back();
  std::erase_if(next.identification.deciders,
                [](const DeciderRule& rule) { return rule.route == IdentificationRoute::board; });
  const auto findings = check_succession(now, next);
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].fault.where, "/regions");
  EXPECT_EQ(findings[1].fault.where, "/identification/deciders");
}

// --- a thousand changed packs -------------------------------------------------------------------

// splitmix64 (Steele, Lea, Flood 2014)
struct Dice {
  std::uint64_t state;
  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % bound;
  }
};

// A slip of a person's pen: a line lost or said twice, a word or number changed, bytes lost.
std::string mutated(const std::string& pack, Dice& dice) {
  static constexpr std::array words = {
      "authority", "committee", "hours",       "working_days", "lapse",    "end",
      "first",     "board",     "true",        "false",        "0",        "999999",
      "-1",        "null",      "[]",          "{}",           "urgent",   "second",
      "advance",   "witness",   "2024-02-30",  "plan",         "recovery", "GB-NOPE",
      "\"\"",      "1.5",       "first_stage", "escalate"};
  std::string out = pack;
  const auto line_at = [&out](std::size_t place) {
    const auto from = out.rfind('\n', place);
    const auto begin = from == out.npos ? 0 : from + 1;
    const auto end = std::min(out.find('\n', place), out.size() - 1);
    return std::pair(begin, end + 1 - begin);
  };
  const std::size_t place = dice.below(out.size());
  switch (dice.below(5)) {
    case 0: {
      const auto [from, length] = line_at(place);
      out.erase(from, length);
      break;
    }
    case 1: {
      const auto [from, length] = line_at(place);
      out.insert(from, out.substr(from, length));
      break;
    }
    case 2:
    case 3: {  // one value
      const auto from = out.find_first_of("abcdefghijklmnopqrstuvwxyz0123456789", place);
      if (from == out.npos) break;
      const auto end = out.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.", from);
      out.replace(from, end - from, words[dice.below(words.size())]);
      break;
    }
    default:
      out.erase(place, 1 + dice.below(20));
  }
  return out;
}

TEST(PolicyCheck, AgreesWithTheReaderOnAThousandChangedPacks) {
  Dice dice{4};
  std::size_t taken = 0, refused = 0;
  for (int round = 0; round < 1'000; ++round) {
    const std::string pack = pack_bytes(committed_packs[dice.below(std::size(committed_packs))]);
    std::string bytes = mutated(pack, dice);
    if (dice.below(3) == 0) bytes = mutated(bytes, dice);
    const PolicyCheck check = check_policy(bytes, day("2026-11-22"));
    const Result<Policy> read = read_policy(bytes);
    ASSERT_EQ(check.mistakes() == 0, read.has_value()) << report(check) << bytes;
    ASSERT_EQ(check.policy.has_value(), read.has_value());
    read ? ++taken : ++refused;
    for (const PolicyFinding& one : check.findings) {
      ASSERT_FALSE(one.fault.detail.empty()) << one.fault.where;
      ASSERT_TRUE(one.fault.where.empty() || one.fault.where[0] == '/') << one.fault.where;
    }
    if (!read) continue;
    // What is taken serves every decider: each clock that is needed has an end.
    for (const ClockRow& row : clock_table())
      for (const Urgency urgency : {Urgency::routine, Urgency::urgent, Urgency::emergency})
        ASSERT_TRUE(row.need != ClockNeed::every_pack ||
                    read->due(row.name, at("2024-05-02T10:00:00.000Z"), urgency));
    // And is written and read as the same.
    ASSERT_TRUE(read_policy(to_json(*read))) << to_json(*read);
  }
  EXPECT_GT(taken, 50u);
  EXPECT_GT(refused, 500u);
}
TEST(PolicyCheck, SupportHasItsClocksAndItsListeners) {
  expect_finding(with("osce", R"({"name": "child_notice")", R"({"name": "second_stage")"),
                 "/clocks", "child_notice");
  expect_finding(with("osce", R"({"name": "guardian")", R"({"name": "opening_approval")"),
                 "/clocks", "guardian");
  expect_finding(with("uk", R"({"name": "move_on")", R"({"name": "opening_approval")"), "/clocks",
                 "move_on");
  expect_finding(with("uk", R"({"from": "minor", "told": ["state_owner"]})",
                      R"({"from": "minor", "told": []})"),
                 "/support/incidents", "nobody is told");
  expect_finding(with("uk", R"({"from": "serious")", R"({"from": "grave")"), "/support/incidents/2",
                 "a rule already");
  expect_finding(with("bulgaria", R"("interior_ministry", "national)",
                      R"("child_protection_agency", "national)"),
                 "/support/child_notices/1", "named twice");
}

TEST(PolicyCheck, ClosingHasItsOrder) {
  expect_finding(with("osce", "[90, 180, 365]", "[90, 90, 365]"), "/closure/follow_up_days/1",
                 "later than the one before");
  expect_finding(with("osce", R"("followed_up": ["plan_completed")", R"("followed_up": ["died")"),
                 "/closure/followed_up/0", "nobody is there");
  expect_finding(with("osce", R"({"category": "not_a_victim", "days": 1095)",
                      R"({"category": "opened_in_error", "days": 1095)"),
                 "/closure/retention/1", "a rule already");
  expect_finding(with("osce", R"("days": 1095)", R"("days": 0)"), "/closure/retention/0/days",
                 "1 to 36500");
  expect_warning(with("osce", R"("referral_open", "support_running")", R"("support_running")"),
                 "/closure/checklist", "referral_open");
}

TEST(PolicyCheck, SilenceHasSomebodyWhoHearsIt) {
  constexpr std::string_view ladder = R"("ladder": ["case_manager", "state_owner"])";
  expect_finding(with("osce", ladder, R"("ladder": ["state_owner", "case_manager"])"),
                 "/referral/ladder", "from the lowest rung");
  expect_finding(with("osce", ladder, R"("ladder": ["provider_organisation"])"), "/referral/ladder",
                 "nobody hears");
  expect_finding(with("osce", ladder, R"("ladder": [])"), "/referral/ladder", "nobody hears");
  expect_finding(with("osce", ladder, R"("ladder": ["case_manager", "case_manager"])"),
                 "/referral/ladder/1", "named twice");
  expect_finding(with("osce", R"("override_hours": 24)", R"("override_hours": 200)"),
                 "/referral/override_hours", "a week at most");
  expect_warning(with("osce", R"("enquiry_k": 5)", R"("enquiry_k": 1)"), "/referral/enquiry_k",
                 "every number");
}
}  // namespace
}  // namespace nrm::test
