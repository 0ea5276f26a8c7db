#include "services/gateway/authentication.hpp"

#include "common/base/codec.hpp"
#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
constexpr std::size_t token_bytes = 32;
constexpr std::string_view scheme = "bearer ";

// RFC 9110, 11.1: the scheme's name is case-insensitive.
std::string_view bearer(std::string_view authorization) {
  if (authorization.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != scheme[i]) return {};
  }
  return authorization.substr(scheme.size());
}
}  // namespace

std::optional<std::string> token_digest(std::string_view token) {
  const auto bytes = from_hex(token);
  if (!bytes || bytes->size() != token_bytes) return std::nullopt;
  return to_hex(crypto::digest(*bytes, 32));
}

Sensitive<std::string> derive_token(std::string_view secret, const OrganisationId& organisation,
                                    std::string_view idempotency_key, std::string_view body) {
  const std::string request =
      organisation.text() + '|' + std::string(idempotency_key) + '|' + std::string(body);
  return Sensitive<std::string>(to_hex(crypto::keyed_digest(secret, request, token_bytes)));
}

Result<Actor> Authentication::caller(std::string_view authorization) {
  const auto digest = token_digest(bearer(authorization));
  if (!digest) return Error(Code::unauthenticated, "", "send Authorization: Bearer <token>");
  // Read before the row, so that a change in between is looked up again the next time.
  const std::uint64_t accounts = freshness_.accounts();
  if (accounts != known_as_of_ || known_.size() >= limits::gateway_accounts_cached_max) {
    known_.clear();
    known_as_of_ = accounts;
  }
  if (const auto found = known_.find(*digest); found != known_.end()) return found->second;
  NRM_TRY_ASSIGN(const auto row, store_.get(Family::rows, row_key({"token", *digest})));
  if (!row) return Error(Code::unauthenticated, "", "this token is unknown or revoked");
  json::Document document;
  NRM_TRY(document.parse_trusted(*row));
  NRM_TRY_ASSIGN(const Actor actor, from_json<Actor>(document.root(), Unknown::ignore));
  known_.emplace(*digest, actor);
  return actor;
}
}  // namespace nrm::gateway
