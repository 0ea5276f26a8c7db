// Authentication: who a request is from, and what its credential may be used for. Four proofs:
//
//   bearer token      256 bits, 64 hex digits; the vault's log has its digest: row "token/<digest>"
//   session           the same, of a few minutes, for a password and a code
//   client certificate   URI name urn:nrm:account:<id>, of an account of kind `certificate`
//   access token      of an identity provider (RFC 9068); see identity.hpp
//
// A bearer credential decides when there is one; a certificate beside it is what it may be bound to
// (RFC 8705). Every refusal is the same error: what is wrong with it is nobody's business who
// guesses.
// THREAD: any. INVARIANT: a revoked account is unknown from the moment its event is in the rows.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/sensitive.hpp"
#include "common/clock/clock.hpp"
#include "common/event/facts.hpp"
#include "common/http/http.hpp"
#include "common/store/store.hpp"
#include "services/gateway/freshness.hpp"
#include "services/gateway/scopes.hpp"

namespace nrm::gateway {
class Identity;

// Hex BLAKE2b-256 of the token's 32 bytes; none when the text is not a token.
std::optional<std::string> token_digest(std::string_view token);

// Of the token in an Authorization field, when it is one of ours.
std::optional<std::string> shown_token_digest(std::string_view authorization);

// The token of a new account: the same for the same request by the same account, so that a retry
// gets the same answer.
Sensitive<std::string> derive_token(std::string_view secret, const AccountId& by,
                                    std::string_view idempotency_key, std::string_view body);

inline constexpr std::string_view account_urn = "urn:nrm:account:";

// What a request shows of who it is from.
struct Evidence {
  std::string authorization;
  std::shared_ptr<const http::PeerCertificate> certificate;
};
inline Evidence evidence_of(const http::Request& request) {
  return {std::string(request.header("authorization")), request.certificate};
}

struct Caller {
  Actor actor;
  ScopeSet scopes;
};

// What the rows say of a token.
struct Credential {
  AccountId account;
  OrganisationId organisation;
  Role role{};
  std::vector<Scope> scopes;
  std::optional<Instant> expires;
  std::optional<Text<64>> certificate;  // the thumbprint of what it is bound to
};
BOOST_DESCRIBE_STRUCT(Credential, (), (account, organisation, role, scopes, expires, certificate))

class Authentication {
 public:
  // `clock`: by which what we issued runs out; `world`: by which others' certificates and tokens
  // do. They differ in a sandbox. Without `identity`: no provider is connected.
  Authentication(const Store& store, const Freshness& freshness, const Clock& clock,
                 const Clock& world, Identity* identity = nullptr)
      : store_(store), freshness_(freshness), clock_(clock), world_(world), identity_(identity) {}

  // Runs `then` when caller() can tell: at once, or, for an access token, when the provider's keys
  // and the account's record are there, on another thread.
  void prepare(const Evidence& evidence, std::function<void()> then);
  // ERRORS: unauthenticated; io_failed, corrupt of the store.
  Result<Caller> caller(const Evidence& evidence);

 private:
  struct Known {
    Caller caller;
    std::optional<Instant> expires;
    std::string certificate;  // thumbprint; "": not bound
  };
  Result<Known> by_token(std::string_view digest) const;
  Result<Known> by_certificate(const http::PeerCertificate& certificate) const;
  Result<Known> find(std::string_view key, std::string_view token,
                     const http::PeerCertificate* certificate) const;
  Result<std::string> key_of(const Evidence& evidence,
                             const http::PeerCertificate* certificate) const;
  std::uint64_t as_of() const;  // changes of accounts and of the provider's keys
  // `as_of`: as it was before the rows were read.
  std::optional<Known> remembered(const std::string& key, std::uint64_t as_of);
  void remember(std::string key, const Known& known, std::uint64_t as_of);

  const Store& store_;
  const Freshness& freshness_;
  const Clock& clock_;
  const Clock& world_;
  Identity* const identity_;
  std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;  // by what was shown; only who was found
  std::uint64_t known_as_of_ = 0;                 // Freshness::accounts()
};
}  // namespace nrm::gateway
