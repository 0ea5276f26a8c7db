#include "common/crypto/signature.hpp"

#include <gtest/gtest.h>

#include "common/base/hex.hpp"
#include "tests/support/forge.hpp"

namespace nrm::crypto {
namespace {
std::string bytes(std::string_view base64url) { return from_base64url(base64url).value(); }

// RFC 7515, appendix A.2: RS256.
TEST(VerifyingKey, AcceptsTheStandardsRs256Example) {
  const auto key = VerifyingKey::rsa(
      bytes(
          "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1"
          "Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaS"
          "HSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT"
          "6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"),
      bytes("AQAB"));
  ASSERT_TRUE(key);
  const std::string signed_part =
      "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
      "NvbS9pc19yb290Ijp0cnVlfQ";
  const std::string signature = bytes(
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
      "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHl"
      "b1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9"
      "QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");
  EXPECT_TRUE(key->verify(Algorithm::rs256, signed_part, signature));
  EXPECT_FALSE(key->verify(Algorithm::ps256, signed_part, signature));
  EXPECT_FALSE(key->verify(Algorithm::rs256, signed_part + "x", signature));
}

// RFC 7515, appendix A.3: ES256.
TEST(VerifyingKey, AcceptsTheStandardsEs256Example) {
  const auto key = VerifyingKey::p256(bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                      bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key);
  const std::string signed_part =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
      "NvbS9pc19yb290Ijp0cnVlfQ";
  std::string signature = bytes(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(key->verify(Algorithm::es256, signed_part, signature));
  signature.back() ^= 1;
  EXPECT_FALSE(key->verify(Algorithm::es256, signed_part, signature));
}

// RFC 8037, appendix A.4: Ed25519.
TEST(VerifyingKey, AcceptsTheStandardsEdDsaExample) {
  const auto key = VerifyingKey::ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  ASSERT_TRUE(key);
  const std::string signature = bytes(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  const std::string signed_part = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  EXPECT_TRUE(key->verify(Algorithm::eddsa, signed_part, signature));
  EXPECT_FALSE(key->verify(Algorithm::eddsa, signed_part, signature.substr(0, 63)));
}

TEST(VerifyingKey, TakesPss) {
  const auto made = nrm::test::SigningKey::rsa(2'048);
  const std::string jwk = made.jwk("a");
  const auto member = [&](const std::string& name) {
    const auto at = jwk.find("\"" + name + "\":\"") + name.size() + 4;
    return bytes(jwk.substr(at, jwk.find('"', at) - at));
  };
  const auto key = VerifyingKey::rsa(member("n"), member("e"));
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify(Algorithm::ps256, "m", made.sign("PS256", "m")));
  EXPECT_FALSE(key->verify(Algorithm::rs256, "m", made.sign("PS256", "m")));
}

TEST(VerifyingKey, RefusesKeysThatAreNone) {
  const std::string x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  EXPECT_FALSE(VerifyingKey::p256(x, x));            // not on the curve
  EXPECT_FALSE(VerifyingKey::p256(x.substr(1), x));  // too short
  EXPECT_FALSE(VerifyingKey::p256(std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(VerifyingKey::ed25519(x + "x"));
  const std::string modulus(256, '\xff');
  EXPECT_FALSE(VerifyingKey::rsa(std::string(128, '\xff'), bytes("AQAB")));  // 1,024 bits
  EXPECT_FALSE(VerifyingKey::rsa(std::string(600, '\xff'), bytes("AQAB")));
  EXPECT_FALSE(VerifyingKey::rsa(modulus, "\x03"));
  EXPECT_FALSE(VerifyingKey::rsa(modulus, std::string("\x01\x00\x00", 3)));  // even
  EXPECT_FALSE(VerifyingKey::rsa("", ""));
}

TEST(VerifyingKey, RefusesEcdsaThatIsNotAPairOfNumbers) {
  const auto made = nrm::test::SigningKey::curve("P-256");
  const std::string jwk = made.jwk("a");
  const auto x = jwk.find("\"x\":\"") + 5, y = jwk.find("\"y\":\"") + 5;
  const auto key = VerifyingKey::p256(bytes(jwk.substr(x, 43)), bytes(jwk.substr(y, 43)));
  ASSERT_TRUE(key);
  const std::string good = made.sign("ES256", "m");
  ASSERT_TRUE(key->verify(Algorithm::es256, "m", good));
  EXPECT_FALSE(key->verify(Algorithm::es256, "m", made.sign_der("m")));
  EXPECT_FALSE(key->verify(Algorithm::es256, "m", std::string(64, '\0')));
  EXPECT_FALSE(key->verify(Algorithm::es256, "m", good.substr(0, 32) + std::string(32, '\0')));
  EXPECT_FALSE(key->verify(Algorithm::es256, "m", good.substr(0, 63)));
  EXPECT_FALSE(key->verify(Algorithm::es256, "m", good + '\0'));
  EXPECT_FALSE(key->verify(Algorithm::es256, "m", std::string(64, '\xff')));
}
}  // namespace
}  // namespace nrm::crypto
