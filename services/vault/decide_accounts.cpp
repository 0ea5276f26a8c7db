// Organisations, their accounts, and accounts that somebody must look at.
#include "services/vault/rules.hpp"

namespace nrm {
namespace {
bool of_one_case(Role role) { return role == Role::person || role == Role::guardian; }

bool within_hour(const std::optional<Instant>& earlier, Instant now) {
  return earlier && now < *earlier + hours(1);
}
}  // namespace

Result<Decision> VaultRules::on(const RegisterOrganisation& command) const {
  NRM_TRY(only({Role::operator_}));
  const std::string row =
      "organisation/" + std::string(to_text(command.kind)) + "/" + command.name.text();
  bool taken = false;
  view.rows(row, [&](std::string_view key, std::string_view) {
    taken = key == row;
    return false;
  });
  const auto id = command.organisation.value_or(input.fresh<OrganisationId>(0));
  if (taken || view.find<OrganisationFile>(id))
    return Error(Code::already_exists, "/name", "an organisation of this kind has this name");
  return Decision().emit(organisation_stream(id),
                         OrganisationRegistered{command.name, command.kind});
}

Result<Decision> VaultRules::on(const IssueAccount& command) const {
  NRM_TRY(only({Role::operator_}));
  if (!view.find<OrganisationFile>(command.organisation))
    return Error(Code::not_found, "/organisation", "there is no such organisation");
  if (of_one_case(command.role)) {
    if (!command.subject)
      return Error(Code::missing_field, "/subject", "a person or guardian has one case");
    const auto* dossier = view.find<Dossier>(*command.subject);
    if (dossier == nullptr || dossier->gone())
      return Error(Code::not_found, "/subject", "there is no such case");
  } else if (command.subject) {
    return Error(Code::out_of_range, "/subject", "only a person or guardian has one case");
  }
  return Decision().emit(
      account_stream(input.fresh<AccountId>(0)),
      AccountIssued{command.organisation, command.role, command.token_digest, command.subject});
}

Result<Decision> VaultRules::on(const RevokeAccount& command) const {
  NRM_TRY(only({Role::operator_}));
  const auto* account = view.find<AccountFile>(command.account);
  if (account == nullptr) return nothing_here();
  if (account->revoked) return Error(Code::not_in_state, "", "the account is revoked already");
  return Decision().emit(account_stream(command.account), AccountRevoked{});
}

// About the actor alone, so that nobody can accuse another.
Result<Decision> VaultRules::on(const NoteAnomaly& command) const {
  if (!input.actor) return Error(Code::forbidden, "", "an account is needed");
  const auto* account = view.find<AccountFile>(actor().account);
  if (account == nullptr) return nothing_here();
  if (within_hour(account->listing_alarm, input.at))
    return Error(Code::already_exists, "", "it was noted within the hour");
  return Decision().emit(account_stream(actor().account),
                         AccessAnomaly{AnomalyKind::listing, actor().organisation, command.listed,
                                       offices(policy).overseer, input.at});
}

Result<Decision> VaultRules::on(const ReviewAnomaly& command) const {
  NRM_TRY(only({Role::auditor}));
  const auto* account = view.find<AccountFile>(command.account);
  if (account == nullptr || actor().organisation != offices(policy).overseer) return nothing_here();
  if (!account->anomaly) return Error(Code::not_in_state, "", "no anomaly awaits a review");
  return Decision().emit(account_stream(command.account),
                         AnomalyReviewed{command.outcome, actor().account});
}
}  // namespace nrm
