// KeySet: the public keys of an identity provider (JSON Web Key Set, RFC 7517), by key id.
//
// A key that we cannot use is passed over (another type, for encryption, without an id, a private
// or symmetric one); an id that occurs twice names no key at all, because nobody knows which.
// THREAD: any, once read.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/crypto/signature.hpp"

namespace nrm::oidc {
class KeySet {
 public:
  struct Key {
    crypto::VerifyingKey key;
    std::optional<crypto::Algorithm> only;  // the one that the set names for it
  };
  // ERRORS: of the strict JSON reader; wrong_type (not a key set); too_large.
  static Result<KeySet> read(std::string_view document);

  const Key* find(std::string_view id) const;
  std::size_t size() const { return keys_.size(); }

 private:
  std::map<std::string, Key, std::less<>> keys_;
};
}  // namespace nrm::oidc
