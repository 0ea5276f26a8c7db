// What a client may ask of a service: one struct per command, in one header per service that
// decides.
//
// A command holds coded facts only. The personal part of a report travels beside SealDossier
// (personal.hpp) and is sealed before the command becomes an input.
#pragma once
#include <boost/mp11/algorithm.hpp>
#include <variant>

#include "common/event/assistance_commands.hpp"
#include "common/event/audit_commands.hpp"
#include "common/event/closure_commands.hpp"
#include "common/event/identification_commands.hpp"
#include "common/event/referral_commands.hpp"
#include "common/event/vault_commands.hpp"

namespace nrm {
using Command = boost::mp11::mp_rename<
    boost::mp11::mp_append<VaultCommands, IdentificationCommands, ReferralCommands,
                           AssistanceCommands, ClosureCommands, AuditCommands>,
    std::variant>;
}  // namespace nrm
