#include "common/crypto/password.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "common/base/check.hpp"

namespace nrm::crypto {
Result<Sensitive<std::string>> stretch(std::string_view password, std::string_view salt) {
  CHECK(salt.size() == crypto_pwhash_argon2id_SALTBYTES, "a salt of Argon2id");
  std::string out(32, '\0');
  if (crypto_pwhash_argon2id(
          reinterpret_cast<unsigned char*>(out.data()), out.size(), password.data(),
          password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
          crypto_pwhash_argon2id_OPSLIMIT_MODERATE, crypto_pwhash_argon2id_MEMLIMIT_MODERATE,
          crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
    return Error(Code::unavailable, "", "no memory to check a password");
  return Sensitive<std::string>(std::move(out));
}

std::string totp(std::string_view secret, std::uint64_t step) {
  unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
  for (int i = 7; i >= 0; --i, step >>= 8) counter[i] = static_cast<unsigned char>(step & 255);
  unsigned int size = 0;
  CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter, sizeof counter,
             mac, &size) != nullptr &&
            size == 20,
        "OpenSSL has HMAC-SHA-1");
  // RFC 4226, 5.3: dynamic truncation.
  const unsigned char* at = mac + (mac[size - 1] & 15);
  const std::uint32_t number = (static_cast<std::uint32_t>(at[0] & 127) << 24) |
                               (static_cast<std::uint32_t>(at[1]) << 16) |
                               (static_cast<std::uint32_t>(at[2]) << 8) | at[3];
  const std::string digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}
}  // namespace nrm::crypto
