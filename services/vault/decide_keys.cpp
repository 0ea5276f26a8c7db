// Organisations' keys: registered by the organisation, in force after two bodies outside it have
// compared the fingerprint with what the organisation shows them, not with what our list says
// (reliability.md, threat 11: the operator substitutes a key).
#include <algorithm>

#include "services/vault/rules.hpp"

namespace nrm {
namespace {
Decision notice(const OrganisationKeyId& key, KeyAnomaly anomaly, const Actor& by) {
  return Decision().emit(key_stream(key), KeyAnomalyNoticed{anomaly, by});
}

// One operator and one auditor, of two organisations, neither of them the key's own.
bool may_approve(const OrganisationKeyFile& key, const Actor& actor) {
  return actor.organisation != key.organisation &&
         std::ranges::none_of(key.approvals, [&](const Actor& before) {
           return before.role == actor.role || before.account == actor.account ||
                  before.organisation == actor.organisation;
         });
}
}  // namespace

Result<Decision> VaultRules::on(const RegisterOrganisationKey& command) const {
  NRM_TRY(only(case_workers));
  if (command.organisation != actor().organisation ||
      !view.find<OrganisationFile>(command.organisation))
    return nothing_here();
  CHECK(command.fingerprint, "the hook looked at the keys");
  const std::string row = "key_fingerprint/" + command.fingerprint->text();
  bool taken = false;
  view.rows(row, [&](std::string_view, std::string_view) {
    taken = true;
    return false;
  });
  if (taken) return Error(Code::already_exists, "/box_key", "these keys are registered already");
  if (command.replaces) {
    const auto* old = view.find<OrganisationKeyFile>(*command.replaces);
    if (old == nullptr || old->organisation != command.organisation)
      return Error(Code::not_found, "/replaces", "this is no key of your organisation");
    if (old->status == KeyStatus::revoked)
      return Error(Code::not_in_state, "/replaces", "this key is revoked already");
  }
  return Decision().emit(
      key_stream(input.fresh<OrganisationKeyId>(0)),
      OrganisationKeyRegistered{command.organisation, command.box_key, command.sign_key,
                                *command.fingerprint, command.proof, command.replaces});
}

Result<Decision> VaultRules::on(const ApproveOrganisationKey& command) const {
  NRM_TRY(only({Role::operator_, Role::auditor}));
  const auto* key = view.find<OrganisationKeyFile>(command.key);
  if (key == nullptr) return nothing_here();
  if (key->fingerprint != command.fingerprint)
    return notice(command.key, KeyAnomaly::fingerprint_differs, actor());
  if (key->status == KeyStatus::revoked) return Error(Code::not_in_state, "", "the key is revoked");
  if (key->status == KeyStatus::approved)
    return Error(Code::already_decided, "", "the key is in force already");
  if (!may_approve(*key, actor()))
    return Error(Code::second_person_required, "",
                 "an operator and an auditor approve, of two organisations that are not the key's");
  const bool in_force = !key->approvals.empty();
  Decision decision;
  decision.emit(key_stream(command.key), OrganisationKeyApproved{actor(), in_force});
  if (!in_force || !key->replaces) return decision;
  const auto* old = view.find<OrganisationKeyFile>(*key->replaces);
  if (old != nullptr && old->status != KeyStatus::revoked)
    decision.emit(key_stream(*key->replaces), OrganisationKeyRevoked{KeyRevocation::replaced});
  return decision;
}

Result<Decision> VaultRules::on(const RevokeOrganisationKey& command) const {
  NRM_TRY(only({Role::operator_, Role::auditor, Role::first_responder, Role::competent_authority,
                Role::case_manager, Role::service_provider}));
  const auto* key = view.find<OrganisationKeyFile>(command.key);
  if (key == nullptr ||
      (actor().role != Role::operator_ && actor().organisation != key->organisation))
    return nothing_here();
  // That it was stolen may be found out after it was replaced: what it signed is doubtful then.
  const bool worse =
      command.reason == KeyRevocation::compromised && key->revocation != KeyRevocation::compromised;
  if (key->status == KeyStatus::revoked && !worse)
    return Error(Code::not_in_state, "", "the key is revoked already");
  return Decision().emit(key_stream(command.key), OrganisationKeyRevoked{command.reason});
}
}  // namespace nrm
