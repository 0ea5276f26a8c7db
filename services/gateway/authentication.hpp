// Authentication: who holds this bearer token. Tokens are 256 bits, written as 64 hex digits; the
// system knows only their digests, which come from the vault's log as rows "token/<digest>".
//
// THREAD: the server thread.
// INVARIANT: a revoked account is unknown from the moment its event is in the rows.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/sensitive.hpp"
#include "common/event/facts.hpp"
#include "common/store/store.hpp"
#include "services/gateway/freshness.hpp"

namespace nrm::gateway {
// Hex BLAKE2b-256 of the token's 32 bytes; none when the text is not a token.
std::optional<std::string> token_digest(std::string_view token);

// The token of a new account: the same for the same request, so that a retry gets the same answer.
Sensitive<std::string> derive_token(std::string_view secret, const OrganisationId& organisation,
                                    std::string_view idempotency_key, std::string_view body);

class Authentication {
 public:
  Authentication(const Store& store, const Freshness& freshness)
      : store_(store), freshness_(freshness) {}

  // Of an Authorization field. ERRORS: unauthenticated; io_failed, corrupt of the store.
  Result<Actor> caller(std::string_view authorization);

 private:
  const Store& store_;
  const Freshness& freshness_;
  std::unordered_map<std::string, Actor> known_;  // by digest; only who was found
  std::uint64_t known_as_of_ = 0;                 // Freshness::accounts()
};
}  // namespace nrm::gateway
