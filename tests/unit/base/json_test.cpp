#include "common/base/json.hpp"

#include <gtest/gtest.h>

namespace nrm::json {
namespace {
Error strict_fault(std::string_view text) {
  Document document;
  const auto result = document.parse_strict(text);
  EXPECT_FALSE(document.root()) << "nothing of a refused document can be read";
  return result ? Error(Code::internal, "", "accepted") : result.error();
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

std::string nested(std::size_t depth) { return repeated("[", depth) + repeated("]", depth); }

TEST(Json, EveryKindOfValue) {
  Document document;
  ASSERT_TRUE(document.parse_strict(
      R"( {"n":null,"t":true,"f":false,"i":-7,"s":"a\"b","a":[1,[2],{}],"o":{"x":{"y":3}}} )"));
  const Value root = document.root();
  EXPECT_EQ(root.kind(), Kind::object);
  EXPECT_EQ(root.find("n").kind(), Kind::null);
  EXPECT_TRUE(root.find("t").boolean());
  EXPECT_EQ(root.find("f").kind(), Kind::boolean);
  EXPECT_FALSE(root.find("f").boolean());
  EXPECT_EQ(root.find("i").integer(), -7);
  EXPECT_EQ(root.find("s").text(), "a\"b");
  EXPECT_EQ(root.find("o").find("x").find("y").integer(), 3);
  EXPECT_FALSE(root.find("y")) << "only members of its own";
  EXPECT_FALSE(root.find("missing"));
  std::vector<Kind> kinds;
  for (const Value item : root.find("a")) kinds.push_back(item.kind());
  EXPECT_EQ(kinds, (std::vector{Kind::integer, Kind::array, Kind::object}));
}

TEST(Json, ScalarsHaveNoChildren) {
  Document document;
  ASSERT_TRUE(document.parse_strict(R"(["text",1])"));
  for (const Value item : document.root()) EXPECT_FALSE(item.find("x"));
  EXPECT_FALSE(Value().find("x"));
  for (const Value item : Value()) ADD_FAILURE() << item.text();
}

TEST(Json, StringsAreUnescaped) {
  Document document;
  ASSERT_TRUE(document.parse_strict(R"(["\u00e9\ud83d\udd4a","\b\f\n\r\t\/\\","\u0000"])"));
  std::vector<std::string> texts;
  for (const Value item : document.root()) texts.emplace_back(item.text());
  EXPECT_EQ(texts, (std::vector<std::string>{"é🕊", "\b\f\n\r\t/\\", std::string(1, '\0')}));
}

TEST(Json, ADocumentIsUsedAgain) {
  Document document;
  ASSERT_TRUE(document.parse_strict(R"({"a":"first"})"));
  ASSERT_FALSE(document.parse_strict("{"));
  EXPECT_FALSE(document.root());
  ASSERT_TRUE(document.parse_trusted(R"({"a":"second"})"));
  EXPECT_EQ(document.root().find("a").text(), "second");
  Document other = std::move(document);
  EXPECT_EQ(other.root().find("a").text(), "second");
}

TEST(Json, TrustedBytesNeedNotOutliveTheCall) {
  Document document;
  {
    std::string text = R"({"key":"a text that is too long for a small string"})";
    ASSERT_TRUE(document.parse_trusted(text));
    std::fill(text.begin(), text.end(), 'x');
  }
  EXPECT_EQ(document.root().find("key").text(), "a text that is too long for a small string");
}

// --- hostile documents
// ----------------------------------------------------------------------------

struct Hostile {
  const char* name;
  std::string text;
  Code code;
  std::string where = "";
};

const Hostile hostile[] = {
    {"empty", "", Code::malformed_json},
    {"blanks", " \n\t", Code::malformed_json},
    {"byte order mark", "\xef\xbb\xbf{}", Code::malformed_json},
    {"UTF-16", std::string("\xff\xfe{\0}\0", 6), Code::malformed_json},
    {"trailing text", "{} x", Code::malformed_json},
    {"two documents", "{}{}", Code::malformed_json},
    {"trailing NUL", std::string("{}\0", 3), Code::malformed_json},
    {"cut off", R"({"a":[1,2)", Code::malformed_json},
    {"cut off in a string", R"({"a":"b)", Code::malformed_json},
    {"cut off in an escape", R"(["\u00)", Code::malformed_json},
    {"cut off in a word", "[tru", Code::malformed_json},
    {"trailing comma in an array", "[1,]", Code::malformed_json},
    {"trailing comma in an object", R"({"a":1,})", Code::malformed_json},
    {"no comma", "[1 2]", Code::malformed_json},
    {"no colon", R"({"a" 1})", Code::malformed_json},
    {"no name", "{1:2}", Code::malformed_json},
    {"single quotes", "{'a':1}", Code::malformed_json},
    {"comment", "[/* */]", Code::malformed_json},
    {"mismatched", "[}", Code::malformed_json},
    {"closed twice", "[]]", Code::malformed_json},
    {"NaN", "[NaN]", Code::malformed_json},
    {"Infinity", "[-Infinity]", Code::malformed_json},
    {"leading zero", "[01]", Code::malformed_json},
    {"plus", "[+1]", Code::malformed_json},
    {"hexadecimal", "[0x10]", Code::malformed_json},
    {"lone minus", "[-]", Code::malformed_json},
    {"raw newline in a string", "[\"a\nb\"]", Code::malformed_json},
    {"raw NUL in a string", std::string("[\"a\0b\"]", 7), Code::malformed_json},
    {"unknown escape", R"(["\x41"])", Code::malformed_json},
    {"bad UTF-8", "[\"\xff\"]", Code::malformed_json},
    {"overlong UTF-8", "[\"\xc0\xaf\"]", Code::malformed_json},
    {"encoded surrogate", "[\"\xed\xa0\x80\"]", Code::malformed_json},
    {"bad UTF-8 in a name", "{\"\xc3(\":1}", Code::malformed_json},
    {"lone leading surrogate", R"(["\ud83d"])", Code::malformed_json},
    {"leading surrogate and text", R"(["\ud83dx"])", Code::malformed_json},
    {"lone trailing surrogate", R"(["\udd4a"])", Code::malformed_json},
    {"surrogates in the wrong order", R"(["\udd4a\ud83d"])", Code::malformed_json},
    {"17 levels", nested(17), Code::malformed_json},
    {"a hundred thousand levels", std::string(48'000, '['), Code::malformed_json},
    {"duplicate", R"({"a":1,"a":1})", Code::duplicate_key, "/a"},
    {"duplicate, escaped", R"({"a":1,"\u0061":2})", Code::duplicate_key, "/a"},
    {"duplicate at depth", R"({"x":[0,{"y":{"b":1,"c":[],"b":2}}]})", Code::duplicate_key,
     "/x/1/y/b"},
    {"duplicate empty name", R"({"o":{"":1,"":2}})", Code::duplicate_key, "/o/"},
    {"duplicate with a slash", R"({"a/b~c":1,"a/b~c":2})", Code::duplicate_key, "/a~1b~0c"},
    {"float", R"({"a":{"b":[1,2.5]}})", Code::wrong_type, "/a/b/1"},
    {"float that is whole", "[1.0]", Code::wrong_type, "/0"},
    {"exponent", "[1e3]", Code::wrong_type, "/0"},
    {"float at the root", "1.5", Code::wrong_type, ""},
    {"float under the empty name", R"({"":1.5})", Code::wrong_type, "/"},
    {"2^53", R"({"a":9007199254740992})", Code::out_of_range, "/a"},
    {"-2^53", R"([[],{"a":-9007199254740992}])", Code::out_of_range, "/1/a"},
    {"2^63", "[9223372036854775808]", Code::out_of_range, "/0"},
    {"2^64 - 1", "[18446744073709551615]", Code::out_of_range, "/0"},
    {"too many values", "[" + repeated("0,", limits::json_nodes_max) + "0]", Code::too_large,
     "/" + std::to_string(limits::json_nodes_max - 1)},
    {"a name of 300 bytes", "{\"" + std::string(300, 'k') + "\":1}", Code::too_large},
};

TEST(Json, HostileDocumentsAreRefusedEachWithItsCodeAndPlace) {
  for (const auto& one : hostile) {
    const Error fault = strict_fault(one.text);
    EXPECT_EQ(row_of(fault.code).name, row_of(one.code).name) << one.name << ": " << fault.detail;
    EXPECT_EQ(fault.where, one.where) << one.name;
    EXPECT_FALSE(fault.detail.empty()) << one.name;
  }
}

// What a client sent is not repeated to logs: it may be a name.
TEST(Json, FaultsDoNotQuoteValues) {
  for (const char* text : {R"({"a":"Somebody)", R"(["Somebody\x"])", R"({"a":"Somebody","a":1})"})
    EXPECT_EQ(strict_fault(text).detail.find("Somebody"), std::string::npos);
}

TEST(Json, LimitsAreMetExactly) {
  Document document;
  EXPECT_TRUE(document.parse_strict(nested(limits::json_depth_max)));
  EXPECT_TRUE(document.parse_strict("[9007199254740991,-9007199254740991,-0]"));
  EXPECT_TRUE(document.parse_strict("[" + repeated("0,", limits::json_nodes_max - 2) + "0]"));
  EXPECT_EQ(document.nodes().size(), limits::json_nodes_max);
  EXPECT_TRUE(document.parse_strict("[\"" + std::string(limits::body_bytes_max - 4, 'x') + "\"]"));
  EXPECT_EQ(strict_fault("[\"" + std::string(limits::body_bytes_max - 3, 'x') + "\"]").code,
            Code::too_large);
  EXPECT_TRUE(document.parse_strict("[\"" + std::string(1000, 'x') + "\"]", 1004));
  EXPECT_FALSE(document.parse_strict("[\"" + std::string(1001, 'x') + "\"]", 1004));
}

TEST(Json, MembersOfOneObjectAreLimited) {
  const auto object = [](std::size_t members) {
    std::string out = "{";
    for (std::size_t i = 0; i < members; ++i)
      out += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
    return out + "}";
  };
  Document document;
  EXPECT_TRUE(document.parse_strict(object(limits::json_members_max)));
  EXPECT_EQ(strict_fault(object(limits::json_members_max + 1)).code, Code::too_large);
}

TEST(Json, TrustedRefusesWhatNoRecordHolds) {
  Document document;
  for (const char* text :
       {"", "{", "[1.5]", "[1e3]", "[9223372036854775808]", "{} x", "[\"\xff\"]"}) {
    const auto result = document.parse_trusted(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Code::corrupt);
    EXPECT_FALSE(document.root());
  }
}

// --- writing
// --------------------------------------------------------------------------------------

TEST(Json, StringsAreEscapedAsRfc8259Asks) {
  std::string out;
  append_string(out, std::string("a\"\\/\n\x1f\0é", 9));
  EXPECT_EQ(out, "\"a\\\"\\\\/\\u000a\\u001f\\u0000é\"");
  Document document;
  ASSERT_TRUE(document.parse_strict(out));
  EXPECT_EQ(document.root().text(), std::string("a\"\\/\n\x1f\0é", 9));
}

TEST(Json, Integers) {
  std::string out;
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    append_integer(out, value);
    out += ' ';
  }
  EXPECT_EQ(out, "0 -1 9223372036854775807 -9223372036854775808 ");
}

TEST(Json, Pointers) {
  std::string out;
  append_pointer(out, "a/b");
  append_pointer(out, "~");
  append_pointer(out, "");
  append_pointer(out, "0");
  EXPECT_EQ(out, "/a~1b/~0//0");
}
}  // namespace
}  // namespace nrm::json
