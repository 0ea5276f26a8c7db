// The anonymised register: what is counted, and that nobody small can be told from it.
#include "services/audit/complaint_register.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
class Register : public testing::Test {
 protected:
  Register() {
    say(organisation_stream(id_of("house")),
        OrganisationRegistered{.name = *Text<120>::parse("Safe house 1"),
                               .kind = OrganisationKind::service_provider});
    say(organisation_stream(id_of("police")),
        OrganisationRegistered{.name = *Text<120>::parse("Kent Police"),
                               .kind = OrganisationKind::police});
  }
  void say(const StreamKey& stream, Event event) {
    Record record;
    record.at = now_;
    record.events.push_back({stream, std::move(event)});
    register_.take(record);
  }
  StreamKey complain(const char* about, ComplaintMatter matter) {
    const StreamKey stream = complaint_stream(id_of("complaint" + std::to_string(++complaints_)));
    ComplaintReceived event;
    event.about = OrganisationId(id_of(about));
    event.matter = matter;
    event.subject = CaseId(id_of("case"));
    say(stream, event);
    return stream;
  }
  void complain(const char* about, ComplaintMatter matter, int times) {
    for (int i = 0; i < times; ++i) complain(about, matter);
  }
  std::optional<std::uint64_t> count(const std::string& by, const std::string& value,
                                     std::uint32_t threshold = 10) {
    for (const RegisterRow& row : register_.rows(threshold))
      if (row.by == by && row.value == value) return row.count;
    ADD_FAILURE() << "no row " << by << ' ' << value;
    return {};
  }

  Instant now_ = *Instant::parse("2024-02-05T10:00:00.000Z");
  ComplaintRegister register_{*Instant::parse("2024-12-31T23:59:59.999Z")};
  int complaints_ = 0;
};

TEST_F(Register, CountsEachComplaintOnceUnderEachHeading) {
  complain("house", ComplaintMatter::delay, 11);
  complain("police", ComplaintMatter::safety, 12);
  EXPECT_EQ(register_.complaints(), 23u);
  EXPECT_EQ(count("total", "all"), 23u);
  EXPECT_EQ(count("matter", "delay"), 11u);
  EXPECT_EQ(count("body", "police"), 12u);
  EXPECT_EQ(count("status", "received"), 23u);
  EXPECT_EQ(count("finding", "none yet"), 23u);
  EXPECT_EQ(count("in time", "yes"), 23u);
}

TEST_F(Register, FollowsWhereTheyStand) {
  const StreamKey one = complain("house", ComplaintMatter::delay);
  const auto stands = [&](Event event, const char* status) {
    say(one, std::move(event));
    EXPECT_EQ(count("status", status, 0), 1u);
  };
  stands(ComplaintRecorded{}, "recorded");
  stands(ComplaintAssigned{}, "assigned");
  stands(
      ComplaintAnswered{
          .by = {}, .finding = ComplaintFinding::not_upheld, .remedy = {}, .respond_by = {}},
      "answered");
  EXPECT_EQ(count("finding", "not_upheld", 0), 1u);
  stands(ComplaintEscalated{}, "escalated");
  say(one, ComplaintOverdue{ComplaintDuty::conclusion});
  EXPECT_EQ(count("in time", "no", 0), 1u);
  stands(ComplaintConcluded{.by = {}, .finding = ComplaintFinding::upheld, .remedy = {}},
         "concluded");
  EXPECT_EQ(count("finding", "upheld", 0), 1u);
  stands(ComplaintSatisfied{}, "satisfied");
  stands(ComplaintSettled{}, "settled");
  stands(ComplaintWithdrawn{}, "withdrawn");
  stands(ComplaintInadmissible{}, "inadmissible");
}

TEST_F(Register, OfASmallQuarterNothingIsShown) {
  complain("house", ComplaintMatter::delay, 9);
  for (const RegisterRow& row : register_.rows(10)) EXPECT_EQ(row.count, std::nullopt) << row.by;
}

// A small count does not follow from the total and the others.
TEST_F(Register, ASmallCountTakesAnotherWithIt) {
  complain("house", ComplaintMatter::delay, 1);
  complain("house", ComplaintMatter::safety, 12);
  complain("house", ComplaintMatter::no_interpreter, 30);
  EXPECT_EQ(count("total", "all"), 43u);
  EXPECT_EQ(count("matter", "delay"), std::nullopt);
  EXPECT_EQ(count("matter", "safety"), std::nullopt);
  EXPECT_EQ(count("matter", "no_interpreter"), 30u);
}

// Whatever is counted: what is hidden of one heading is two counts at least, k or more together.
TEST_F(Register, WhatIsHiddenIsNeverToldByTheRest) {
  for (int seed = 0; seed < 200; ++seed) {
    ComplaintRegister other(*Instant::parse("2024-12-31T23:59:59.999Z"));
    std::map<std::string, std::uint64_t> truth;
    std::uint64_t total = 0;
    for (int m = 0; m < 5; ++m) {
      const int times = (seed * 7 + m * m * 13 + seed * m) % 17;
      for (int i = 0; i < times; ++i) {
        Record record;
        record.at = now_;
        ComplaintReceived event;
        event.about = OrganisationId(id_of("house"));
        event.matter = static_cast<ComplaintMatter>(m);
        record.events.push_back(
            {complaint_stream(id_of(std::to_string(m) + "x" + std::to_string(i))), event});
        other.take(record);
        ++truth[std::string(to_text(event.matter))];
        ++total;
      }
    }
    std::uint64_t hidden = 0, sum = 0;
    for (const RegisterRow& row : other.rows(10)) {
      if (row.by != "matter") continue;
      if (row.count) {
        EXPECT_EQ(*row.count, truth.at(row.value));
        EXPECT_GE(*row.count, 10u);
        continue;
      }
      ++hidden;
      sum += truth.at(row.value);
    }
    if (total >= 10 && hidden > 0) {
      EXPECT_GE(hidden, 2u) << seed;
      EXPECT_GE(sum, 10u) << seed;
    }
  }
}

TEST_F(Register, LooksAtNothingLater) {
  complain("house", ComplaintMatter::delay, 10);
  now_ = *Instant::parse("2025-01-01T00:00:00.000Z");
  complain("house", ComplaintMatter::delay, 10);
  EXPECT_EQ(register_.complaints(), 10u);
}

TEST_F(Register, SaysNoNameCaseOrId) {
  complain("house", ComplaintMatter::delay, 12);
  const auto rows = register_.rows(10);
  EXPECT_EQ(csv_of(rows).substr(0, 61),
            "quarter,by,value,complaints\r\n2024Q1,total,all,12\r\n2024Q1,body");
  for (const std::string& text : {csv_of(rows), json_of(rows)}) {
    EXPECT_EQ(text.find("Safe house"), text.npos);
    EXPECT_EQ(text.find(id_of("case").text()), text.npos);
    EXPECT_EQ(text.find(id_of("house").text()), text.npos);
  }
  json::Document document;
  EXPECT_TRUE(document.parse_strict(json_of(rows)));
  EXPECT_TRUE(document.parse_strict(json_of({})));
}
}  // namespace
}  // namespace nrm::test
