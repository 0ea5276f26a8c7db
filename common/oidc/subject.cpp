#include "common/oidc/subject.hpp"

#include <algorithm>
#include <string>

#include "common/crypto/crypto.hpp"

namespace nrm::oidc {
AccountId account_of(std::string_view key, std::string_view issuer, std::string_view subject) {
  // An issuer has no line end in it, so that no two pairs make one text.
  std::string text("nrm-subject-1\n");
  text.append(issuer).append("\n").append(subject);
  const std::string digest = crypto::keyed_digest(key, text, 16);
  Uuid id;
  std::ranges::copy(digest, reinterpret_cast<char*>(id.bytes.data()));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x80);  // RFC 9562, 5.8: custom
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return AccountId(id);
}
}  // namespace nrm::oidc
