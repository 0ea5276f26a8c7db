#include <gtest/gtest.h>

#include "common/http/http.hpp"

namespace nrm::http::test {
namespace {
TEST(Problem, OfOneErrorIsGolden) {
  const Response response = problem(Error(Code::case_closed, "", "Reopen it first"));
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_TRUE(response.headers.empty());
  EXPECT_EQ(response.body,
            R"({"type":"https://nrm.example/problems/case_closed","title":"The case is closed",)"
            R"("status":409,"detail":"Reopen it first"})");
}

TEST(Problem, OfOneFieldNamesItsPointer) {
  EXPECT_EQ(problem(Error(Code::missing_field, "/person/age~1band")).body,
            R"({"type":"https://nrm.example/problems/missing_field","title":"A member is missing",)"
            R"("status":422,"errors":[{"pointer":"/person/age~1band","code":"missing_field"}]})");
}

TEST(Problem, TheFirstCodeByOrderDecides) {
  const Response response = problem({Error(Code::too_long, "/a", "at most 3"),
                                     Error(Code::unknown_field, "/b", "not \"known\"")});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.body,
            R"({"type":"https://nrm.example/problems/unknown_field",)"
            R"("title":"A member is not known","status":422,"detail":"not \"known\"","errors":[)"
            R"({"pointer":"/a","code":"too_long","detail":"at most 3"},)"
            R"({"pointer":"/b","code":"unknown_field","detail":"not \"known\""}]})");
}

TEST(Problem, OfOursSaysNothingOfOurInside) {
  for (const Code code :
       {Code::internal, Code::io_failed, Code::corrupt, Code::diverged, Code::unknown_version}) {
    const Response response =
        problem({Error(code, "/rows/7", "/var/lib/nrm/store/gateway: IO error"),
                 Error(Code::unknown_version, "/x", "/var/lib/nrm/x")});
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body.find("rows"), std::string::npos) << response.body;
    EXPECT_EQ(response.body.find("/var"), std::string::npos) << response.body;
  }
}

TEST(Problem, TellsWhenToComeBack) {
  const Headers again = {{"Retry-After", "1"}};
  EXPECT_EQ(problem(Error(Code::unavailable)).headers, again);
  EXPECT_EQ(problem(Error(Code::too_many_requests)).headers, again);
}

TEST(Problem, NamesTheAllowedMethods) {
  const Response response = problem(Error(Code::method_not_allowed));
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].first, "Allow");
}

TEST(Problem, EveryCodeHasAnErrorStatus) {
  for (std::size_t i = 0; i < std::size(code_rows); ++i) {
    const Response response = problem(Error(static_cast<Code>(i)));
    EXPECT_GE(response.status, 400);
    EXPECT_LE(response.status, 503);
    EXPECT_NE(response.body.find(code_rows[i].name), std::string::npos);
  }
}
}  // namespace
}  // namespace nrm::http::test
