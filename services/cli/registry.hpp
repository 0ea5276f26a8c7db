// Organisations and accounts through the API, safe to repeat: the keys come from names and ids, so
// that asking again gives the same organisation and the same token.
// REQUIRES: an Api that was opened as an operator.
#pragma once
#include <map>

#include "services/cli/api.hpp"

namespace nrm::cli {
Result<OrganisationId> register_organisation(Api& api, const std::string& name,
                                             OrganisationKind kind);
// `purpose`: tells accounts of one organisation and role apart. `subject`: the one case of a person
// or guardian.
Result<HeldAccount> issue_account(Api& api, const std::string& name,
                                  const OrganisationId& organisation, Role role,
                                  std::string_view purpose, const std::string& subject = {});
// All organisations, by id.
Result<std::map<std::string, std::string>> organisation_names(Api& api);
}  // namespace nrm::cli
