#include "common/crypto/crypto.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_*: "deprecated" in favour of EVP, see Sha256
#include <openssl/sha.h>
#include <sodium.h>

#include <mutex>
#include <vector>

#include "common/base/check.hpp"
#include "common/base/hex.hpp"

namespace nrm {
std::string Hash::hex() const { return to_hex(view()); }

std::optional<Hash> Hash::from(std::string_view raw) {
  Hash hash;
  if (raw.size() != hash.bytes.size()) return std::nullopt;
  raw.copy(reinterpret_cast<char*>(hash.bytes.data()), raw.size());
  return hash;
}

namespace crypto {
namespace {
const unsigned char* bytes_of(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* bytes_of(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

// OpenSSL's own functions for SHA-256, with the CPU's SHA instructions where it has them. The same
// code lies behind EVP, which takes some 90 ns more to find its way to it: twice a Merkle node.
class Sha256 {
 public:
  Sha256() { CHECK(SHA256_Init(&context_) == 1, "SHA-256 begins"); }
  void add(const void* bytes, std::size_t size) {
    CHECK(SHA256_Update(&context_, bytes, size) == 1, "SHA-256 goes on");
  }
  Hash end() {
    Hash hash;
    CHECK(SHA256_Final(hash.bytes.data(), &context_) == 1, "SHA-256 ends");
    return hash;
  }

 private:
  SHA256_CTX context_;
};

// The free slots of all keys. Regions are never unmapped: a service holds few keys at a time, and
// every slot is zeroed when it comes back.
class SlotPool {
 public:
  unsigned char* take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) grow();
    unsigned char* slot = free_.back();
    free_.pop_back();
    return slot;
  }
  bool locked() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) grow();
    return locked_;
  }
  void give_back(unsigned char* slot) {
    sodium_memzero(slot, KeySlot::bytes);
    const std::lock_guard lock(mutex_);
    free_.push_back(slot);
  }

 private:
  static constexpr std::size_t slots_per_region = 1024;  // 64 KiB, the smallest usual memlock limit

  void grow() {
    auto* region = static_cast<unsigned char*>(sodium_allocarray(slots_per_region, KeySlot::bytes));
    CHECK(region != nullptr, "guarded memory can be mapped");
    // sodium_allocarray() locks as well, but says nothing when it could not.
    locked_ &= sodium_mlock(region, slots_per_region * KeySlot::bytes) == 0;
    sodium_memzero(region, slots_per_region * KeySlot::bytes);
    for (std::size_t i = 0; i < slots_per_region; ++i) free_.push_back(region + i * KeySlot::bytes);
  }

  std::mutex mutex_;
  std::vector<unsigned char*> free_;
  bool locked_ = true;
};

SlotPool& slot_pool() {
  static SlotPool& pool = *new SlotPool;  // outlives every key, also those of other statics
  return pool;
}

// --- sealing ------------------------------------------------------------------------------------

constexpr char sealed_version = 1;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t commitment_size = 32;
constexpr std::size_t header_size = 1 + nonce_size + commitment_size;
constexpr std::size_t buckets[] = {64, 256, 1024, 4096, 16'384, 65'536};
constexpr std::size_t largest_bucket = buckets[std::size(buckets) - 1];

// The block that ISO/IEC 7816-4 padding fills up to. One byte of padding at least is always there.
std::size_t block_for(std::size_t plain_size) {
  for (const std::size_t bucket : buckets)
    if (plain_size < bucket) return bucket;
  return largest_bucket;
}

// The block of a padded text of this length, or 0 when no padding makes this length.
std::size_t block_of(std::size_t padded_size) {
  for (const std::size_t bucket : buckets)
    if (padded_size == bucket) return bucket;
  return padded_size % largest_bucket == 0 && padded_size != 0 ? largest_bucket : 0;
}

// BLAKE2b-512 under the key over nonce || bound: the cipher's key, and a commitment that tells one
// key and one `bound` from all others without telling either.
struct Derived {
  unsigned char bytes[64];
  Derived(const SecretKey& key, std::string_view nonce, std::string_view bound) {
    static constexpr unsigned char purpose[crypto_generichash_blake2b_PERSONALBYTES + 1] =
        "nrm seal v1     ";
    crypto_generichash_blake2b_state state;
    CHECK(crypto_generichash_blake2b_init_salt_personal(&state, bytes_of(key.reveal()), 32,
                                                        sizeof bytes, nullptr, purpose) == 0 &&
              crypto_generichash_blake2b_update(&state, bytes_of(nonce), nonce.size()) == 0 &&
              crypto_generichash_blake2b_update(&state, bytes_of(bound), bound.size()) == 0 &&
              crypto_generichash_blake2b_final(&state, bytes, sizeof bytes) == 0,
          "BLAKE2b takes these sizes");
    sodium_memzero(&state, sizeof state);
  }
  ~Derived() { sodium_memzero(bytes, sizeof bytes); }
  const unsigned char* key() const { return bytes; }
  std::string_view commitment() const {
    return {reinterpret_cast<const char*>(bytes) + 32, commitment_size};
  }
};

Error not_ours() { return Error(Code::corrupt, "", "this cannot be opened with this key"); }
}  // namespace

void start() { CHECK(sodium_init() >= 0, "libsodium starts"); }

Result<void> require_locked_memory() {
  if (slot_pool().locked()) return {};
  return Error(Code::forbidden, "",
               "memory for keys cannot be locked, so it could be swapped out: raise LimitMEMLOCK= "
               "(systemd) or ulimit -l to 1 MiB at least");
}

Hash sha256(std::string_view bytes) {
  Sha256 state;
  state.add(bytes.data(), bytes.size());
  return state.end();
}

