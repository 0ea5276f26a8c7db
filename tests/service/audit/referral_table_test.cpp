// The published quarter, reported person by person, comes out of the logs byte by byte.
#include "services/audit/referral_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "services/cli/intake_file.hpp"

namespace nrm {
namespace {
OrganisationId organisation(std::uint32_t n) { return OrganisationId(derive(Uuid{}, n)); }

std::string file(std::string_view quarter) {
  std::ifstream in(
      NRM_SOURCE_FOLDER "/tests/data/uk-nrm/uk_nrm_referrals_" + std::string(quarter) + ".csv",
      std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// What loading an intake leaves in the logs.
std::vector<Emit> events_of(const Intake& intake) {
  std::vector<Emit> out;
  const auto id_of = [&](const Responder& responder) {
    const auto at = std::lower_bound(intake.responders.begin(), intake.responders.end(), responder);
    return organisation(static_cast<std::uint32_t>(at - intake.responders.begin()));
  };
  for (const auto& one : intake.responders)
    out.push_back({organisation_stream(id_of(one)), OrganisationRegistered{one.name, one.kind}});
  std::uint32_t n = 1'000'000;
  for (const auto& row : intake.rows)
    for (std::uint32_t i = 0; i < row.people; ++i) {
      ReportReceived report;
      report.organisation = id_of({row.kind, row.organisation});
      report.facts = row.facts;
      out.push_back({case_stream(derive(Uuid{}, ++n)), std::move(report)});
    }
  return out;
}

class PublishedQuarter : public testing::TestWithParam<std::pair<const char*, std::uint64_t>> {};

TEST_P(PublishedQuarter, ComesBackByteByByteInAnyOrder) {
  const auto [quarter, total] = GetParam();
  const std::string published = file(quarter);
  const auto intake = read_intake(published);
  ASSERT_TRUE(intake) << intake.error().where << ": " << intake.error().detail;
  EXPECT_EQ(intake->people, total);
  EXPECT_TRUE(intake->unknown_nationalities.empty());

  auto events = events_of(*intake);
  std::shuffle(events.begin(), events.end(), std::mt19937(42));
  ReferralTable table;
  for (const auto& event : events) table.apply(event.stream, event.event);
  EXPECT_EQ(table.people(), total);
  EXPECT_EQ(table.cells().size(), intake->rows.size());
  EXPECT_TRUE(table.csv() == published) << "the table differs from the file";
}

INSTANTIATE_TEST_SUITE_P(Uk, PublishedQuarter,
                         testing::Values(std::pair{"2022_q2", 4171}, std::pair{"2022_q3", 4586},
                                         std::pair{"2022_q4", 4417}, std::pair{"2023_q1", 4746},
                                         std::pair{"2023_q2", 3998}, std::pair{"2023_q3", 4138}),
                         [](const auto& test) { return test.param.first; });

TEST(ReferralTable, UnseenResponderAndDemonymComeBack) {
  const std::string published =
      "first_responder_type,first_responder,exploitation,age_at_exploitation,gender,nationality,"
      "people\r\n"
      "Police,police of Mars,Forced Begging,Child (17 or under),Other,UK Martian,1\r\n"
      "Police,\"Police, Atlantis\",Sexual & Criminal,Adult (18 or over),Female,Atlantean,2\r\n"
      "NGO and third sector,\"The \"\"Lamp\"\"\",Labour,Not specified or unknown,Not Recorded,"
      "Congolese Drc ,3\r\n";
  const auto intake = read_intake(published);
  ASSERT_TRUE(intake) << intake.error().where << ": " << intake.error().detail;
  ReferralTable table;
  for (const auto& event : events_of(*intake)) table.apply(event.stream, event.event);
  EXPECT_EQ(table.csv(), published);
}

TEST(ReferralTable, AReporterNotYetRegisteredIsStillCounted) {
  ReferralTable table;
  ReportReceived report;
  report.organisation = organisation(1);
  table.apply(case_stream(derive(Uuid{}, 2)), report);
  ASSERT_EQ(table.cells().size(), 1u);
  EXPECT_EQ(table.cells()[0].first_responder, "Not specified or unknown");
  table.apply(organisation_stream(organisation(1)),
              OrganisationRegistered{*Text<120>::parse("Kent Police"), OrganisationKind::police});
  EXPECT_EQ(table.cells()[0], (ReferralCell{"Police", "Kent Police", "Not specified or unknown",
                                            "Not specified or unknown", "Unknown", "Unknown", 1}));
}

TEST(ReferralTable, AnonymousNotificationsAreAnotherTable) {
  ReferralTable table;
  table.apply(case_stream(derive(Uuid{}, 1)), NotificationRecorded{});
  EXPECT_EQ(table.people(), 0u);
  EXPECT_TRUE(table.cells().empty());
}

TEST(ReferralTable, OrganisationsOfOneNameAreOneResponder) {
  ReferralTable table;
  for (std::uint32_t n : {1u, 2u}) {
    table.apply(organisation_stream(organisation(n)),
                OrganisationRegistered{*Text<120>::parse("Unseen"), OrganisationKind::ngo});
    ReportReceived report;
    report.organisation = organisation(n);
    table.apply(case_stream(derive(Uuid{}, 10 + n)), report);
  }
  ASSERT_EQ(table.cells().size(), 1u);
  EXPECT_EQ(table.cells()[0].people, 2u);
}
}  // namespace
}  // namespace nrm
