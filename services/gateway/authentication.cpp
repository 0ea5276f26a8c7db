#include "services/gateway/authentication.hpp"

#include "common/base/codec.hpp"
#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "common/http/framing.hpp"
#include "services/gateway/disclosure.hpp"
#include "services/gateway/identity.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
constexpr std::size_t token_bytes = 32;
constexpr std::string_view scheme = "bearer ";

Error refused() {
  return Error(Code::unauthenticated, "",
               "send Authorization: Bearer <token>, with a token that is known, in force and meant "
               "for this service, or show the certificate of an account");
}

// RFC 9110, 11.1: the scheme's name is case-insensitive.
std::string_view bearer(std::string_view authorization) {
  if (authorization.size() <= scheme.size() ||
      !http::same_name(authorization.substr(0, scheme.size()), scheme))
    return {};
  return authorization.substr(scheme.size());
}

bool is_access_token(std::string_view token) { return token.find('.') != token.npos; }

// The one account that a certificate names.
std::optional<AccountId> account_in(const http::PeerCertificate& certificate) {
  std::optional<AccountId> found;
  for (const std::string& uri : certificate.uris) {
    if (!uri.starts_with(account_urn)) continue;
    if (found) return std::nullopt;
    found = AccountId::parse(std::string_view(uri).substr(account_urn.size()));
    if (!found) return std::nullopt;
  }
  return found;
}
}  // namespace

std::optional<std::string> token_digest(std::string_view token) {
  const auto bytes = from_hex(token);
  if (!bytes || bytes->size() != token_bytes) return std::nullopt;
  return to_hex(crypto::digest(*bytes, 32));
}

std::optional<std::string> shown_token_digest(std::string_view authorization) {
  return token_digest(bearer(authorization));
}

Sensitive<std::string> derive_token(std::string_view secret, const AccountId& by,
                                    std::string_view idempotency_key, std::string_view body) {
  const std::string request =
      by.text() + '|' + std::string(idempotency_key) + '|' + std::string(body);
  return Sensitive<std::string>(to_hex(crypto::keyed_digest(secret, request, token_bytes)));
}

void Authentication::prepare(const Evidence& evidence, std::function<void()> then) {
  const std::string_view token = bearer(evidence.authorization);
  if (identity_ == nullptr || !is_access_token(token)) return then();
  // What is not known yet is verified there, and once more by caller(): not here, too.
  const auto key = key_of(evidence, nullptr);
  if (key && remembered(*key, as_of())) return then();
  identity_->prepare(token, std::move(then));
}

Result<Authentication::Known> Authentication::by_token(std::string_view digest) const {
  NRM_TRY_ASSIGN(const auto row, store_.get(Family::rows, row_key({"token", digest})));
  if (!row) return refused();
  json::Document document;
  NRM_TRY(document.parse_trusted(*row));
  NRM_TRY_ASSIGN(const auto credential, from_json<Credential>(document.root(), Unknown::ignore));
  return Known{
      {{credential.account, credential.organisation, credential.role}, ScopeSet(credential.scopes)},
      credential.expires,
      credential.certificate ? credential.certificate->text() : std::string()};
}

Result<Authentication::Known> Authentication::by_certificate(
    const http::PeerCertificate& certificate) const {
  const auto account = account_in(certificate);
  if (!account) return refused();
  const auto found = find_view<AccountView>(store_, *account);
  if (!found) return found.error().code == Code::not_found ? refused() : found.error();
  const AccountView& view = found->view;
  if (view.revoked || view.sort != AccountKind::certificate) return refused();
  return Known{{{*account, view.organisation, view.role}, ScopeSet(view.scopes)},
               view.expires,
               view.certificate ? view.certificate->text() : std::string()};
}

Result<Authentication::Known> Authentication::find(std::string_view key, std::string_view token,
                                                   const http::PeerCertificate* certificate) const {
  if (key.starts_with("certificate/")) return by_certificate(*certificate);
  if (!is_access_token(token)) return by_token(key);
  NRM_TRY_ASSIGN(auto subject, identity_->subject(token));
  return Known{{subject.actor, subject.scopes}, subject.expires, std::move(subject.certificate)};
}

std::uint64_t Authentication::as_of() const {
  return freshness_.accounts() + (identity_ == nullptr ? 0 : identity_->generation());
}

std::optional<Authentication::Known> Authentication::remembered(const std::string& key,
                                                                std::uint64_t as_of) {
  const std::lock_guard lock(mutex_);
  if (as_of != known_as_of_ || known_.size() >= limits::gateway_accounts_cached_max) {
    known_.clear();
    known_as_of_ = as_of;
  }
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Authentication::remember(std::string key, const Known& known, std::uint64_t as_of) {
  const std::lock_guard lock(mutex_);
  if (as_of == known_as_of_) known_.insert_or_assign(std::move(key), known);
}

// What the evidence is looked up by: one of the four proofs.
Result<std::string> Authentication::key_of(const Evidence& evidence,
                                           const http::PeerCertificate* certificate) const {
  const std::string_view token = bearer(evidence.authorization);
  if (is_access_token(token)) {
    if (identity_ == nullptr || !identity_->is_trusted()) return refused();
    return "access/" + crypto::digest(token, 32);
  }
  if (!evidence.authorization.empty()) {
    auto digest = token_digest(token);
    return digest ? Result<std::string>(std::move(*digest)) : refused();
  }
  if (certificate != nullptr) return "certificate/" + certificate->thumbprint;
  return refused();
}

Result<Caller> Authentication::caller(const Evidence& evidence) {
  const std::string_view token = bearer(evidence.authorization);
  const bool from_provider = is_access_token(token);
  const http::PeerCertificate* certificate = evidence.certificate.get();
  if (certificate != nullptr && certificate->expires <= world_.now()) certificate = nullptr;
  NRM_TRY_ASSIGN(std::string key, key_of(evidence, certificate));
  // Read before the rows, so that a change in between is looked up again the next time.
  const std::uint64_t changes = as_of();
  auto known = remembered(key, changes);
  if (!known) {
    // Not under the lock: a flood of strange signatures must not keep those waiting who are known.
    auto found = find(key, token, certificate);
    if (!found) return found.error().code == Code::unauthenticated ? refused() : found.error();
    known = std::move(*found);
    remember(std::move(key), *known, changes);
  }
  const Known& one = *known;
  const Instant now = from_provider ? world_.now() : clock_.now();
  if (one.expires && *one.expires <= now) return refused();
  // Bound to a certificate: whoever has only the token has nothing (RFC 8705, section 3).
  if (!one.certificate.empty() &&
      (certificate == nullptr || !crypto::equal(one.certificate, certificate->thumbprint)))
    return refused();
  return one.caller;
}
}  // namespace nrm::gateway
