// What the files of the vault's decider share. Absent and forbidden answer the same.
#pragma once
#include <initializer_list>

#include "services/vault/vault.hpp"

namespace nrm {
Error nothing_here();
Result<void> require_role(const Input& input, std::initializer_list<Role> roles);
// What ties this actor to the case, beside the role.
bool related(const Dossier& dossier, const Actor& actor, const Policy& policy);

// decide_keys.cpp
Result<Decision> decide_on(const RegisterOrganisationKey&, const View&, const Input&,
                           const Policy&);
Result<Decision> decide_on(const ApproveOrganisationKey&, const View&, const Input&, const Policy&);
Result<Decision> decide_on(const RevokeOrganisationKey&, const View&, const Input&, const Policy&);
// decide_items.cpp
Result<Decision> decide_on(const StoreSealedItem&, const View&, const Input&, const Policy&);
Result<Decision> decide_on(const RequestSealedItem&, const View&, const Input&, const Policy&);
Result<Decision> decide_on(const ApproveSealedItem&, const View&, const Input&, const Policy&);
Result<Decision> decide_on(const OpenSealedItem&, const View&, const Input&, const Policy&);
}  // namespace nrm
