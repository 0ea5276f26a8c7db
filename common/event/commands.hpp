// What a client may ask of a service: one struct per command, in one header per service that
// decides.
//
// A command holds coded facts only. The personal part of a report travels beside SealDossier
// (personal.hpp) and is sealed before the command becomes an input.
#pragma once
#include <boost/mp11/algorithm.hpp>

#include "common/base/one_of.hpp"
#include "common/event/assistance_commands.hpp"
#include "common/event/audit_commands.hpp"
#include "common/event/closure_commands.hpp"
#include "common/event/identification_commands.hpp"
#include "common/event/referral_commands.hpp"
#include "common/event/vault_commands.hpp"

namespace nrm {
using AllCommands = boost::mp11::mp_append<VaultCommands, IdentificationCommands, ReferralCommands,
                                           AssistanceCommands, ClosureCommands, AuditCommands>;
struct Command;
template <>
struct AlternativesOf<Command> {
  using type = AllCommands;
};

// One of them.
struct Command : OneOf<Command> {
  using OneOf::OneOf;
};
extern template class OneOf<Command>;
}  // namespace nrm
