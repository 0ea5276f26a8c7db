// Identity: people whom an identity provider vouches for, as accounts of ours. Which provider, and
// what its claims are mapped to, is in the data folder's identity.json; its keys are the business
// of common/oidc.
//
// The account of a subject is a keyed one-way digest of issuer and subject, so that no name and no
// foreign id is stored. What it may do is a fact of the vault's log from the first time it acts on:
// AccountIssued of kind `oidc`, sent by us on its behalf, and again when the mapping gives it
// another organisation or role. Revoking that account stops it, whatever the provider says.
//
// THREAD: any. OWNERSHIP: borrows all of Parts.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock/clock.hpp"
#include "common/oidc/provider.hpp"
#include "common/store/store.hpp"
#include "services/gateway/freshness.hpp"
#include "services/gateway/question.hpp"
#include "services/gateway/scopes.hpp"

namespace nrm::gateway {
struct MappedOrganisation {
  Text<120> value;  // of the claim
  OrganisationId organisation;
};
BOOST_DESCRIBE_STRUCT(MappedOrganisation, (), (value, organisation))
struct MappedRole {
  Text<120> value;
  Role role{};
};
BOOST_DESCRIBE_STRUCT(MappedRole, (), (value, role))

// identity.json. Claims are names, or JSON pointers into the token's claims.
struct IdentitySettings {
  Text<255> issuer;
  Text<255> audience;
  Text<255> authority_file;  // PEM, in the data folder
  Text<120> organisation_claim;
  std::vector<MappedOrganisation> organisations;
  Text<120> role_claim;
  std::vector<MappedRole> roles;
  std::optional<std::uint32_t> lifetime_minutes_max;  // of a token; 10 without
  std::optional<std::uint32_t> keys_hours_max;        // without hearing from it; 24 without
  std::optional<std::uint32_t> refetch_seconds;  // between fetches for unknown keys; 30 without
};
BOOST_DESCRIBE_STRUCT(IdentitySettings, (),
                      (issuer, audience, authority_file, organisation_claim, organisations,
                       role_claim, roles, lifetime_minutes_max, keys_hours_max, refetch_seconds))
// ERRORS: of the strict reader, each naming its member; out_of_range.
Result<IdentitySettings> read_identity_settings(std::string_view text);
// `folder`: where authority_file is.
oidc::Provider::Options provider_options(const IdentitySettings& settings,
                                         const std::string& folder);

class Identity {
 public:
  struct Parts {
    const Store& store;
    const Freshness& freshness;
    const Clock& clock;  // the machine's time: what the provider's tokens go by
    Ask ask;
    std::string secret;  // 32 bytes
    std::function<void(std::function<void()>)> when_fresh;
  };
  Identity(Parts parts, IdentitySettings settings, oidc::Provider& provider)
      : parts_(std::move(parts)), settings_(std::move(settings)), provider_(provider) {}

  struct Subject {
    Actor actor;
    ScopeSet scopes;
    Instant expires;
    std::string certificate;  // thumbprint that the token is bound to; "": none
  };
  // ERRORS: unauthenticated: the token is not one, maps to nothing, or its account is not (yet) in
  // the rows as the mapping says; io_failed, corrupt.
  Result<Subject> subject(std::string_view token) const;
  // Runs `then` when nothing more can be done for subject(): keys fetched, account enrolled.
  void prepare(std::string_view token, std::function<void()> then);

  bool is_trusted() const { return provider_.is_trusted(); }
  std::uint64_t generation() const { return provider_.generation(); }

 private:
  enum class Standing { current, outdated, refused };
  Result<Subject> read(std::string_view token) const;
  Result<Subject> map(const oidc::Claims& claims) const;
  Result<std::pair<Standing, std::uint64_t>> standing(const Actor& actor) const;
  void enrol(const std::string& token, std::function<void()> then);

  const Parts parts_;
  const IdentitySettings settings_;
  oidc::Provider& provider_;
};
}  // namespace nrm::gateway
