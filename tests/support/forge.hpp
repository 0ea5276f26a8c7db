// Forge: keys and tokens as an identity provider would make them, and as it never would. OpenSSL
// at first hand, so that what is checked and what checks it are not the same code.
#pragma once
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace nrm::test {
class SigningKey {
 public:
  static SigningKey curve(const char* name);  // "P-256", "P-384", "secp256k1"
  static SigningKey ed25519();
  static SigningKey rsa(unsigned bits);

  // The public half as a JSON Web Key; `more`: further members, each with a comma before it.
  std::string jwk(std::string_view key_id, std::string_view more = {}) const;
  std::string public_pem() const;
  // As JWS has it (ECDSA: r || s). `algorithm`: "ES256", "EdDSA", "RS256", "PS256", "RS384" …
  std::string sign(std::string_view algorithm, std::string_view message) const;
  std::string sign_der(std::string_view message) const;  // ECDSA as X.509 has it

 private:
  explicit SigningKey(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;
};

std::string hmac_sha256(std::string_view key, std::string_view message);
// header.payload in base64url: what is signed.
std::string unsigned_token(std::string_view header, std::string_view payload);
std::string with_signature(const std::string& unsigned_part, std::string_view signature);
std::string forge(const SigningKey& key, std::string_view algorithm, std::string_view header,
                  std::string_view payload);
}  // namespace nrm::test
