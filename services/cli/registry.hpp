// Organisations and accounts through the API, safe to repeat: the keys come from names and ids, so
// that asking again gives the same organisation and the same token.
// REQUIRES: an Api that was opened as an operator.
#pragma once
#include <map>

#include "services/cli/api.hpp"

namespace nrm::cli {
Result<OrganisationId> register_organisation(Api& api, const std::string& name,
                                             OrganisationKind kind);
// An account as it is wished for, and as it was made; what is shown of it is shown once.
struct AccountWish {
  OrganisationId organisation;
  Role role{};
  AccountKind kind = AccountKind::token;
  std::vector<Scope> scopes;
  std::optional<Instant> expires;
  std::string certificate;  // thumbprint; "": not bound
  std::string subject;      // the one case of a person or guardian
};
struct IssuedAccount {
  AccountId account;
  OrganisationId organisation;
  Sensitive<std::string> token, password, totp;  // those of its kind; else empty
  std::string certificate;                       // URI name that its certificates need
};
Result<IssuedAccount> issue(Api& api, const AccountWish& wish, const std::string& key);

// `purpose`: tells accounts of one organisation and role apart. `subject`: the one case of a person
// or guardian.
Result<HeldAccount> issue_account(Api& api, const std::string& name,
                                  const OrganisationId& organisation, Role role,
                                  std::string_view purpose, const std::string& subject = {});
// All organisations, by id.
Result<std::map<std::string, std::string>> organisation_names(Api& api);
}  // namespace nrm::cli
