#include "common/event/personal.hpp"

#include <gtest/gtest.h>

#include "common/base/codec.hpp"

namespace nrm {
namespace {
constexpr std::string_view whole =
    R"({"name":"Ana \"Z\"","also_known_as":"A","date_of_birth":"1999-02-28","document_number":"X1",)"
    R"("phone":"+373","address":"Str. 1","safe_contact":"a friend","account":"line\u000aline",)"
    R"("health_notes":"insulin","family_at_risk":"a child"})";

PersonalPart part() {
  json::Document document;
  EXPECT_TRUE(document.parse_strict(whole));
  PersonalPart out;
  Reading reading(Unknown::refuse);
  EXPECT_TRUE(read_json(document.root(), out, reading)) << reading.faults().front().where;
  return out;
}

TEST(PersonalParts, RoundTrip) { EXPECT_EQ(write_personal(part()).reveal(), whole); }

TEST(PersonalParts, OnlyTheClassThatWasAskedFor) {
  const auto only = [](DataClass data) { return write_personal(part(), data).reveal(); };
  EXPECT_EQ(only(DataClass::identity),
            R"({"name":"Ana \"Z\"","also_known_as":"A","date_of_birth":"1999-02-28",)"
            R"("document_number":"X1"})");
  EXPECT_EQ(only(DataClass::contact), R"({"phone":"+373","address":"Str. 1"})");
  EXPECT_EQ(only(DataClass::safe_contact), R"({"safe_contact":"a friend"})");
  EXPECT_EQ(only(DataClass::narrative), R"({"account":"line\u000aline"})");
  EXPECT_EQ(only(DataClass::medical), R"({"health_notes":"insulin"})");
  EXPECT_EQ(only(DataClass::family), R"({"family_at_risk":"a child"})");
  EXPECT_EQ(only(DataClass::shelter_location), "{}");
  EXPECT_EQ(write_personal(PersonalPart{}).reveal(), "{}");
}

TEST(PersonalParts, OnlyAnAccountHasSeveralLines) {
  EXPECT_TRUE(Narrative<20>::parse("a\nb\tc"));
  EXPECT_FALSE(Narrative<20>::parse("a\x1b[2J"));
  EXPECT_FALSE(Narrative<20>::parse(""));
  EXPECT_FALSE(Narrative<4>::parse("abcde"));
  json::Document document;
  ASSERT_TRUE(document.parse_strict(R"({"name":"a\nb"})"));
  PersonalPart out;
  Reading reading(Unknown::refuse);
  EXPECT_FALSE(read_json(document.root(), out, reading));
  EXPECT_EQ(reading.faults().front().where, "/name");
}
}  // namespace
}  // namespace nrm
