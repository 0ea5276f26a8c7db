// Verification of signatures that others make: the four algorithms that access tokens may have
// (RFC 7518, RFC 8037), and keys as JSON Web Keys give them. The key's type decides which
// algorithms it fits; there is no symmetric key in here, so none can be confused with one.
//
// THREAD: any; a key may be used by several threads at once.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "common/base/result.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace nrm::crypto {
enum class Algorithm : std::uint8_t { es256, eddsa, rs256, ps256 };
std::optional<Algorithm> algorithm_from(std::string_view name);  // "ES256"; exact

class VerifyingKey {
 public:
  // ERRORS of all three: corrupt (not a point of the curve, a wrong length, a weak modulus).
  static Result<VerifyingKey> p256(std::string_view x, std::string_view y);  // 32 bytes each
  static Result<VerifyingKey> ed25519(std::string_view x);                   // 32 bytes
  // 2,048 to 4,096 bits (NIST SP 800-131A; more only costs us), exponent from 65,537 on, odd.
  static Result<VerifyingKey> rsa(std::string_view modulus, std::string_view exponent);

  bool fits(Algorithm algorithm) const;
  // ES256 takes r || s, 64 bytes (RFC 7518, 3.4), never DER. REQUIRES: fits(algorithm).
  bool verify(Algorithm algorithm, std::string_view message, std::string_view signature) const;

 private:
  enum class Type : std::uint8_t { p256, ed25519, rsa };
  VerifyingKey(Type type, evp_pkey_st* key);
  static Result<VerifyingKey> make(Type type, evp_pkey_st* key);
  Type type_;
  std::shared_ptr<evp_pkey_st> key_;
};
}  // namespace nrm::crypto
