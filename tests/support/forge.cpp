#include "tests/support/forge.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <vector>

#include "common/base/check.hpp"
#include "common/base/hex.hpp"

namespace nrm::test {
namespace {
std::string number(evp_pkey_st* key, const char* name, std::size_t size = 0) {
  BIGNUM* value = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, name, &value) == 1, "the key has this number");
  std::vector<unsigned char> bytes(std::max(size, static_cast<std::size_t>(BN_num_bytes(value))));
  BN_bn2binpad(value, bytes.data(), static_cast<int>(bytes.size()));
  BN_free(value);
  return std::string(bytes.begin(), bytes.end());
}

const EVP_MD* hash_of(std::string_view algorithm) {
  if (algorithm.ends_with("384")) return EVP_sha384();
  if (algorithm.ends_with("512")) return EVP_sha512();
  return algorithm == "EdDSA" ? nullptr : EVP_sha256();
}

std::string sign_with(evp_pkey_st* key, const EVP_MD* hash, bool pss, std::string_view message) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* settings = nullptr;
  CHECK(EVP_DigestSignInit(context, &settings, hash, nullptr, key) == 1, "signing begins");
  if (pss) {
    CHECK(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) > 0 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) > 0,
          "PSS");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t size = 0;
  CHECK(EVP_DigestSign(context, nullptr, &size, bytes, message.size()) == 1, "size");
  std::string out(size, '\0');
  CHECK(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                       message.size()) == 1,
        "signing ends");
  out.resize(size);
  EVP_MD_CTX_free(context);
  return out;
}
}  // namespace

SigningKey::SigningKey(evp_pkey_st* key) : key_(key, [](EVP_PKEY* one) { EVP_PKEY_free(one); }) {
  CHECK(key != nullptr, "OpenSSL makes a key");
}
SigningKey SigningKey::curve(const char* name) { return SigningKey(EVP_EC_gen(name)); }
SigningKey SigningKey::ed25519() {
  return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}
SigningKey SigningKey::rsa(unsigned bits) { return SigningKey(EVP_RSA_gen(bits)); }

std::string SigningKey::jwk(std::string_view key_id, std::string_view more) const {
  std::string out = "{\"kid\":\"" + std::string(key_id) + "\"";
  if (EVP_PKEY_is_a(key_.get(), "RSA")) {
    out += ",\"kty\":\"RSA\",\"n\":\"" + to_base64url(number(key_.get(), OSSL_PKEY_PARAM_RSA_N)) +
           "\",\"e\":\"" + to_base64url(number(key_.get(), OSSL_PKEY_PARAM_RSA_E)) + '"';
  } else if (EVP_PKEY_is_a(key_.get(), "ED25519")) {
    unsigned char raw[32];
    std::size_t size = sizeof raw;
    CHECK(EVP_PKEY_get_raw_public_key(key_.get(), raw, &size) == 1, "a raw key");
    out += ",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" +
           to_base64url({reinterpret_cast<const char*>(raw), size}) + '"';
  } else {
    char group[32];
    std::size_t used = 0;
    EVP_PKEY_get_utf8_string_param(key_.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                   &used);
    const std::string_view named(group, used);
    const std::size_t size = named == "secp384r1" ? 48 : 32;
    out += std::string(",\"kty\":\"EC\",\"crv\":\"") +
           (named == "prime256v1"  ? "P-256"
            : named == "secp384r1" ? "P-384"
                                   : "secp256k1") +
           "\",\"x\":\"" + to_base64url(number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, size)) +
           "\",\"y\":\"" + to_base64url(number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, size)) + '"';
  }
  return out + std::string(more) + "}";
}

std::string SigningKey::public_pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(memory, key_.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  std::string out(bytes, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}

std::string SigningKey::sign_der(std::string_view message) const {
  return sign_with(key_.get(), EVP_sha256(), false, message);
}

std::string SigningKey::sign(std::string_view algorithm, std::string_view message) const {
  const std::string made =
      sign_with(key_.get(), hash_of(algorithm), algorithm.starts_with("PS"), message);
  if (!EVP_PKEY_is_a(key_.get(), "EC")) return made;
  const auto* in = reinterpret_cast<const unsigned char*>(made.data());
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(made.size()));
  const int half = (EVP_PKEY_get_bits(key_.get()) + 7) / 8;
  std::string out(static_cast<std::size_t>(2 * half), '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), to, half);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), to + half, half);
  ECDSA_SIG_free(pair);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  unsigned char out[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), out, &size);
  return std::string(reinterpret_cast<const char*>(out), size);
}

std::string unsigned_token(std::string_view header, std::string_view payload) {
  return to_base64url(header) + '.' + to_base64url(payload);
}
std::string with_signature(const std::string& unsigned_part, std::string_view signature) {
  return unsigned_part + '.' + to_base64url(signature);
}
std::string forge(const SigningKey& key, std::string_view algorithm, std::string_view header,
                  std::string_view payload) {
  const std::string part = unsigned_token(header, payload);
  return with_signature(part, key.sign(algorithm, part));
}
}  // namespace nrm::test
