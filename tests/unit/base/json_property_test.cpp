// The two readers make the same tree of every document that the strict one accepts.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>

#include "common/base/json.hpp"

namespace nrm::json {
namespace {
// One run is every run; RC_PARAMS in the environment explores further.
const bool seeded = setenv("RC_PARAMS", "seed=8259 max_success=5000", 0) == 0;

std::size_t pick(std::size_t bound) { return *rc::gen::inRange<std::size_t>(0, bound); }

std::string any_of(std::initializer_list<std::string_view> choices) {
  return std::string(choices.begin()[pick(choices.size())]);
}

std::string blank() { return any_of({"", "", "", "", " ", "\n", "\t \r\n"}); }

std::string string_text() {
  std::string out = "\"";
  for (auto n = pick(6); n > 0; --n)
    out += any_of({"a",      "Z",    "0",       " ",       "é",       "漢",      "🕊",
                   "\\\"",   "\\\\", "\\/",     "/",       "\\b",     "\\f",     "\\n",
                   "\\r",    "\\t",  "\\u0000", "\\u001f", "\\u00e9", "\\u00E9", "\\ud83d\\udd4a",
                   "\\uffff"});
  return out + "\"";
}

// JSON text as clients may write it: any spacing, any escapes, names that may occur twice.
std::string document(std::size_t depth) {
  std::string out = blank();
  switch (pick(depth == 0 ? 5 : 7)) {
    case 0:
      out += any_of({"null", "true", "false"});
      break;
    case 1:
      out += std::to_string(*rc::gen::arbitrary<int>());
      break;
    case 2:
      out += any_of({"0", "-0", "9007199254740991", "-9007199254740991", "9007199254740992", "1.5",
                     "1e2", "-1E-2", "9223372036854775807", "-9223372036854775808"});
      break;
    case 3:
    case 4:
      out += string_text();
      break;
    case 5: {
      out += "[";
      const auto items = pick(5);
      for (std::size_t i = 0; i < items; ++i) out += (i == 0 ? "" : ",") + document(depth - 1);
      out += blank() + "]";
      break;
    }
    default: {
      out += "{";
      const auto members = pick(5);
      for (std::size_t i = 0; i < members; ++i)
        out += (i == 0 ? "" : ",") + blank() + string_text() + blank() + ":" + document(depth - 1);
      out += blank() + "}";
    }
  }
  return out + blank();
}

bool same(const std::vector<Node>& a, const std::vector<Node>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Node& x, const Node& y) {
    return x.kind == y.kind && x.key == y.key && x.text == y.text && x.integer == y.integer &&
           x.end == y.end;
  });
}

void readers_agree(std::string_view text, int& accepted) {
  Document strict, trusted;
  if (!strict.parse_strict(text)) return;
  ++accepted;
  RC_ASSERT(trusted.parse_trusted(text).has_value());
  RC_ASSERT(same(strict.nodes(), trusted.nodes()));
}

// Documents that the strict reader refuses say nothing, so enough must be accepted.
TEST(JsonReaders, AgreeOnGeneratedDocuments) {
  ASSERT_TRUE(seeded);
  int accepted = 0;
  EXPECT_TRUE(rc::check([&] { readers_agree(document(4), accepted); }));
  EXPECT_GT(accepted, 1000);
}

TEST(JsonReaders, AgreeOnDocumentsWithOneByteChanged) {
  int accepted = 0;
  EXPECT_TRUE(rc::check([&] {
    constexpr std::string_view likely = "0123456789-.eE{}[],:\"\\/ \nabcdefntrlsu";
    std::string text = document(3);
    text[pick(text.size())] = pick(4) == 0 ? static_cast<char>(*rc::gen::arbitrary<std::uint8_t>())
                                           : likely[pick(likely.size())];
    readers_agree(text, accepted);
  }));
  EXPECT_GT(accepted, 300);
}
}  // namespace
}  // namespace nrm::json
