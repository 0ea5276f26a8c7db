// Access tokens of an identity provider: JSON Web Tokens as RFC 9068 profiles them, checked as RFC
// 8725 says. Pure: no clock, no network.
//
// What a token says of keys (jku, x5u, jwk, x5c) is not looked at; `kid` is compared with the ids
// of the provider's key set and nothing else. What is not understood is refused: other algorithms,
// `crit`, encrypted or nested tokens, members that occur twice, fractions, other types.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/time.hpp"
#include "common/oidc/key_set.hpp"

namespace nrm::oidc {
struct Rules {
  std::string issuer;    // compared byte by byte
  std::string audience;  // one of the token's
  Milliseconds skew = std::chrono::seconds(60);
  Milliseconds lifetime_max = std::chrono::minutes(10);  // from iat to exp: reliability.md, 1.5
};

class Claims {
 public:
  std::string subject;
  Instant expires;
  std::string certificate;  // hex thumbprint that the token is bound to (RFC 8705); "": to none
  std::string scope;        // as the provider wrote it

  // The text, or the texts of an array, of a claim: "groups", or a JSON pointer: "/realm/roles".
  // Empty when there is none.
  std::vector<std::string> texts(std::string_view claim) const;

 private:
  friend Result<Claims> verify_access_token(std::string_view, const KeySet&, const Rules&, Instant);
  json::Document payload_;
};

// ERRORS: unauthenticated, with the reason for an operator's eyes only; not_found: signed with a
// key that is not in the set (it may have been changed; nothing else of the token was believed).
Result<Claims> verify_access_token(std::string_view token, const KeySet& keys, const Rules& rules,
                                   Instant now);
}  // namespace nrm::oidc
