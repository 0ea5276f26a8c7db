// Hashes, signatures, sealing and randomness. The only folder that sees libsodium or OpenSSL.
//
// Call start() once per process, before anything else here. Comparing secrets: equal().
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/sensitive.hpp"

namespace nrm {
struct Hash {  // SHA-256
  std::array<std::uint8_t, 32> bytes{};
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), 32}; }
  std::string hex() const;
  static std::optional<Hash> from(std::string_view raw);  // 32 bytes
  auto operator<=>(const Hash&) const = default;
};

namespace crypto {
void start();

Hash sha256(std::string_view bytes);
// SHA-256 of prefix || a || b, without a copy: the Merkle tree's hashing.
Hash sha256(std::uint8_t prefix, std::string_view a, std::string_view b = {});
// BLAKE2b with a key (RFC 7693); `size` 16 to 64 bytes.
std::string keyed_digest(std::string_view key, std::string_view bytes, std::size_t size = 32);
std::string digest(std::string_view bytes, std::size_t size = 32);  // BLAKE2b
bool equal(std::string_view a, std::string_view b);                 // constant time

// A 32-byte symmetric key in guarded, locked memory; zeroed at the end.
class SecretKey {
 public:
  static SecretKey random();
  static Result<SecretKey> from(std::string_view bytes);  // REQUIRES nothing; ERRORS: corrupt
  SecretKey(SecretKey&&) noexcept;
  SecretKey& operator=(SecretKey&&) noexcept;
  ~SecretKey();
  std::string_view reveal() const;

 private:
  explicit SecretKey(unsigned char* bytes) : bytes_(bytes) {}
  unsigned char* bytes_;
};

// XChaCha20-Poly1305 with a random nonce. `bound` is authenticated, not stored: opening needs the
// same bytes. The output also carries a commitment to the key (the cipher alone is not committing).
std::string seal(const SecretKey& key, std::string_view bound, std::string_view plain);
// ERRORS: corrupt (another key, other bound data, changed bytes).
Result<Sensitive<std::string>> open(const SecretKey& key, std::string_view bound,
                                    std::string_view sealed);

// Ed25519 (RFC 8032).
using PublicKey = std::array<std::uint8_t, 32>;
class Signer {
 public:
  static Signer random();
  static Result<Signer> from_seed(std::string_view seed);  // 32 bytes
  std::string seed() const;                                // to write it to its 0400 file
  const PublicKey& public_key() const { return public_key_; }
  std::string sign(std::string_view message) const;  // 64 bytes

 private:
  explicit Signer(SecretKey seed);
  std::shared_ptr<SecretKey> seed_;
  std::shared_ptr<SecretKey> half_;  // libsodium's expanded key is seed || public key
  PublicKey public_key_{};
};
bool verify(const PublicKey& key, std::string_view message, std::string_view signature);
}  // namespace crypto

// Entropy: the one place where randomness comes from.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(unsigned char* out, std::size_t size) = 0;
  Uuid uuid();  // version 4
};
std::unique_ptr<Entropy> system_entropy();
std::unique_ptr<Entropy> seeded_entropy(std::uint64_t seed);  // tests only
}  // namespace nrm
