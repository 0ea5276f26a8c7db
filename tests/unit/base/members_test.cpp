#include "common/base/members.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/json_text.hpp"

namespace nrm {
namespace {
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs members_of(std::string_view object) {
  Pairs out;
  for (Members members(object); members.next();) out.emplace_back(members.name(), members.value());
  return out;
}

TEST(Members, AreGivenAsTheyStand) {
  EXPECT_EQ(members_of("{}"), Pairs());
  EXPECT_EQ(members_of(R"({"a":1})"), (Pairs{{"a", "1"}}));
  EXPECT_EQ(members_of(R"({"a":-1,"b":"two","c":null,"d":true})"),
            (Pairs{{"a", "-1"}, {"b", "\"two\""}, {"c", "null"}, {"d", "true"}}));
  EXPECT_EQ(members_of(R"({"a":{"b":[{"c":1},"}"]},"d":[],"e":{}})"),
            (Pairs{{"a", R"({"b":[{"c":1},"}"]})"}, {"d", "[]"}, {"e", "{}"}}));
}

TEST(Members, TextsEndWhereTheyEnd) {
  EXPECT_EQ(members_of(R"({"a\"}":"\\","b":"\",\"c\":\"","d":"ü"})"),
            (Pairs{{R"(a\"})", R"("\\")"}, {"b", R"("\",\"c\":\"")"}, {"d", "\"ü\""}}));
}

TEST(Members, OneIsFoundByItsName) {
  constexpr std::string_view object = R"({"in":{"id":"x"},"id":"y","n":7})";
  EXPECT_EQ(member_of(object, "id"), "\"y\"");
  EXPECT_EQ(word_of(object, "id"), "y");
  EXPECT_EQ(member_of(object, "n"), "7");
  EXPECT_EQ(word_of(object, "n"), "") << "no text";
  EXPECT_EQ(member_of(object, "x"), "");
  EXPECT_EQ(word_of(object, "x"), "");
}

TEST(Members, AreTheTreesOwn) {
  constexpr std::string_view text =
      R"({"a":[1,-2,"x\"\\\u000a",{},[],null,true,false],"b":{"c":{"d":"ü"}},"e":0,"f":""})";
  json::Document document;
  ASSERT_TRUE(document.parse_strict(text));
  Pairs wanted;
  for (const json::Value member : document.root()) {
    wanted.emplace_back(member.key(), "");
    json::append_value(wanted.back().second, member);
  }
  EXPECT_EQ(members_of(text), wanted);
}
}  // namespace
}  // namespace nrm
