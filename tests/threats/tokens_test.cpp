// Row 18: hostile access tokens, each with one thing wrong, at a real gateway. All get the answer
// that no token at all gets.
#include <gtest/gtest.h>

#include "common/base/hex.hpp"
#include "tests/threats/issuer.hpp"

namespace nrm::test {
namespace {
const std::string good_header = R"({"alg":"ES256","typ":"at+jwt","kid":"ec"})";

class Threat18_Tokens : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    at = new Installation();
    issuer = new Issuer(at->dir() + "/../issuer");
    // "two" is the name of two keys; "weak" and "p384" are keys that we do not take.
    issuer->publish(ec().jwk("ec") + ',' + rsa().jwk("rsa") + ',' + ed().jwk("ed") + ',' +
                    ec().jwk("two") + ',' + rsa().jwk("two") + ',' + weak().jwk("weak") + ',' +
                    p384().jwk("p384") + ',' + ec().jwk("enc", R"(,"use":"enc")") +
                    R"(,{"kid":"oct","kty":"oct","k":"AAAA"})");
    trust(*at, issuer->url(), issuer->authority_file(), 1);
    at->up();
    client = http::connect(client_of(*at)).value();
  }
  static void TearDownTestSuite() {
    client.reset();
    delete at;
    delete issuer;
  }
  static const SigningKey& ec() {
    static const auto key = SigningKey::curve("P-256");
    return key;
  }
  static const SigningKey& p384() {
    static const auto key = SigningKey::curve("P-384");
    return key;
  }
  static const SigningKey& rsa() {
    static const auto key = SigningKey::rsa(2'048);
    return key;
  }
  static const SigningKey& weak() {
    static const auto key = SigningKey::rsa(1'024);
    return key;
  }
  static const SigningKey& ed() {
    static const auto key = SigningKey::ed25519();
    return key;
  }
  static Claims claims() { return Claims(issuer->url()); }
  static std::string token(const Claims& of, const std::string& header = good_header) {
    return forge(ec(), "ES256", header, of.text());
  }
  static std::string header(const std::string& more) {
    return good_header.substr(0, good_header.size() - 1) + "," + more + "}";
  }

  static inline Installation* at = nullptr;
  static inline Issuer* issuer = nullptr;
  static inline std::unique_ptr<http::Client> client;
};

struct Hostile {
  const char* what;
  std::string token;
};

TEST_F(Threat18_Tokens, HostileOnesAllGetTheAnswerOfNoToken) {
  const std::string good = token(claims());
  ASSERT_EQ(get(*client, "/v1/cases", good).status, 200);
  const std::string part = unsigned_token(good_header, claims().text());
  const std::string signature = ec().sign("ES256", part);
  const std::string payload = claims().text();
  const auto now = std::time(nullptr);
  const auto at_time = [&](long from, long until) {
    return claims().set("iat", std::to_string(now + from)).set("exp", std::to_string(now + until));
  };
  const auto alg = [&](const char* name, const char* kid) {
    return R"({"typ":"at+jwt","alg":")" + std::string(name) + R"(","kid":")" + kid + "\"}";
  };
  const std::string by_hmac = unsigned_token(alg("HS256", "rsa"), payload);
  const std::string with_jwk = header("\"jwk\":" + ec().jwk("own"));
  const auto mine = SigningKey::curve("P-256");
  const Hostile hostile[] = {
      {"alg none, no signature", unsigned_token(alg("none", "ec"), payload) + "."},
      {"alg none, a signature", with_signature(unsigned_token(alg("none", "ec"), payload), "x")},
      {"alg None", with_signature(unsigned_token(alg("None", "ec"), payload), "x")},
      {"alg nOnE", with_signature(unsigned_token(alg("nOnE", "ec"), payload), "x")},
      {"alg empty", with_signature(unsigned_token(alg("", "ec"), payload), signature)},
      {"no alg", with_signature(unsigned_token(R"({"typ":"at+jwt","kid":"ec"})", payload), "x")},
      {"HS256 with the public RSA key",
       with_signature(by_hmac, hmac_sha256(rsa().public_pem(), by_hmac))},
      {"HS256 with an empty key", with_signature(by_hmac, hmac_sha256("", by_hmac))},
      {"HS256 with the set's symmetric key",
       with_signature(
           unsigned_token(alg("HS256", "oct"), payload),
           hmac_sha256(std::string(3, '\0'), unsigned_token(alg("HS256", "oct"), payload)))},
      {"RS256 said of an EC key", forge(ec(), "ES256", alg("RS256", "ec"), payload)},
      {"ES256 said of an RSA key", forge(rsa(), "RS256", alg("ES256", "rsa"), payload)},
      {"RS256 signature as PS256", forge(rsa(), "RS256", alg("PS256", "rsa"), payload)},
      {"PS256 signature as RS256", forge(rsa(), "PS256", alg("RS256", "rsa"), payload)},
      {"RS384", forge(rsa(), "RS384", alg("RS384", "rsa"), payload)},
      {"RS512", forge(rsa(), "RS512", alg("RS512", "rsa"), payload)},
      {"ES384 of P-384", forge(p384(), "ES384", alg("ES384", "p384"), payload)},
      {"ES256 with P-384", forge(p384(), "ES256", alg("ES256", "p384"), payload)},
      {"RSA of 1,024 bits", forge(weak(), "RS256", alg("RS256", "weak"), payload)},
      {"a key for encryption", forge(ec(), "ES256", alg("ES256", "enc"), payload)},
      {"a name of two keys, the first", forge(ec(), "ES256", alg("ES256", "two"), payload)},
      {"a name of two keys, the second", forge(rsa(), "RS256", alg("RS256", "two"), payload)},
      {"an unknown key", forge(mine, "ES256", alg("ES256", "mine"), payload)},
      {"another's key under a known name", forge(mine, "ES256", good_header, payload)},
      {"no kid", forge(ec(), "ES256", R"({"typ":"at+jwt","alg":"ES256"})", payload)},
      {"kid a path", forge(ec(), "ES256", alg("ES256", "../../../../dev/null"), payload)},
      {"kid a query", forge(ec(), "ES256", alg("ES256", "ec' OR '1'='1"), payload)},
      {"kid with a null byte", forge(ec(), "ES256", alg("ES256", "ec\\u0000"), payload)},
      {"kid a number", forge(ec(), "ES256", R"({"typ":"at+jwt","alg":"ES256","kid":1})", payload)},
      {"jku, signed by its key",
       forge(mine, "ES256", header(R"("jku":"https://evil.example/jwks")"), payload)},
      {"jwk, signed by it", forge(mine, "ES256", header("\"jwk\":" + mine.jwk("ec")), payload)},
      {"x5u", forge(mine, "ES256", header(R"("x5u":"https://evil.example/c.pem")"), payload)},
      {"x5c", forge(mine, "ES256", header(R"("x5c":["AAAA"])"), payload)},
      {"crit of nothing known", forge(ec(), "ES256", header(R"("crit":["exp"],"exp":1)"), payload)},
      {"crit empty", forge(ec(), "ES256", header(R"("crit":[])"), payload)},
      {"b64 false", forge(ec(), "ES256", header(R"("b64":false,"crit":["b64"])"), payload)},
      {"zip", forge(ec(), "ES256", header(R"("zip":"DEF")"), payload)},
      {"cty JWT: nested", forge(ec(), "ES256", header(R"("cty":"JWT")"), good)},
      {"nested without cty", forge(ec(), "ES256", good_header, "\"" + good + "\"")},
      {"JWE of five parts",
       to_base64url(R"({"alg":"RSA-OAEP","enc":"A256GCM"})") + ".AAAA.AAAA.AAAA.AAAA"},
      {"typ JWT: an ID token",
       forge(ec(), "ES256", R"({"typ":"JWT","alg":"ES256","kid":"ec"})", payload)},
      {"no typ: an ID token", forge(ec(), "ES256", R"({"alg":"ES256","kid":"ec"})", payload)},
      {"typ logout+jwt",
       forge(ec(), "ES256", R"({"typ":"logout+jwt","alg":"ES256","kid":"ec"})", payload)},
      {"alg twice",
       forge(ec(), "ES256", R"({"alg":"none","alg":"ES256","typ":"at+jwt","kid":"ec"})", payload)},
      {"expired", token(at_time(-500, -61))},
      {"issued in the future", token(at_time(120, 300))},
      {"in force later", token(claims().set("nbf", std::to_string(now + 120)))},
      {"in force for an hour", token(at_time(0, 3'600))},
      {"no exp", token(claims().set("exp", ""))},
      {"no iat", token(claims().set("iat", ""))},
      {"exp a text", token(claims().set("exp", "\"" + std::to_string(now + 300) + "\""))},
      {"exp a fraction", token(claims().set("exp", std::to_string(now + 300) + ".5"))},
      {"exp beyond all time", token(claims().set("exp", "9007199254740991"))},
      {"exp negative", token(claims().set("exp", "-1"))},
      {"exp null", token(claims().set("exp", "null"))},
      {"of another issuer", token(claims().set("iss", "\"https://evil.example\""))},
      {"issuer with a slash more", token(claims().set("iss", "\"" + issuer->url() + "/\""))},
      {"issuer in capitals", token(claims().set("iss", "\"HTTPS://LOCALHOST\""))},
      {"no issuer", token(claims().set("iss", ""))},
      {"issuers in an array", token(claims().set("iss", "[\"" + issuer->url() + "\"]"))},
      {"for another service", token(claims().set("aud", "\"payroll\""))},
      {"audience nrm2", token(claims().set("aud", "\"nrm2\""))},
      {"no audience", token(claims().set("aud", ""))},
      {"audience an object", token(claims().set("aud", "{\"nrm\":1}"))},
      {"audiences with a number", token(claims().set("aud", "[\"nrm\",1]"))},
      {"no subject", token(claims().set("sub", ""))},
      {"subject empty", token(claims().set("sub", "\"\""))},
      {"subject a number", token(claims().set("sub", "7"))},
      {"no client", token(claims().set("client_id", ""))},
      {"no id of its own", token(claims().set("jti", ""))},
      {"sub twice", forge(ec(), "ES256", good_header,
                          payload.substr(0, payload.size() - 1) + ",\"sub\":\"other\"}")},
      {"groups twice",
       forge(ec(), "ES256", good_header,
             payload.substr(0, payload.size() - 1) + ",\"groups\":[\"auditors\"]}")},
      {"organisation not mapped", token(claims().set("org", "\"elsewhere\""))},
      {"no organisation", token(claims().set("org", ""))},
      {"role not mapped", token(claims().set("groups", "[\"guests\"]"))},
      {"two roles at once", token(claims().set("groups", "[\"deciders\",\"auditors\"]"))},
      {"a scope of ours that is none", token(claims().set("scope", "\"nrm:everything\""))},
      {"bound to a certificate that is not shown",
       token(claims().set("cnf", R"({"x5t#S256":"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"})"))},
      {"bound to what we do not know", token(claims().set("cnf", R"({"jkt":"AAAA"})"))},
      {"no signature", part + "."},
      {"two parts", part},
      {"four parts", with_signature(part, signature) + ".AAAA"},
      {"signature cut off", with_signature(part, signature.substr(0, 63))},
      {"signature of 65 bytes", with_signature(part, signature + '\0')},
      {"signature in DER", with_signature(part, ec().sign_der(part))},
      {"r and s zero", with_signature(part, std::string(64, '\0'))},
      {"s zero", with_signature(part, signature.substr(0, 32) + std::string(32, '\0'))},
      {"r and s all ones", with_signature(part, std::string(64, '\xff'))},
      {"another token's signature",
       with_signature(unsigned_token(good_header, claims().set("sub", "\"x\"").text()), signature)},
      {"base64 with padding", good + "=="},
      {"base64 of the other alphabet", to_base64(good_header) + good.substr(good.find('.'))},
      {"a blank inside", good.substr(0, 20) + " " + good.substr(20)},
      {"bits that base64 leaves out",
       good.substr(0, good.size() - 1) +
           (good.back() == 'A' ? 'B'
                               : static_cast<char>(good.back() == 'Q' ? 'R' : good.back() + 1))},
      {"header not JSON", forge(ec(), "ES256", "alg=ES256", payload)},
      {"header an array", forge(ec(), "ES256", "[]", payload)},
      {"claims not JSON", forge(ec(), "ES256", good_header, "sub=somebody")},
      {"claims deep",
       forge(ec(), "ES256", good_header, std::string(1'000, '[') + std::string(1'000, ']'))},
      {"claims not UTF-8", token(claims().set("sub", "\"\xff\xfe\""))},
      {"larger than any token", token(claims().set("pad", "\"" + std::string(5'000, 'x') + "\""))},
      {"only dots", ".."},
      {"own key in the header", forge(mine, "ES256", with_jwk, payload)},
  };
  EXPECT_GE(std::size(hostile), 40u);
  const http::Answer none = get(*client, "/v1/cases", "");
  ASSERT_EQ(none.status, 401);
  for (const Hostile& one : hostile) {
    const http::Answer answer = get(*client, "/v1/cases", one.token);
    EXPECT_EQ(answer.status, 401) << one.what << '\n' << one.token;
    EXPECT_EQ(answer.body, none.body) << one.what;
    EXPECT_EQ(answer.header("www-authenticate"), "Bearer") << one.what;
  }
  EXPECT_EQ(get(*client, "/v1/cases", good).status, 200);
  EXPECT_EQ(get(*client, "/v1/cases", token(claims())).status, 200);
}

TEST_F(Threat18_Tokens, GoodOnesOfAllFourAlgorithmsAreTaken) {
  const std::string payload = claims().text();
  const std::pair<std::string, std::string> rows[] = {
      {"ES256", forge(ec(), "ES256", good_header, payload)},
      {"EdDSA", forge(ed(), "EdDSA", R"({"alg":"EdDSA","typ":"at+jwt","kid":"ed"})", payload)},
      {"RS256", forge(rsa(), "RS256", R"({"alg":"RS256","typ":"at+jwt","kid":"rsa"})", payload)},
      {"PS256", forge(rsa(), "PS256", R"({"alg":"PS256","typ":"at+jwt","kid":"rsa"})", payload)}};
  for (const auto& [name, one] : rows)
    EXPECT_EQ(get(*client, "/v1/cases", one).status, 200) << name;
}

TEST_F(Threat18_Tokens, AScopeInItLimitsIt) {
  const std::string limited = token(claims().set("scope", "\"openid nrm:decide\""));
  EXPECT_EQ(get(*client, "/v1/cases", limited).status, 403);
  const std::string reads = token(claims().set("scope", "\"nrm:read nrm:decide\""));
  EXPECT_EQ(get(*client, "/v1/cases", reads).status, 200);
}

TEST_F(Threat18_Tokens, ARevokedAccountStaysOutWhateverTheProviderSays) {
  auto mine = claims();
  mine.set("sub", "\"leaver\"");
  ASSERT_EQ(get(*client, "/v1/cases", token(mine)).status, 200);
  // The account tells nothing of its holder; who has the gateway's key can find it.
  Ran found = at->nrm({"accounts", "find", "leaver"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  found.out.resize(36);
  const Ran revoked = at->nrm({"accounts", "revoke", found.out, "--as", "operator"});
  ASSERT_EQ(revoked.exit_code, 0) << revoked.err;
  EXPECT_EQ(get(*client, "/v1/cases", token(mine)).status, 401);
  auto other_token = mine;
  EXPECT_EQ(get(*client, "/v1/cases", token(other_token.set("jti", "\"2\""))).status, 401);
  EXPECT_EQ(get(*client, "/v1/cases", token(claims())).status, 200);
}

TEST_F(Threat18_Tokens, ARevokedAccountsOwnTokenOpensNothingFromTheAnswerOn) {
  const Ran made = at->nrm({"accounts", "add", "--organisation", "Leaving system", "--kind",
                            "police", "--role", "first_responder", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto after = [&](const std::string& name, std::size_t size) {
    return made.out.substr(made.out.find("\"" + name + "\":\"") + name.size() + 4, size);
  };
  const std::string own = after("token", 64);
  ASSERT_EQ(get(*client, "/v1/cases", own).status, 200);
  ASSERT_EQ(at->nrm({"accounts", "revoke", after("account", 36)}).exit_code, 0);
  EXPECT_EQ(get(*client, "/v1/cases", own).status, 401);
}
}  // namespace
}  // namespace nrm::test
