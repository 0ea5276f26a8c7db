// What people and shells read: tables, numbers, completion, exit codes, progress, problems.
#include <gtest/gtest.h>

#include "services/cli/api.hpp"
#include "services/cli/completion.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/statistics.hpp"
#include "services/cli/table.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::cli {
namespace {
TEST(TableTest, ThousandsHaveCommas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'000), "1,000");
  EXPECT_EQ(with_commas(1'234'567), "1,234,567");
}

TEST(TableTest, NumbersStandToTheRightAndUtf8CountsByCharacter) {
  Table table({"name", "people"});
  table.add({"Zürich", "7"});
  table.add({"Basle", "1,200"});
  EXPECT_EQ(table.text(),
            "  name    people\n"
            "  Zürich       7\n"
            "  Basle    1,200\n");
}

TEST(CompletionTest, EveryPathOffersItsSubcommandsAndOptions) {
  const CommandWords words{
      "nrm", {"--help"}, {{"audit", {}, {{"verify", {"--dir"}, {}}}}, {"up", {"--port"}, {}}}};
  const std::string script = bash_completion(words);
  EXPECT_NE(script.find("\"audit\"|\"audit verify\"|\"up\")"), script.npos);
  EXPECT_NE(script.find("\"audit verify\") words=\"--dir \""), script.npos);
  EXPECT_NE(script.find("\"\") words=\"audit up --help \""), script.npos);
}

TEST(OutcomeTest, CodesSayWhoseTurnItIs) {
  EXPECT_EQ(exit_code(Error(Code::unknown_code)), 64);
  EXPECT_EQ(exit_code(Error(Code::malformed_json)), 64);
  EXPECT_EQ(exit_code(Error(Code::corrupt)), 65);
  EXPECT_EQ(exit_code(Error(Code::unavailable)), 69);
  EXPECT_EQ(exit_code(Error(Code::io_failed)), 70);
  EXPECT_EQ(exit_code(Error(Code::too_many_requests)), 75);
  EXPECT_EQ(exit_code(Error(Code::diverged)), 76);
  EXPECT_EQ(exit_code(Error(Code::too_early)), 1);
  EXPECT_EQ(exit_code(Error(Code::forbidden)), 1);
}

TEST(ProblemTest, NamesEveryFieldAtFault) {
  const auto response =
      http::problem({Error(Code::unknown_code, "/facts/gender", "not in the list"),
                     Error(Code::missing_field, "/facts/region")});
  const Error error = problem_of({.status = response.status, .headers = {}, .body = response.body});
  EXPECT_EQ(error.code, Code::missing_field);  // the first in the order of the codes
  EXPECT_NE(error.detail.find("field /facts/gender: not in the list"), std::string::npos);
  EXPECT_NE(error.detail.find("field /facts/region: A member is missing"), std::string::npos);
}

TEST(ProblemTest, AnAnswerThatIsNoProblemIsOurFault) {
  EXPECT_EQ(problem_of({.status = 502, .headers = {}, .body = "<html>"}).code, Code::internal);
}

TEST(JsonTest, AQuerysValueIsEncoded) {
  EXPECT_EQ(percent_encoded("A & B/ü"), "A%20%26%20B%2F%C3%BC");
}

TEST(ProgressTest, PrintsEachTenthOnceWhenNobodyWatches) {
  testing::internal::CaptureStderr();
  {
    Progress progress("Reporting", 20);
    for (int i = 0; i < 20; ++i) progress.add();
  }
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 10);
  EXPECT_TRUE(lines.starts_with("Reporting: 2 of 20\n"));
  EXPECT_TRUE(lines.ends_with("Reporting: 20 of 20\n"));
}

TEST(ProgressTest, SaysWhereItStoppedAndIsSilentWhenQuiet) {
  testing::internal::CaptureStderr();
  {
    Progress progress("Closing", 100);
    progress.to(15);
  }
  { Progress quiet("Quiet", 10, true), done("Quiet too", 0, true); }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "Closing: 15 of 100\n");
}

class DifferencesTest : public testing::Test {
 protected:
  void SetUp() override {
    table_.apply(
        {StreamKind::organisation, kent_},
        OrganisationRegistered{*Text<120>::parse("Kent Police"), OrganisationKind::police});
    ReportReceived report;
    report.organisation = kent_;
    report.facts.exploitation = {Exploitation::labour};
    report.facts.age_at_exploitation = AgeBand::adult;
    report.facts.gender = Gender::female;
    report.facts.nationalities = {{*Country::parse("AL"), std::nullopt}};
    table_.apply(case_stream(Uuid{}), report);
  }
  std::string publish(const std::string& csv) {
    EXPECT_TRUE(write_file(folder_.file("table.csv"), csv, 0600));
    return folder_.file("table.csv");
  }
  test::TemporaryFolder folder_;
  ReferralTable table_;
  OrganisationId kent_{Uuid{{1}}};
};

TEST_F(DifferencesTest, AreNoneForTheSameTable) {
  const auto found = differences(publish(table_.csv()), table_);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->empty());
}

TEST_F(DifferencesTest, NameTheCellOnBothSides) {
  const std::string head(table_.csv().substr(0, table_.csv().find('\n') + 1));
  const auto found = differences(
      publish(head + "Police,Kent Police,Labour,Adult (18 or over),Female,Albanian,3\r\n"
                     "Police,Kent Police,Labour,Adult (18 or over),Male,Albanian,1\r\n"),
      table_);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2u);
  EXPECT_NE(found->at(0).find("Female | Albanian: published 3, computed 1"), std::string::npos);
  EXPECT_NE(found->at(1).find("Male | Albanian: published 1, computed 0"), std::string::npos);
}
}  // namespace
}  // namespace nrm::cli