Hash sha256(std::uint8_t prefix, std::string_view a, std::string_view b) {
  Sha256 state;
  state.add(&prefix, 1);
  state.add(a.data(), a.size());
  if (!b.empty()) state.add(b.data(), b.size());
  return state.end();
}

std::string keyed_digest(std::string_view key, std::string_view bytes, std::size_t size) {
  CHECK(key.size() >= 16 && key.size() <= 64, "a key of BLAKE2b has 16 to 64 bytes");
  CHECK(size >= 16 && size <= 64, "a BLAKE2b digest has 16 to 64 bytes");
  std::string out(size, '\0');
  CHECK(crypto_generichash_blake2b(bytes_of(out), size, bytes_of(bytes), bytes.size(),
                                   bytes_of(key), key.size()) == 0,
        "BLAKE2b takes these sizes");
  return out;
}

std::string digest(std::string_view bytes, std::size_t size) {
  CHECK(size >= 16 && size <= 64, "a BLAKE2b digest has 16 to 64 bytes");
  std::string out(size, '\0');
  CHECK(crypto_generichash_blake2b(bytes_of(out), size, bytes_of(bytes), bytes.size(), nullptr,
                                   0) == 0,
        "BLAKE2b takes these sizes");
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

KeySlot::KeySlot() : bytes_(slot_pool().take()) {}
KeySlot::~KeySlot() {
  if (bytes_) slot_pool().give_back(bytes_);
}

SecretKey SecretKey::random() {
  SecretKey key;
  randombytes_buf(key.slot_.data(), 32);
  return key;
}

Result<SecretKey> SecretKey::from(std::string_view bytes) {
  if (bytes.size() != 32) return Error(Code::corrupt, "", "a key has 32 bytes");
  SecretKey key;
  bytes.copy(reinterpret_cast<char*>(key.slot_.data()), 32);
  return key;
}

std::string_view SecretKey::reveal() const {
  CHECK(slot_.data() != nullptr, "a key that was moved away is not used");
  return {reinterpret_cast<const char*>(slot_.data()), 32};
}

std::string seal(const SecretKey& key, std::string_view bound, std::string_view plain) {
  const std::size_t block = block_for(plain.size());
  const std::size_t padded = (plain.size() / block + 1) * block;
  std::string out(header_size + padded + tag_size, '\0');
  out[0] = sealed_version;
  randombytes_buf(bytes_of(out) + 1, nonce_size);
  const auto nonce = std::string_view(out).substr(1, nonce_size);
  const Derived derived(key, nonce, bound);
  derived.commitment().copy(out.data() + 1 + nonce_size, commitment_size);

  // Padded and enciphered in place, so that no second copy of the plaintext is left behind.
  unsigned char* text = bytes_of(out) + header_size;
  plain.copy(reinterpret_cast<char*>(text), plain.size());
  std::size_t padded_by_sodium = 0;
  CHECK(sodium_pad(&padded_by_sodium, text, plain.size(), block, padded) == 0 &&
            padded_by_sodium == padded,
        "the text fits its bucket");
  CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(text, nullptr, text, padded, bytes_of(bound),
                                                   bound.size(), nullptr, bytes_of(nonce),
                                                   derived.key()) == 0,
        "sealing cannot fail");
  return out;
}

Result<Sensitive<std::string>> open(const SecretKey& key, std::string_view bound,
                                    std::string_view sealed) {
  if (sealed.size() < header_size + tag_size || sealed[0] != sealed_version) return not_ours();
  const std::size_t padded = sealed.size() - header_size - tag_size;
  const std::size_t block = block_of(padded);
  if (block == 0) return not_ours();
  const auto nonce = sealed.substr(1, nonce_size);
  const Derived derived(key, nonce, bound);
  if (!equal(derived.commitment(), sealed.substr(1 + nonce_size, commitment_size)))
    return not_ours();
  std::string plain(padded, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes_of(plain), nullptr, nullptr, bytes_of(sealed) + header_size, padded + tag_size,
          bytes_of(bound), bound.size(), bytes_of(nonce), derived.key()) != 0)
    return not_ours();
  std::size_t plain_size = 0;
  if (sodium_unpad(&plain_size, bytes_of(plain), padded, block) != 0) return not_ours();
  plain.resize(plain_size);
  return Sensitive<std::string>(std::move(plain));
}

// --- signatures ---------------------------------------------------------------------------------

Signer Signer::random() {
  Signer signer;
  CHECK(crypto_sign_keypair(signer.public_key_.data(), signer.expanded_.data()) == 0,
        "a key pair can be made");
  return signer;
}

Result<Signer> Signer::from_seed(std::string_view seed) {
  if (seed.size() != crypto_sign_SEEDBYTES)
    return Error(Code::corrupt, "", "a signing key's seed has 32 bytes");
  Signer signer;
  CHECK(crypto_sign_seed_keypair(signer.public_key_.data(), signer.expanded_.data(),
                                 bytes_of(seed)) == 0,
        "a key pair follows from a seed");
  return signer;
}

std::string_view Signer::seed() const {
  CHECK(expanded_.data() != nullptr, "a signer that was moved away is not used");
  return {reinterpret_cast<const char*>(expanded_.data()), crypto_sign_SEEDBYTES};
}

std::string Signer::sign(std::string_view message) const {
  CHECK(expanded_.data() != nullptr, "a signer that was moved away is not used");
  std::string signature(crypto_sign_BYTES, '\0');
  CHECK(crypto_sign_detached(bytes_of(signature), nullptr, bytes_of(message), message.size(),
                             expanded_.data()) == 0,
        "signing cannot fail");
  return signature;
}

bool verify(const PublicKey& key, std::string_view message, std::string_view signature) {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                     key.data()) == 0;
}
}  // namespace crypto
}  // namespace nrm
