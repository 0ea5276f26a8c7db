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

TEST(DeriveToken, DependsOnSecretAccountKeyAndBody) {
  const AccountId one(Uuid{{1}}), two(Uuid{{2}});
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
  Authentication authentication{world.store, world.freshness, world.clock, world.clock};
  Result<Caller> caller(const std::string& authorization) {
    return authentication.caller({authorization, nullptr});
  }
};

TEST_F(AuthenticationTest, KnowsWhoHoldsAToken) {
  const OrganisationId organisation(world.id());
  const std::string token = world.account(Role::case_manager, organisation);
  for (const std::string scheme : {"Bearer ", "bearer ", "BEARER "}) {
    const auto found = caller(scheme + token);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->actor.organisation, organisation);
    EXPECT_EQ(found->actor.role, Role::case_manager);
  }
}

TEST_F(AuthenticationTest, RefusesEverythingElse) {
  const std::string token = world.account(Role::case_manager, OrganisationId(world.id()));
  for (const std::string& field :
       {std::string(), std::string("Bearer"), std::string("Bearer "), token, "Basic " + token,
        "Bearer  " + token, "Bearer " + token + " ", "Bearer " + std::string(64, '0')}) {
    const auto found = caller(field);
    ASSERT_FALSE(found) << field;
    EXPECT_EQ(found.error().code, Code::unauthenticated);
  }
}

TEST_F(AuthenticationTest, ForgetsARevokedAccountAtOnce) {
  const std::string token = std::string(64, 'c');
  const auto stream = account_stream(world.id());
  world.publish(Service::vault,
                {{stream, AccountIssued{.token_digest = *Text<64>::parse(*token_digest(token))}}});
  ASSERT_TRUE(caller("Bearer " + token));
  ASSERT_TRUE(caller("Bearer " + token));  // from memory
  world.publish(Service::vault, {{stream, AccountRevoked{}}});
  EXPECT_FALSE(caller("Bearer " + token));
}

TEST_F(AuthenticationTest, FindsAnAccountThatWasUnknownBefore) {
  const std::string token = std::string(64, 'd');
  ASSERT_FALSE(caller("Bearer " + token));
  world.publish(Service::vault,
                {{account_stream(world.id()),
                  AccountIssued{.token_digest = *Text<64>::parse(*token_digest(token))}}});
  EXPECT_TRUE(caller("Bearer " + token));
}

class LimitedCredentials : public AuthenticationTest {
 protected:
  AccountIssued wish(const std::string& of) {
    return {police, Role::first_responder, Text<64>::parse(*token_digest(of))};
  }
  AccountId issue(const AccountIssued& issued) {
    const AccountId id(world.id());
    world.publish(Service::vault, {{account_stream(id), issued}});
    return id;
  }
  std::shared_ptr<const http::PeerCertificate> certificate(const std::string& uri,
                                                           char print = 'a') {
    return std::make_shared<http::PeerCertificate>(
        http::PeerCertificate{std::string(64, print), world.clock.now() + days(30), {uri}});
  }
  const OrganisationId police{Uuid{{5}}};
  const std::string token = std::string(64, 'e');
};

TEST_F(LimitedCredentials, RunOut) {
  auto issued = wish(token);
  issued.expires = world.clock.now() + hours(1);
  issue(issued);
  EXPECT_TRUE(caller("Bearer " + token));
  world.clock.advance(hours(1) - Milliseconds(1));
  EXPECT_TRUE(caller("Bearer " + token));  // from memory, too
  world.clock.advance(Milliseconds(1));
  EXPECT_FALSE(caller("Bearer " + token));
}

TEST_F(LimitedCredentials, HaveTheirScopes) {
  auto issued = wish(token);
  issued.scopes = {Scope::read, Scope::report};
  issue(issued);
  const auto found = caller("Bearer " + token);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->scopes.covers(Scope::read));
  EXPECT_FALSE(found->scopes.covers(Scope::open));
  EXPECT_EQ(world.get("/v1/cases", token).status, 200);
  const auto refused = world.post("/v1/cases/" + world.id().text() + "/openings", token, "{}");
  EXPECT_EQ(refused.status, 403);
}

TEST_F(LimitedCredentials, AreWorthNothingWithoutTheirCertificate) {
  auto issued = wish(token);
  issued.certificate = Text<64>::parse(std::string(64, 'a'));
  issue(issued);
  const std::string field = "Bearer " + token;
  EXPECT_FALSE(caller(field));
  EXPECT_FALSE(authentication.caller({field, certificate("urn:x", 'b')}));
  EXPECT_TRUE(authentication.caller({field, certificate("urn:x")}));
  world.clock.advance(days(31));
  EXPECT_FALSE(authentication.caller({field, certificate("urn:x", 'b')}));
}

