// Guardians, conflicts of interest, denials: who may come near a case at all.
#include <algorithm>

#include "services/vault/rules.hpp"

namespace nrm {
namespace {
bool contains(const auto& list, const auto& one) {
  return std::ranges::find(list, one) != list.end();
}

template <class C>
Result<void> check_one_named(const C& command) {
  if (command.account.has_value() == command.organisation.has_value())
    return Error(command.account ? Code::out_of_range : Code::missing_field, "/account",
                 "name one account or one organisation");
  return {};
}

Error full(std::string where) {
  return Error(Code::too_long, std::move(where), "more than one case can have");
}
}  // namespace

Result<Decision> VaultRules::on(const AppointGuardian& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const Dossier* dossier, own(command.subject));
  const auto* account = view.find<AccountFile>(command.account);
  if (account == nullptr || account->role != Role::guardian || account->revoked ||
      account->subject != command.subject)
    return Error(Code::not_found, "/account", "no guardian's account was issued for this case");
  if (contains(dossier->guardians, command.account))
    return Error(Code::already_exists, "/account", "this guardian is in office");
  if (dossier->guardians.size() >= limits::access_entries_per_case_max) return full("/account");
  return Decision().emit(case_stream(command.subject),
                         GuardianAppointed{command.account, command.kind});
}

Result<Decision> VaultRules::on(const EndGuardianship& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const Dossier* dossier, own(command.subject));
  if (!contains(dossier->guardians, command.account))
    return Error(Code::not_in_state, "/account", "this account is no guardian in office");
  return Decision().emit(case_stream(command.subject),
                         GuardianshipEnded{command.account, command.reason});
}

Result<Decision> VaultRules::on(const DeclareConflict& command) const {
  NRM_TRY(only({Role::first_responder, Role::case_manager, Role::competent_authority,
                Role::service_provider, Role::guardian}));
  NRM_TRY_ASSIGN(const Dossier* dossier, own(command.subject));
  if (dossier->conflicted.size() >= limits::access_entries_per_case_max) return full("");
  return Decision().emit(case_stream(command.subject),
                         ConflictDeclared{actor().account, command.ground});
}

Result<Decision> VaultRules::on(const DenyAccess& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const Dossier* dossier, own(command.subject));
  NRM_TRY(check_one_named(command));
  const Appointments& held = offices(policy);
  // A case without its offices would stand still for ever.
  const auto& office = command.organisation;
  if (office && (office == held.case_management || office == held.competent_authority ||
                 office == held.board || office == dossier->decider || office == dossier->owner))
    return Error(Code::out_of_range, "/organisation", "an office: deny its accounts one by one");
  if (command.account == actor().account)
    return Error(Code::out_of_range, "/account", "declare your own conflict of interest instead");
  const Denial denial{command.account, command.organisation};
  if (contains(dossier->denials, denial))
    return Error(Code::already_exists, "", "this is denied already");
  if (dossier->denials.size() >= limits::access_entries_per_case_max) return full("");
  return Decision().emit(case_stream(command.subject),
                         AccessDenied{command.account, command.organisation, command.ground});
}

// Also of a conflict that its account declared: it cannot do so itself, as the case is gone for it.
Result<Decision> VaultRules::on(const LiftDenial& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const Dossier* dossier, own(command.subject));
  NRM_TRY(check_one_named(command));
  const bool declared = command.account && contains(dossier->conflicted, *command.account);
  if (!declared && !contains(dossier->denials, Denial{command.account, command.organisation}))
    return Error(Code::not_in_state, "", "nothing is denied to it");
  return Decision().emit(case_stream(command.subject),
                         DenialLifted{command.account, command.organisation});
}
}  // namespace nrm
