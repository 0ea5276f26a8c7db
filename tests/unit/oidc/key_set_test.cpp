#include "common/oidc/key_set.hpp"

#include <gtest/gtest.h>

#include "tests/support/forge.hpp"

namespace nrm::oidc {
namespace {
using nrm::test::SigningKey;

Result<KeySet> set_of(const std::string& keys) { return KeySet::read("{\"keys\":[" + keys + "]}"); }

TEST(KeySet, HasTheKeysThatItCanUse) {
  const auto keys = set_of(SigningKey::curve("P-256").jwk("a", R"(,"use":"sig","alg":"ES256")") +
                           ',' + SigningKey::ed25519().jwk("b", R"(,"key_ops":["verify"])") + ',' +
                           SigningKey::rsa(2'048).jwk("c"));
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->size(), 3u);
  ASSERT_NE(keys->find("a"), nullptr);
  EXPECT_EQ(keys->find("a")->only, crypto::Algorithm::es256);
  EXPECT_TRUE(keys->find("b")->key.fits(crypto::Algorithm::eddsa));
  EXPECT_TRUE(keys->find("c")->key.fits(crypto::Algorithm::ps256));
  EXPECT_EQ(keys->find("d"), nullptr);
}

TEST(KeySet, PassesOverKeysThatAreNotForIt) {
  const auto p256 = SigningKey::curve("P-256");
  for (const std::string& key :
       {SigningKey::curve("P-384").jwk("a"), SigningKey::curve("secp256k1").jwk("a"),
        SigningKey::rsa(1'024).jwk("a"), p256.jwk("a", R"(,"use":"enc")"),
        p256.jwk("a", R"(,"key_ops":["sign"])"), p256.jwk("a", R"(,"alg":"RS256")"),
        p256.jwk("a", R"(,"alg":"none")"), p256.jwk("a", R"(,"alg":7)"),
        p256.jwk("a", R"(,"d":"AAAA")"), p256.jwk(""), p256.jwk(std::string(300, 'a')),
        std::string(R"({"kid":"a","kty":"oct","k":"AAAA"})"), std::string(R"({"kid":"a"})"),
        std::string("7")}) {
    const auto keys = set_of(key);
    ASSERT_TRUE(keys) << key;
    EXPECT_EQ(keys->size(), 0u) << key;
  }
}

TEST(KeySet, TrustsNoneOfTwoKeysWithOneName) {
  const auto keys =
      set_of(SigningKey::ed25519().jwk("a") + ',' + SigningKey::ed25519().jwk("b") + ',' +
             SigningKey::ed25519().jwk("a") + ',' + SigningKey::ed25519().jwk("a"));
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->find("a"), nullptr);
  EXPECT_NE(keys->find("b"), nullptr);
}

TEST(KeySet, RefusesWhatIsNoSet) {
  for (const char* text :
       {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "{\"keys\":["})
    EXPECT_FALSE(KeySet::read(text)) << text;
  std::string many;
  for (int i = 0; i < 40; ++i) many += std::string(i == 0 ? "" : ",") + "{}";
  EXPECT_EQ(set_of(many).error().code, Code::too_large);
}
}  // namespace
}  // namespace nrm::oidc
