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
using AllCommands =
    boost::mp11::mp_append<VaultCommands, IdentificationCommands, ReferralCommands,
                           AssistanceCommands, ClosureCommands, AuditCommands>;
using CommandVariant = boost::mp11::mp_rename<AllCommands, std::variant>;

// One of them; see Event for why this is not the bare variant.
struct Command : CommandVariant {
  using Variant = CommandVariant;
  template <class C>
    requires requires { C::type, C::target; }
  Command(C command)  // implicit, as the variant's
      : CommandVariant(std::in_place_type<C>, std::move(command)) {}
  Command();
  Command(const Command& other);
  Command(Command&& other) noexcept;
  Command& operator=(const Command& other);
  Command& operator=(Command&& other) noexcept;
  ~Command();
};
}  // namespace nrm
