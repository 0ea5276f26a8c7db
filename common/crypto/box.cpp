#include "common/crypto/box.hpp"

#include <sodium.h>

#include "common/base/check.hpp"

namespace nrm::crypto {
namespace {
static_assert(box_overhead == crypto_box_SEALBYTES);

const unsigned char* bytes_of(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* bytes_of(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }
}  // namespace

BoxKey BoxKey::random() {
  BoxKey key;
  CHECK(crypto_box_keypair(key.public_key_.data(), key.slot_.data()) == 0, "a key pair is made");
  return key;
}

Result<BoxKey> BoxKey::from(std::string_view secret) {
  if (secret.size() != crypto_box_SECRETKEYBYTES)
    return Error(Code::corrupt, "", "a key has 32 bytes");
  BoxKey key;
  secret.copy(reinterpret_cast<char*>(key.slot_.data()), secret.size());
  CHECK(crypto_scalarmult_base(key.public_key_.data(), key.slot_.data()) == 0,
        "a public key follows from its secret");
  return key;
}

std::string_view BoxKey::reveal() const {
  CHECK(slot_.data() != nullptr, "a key that was moved away is not used");
  return {reinterpret_cast<const char*>(slot_.data()), crypto_box_SECRETKEYBYTES};
}

std::optional<PublicKey> public_key_from(std::string_view raw) {
  PublicKey key{};
  if (raw.size() != key.size()) return std::nullopt;
  raw.copy(reinterpret_cast<char*>(key.data()), raw.size());
  return key;
}

bool is_box_key(const PublicKey& key) {
  const BoxKey probe = BoxKey::random();
  unsigned char shared[crypto_box_BEFORENMBYTES];
  const bool good = crypto_box_beforenm(shared, key.data(), bytes_of(probe.reveal())) == 0;
  sodium_memzero(shared, sizeof shared);
  return good;
}

bool is_sign_key(const PublicKey& key) { return crypto_core_ed25519_is_valid_point(key.data()); }

std::string seal_box(const PublicKey& to, std::string_view plain) {
  std::string out(plain.size() + box_overhead, '\0');
  CHECK(crypto_box_seal(bytes_of(out), bytes_of(plain), plain.size(), to.data()) == 0,
        "a key was looked at before something is sealed to it");
  return out;
}

Result<Sensitive<std::string>> open_box(const BoxKey& key, std::string_view box) {
  const Error not_ours(Code::corrupt, "", "this cannot be opened with this key");
  if (box.size() < box_overhead) return not_ours;
  std::string plain(box.size() - box_overhead, '\0');
  if (crypto_box_seal_open(bytes_of(plain), bytes_of(box), box.size(), key.public_key().data(),
                           bytes_of(key.reveal())) != 0)
    return not_ours;
  return Sensitive<std::string>(std::move(plain));
}
}  // namespace nrm::crypto
