// An intake file is taken whole or not at all, and every fault names its line and column.
#include "services/cli/intake_file.hpp"

#include <gtest/gtest.h>

#include "common/base/limits.hpp"

namespace nrm {
namespace {
const std::string header =
    "first_responder_type,first_responder,exploitation,age_at_exploitation,gender,nationality,"
    "people\r\n";
const std::string good = "Police,Kent Police,Labour & Criminal,Child (17 or under),Male,UK,2\r\n";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  return text.replace(text.find(what), what.size(), by);
}
Error fault(const std::string& text) {
  const auto intake = read_intake(text);
  EXPECT_FALSE(intake) << text;
  return intake ? Error() : intake.error();
}

TEST(IntakeFile, ReadsRowsAndSums) {
  const auto intake = read_intake(
      header + good +
      "NGO and third sector,Kalayaan,Domestic,Adult (18 or over),Female,Atlantean Greek,3\r\n" +
      "Police,Kent Police,Sexual,Not specified or unknown,Unknown,Martian Atlantean,1\r\n");
  ASSERT_TRUE(intake) << intake.error().where << intake.error().detail;
  EXPECT_EQ(intake->people, 6u);
  EXPECT_EQ(intake->responders.size(), 2u);
  ASSERT_EQ(intake->rows.size(), 3u);
  const IntakeRow& row = intake->rows[0];
  EXPECT_EQ(row.line, 2u);
  EXPECT_EQ(row.kind, OrganisationKind::police);
  EXPECT_EQ(row.organisation.text(), "Kent Police");
  EXPECT_EQ(row.people, 2u);
  EXPECT_EQ(row.facts.exploitation, (std::vector{Exploitation::labour, Exploitation::criminal}));
  EXPECT_EQ(row.facts.age_at_exploitation, AgeBand::child);
  EXPECT_EQ(row.facts.age_now, AgeBand::unknown);
  EXPECT_EQ(intake->rows[1].facts.age_now, AgeBand::adult);
  EXPECT_EQ(row.facts.gender, Gender::male);
  EXPECT_EQ(row.facts.nationalities.at(0).country.text(), "GB");
  EXPECT_EQ(intake->unknown_nationalities, (std::vector<std::pair<std::string, std::uint64_t>>{
                                               {"Atlantean", 3}, {"Martian Atlantean", 1}}));
}

TEST(IntakeFile, ToleratesByteOrderMarkAndLineFeeds) {
  std::string text = "\xEF\xBB\xBF" + header + good;
  EXPECT_TRUE(read_intake(text));
  std::erase(text, '\r');
  EXPECT_TRUE(read_intake(text));
  EXPECT_TRUE(read_intake(header));  // a quarter without a referral
}

TEST(IntakeFile, NamesTheColumnAndWhatIsExpected) {
  const Error error = fault(header + good + replaced(good, "Male", "Mael"));
  EXPECT_EQ(error.code, Code::unknown_code);
  EXPECT_EQ(error.where, "line 3, column gender");
  EXPECT_TRUE(error.detail.starts_with("\"Mael\" is not one of: Female, Male")) << error.detail;
}

struct Broken {
  const char* name;
  std::string was, is;
  Code code;
  const char* where;
};
class BrokenCell : public testing::TestWithParam<Broken> {};

TEST_P(BrokenCell, IsRefusedWithItsPlace) {
  const Error error = fault(header + good + replaced(good, GetParam().was, GetParam().is));
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.where, GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BrokenCell,
    testing::Values(
        Broken{"Type", "Police,", "police,", Code::unknown_code,
               "line 3, column first_responder_type"},
        Broken{"NoName", "Kent Police", "", Code::missing_field, "line 3, column first_responder"},
        Broken{"LongName", "Kent Police", std::string(121, 'x'), Code::too_long,
               "line 3, column first_responder"},
        Broken{"NameOfTwoLines", "Kent Police", "\"Kent\nPolice\"", Code::invalid_text,
               "line 3, column first_responder"},
        Broken{"Exploitation", "Labour & Criminal", "Criminal & Labour", Code::unknown_code,
               "line 3, column exploitation"},
        Broken{"Age", "Child (17 or under)", "17", Code::unknown_code,
               "line 3, column age_at_exploitation"},
        Broken{"NoNationality", "UK,2", ",2", Code::missing_field, "line 3, column nationality"},
        Broken{"NumberAsNationality", "UK,2", "12345,2", Code::invalid_text,
               "line 3, column nationality"},
        Broken{"NoPeople", ",2", ",", Code::out_of_range, "line 3, column people"},
        Broken{"ZeroPeople", ",2", ",0", Code::out_of_range, "line 3, column people"},
        Broken{"NegativePeople", ",2", ",-2", Code::out_of_range, "line 3, column people"},
        Broken{"PaddedPeople", ",2", ",02", Code::out_of_range, "line 3, column people"},
        Broken{"HalfPeople", ",2", ",2.5", Code::out_of_range, "line 3, column people"},
        Broken{"TooManyPeople", ",2", ",100001", Code::out_of_range, "line 3, column people"},
        Broken{"EndlessPeople", ",2", ",99999999999999999999", Code::out_of_range,
               "line 3, column people"},
        Broken{"NotUtf8", "UK", "\xff", Code::invalid_text, "line 3, column 6"},
        Broken{"CellMissing", ",UK", "", Code::bad_request, "line 3, column 6"},
        Broken{"CellTooMany", ",UK", ",UK,UK", Code::bad_request, "line 3, column 8"},
        Broken{"Quote", "Kent Police", "Kent \"Police\"", Code::bad_request, "line 3, column 2"}),
    [](const auto& test) { return test.param.name; });

TEST(IntakeFile, TheHeaderIsExact) {
  EXPECT_EQ(fault("").code, Code::missing_field);
  const auto code = [](const std::string& text) {
    const Error error = fault(text);
    EXPECT_EQ(error.where, "line 1");
    EXPECT_NE(error.detail.find("expected exactly \"first_responder_type,"), std::string::npos);
    return error.code;
  };
  EXPECT_EQ(code(replaced(header, "gender,", "")), Code::missing_field);
  EXPECT_EQ(code(replaced(header, "gender", "Gender")), Code::missing_field);
  EXPECT_EQ(code(replaced(header, "people", "people,note")), Code::unknown_field);
  EXPECT_EQ(code(replaced(header, "gender,nationality", "nationality,gender")), Code::bad_request);
  EXPECT_EQ(code(good), Code::missing_field);
}

TEST(IntakeFile, ListsFurtherFaultsWithinABound) {
  std::string text = header;
  for (int i = 0; i < 40; ++i) text += replaced(good, "Male", "Mael");
  const Error error = fault(text);
  EXPECT_EQ(error.where, "line 2, column gender");
  EXPECT_NE(error.detail.find("\nline 17, column gender"), std::string::npos);
  EXPECT_EQ(error.detail.find("line 18"), std::string::npos);
  EXPECT_TRUE(error.detail.ends_with("and 24 more")) << error.detail;
}

TEST(IntakeFile, TheSumIsBounded) {
  std::string text = header;
  for (int i = 0; i < 10; ++i) text += replaced(good, ",2", ",100000");
  const auto intake = read_intake(text);
  ASSERT_TRUE(intake);
  EXPECT_EQ(intake->people, limits::intake_people_max);
  EXPECT_EQ(fault(text + good).code, Code::too_large);
  EXPECT_EQ(fault(std::string(limits::intake_file_bytes_max + 1, 'x')).code, Code::too_large);
}
}  // namespace
}  // namespace nrm
