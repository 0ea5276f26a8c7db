#include "common/base/codec.hpp"

#include <gtest/gtest.h>

#include "common/base/ids.hpp"
#include "common/base/text.hpp"
#include "common/base/time.hpp"

namespace nrm {
namespace {
BOOST_DEFINE_ENUM_CLASS(Colour, red, green, operator_)

struct Inner {
  Date on;
  std::optional<Text<4>> word;
  bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (on, word))

struct Outer {
  bool flag = false;
  std::uint8_t small = 0;
  std::int64_t large = 0;
  std::string free;
  Colour colour{};
  CaseId id;
  Text<4> name;
  std::optional<Instant> at;
  std::vector<Inner> list;
  Inner inner;
  bool operator==(const Outer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (flag, small, large, free, colour, id, name, at, list, inner))

constexpr std::string_view full =
    R"({"flag":true,"small":255,"large":-9,"free":"a\"b","colour":"operator",)"
    R"("id":"5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab","name":"é\"","at":"2024-02-29T09:30:00.000Z",)"
    R"("list":[{"on":"2024-02-29"},{"on":"1969-12-31","word":"x"}],"inner":{"on":"2000-01-01"}})";

Outer full_value() {
  return {true,
          255,
          -9,
          "a\"b",
          Colour::operator_,
          *CaseId::parse("5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab"),
          *Text<4>::parse("é\""),
          Instant::parse("2024-02-29T09:30:00.000Z"),
          {{*Date::parse("2024-02-29"), {}}, {*Date::parse("1969-12-31"), Text<4>::parse("x")}},
          {*Date::parse("2000-01-01"), {}}};
}

template <class T>
std::vector<Error> faults_of(std::string_view text, Unknown unknown, T& out) {
  json::Document document;
  EXPECT_TRUE(document.parse_strict(text)) << text;
  Reading reading(unknown);
  const bool good = read_json(document.root(), out, reading);
  EXPECT_EQ(good, reading.faults().empty());
  return reading.faults();
}

// `full` with one piece of it replaced.
std::string with(std::string_view piece, std::string_view other) {
  std::string text(full);
  const auto at = text.find(piece);
  EXPECT_NE(at, text.npos) << piece;
  return text.replace(at, piece.size(), other);
}

TEST(Codec, WritesMembersInOrderOfDescription) { EXPECT_EQ(to_json(full_value()), full); }

TEST(Codec, ReadsWhatItWrites) {
  for (const Unknown unknown : {Unknown::refuse, Unknown::ignore}) {
    Outer out;
    EXPECT_TRUE(faults_of(full, unknown, out).empty());
    EXPECT_EQ(out, full_value());
  }
}

TEST(Codec, EmptyMembersAreLeftOutAndReadAsEmpty) {
  const std::string text = to_json(Outer{});
  EXPECT_EQ(text, R"({"flag":false,"small":0,"large":0,"free":"","colour":"red",)"
                  R"("id":"00000000-0000-0000-0000-000000000000","inner":{"on":"1970-01-01"}})");
  Outer out = full_value();
  out.name = {};
  out.at.reset();
  out.list.clear();
  EXPECT_TRUE(faults_of(text, Unknown::ignore, out).empty());
  EXPECT_EQ(out, Outer{});
}

TEST(Codec, MembersMayComeInAnyOrder) {
  Inner out;
  EXPECT_TRUE(faults_of(R"({"word":"x","on":"2024-02-29"})", Unknown::refuse, out).empty());
  EXPECT_EQ(out.on.text(), "2024-02-29");
}

struct Fault {
  std::string piece, other;
  Code code;
  std::string where;
};

const Fault wrong_in_both[] = {
    {"\"flag\":true", "\"flag\":1", Code::wrong_type, "/flag"},
    {"\"flag\":true", "\"flag\":\"true\"", Code::wrong_type, "/flag"},
    {"\"flag\":true", "\"flag\":null", Code::wrong_type, "/flag"},
    {"255", "256", Code::out_of_range, "/small"},
    {"255", "-1", Code::out_of_range, "/small"},
    {"255", "\"1\"", Code::wrong_type, "/small"},
    {"\"a\\\"b\"", "7", Code::wrong_type, "/free"},
    {"\"operator\"", "\"operator_\"", Code::unknown_code, "/colour"},
    {"\"operator\"", "\"Red\"", Code::unknown_code, "/colour"},
    {"\"operator\"", "\"\"", Code::unknown_code, "/colour"},
    {"\"operator\"", "0", Code::wrong_type, "/colour"},
    {"5f0c9a1e", "5F0C9A1E", Code::invalid_text, "/id"},
    {"\"5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab\"", "{}", Code::wrong_type, "/id"},
    {"\"é\\\"\"", "\"abcde\"", Code::too_long, "/name"},
    {"\"é\\\"\"", "\"\"", Code::invalid_text, "/name"},
    {"\"é\\\"\"", "\"a\\n\"", Code::invalid_text, "/name"},
    {"2024-02-29T09:30:00.000Z", "2024-02-29", Code::invalid_date, "/at"},
    {"\"2024-02-29T09:30:00.000Z\"", "null", Code::wrong_type, "/at"},
    {"[{\"on\":\"2024-02-29\"}", "[{\"on\":\"2023-02-29\"}", Code::invalid_date, "/list/0/on"},
    {"\"word\":\"x\"", "\"word\":[]", Code::wrong_type, "/list/1/word"},
    {"{\"on\":\"2000-01-01\"}", "[]", Code::wrong_type, "/inner"},
    {"[{\"on\":\"2024-02-29\"},", "[7,", Code::wrong_type, "/list/0"},
};

TEST(Codec, WrongValuesAreRefusedStrictOrNot) {
  for (const auto& fault : wrong_in_both)
    for (const Unknown unknown : {Unknown::refuse, Unknown::ignore}) {
      Outer out;
      const auto faults = faults_of(with(fault.piece, fault.other), unknown, out);
      ASSERT_EQ(faults.size(), 1u) << fault.other;
      EXPECT_EQ(row_of(faults[0].code).name, row_of(fault.code).name) << fault.other;
      EXPECT_EQ(faults[0].where, fault.where) << fault.other;
      EXPECT_EQ(faults[0].detail.find(fault.other), std::string::npos) << "values are not quoted";
    }
}

const Fault wrong_in_strict[] = {
    {"\"flag\":true,", "", Code::missing_field, "/flag"},
    {"\"name\":\"é\\\"\",", "", Code::missing_field, "/name"},
    {"{\"on\":\"2024-02-29\"}", "{}", Code::missing_field, "/list/0/on"},
    {"\"inner\":{\"on\":\"2000-01-01\"}", "\"inner\":{}", Code::missing_field, "/inner/on"},
    {"\"flag\"", "\"extra/~\":{\"x\":[]},\"flag\"", Code::unknown_field, "/extra~1~0"},
    {"\"word\":\"x\"", "\"Word\":\"x\"", Code::unknown_field, "/list/1/Word"},
};

TEST(Codec, MissingAndUnknownMembersAreRefusedOnlyInStrict) {
  for (const auto& fault : wrong_in_strict) {
    Outer out;
    const std::string text = with(fault.piece, fault.other);
    const auto faults = faults_of(text, Unknown::refuse, out);
    ASSERT_EQ(faults.size(), 1u) << fault.other;
    EXPECT_EQ(row_of(faults[0].code).name, row_of(fault.code).name) << fault.other;
    EXPECT_EQ(faults[0].where, fault.where);
    EXPECT_TRUE(faults_of(text, Unknown::ignore, out).empty()) << fault.other;
  }
}

TEST(Codec, MissingOptionalMembersAreFineInStrict) {
  Outer out = full_value();
  const std::string text = with(",\"at\":\"2024-02-29T09:30:00.000Z\"", "");
  out = Outer{};
  EXPECT_TRUE(faults_of(text, Unknown::refuse, out).empty());
  EXPECT_FALSE(out.at);
}

TEST(Codec, AllFaultsAreCollectedUpToALimit) {
  Outer out;
  const auto faults = faults_of(R"({"flag":1,"small":-1,"colour":"blue"})", Unknown::refuse, out);
  std::vector<std::string> places;
  for (const auto& fault : faults) places.push_back(fault.where);
  EXPECT_EQ(places, (std::vector<std::string>{"/flag", "/small", "/large", "/free", "/colour",
                                              "/id", "/name", "/inner"}));
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += (i ? ",\"x" : "\"x") + std::to_string(i) + "\":0";
  Inner inner;
  EXPECT_EQ(faults_of(many + "}", Unknown::refuse, inner).size(), limits::field_errors_max);
}

TEST(Codec, ListsFromOutsideAreLimited) {
  const auto list = [](std::size_t n) {
    std::string text = "[";
    for (std::size_t i = 0; i < n; ++i) text += i ? ",7" : "7";
    return text + "]";
  };
  std::vector<std::uint32_t> out;
  EXPECT_TRUE(faults_of(list(limits::list_items_max), Unknown::refuse, out).empty());
  const auto faults = faults_of(list(limits::list_items_max + 1), Unknown::refuse, out);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].code, Code::too_long);
  EXPECT_TRUE(faults_of(list(1000), Unknown::ignore, out).empty());
  EXPECT_EQ(out.size(), 1000u);
}

