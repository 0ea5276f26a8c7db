// What a verification left is gone on from by the version that can read it, and by no other.
#include "services/audit/saved_result.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "common/crypto/crypto.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::test {
namespace {
// A result about no logs; both of its files are empty.
std::string result_in(const std::string& format) {
  const std::string nothing = crypto::sha256("").hex();
  return R"({"format":)" + format + R"(,"logs":[],"conservation":")" + nothing +
         R"(","openings":")" + nothing + "\"}";
}

struct Saved {
  TemporaryFolder folder;
  explicit Saved(const std::string& result) {
    std::ofstream(folder.file("result.json")) << result;
    std::ofstream(folder.file("conservation"));
    std::ofstream(folder.file("openings"));
  }
  Result<Since> read() const { return read_since(folder.path()); }
};

TEST(SavedResult, OfTodaysFormatIsGoneOnFrom) {
  const auto since = Saved(result_in(std::to_string(saved_format))).read();
  ASSERT_TRUE(since) << since.error().detail;
  ASSERT_TRUE(since->result);
  EXPECT_EQ(since->result->format, saved_format);
}

// Of an older version, and of a newer one that has members which nobody here knows.
TEST(SavedResult, OfAnotherFormatIsRefusedInWords) {
  const std::string older = std::to_string(saved_format - 1);
  const std::string newer = std::to_string(saved_format + 1);
  for (const auto& [format, result] :
       {std::pair(older, result_in(older)),
        std::pair(newer, "{\"format\":" + newer + R"(,"logs":[],"unheard_of":[1,2]})")}) {
    const auto since = Saved(result).read();
    ASSERT_FALSE(since);
    EXPECT_EQ(since.error().code, Code::not_in_state);
    for (const std::string& said : {"in format " + format, std::to_string(saved_format) + " only",
                                    std::string("without --since")})
      EXPECT_NE(since.error().detail.find(said), std::string::npos) << since.error().detail;
  }
}

TEST(SavedResult, OfNoFormatIsCorrupt) {
  const std::string todays = std::to_string(saved_format);
  for (const std::string& result :
       {std::string(), std::string("[]"), std::string("7"), std::string("{}"),
        "{\"format\":\"" + todays + "\"}", "{\"format\":" + todays + "}"}) {
    const auto since = Saved(result).read();
    ASSERT_FALSE(since) << result;
    EXPECT_EQ(since.error().code, Code::corrupt) << result;
  }
}
}  // namespace
}  // namespace nrm::test