TEST_F(LimitedCredentials, ACertificateStandsForTheAccountThatItNames) {
  AccountIssued issued{police, Role::first_responder, std::nullopt};
  issued.kind = AccountKind::certificate;
  const std::string id = issue(issued).text(), urn = std::string(account_urn);
  const auto found = authentication.caller({"", certificate(urn + id)});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->actor.account.text(), id);
  EXPECT_EQ(found->actor.organisation, police);
  char print = 'b';
  for (const std::string& uri : {urn, urn + id + "x", "urn:other:" + id, id, std::string(),
                                 urn + Uuid{{8}}.text(), urn + issue(wish(token)).text()})
    EXPECT_FALSE(authentication.caller({"", certificate(uri, ++print)})) << uri;
  auto two = std::make_shared<http::PeerCertificate>(*certificate(urn + id, 'z'));
  two->uris.push_back(urn + Uuid{{8}}.text());
  EXPECT_FALSE(authentication.caller({"", two}));
  // A bearer credential decides when there is one.
  EXPECT_FALSE(authentication.caller({"Bearer x", certificate(urn + id)}));
  auto old = std::make_shared<http::PeerCertificate>(*certificate(urn + id));
  old->expires = world.clock.now();
  EXPECT_FALSE(authentication.caller({"", old}));
}

TEST_F(LimitedCredentials, OfARevokedAccountAreGoneWithIt) {
  AccountIssued issued{police, Role::first_responder, std::nullopt};
  issued.kind = AccountKind::certificate;
  const AccountId id = issue(issued);
  const auto shown = certificate(std::string(account_urn) + id.text());
  ASSERT_TRUE(authentication.caller({"", shown}));
  world.publish(Service::vault, {{account_stream(id), AccountRevoked{}}});
  EXPECT_FALSE(authentication.caller({"", shown}));
}

TEST_F(LimitedCredentials, SessionsEndOneByOneOrAllWithThePassword) {
  AccountIssued issued{police, Role::first_responder, std::nullopt};
  issued.kind = AccountKind::password;
  const AccountId id = issue(issued);
  const auto stream = account_stream(id);
  std::vector<std::string> tokens;
  for (const char c : {'1', '2', '3'}) {
    tokens.emplace_back(64, c);
    world.publish(Service::vault,
                  {{stream, SessionOpened{*Text<64>::parse(*token_digest(tokens.back())),
                                          world.clock.now() + hours(1)}}});
    EXPECT_TRUE(caller("Bearer " + tokens.back()));
  }
  world.publish(Service::vault,
                {{stream, SessionEnded{*Text<64>::parse(*token_digest(tokens[1]))}}});
  EXPECT_TRUE(caller("Bearer " + tokens[0]));
  EXPECT_FALSE(caller("Bearer " + tokens[1]));
  EXPECT_TRUE(caller("Bearer " + tokens[2]));
  world.publish(Service::vault, {{stream, PasswordChanged{}}});
  for (const std::string& one : tokens) EXPECT_FALSE(caller("Bearer " + one));
}

TEST_F(LimitedCredentials, SessionsLastUntilTheyEndOrTheAccountDoes) {
  AccountIssued issued{police, Role::first_responder, std::nullopt};
  issued.kind = AccountKind::password;
  const AccountId id = issue(issued);
  const auto stream = account_stream(id);
  std::vector<std::string> tokens;
  for (const char c : {'1', '2', '3', '4', '5'}) {
    if (!tokens.empty()) {
      EXPECT_TRUE(caller("Bearer " + tokens[0]));  // and is remembered
    }
    tokens.emplace_back(64, c);
    world.publish(Service::vault,
                  {{stream, SessionOpened{*Text<64>::parse(*token_digest(tokens.back())),
                                          world.clock.now() + hours(1)}}});
  }
  EXPECT_FALSE(caller("Bearer " + tokens[0]));  // the oldest of five gave way
  EXPECT_TRUE(caller("Bearer " + tokens[1]));
  EXPECT_TRUE(caller("Bearer " + tokens[4]));
  world.clock.advance(hours(1));
  EXPECT_FALSE(caller("Bearer " + tokens[4]));
  world.publish(Service::vault, {{stream, SessionOpened{*Text<64>::parse(*token_digest(token)),
                                                        world.clock.now() + hours(1)}}});
  ASSERT_TRUE(caller("Bearer " + token));
  world.publish(Service::vault, {{stream, AccountRevoked{}}});
  EXPECT_FALSE(caller("Bearer " + token));
}
}  // namespace
}  // namespace nrm::gateway::test