TEST(Codec, SensitiveValuesCanBeReadAndNotWritten) {
  std::optional<Sensitive<Text<4>>> out;
  EXPECT_TRUE(faults_of("\"Ana\"", Unknown::refuse, out).empty());
  EXPECT_EQ(out->reveal().text(), "Ana");
  EXPECT_EQ(faults_of("\"\"", Unknown::refuse, out)[0].code, Code::invalid_text);
}

TEST(Codec, FromJsonGivesTheFirstFault) {
  json::Document document;
  ASSERT_TRUE(document.parse_strict(R"({"on":7,"word":7})"));
  EXPECT_EQ(from_json<Inner>(document.root(), Unknown::refuse).error().where, "/on");
  ASSERT_TRUE(document.parse_strict(R"({"on":"2024-02-29","later":1})"));
  EXPECT_EQ(from_json<Inner>(document.root(), Unknown::ignore)->on.text(), "2024-02-29");
}

TEST(Codes, EveryNameFindsItsCode) {
  for (std::size_t i = 0; i < std::size(code_rows); ++i)
    EXPECT_EQ(code_from(code_rows[i].name), static_cast<Code>(i)) << "two codes share a name";
  EXPECT_FALSE(code_from("validation_failed"));
  EXPECT_EQ(row_of(Code::too_early).status, 409);
}
}  // namespace
}  // namespace nrm
