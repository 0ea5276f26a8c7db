#include "services/cli/tokens.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/base/hex.hpp"
#include "services/cli/commands.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::cli {
namespace {
class TokensTest : public testing::Test {
 protected:
  void SetUp() override {
    crypto::start();
    testing::internal::CaptureStdout();
    const int made = init({.dir = dir_.file("data"), .json = true});
    testing::internal::GetCapturedStdout();
    ASSERT_EQ(made, 0);
  }
  std::vector<HeldAccount> read() const {
    const auto folder = Folder::open(dir_.file("data"));
    EXPECT_TRUE(folder);
    const auto accounts = read_tokens(*folder);
    EXPECT_TRUE(accounts);
    return accounts ? *accounts : std::vector<HeldAccount>();
  }
  test::TemporaryFolder dir_;
};

TEST_F(TokensTest, AreAddedAndReplacedByName) {
  const OrganisationId id(Uuid{{7}});
  const auto first = random_token(), second = random_token();
  ASSERT_TRUE(keep_tokens(dir_.file("data"), {{"a \"b\"", first, id, Role::service_provider}}));
  const auto before = read();
  ASSERT_TRUE(keep_tokens(dir_.file("data"), {{"a \"b\"", second, id, Role::service_provider}}));
  const auto after = read();
  EXPECT_EQ(before.size(), after.size());
  const HeldAccount* found = find_account(after, "a \"b\"");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->token, second);
  EXPECT_EQ(found->organisation, id);
  EXPECT_NE(find_account(after, "case-manager-2"), nullptr);
}

TEST_F(TokensTest, AWholeTownIsReadBack) {
  std::vector<HeldAccount> town;
  for (int i = 0; i < 300; ++i)
    town.push_back({"Provider " + std::to_string(i), random_token(), {}, Role::service_provider});
  ASSERT_TRUE(keep_tokens(dir_.file("data"), town));
  EXPECT_EQ(read().size(), 305u);
}

TEST_F(TokensTest, AreRefusedWhenOthersCanReadThem) {
  ASSERT_EQ(::chmod(dir_.file("data/sandbox/tokens.json").c_str(), 0444), 0);
  const auto folder = Folder::open(dir_.file("data"));
  ASSERT_TRUE(folder);
  const auto accounts = read_tokens(*folder);
  ASSERT_FALSE(accounts);
  EXPECT_EQ(accounts.error().code, Code::forbidden);
}

TEST_F(TokensTest, ADigestIsOfTheTokensBytes) {
  const auto token = random_token();
  EXPECT_EQ(token.reveal().size(), 64u);
  EXPECT_EQ(token_digest(token).text(), to_hex(crypto::digest(*from_hex(token.reveal()), 32)));
}
}  // namespace
}  // namespace nrm::cli
