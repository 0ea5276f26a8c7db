#include "common/crypto/password.hpp"

#include <gtest/gtest.h>

#include "common/base/hex.hpp"

namespace nrm::crypto {
namespace {
// RFC 6238, appendix B (SHA-1); its eight digits end in our six.
TEST(Totp, GivesTheCodesOfTheStandard) {
  const std::string secret = "12345678901234567890";
  const std::pair<std::int64_t, const char*> rows[] = {
      {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : rows)
    EXPECT_EQ(totp(secret, static_cast<std::uint64_t>(seconds * 1'000 / totp_step_ms)), code);
}

TEST(Stretch, DependsOnPasswordAndSaltAlone) {
  const std::string salt(16, 's');
  const auto once = stretch("correct horse", salt), again = stretch("correct horse", salt);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->reveal(), again->reveal());
  EXPECT_EQ(once->reveal().size(), 32u);
  EXPECT_NE(stretch("correct horsf", salt)->reveal(), once->reveal());
  EXPECT_NE(stretch("correct horse", std::string(16, 't'))->reveal(), once->reveal());
}
}  // namespace
}  // namespace nrm::crypto
