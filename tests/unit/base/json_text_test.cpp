#include "common/base/json_text.hpp"

#include <gtest/gtest.h>

namespace nrm::json {
namespace {
std::string again(std::string_view text) {
  Document document;
  EXPECT_TRUE(document.parse_strict(text)) << text;
  std::string out;
  append_value(out, document.root());
  return out;
}

TEST(AppendValue, GivesTheSameJsonAgain) {
  for (const std::string text :
       {R"({"a":[1,-2,"x\"\\\u000a",{},[],null,true,false],"b":{"c":{"d":"ü"}},"e":0})",
        R"({"a":[1,"two",true,null,{}],"b":{"c":[],"d":"\""}})", "[]", "{}", "[[],[{}]]"})
    EXPECT_EQ(again(text), text);
}

TEST(AppendValue, IsCompactAndEscapesInOneWay) {
  EXPECT_EQ(again(" { \"a\" : [ 1 , \"\\u0041\\/\" ] } "), R"({"a":[1,"A/"]})");
}

TEST(AppendValue, WritesAPartOfADocument) {
  Document document;
  ASSERT_TRUE(document.parse_strict(R"({"a":{"b":[1,2]},"c":3})"));
  std::string out = "=";
  append_value(out, document.root().find("a"));
  EXPECT_EQ(out, R"(={"b":[1,2]})");
}
}  // namespace
}  // namespace nrm::json
