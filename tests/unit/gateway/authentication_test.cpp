#include "services/gateway/authentication.hpp"

#include <gtest/gtest.h>

#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
TEST(TokenDigest, TakesExactly64LowerCaseHexDigits) {
  EXPECT_TRUE(token_digest(std::string(64, 'a')));
  EXPECT_FALSE(token_digest(std::string(64, 'A')));
  EXPECT_FALSE(token_digest(std::string(62, 'a')));
  EXPECT_FALSE(token_digest(std::string(63, 'a') + "g"));
  EXPECT_FALSE(token_digest(""));
  EXPECT_EQ(*token_digest(std::string(64, '0')), to_hex(crypto::digest(std::string(32, '\0'), 32)));
}

TEST(DeriveToken, DependsOnSecretOrganisationKeyAndBody) {
  const OrganisationId one(Uuid{{1}}), two(Uuid{{2}});
  const std::string secret(32, 's');
  const auto token = derive_token(secret, one, "k", "b");
  EXPECT_EQ(token, derive_token(secret, one, "k", "b"));
  EXPECT_TRUE(token_digest(token.reveal()));
  EXPECT_NE(token, derive_token(std::string(32, 't'), one, "k", "b"));
  EXPECT_NE(token, derive_token(secret, two, "k", "b"));
  EXPECT_NE(token, derive_token(secret, one, "l", "b"));
  EXPECT_NE(token, derive_token(secret, one, "k", "c"));
}

class AuthenticationTest : public ::testing::Test {
 protected:
  World world;
  Authentication authentication{world.store, world.freshness};
};

TEST_F(AuthenticationTest, KnowsWhoHoldsAToken) {
  const OrganisationId organisation(world.id());
  const std::string token = world.account(Role::case_manager, organisation);
  for (const std::string scheme : {"Bearer ", "bearer ", "BEARER "}) {
    const auto caller = authentication.caller(scheme + token);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->organisation, organisation);
    EXPECT_EQ(caller->role, Role::case_manager);
  }
}

TEST_F(AuthenticationTest, RefusesEverythingElse) {
  const std::string token = world.account(Role::case_manager, OrganisationId(world.id()));
  for (const std::string& field :
       {std::string(), std::string("Bearer"), std::string("Bearer "), token, "Basic " + token,
        "Bearer  " + token, "Bearer " + token + " ", "Bearer " + std::string(64, '0')}) {
    const auto caller = authentication.caller(field);
    ASSERT_FALSE(caller) << field;
    EXPECT_EQ(caller.error().code, Code::unauthenticated);
  }
}

TEST_F(AuthenticationTest, ForgetsARevokedAccountAtOnce) {
  const std::string token = std::string(64, 'c');
  const auto stream = account_stream(world.id());
  world.publish(Service::vault,
                {{stream, AccountIssued{.token_digest = *Text<64>::parse(*token_digest(token))}}});
  ASSERT_TRUE(authentication.caller("Bearer " + token));
  ASSERT_TRUE(authentication.caller("Bearer " + token));  // from memory
  world.publish(Service::vault, {{stream, AccountRevoked{}}});
  EXPECT_FALSE(authentication.caller("Bearer " + token));
}

TEST_F(AuthenticationTest, FindsAnAccountThatWasUnknownBefore) {
  const std::string token = std::string(64, 'd');
  ASSERT_FALSE(authentication.caller("Bearer " + token));
  world.publish(Service::vault,
                {{account_stream(world.id()),
                  AccountIssued{.token_digest = *Text<64>::parse(*token_digest(token))}}});
  EXPECT_TRUE(authentication.caller("Bearer " + token));
}
}  // namespace
}  // namespace nrm::gateway::test
