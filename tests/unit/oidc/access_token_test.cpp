// What a good token is, and one test for each of its parts. The hostile ones, against a real
// gateway: tests/threats/tokens_test.cpp.
#include "common/oidc/access_token.hpp"

#include <gtest/gtest.h>

#include "tests/support/forge.hpp"

namespace nrm::oidc {
namespace {
using nrm::test::forge;
using nrm::test::SigningKey;

constexpr std::int64_t now_s = 1'700'000'000;
const Instant now{now_s * 1'000};
const Rules rules{.issuer = "https://id.example.org", .audience = "nrm"};
const std::string header = R"({"alg":"ES256","typ":"at+jwt","kid":"a"})";

std::string payload(std::int64_t issued, std::int64_t expires, const std::string& more = {}) {
  return R"({"iss":"https://id.example.org","aud":"nrm","sub":"s","client_id":"c","jti":"j","iat":)" +
         std::to_string(issued) + ",\"exp\":" + std::to_string(expires) + more + "}";
}

class AccessToken : public ::testing::Test {
 protected:
  SigningKey key = SigningKey::curve("P-256");
  KeySet keys = KeySet::read("{\"keys\":[" + key.jwk("a") + "]}").value();

  Result<Claims> verify(const std::string& claims, const std::string& head = header,
                        const Rules& by = rules) {
    return verify_access_token(forge(key, "ES256", head, claims), keys, by, now);
  }
};

TEST_F(AccessToken, SaysWhoItIsOf) {
  const auto claims = verify(payload(now_s, now_s + 300, R"(,"scope":"openid nrm:read")"));
  ASSERT_TRUE(claims) << claims.error().detail;
  EXPECT_EQ(claims->subject, "s");
  EXPECT_EQ(claims->expires, now + std::chrono::seconds(300));
  EXPECT_EQ(claims->scope, "openid nrm:read");
  EXPECT_EQ(claims->certificate, "");
}

TEST_F(AccessToken, HasClaimsByNameAndByPointer) {
  const auto claims = verify(
      payload(now_s, now_s + 300, R"(,"groups":["x",7,"y"],"org":"kent","realm":{"roles":["z"]})"));
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->texts("groups"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(claims->texts("org"), std::vector<std::string>{"kent"});
  EXPECT_EQ(claims->texts("/realm/roles"), std::vector<std::string>{"z"});
  EXPECT_TRUE(claims->texts("/realm/none").empty());
  EXPECT_TRUE(claims->texts("/org/kent").empty());
  EXPECT_TRUE(claims->texts("nothing").empty());
}

TEST_F(AccessToken, TakesEachAlgorithmFromItsKeyAlone) {
  const std::pair<const char*, SigningKey> rows[] = {{"ES256", SigningKey::curve("P-256")},
                                                     {"EdDSA", SigningKey::ed25519()},
                                                     {"RS256", SigningKey::rsa(2'048)},
                                                     {"PS256", SigningKey::rsa(2'048)}};
  for (const auto& [algorithm, signer] : rows) {
    const auto set = KeySet::read("{\"keys\":[" + signer.jwk("k") + "]}").value();
    const std::string head =
        R"({"typ":"application/at+JWT","kid":"k","alg":")" + std::string(algorithm) + "\"}";
    const std::string token = forge(signer, algorithm, head, payload(now_s, now_s + 60));
    EXPECT_TRUE(verify_access_token(token, set, rules, now)) << algorithm;
    for (const char* other : {"ES256", "EdDSA", "RS256", "PS256"}) {
      if (std::string_view(other) == algorithm) continue;
      const std::string lie = R"({"typ":"at+jwt","kid":"k","alg":")" + std::string(other) + "\"}";
      EXPECT_FALSE(verify_access_token(forge(signer, algorithm, lie, payload(now_s, now_s + 60)),
                                       set, rules, now))
          << algorithm << " as " << other;
    }
  }
}

TEST_F(AccessToken, AllowsAMinuteOfSkewAndNotMore) {
  EXPECT_TRUE(verify(payload(now_s - 300, now_s - 59)));
  EXPECT_FALSE(verify(payload(now_s - 300, now_s - 60)));
  EXPECT_TRUE(verify(payload(now_s + 60, now_s + 120)));
  EXPECT_FALSE(verify(payload(now_s + 61, now_s + 120)));
  EXPECT_TRUE(verify(payload(now_s, now_s + 120, ",\"nbf\":" + std::to_string(now_s + 60))));
  EXPECT_FALSE(verify(payload(now_s, now_s + 120, ",\"nbf\":" + std::to_string(now_s + 61))));
}

TEST_F(AccessToken, LivesTenMinutesAtMost) {
  EXPECT_TRUE(verify(payload(now_s, now_s + 600)));
  EXPECT_FALSE(verify(payload(now_s, now_s + 601)));
  EXPECT_FALSE(verify(payload(now_s, now_s)));
  Rules longer = rules;
  longer.lifetime_max = std::chrono::minutes(20);
  EXPECT_TRUE(verify(payload(now_s, now_s + 1'200), header, longer));
}

TEST_F(AccessToken, TellsAnUnknownKeyFromAWrongOne) {
  const auto unknown =
      verify(payload(now_s, now_s + 60), R"({"alg":"ES256","typ":"at+jwt","kid":"b"})");
  EXPECT_EQ(unknown.error().code, Code::not_found);
  const auto wrong = verify_access_token(
      forge(SigningKey::curve("P-256"), "ES256", header, payload(now_s, now_s + 60)), keys, rules,
      now);
  EXPECT_EQ(wrong.error().code, Code::unauthenticated);
}

TEST_F(AccessToken, NamesTheCertificateThatItIsBoundTo) {
  // RFC 8705, 3.1
  const auto bound = verify(payload(
      now_s, now_s + 60, R"(,"cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})"));
  EXPECT_FALSE(bound) << "that text is not canonical base64url";
  const auto good = verify(payload(
      now_s, now_s + 60, R"(,"cnf":{"x5t#S256":"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"})"));
  ASSERT_TRUE(good);
  EXPECT_EQ(good->certificate, "0380ed2f626650c840b2f263e6d2b29fae12ab39ae5db32b25ad27efad72e6fd");
  EXPECT_FALSE(verify(payload(now_s, now_s + 60, R"(,"cnf":{"jkt":"x"})")));
}

TEST_F(AccessToken, RefusesFractionsAndHugeTimes) {
  EXPECT_FALSE(verify(payload(now_s, now_s + 60, ",\"nbf\":1.5")));
  EXPECT_FALSE(verify(payload(0, 9'007'199'254'740'991)));
}
}  // namespace
}  // namespace nrm::oidc
