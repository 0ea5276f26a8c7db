#include "common/crypto/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <string>

#include "common/base/check.hpp"
#include "common/base/owned.hpp"

namespace nrm::crypto {
namespace {
using Number = Owned<BIGNUM, BN_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcdsaSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

constexpr std::size_t coordinate_bytes = 32;
constexpr int rsa_bits_min = 2'048, rsa_bits_max = 4'096;
constexpr std::size_t rsa_bytes_max = rsa_bits_max / 8 + 1;

const unsigned char* bytes_of(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

Error no_key() {
  ERR_clear_error();
  return Error(Code::corrupt, "", "this is not a public key that we take");
}

EVP_PKEY* key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return key;
}

// r || s as the DER that OpenSSL wants; empty when it is no such pair.
std::string der_of(std::string_view raw) {
  if (raw.size() != 2 * coordinate_bytes) return {};
  const EcdsaSignature pair(ECDSA_SIG_new());
  Number r(BN_bin2bn(bytes_of(raw), coordinate_bytes, nullptr)),
      s(BN_bin2bn(bytes_of(raw) + coordinate_bytes, coordinate_bytes, nullptr));
  if (!pair || !r || !s || BN_is_zero(r.get()) || BN_is_zero(s.get())) return {};
  if (ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());  // the pair's now
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (size <= 0) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  return i2d_ECDSA_SIG(pair.get(), &out) == size ? der : std::string();
}
}  // namespace

std::optional<Algorithm> algorithm_from(std::string_view name) {
  if (name == "ES256") return Algorithm::es256;
  if (name == "EdDSA") return Algorithm::eddsa;
  if (name == "RS256") return Algorithm::rs256;
  if (name == "PS256") return Algorithm::ps256;
  return std::nullopt;
}

VerifyingKey::VerifyingKey(Type type, EVP_PKEY* key)
    : type_(type), key_(key, [](EVP_PKEY* owned) { EVP_PKEY_free(owned); }) {}

Result<VerifyingKey> VerifyingKey::make(Type type, EVP_PKEY* key) {
  if (key == nullptr) return no_key();
  VerifyingKey out(type, key);
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!context || EVP_PKEY_public_check(context.get()) != 1) return no_key();
  return out;
}

Result<VerifyingKey> VerifyingKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != coordinate_bytes || y.size() != coordinate_bytes) return no_key();
  const std::string point = '\x04' + std::string(x) + std::string(y);  // SEC 1, 2.3.3
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return no_key();
  return make(Type::p256, key_from("EC", builder.get()));
}

Result<VerifyingKey> VerifyingKey::ed25519(std::string_view x) {
  if (x.size() != 32) return no_key();
  return make(Type::ed25519,
              EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes_of(x), x.size()));
}

Result<VerifyingKey> VerifyingKey::rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > rsa_bytes_max || exponent.size() > 8) return no_key();
  const Number n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr)),
      e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
  if (!n || !e || BN_num_bits(n.get()) < rsa_bits_min || BN_num_bits(n.get()) > rsa_bits_max)
    return no_key();
  if (BN_num_bits(e.get()) < 17 || !BN_is_odd(e.get()) || !BN_is_odd(n.get())) return no_key();
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return no_key();
  return make(Type::rsa, key_from("RSA", builder.get()));
}

bool VerifyingKey::fits(Algorithm algorithm) const {
  switch (algorithm) {
    case Algorithm::es256:
      return type_ == Type::p256;
    case Algorithm::eddsa:
      return type_ == Type::ed25519;
    case Algorithm::rs256:
    case Algorithm::ps256:
      return type_ == Type::rsa;
  }
  return false;
}

bool VerifyingKey::verify(Algorithm algorithm, std::string_view message,
                          std::string_view signature) const {
  CHECK(fits(algorithm), "the key decides the algorithm");
  const std::string der = algorithm == Algorithm::es256 ? der_of(signature) : std::string();
  if (algorithm == Algorithm::es256) {
    if (der.empty()) return false;
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
  const EVP_MD* hash = algorithm == Algorithm::eddsa ? nullptr : EVP_sha256();
  bool good =
      context && EVP_DigestVerifyInit(context.get(), &settings, hash, nullptr, key_.get()) == 1;
  if (good && algorithm == Algorithm::ps256)  // salt as long as the hash: RFC 7518, 3.5
    good = EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) > 0;
  good = good && EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                  bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}
}  // namespace nrm::crypto
