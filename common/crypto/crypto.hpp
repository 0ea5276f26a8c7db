// Hashes, signatures, sealing and randomness. The only folder that sees libsodium or OpenSSL.
//
// Call start() once per process, before anything else here. Comparing secrets: equal().
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
// For processes that hold keys. ERRORS: forbidden when the system does not let this process lock
// its memory; the detail says what to raise.
Result<void> require_locked_memory();

Hash sha256(std::string_view bytes);
// SHA-256 of prefix || a || b, without a copy: the Merkle tree's hashing.
Hash sha256(std::uint8_t prefix, std::string_view a, std::string_view b = {});
// BLAKE2b with a key (RFC 7693); `size` 16 to 64 bytes.
// REQUIRES: a key of 16 to 64 bytes.
std::string keyed_digest(std::string_view key, std::string_view bytes, std::size_t size = 32);
std::string digest(std::string_view bytes, std::size_t size = 32);  // BLAKE2b
// In constant time for one length; the lengths themselves are not secret.
bool equal(std::string_view a, std::string_view b);

// 64 bytes of guarded, locked memory that core dumps leave out; zeroed when given back. Slots come
// from one pool: guard pages of its own for every key would cost 30 us, more than sealing with it.
// THREAD: slots may be taken and given back by any thread.
class KeySlot {
 public:
  static constexpr std::size_t bytes = 64;
  KeySlot();
  KeySlot(KeySlot&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)) {}
  KeySlot& operator=(KeySlot&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~KeySlot();
  unsigned char* data() const { return bytes_; }

 private:
  unsigned char* bytes_;
};

// A 32-byte symmetric key. Moves, never copies.
class SecretKey {
 public:
  static SecretKey random();
  static Result<SecretKey> from(std::string_view bytes);  // ERRORS: corrupt unless 32 bytes
  std::string_view reveal() const;                        // valid as long as the key

 private:
  SecretKey() = default;
  KeySlot slot_;
};

// XChaCha20-Poly1305 with a random nonce. `bound` is authenticated, not stored: opening needs the
// same bytes. The output also carries a commitment to the key and to `bound` (the cipher alone is
// not committing), and its length tells only a bucket: format in README.md.
std::string seal(const SecretKey& key, std::string_view bound, std::string_view plain);
// ERRORS: corrupt (another key, other bound data, changed bytes; which of them is not told).
Result<Sensitive<std::string>> open(const SecretKey& key, std::string_view bound,
                                    std::string_view sealed);

// Ed25519 (RFC 8032). Moves, never copies.
using PublicKey = std::array<std::uint8_t, 32>;
class Signer {
 public:
  static Signer random();
  static Result<Signer> from_seed(std::string_view seed);  // ERRORS: corrupt unless 32 bytes
  std::string_view seed() const;  // to write it to its 0400 file; valid as long as the signer
  const PublicKey& public_key() const { return public_key_; }
  std::string sign(std::string_view message) const;  // 64 bytes

 private:
  Signer() = default;
  KeySlot expanded_;  // seed || public key, as libsodium wants it
  PublicKey public_key_{};
};
bool verify(const PublicKey& key, std::string_view message, std::string_view signature);
}  // namespace crypto

// Entropy: where ids and other random values of inputs come from; keys and nonces never do, so that
// no test's seed can reach them. THREAD: an Entropy belongs to one thread.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(unsigned char* out, std::size_t size) = 0;
  Uuid uuid();  // version 4
};
std::unique_ptr<Entropy> system_entropy();
std::unique_ptr<Entropy> seeded_entropy(std::uint64_t seed);  // tests only
}  // namespace nrm
