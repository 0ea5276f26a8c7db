// Boxes: sealing to somebody's public key, so that only the holder of its secret can open. What the
// vault's keys can never do: the server stores boxes and has no secret of any organisation.
//
// libsodium's sealed box (X25519, XSalsa20-Poly1305; RFC 7748): anonymous and not authenticated, so
// what is inside must say who says so; see sealed_item.hpp.
#pragma once
#include "common/crypto/crypto.hpp"

namespace nrm::crypto {
// An X25519 key pair. Moves, never copies.
class BoxKey {
 public:
  static BoxKey random();
  static Result<BoxKey> from(std::string_view secret);  // ERRORS: corrupt unless 32 bytes
  std::string_view reveal() const;                      // valid as long as the key
  const PublicKey& public_key() const { return public_key_; }

 private:
  BoxKey() = default;
  KeySlot slot_;
  PublicKey public_key_{};
};

std::optional<PublicKey> public_key_from(std::string_view raw);  // 32 bytes
// Whether something can be sealed to it: not of small order, where every secret is the same.
bool is_box_key(const PublicKey& key);
// Whether it can verify: a point of the prime-order group (RFC 8032).
bool is_sign_key(const PublicKey& key);

inline constexpr std::size_t box_overhead = 48;
// REQUIRES: is_box_key(to).
std::string seal_box(const PublicKey& to, std::string_view plain);
// ERRORS: corrupt (another key, or changed bytes).
Result<Sensitive<std::string>> open_box(const BoxKey& key, std::string_view box);
}  // namespace nrm::crypto
