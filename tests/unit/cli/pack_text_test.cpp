// Packs as people see them: where a mistake is in the file, and what two of them say otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "services/cli/json_place.hpp"
#include "services/cli/policy_diff.hpp"
#include "services/cli/policy_findings.hpp"

namespace nrm::cli {
namespace {
using testing::HasSubstr;

std::string pack_bytes(const std::string& pack) {
  std::ifstream in(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/" + pack + ".json");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string place(std::string_view json, std::string_view pointer) {
  const TextPlace found = place_of(json, pointer);
  return std::to_string(found.line) + ':' + std::to_string(found.column);
}

TEST(JsonPlace, LeadsToTheValue) {
  const std::string_view text =
      "{\n  \"a\": 1,\n  \"b\": [10, {\"c\": true}, \"x\"],\n  \"d/e\": 5\n}\n";
  EXPECT_EQ(place(text, ""), "1:1");
  EXPECT_EQ(place(text, "/a"), "2:8");
  EXPECT_EQ(place(text, "/b"), "3:8");
  EXPECT_EQ(place(text, "/b/0"), "3:9");
  EXPECT_EQ(place(text, "/b/1/c"), "3:19");
  EXPECT_EQ(place(text, "/b/2"), "3:26");
  EXPECT_EQ(place(text, "/d~1e"), "4:10");
}

TEST(JsonPlace, LeadsToWhatIsAboveAMissingValue) {
  const std::string_view text = "{\"b\": [10, {\"c\": true}]}";
  EXPECT_EQ(place(text, "/b/1/nothing"), place(text, "/b/1"));
  EXPECT_EQ(place(text, "/b/7/c"), place(text, "/b"));
  EXPECT_EQ(place(text, "/bb"), "1:1");
  EXPECT_EQ(place("", "/b"), "1:1");
}

TEST(JsonPlace, LeadsToTheSecondOfTwo) { EXPECT_EQ(place("{\"a\": 1,\n \"a\": 2}", "/a"), "2:7"); }

TEST(JsonPlace, FindsTheFirstByteThatCannotBe) {
  const auto fault = [](std::string_view json) {
    const auto found = first_fault(json);
    return found ? std::to_string(found->line) + ':' + std::to_string(found->column) : "none";
  };
  EXPECT_EQ(fault(R"({"a": [1, -2.5e+3, "x\n", null, true, false], "b": {}})"), "none");
  EXPECT_EQ(fault("{\"a\": 1,}"), "1:9");
  EXPECT_EQ(fault("{\"a\": 1\n \"b\": 2}"), "2:2");
  EXPECT_EQ(fault("[1, 2"), "1:6");
  EXPECT_EQ(fault("[1] x"), "1:5");
  EXPECT_EQ(fault("[\"a\nb\"]"), "1:4");
  EXPECT_EQ(fault("[tru]"), "1:5");
  EXPECT_EQ(fault(""), "1:1");
  EXPECT_EQ(fault(std::string(100'000, '[')), "1:66");  // deeper than anybody reads: no overflow
}

TEST(JsonPlace, AgreesWithTheReaderOnCutTexts) {
  const std::string whole = pack_bytes("uk");
  for (std::size_t length = 0; length + 3 < whole.size(); length += 97)
    EXPECT_TRUE(first_fault(std::string_view(whole).substr(0, length))) << length;
  EXPECT_FALSE(first_fault(whole));
}

TEST(PolicyFindings, SayWhereAndWhatToWrite) {
  std::string bytes = pack_bytes("uk");
  bytes.replace(bytes.find("\"target\""), 8, "\"wish\"");
  const auto findings = check_policy(bytes).findings;
  EXPECT_EQ(text_of_findings("uk.json", bytes, findings),
            "uk.json: 1 mistake, 0 warnings\n"
            "  mistake in line 6, column 37, at /clocks/0/kind\n"
            "    not in the list of codes\n"
            "    instead: one of: target, minimum, maximum, window\n");
  EXPECT_EQ(json_of_findings("uk.json", bytes, findings),
            "{\"file\":\"uk.json\",\"mistakes\":1,\"warnings\":0,\"findings\":[{\"severity\":"
            "\"mistake\",\"code\":\"unknown_code\",\"where\":\"/clocks/0/kind\",\"line\":6,"
            "\"column\":37,\"detail\":\"not in the list of codes\",\"instead\":\"one of: target, "
            "minimum, maximum, window\"}]}\n");
  EXPECT_EQ(text_of_findings("uk.json", bytes, {}), "");
}

TEST(PolicyFindings, PointAtBrokenJson) {
  const std::string bytes = "{\n  \"pack\": \"uk\",\n  \"version\" 5\n}\n";
  EXPECT_THAT(text_of_findings("x.json", bytes, check_policy(bytes).findings),
              HasSubstr("line 3, column 13"));
}

Policy policy(const std::string& pack) { return read_policy(pack_bytes(pack)).value(); }

TEST(PolicyDiff, SaysNothingOfTwoThatAreTheSame) {
  EXPECT_TRUE(differences(policy("georgia"), policy("georgia")).empty());
}

TEST(PolicyDiff, NamesClocksDecidersAndDays) {
  const Policy before = policy("uk");
  Policy after = before;
  after.version = 9;
  for (ClockRule& rule : after.clocks) {
    if (rule.name == ClockName::first_stage) rule.length = 10;
    if (rule.name == ClockName::answer_offer && rule.urgency == Urgency::urgent) rule.length = 12;
  }
  std::erase_if(after.clocks,
                [](const ClockRule& rule) { return rule.name == ClockName::key_epoch; });
  after.holidays.push_back(*Date::parse("2027-12-31"));
  after.holidays.erase(after.holidays.begin());
  after.identification.deciders[1].kind = DeciderKind::committee;
  after.identification.deciders[1].quorum = 2;
  after.identification.deciders[1].members = 3;
  after.anonymous_route = false;
  EXPECT_EQ(text_of_differences(differences(before, after)),
            "version\n"
            "  ~ 4 -> 9\n"
            "clocks\n"
            "  ~ first_stage, length: 5 -> 10\n"
            "  ~ answer_offer urgent, length: 24 -> 12\n"
            "  - key_epoch: kind maximum, unit calendar_days, length 7, starts "
            "nrm.keys.epoch_begun.v1, nrm.keys.epoch_destroyed.v1, expiry advance\n"
            "holidays\n"
            "  - 2022-01-03\n"
            "  + 2027-12-31\n"
            "identification\n"
            "  ~ deciders, second authority, kind: authority -> committee\n"
            "  ~ deciders, second authority, quorum: 1 -> 2\n"
            "  + deciders, second authority, members: 3\n"
            "anonymous_route\n"
            "  ~ yes -> no\n");
}

TEST(PolicyDiff, IsTheSameBackwards) {
  const auto there = differences(policy("osce"), policy("georgia"));
  const auto back = differences(policy("georgia"), policy("osce"));
  EXPECT_GT(there.size(), 20u);
  EXPECT_EQ(there.size(), back.size());
  for (const PolicyDifference& one : there)
    EXPECT_TRUE(std::ranges::any_of(back,
                                    [&](const PolicyDifference& other) {
                                      return other.part == one.part && other.what == one.what &&
                                             other.before == one.after && other.after == one.before;
                                    }))
        << one.part << ' ' << one.what;
}
}  // namespace
}  // namespace nrm::cli
