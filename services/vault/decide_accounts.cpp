// Organisations, their accounts and what proves them, and accounts that somebody must look at.
#include <algorithm>

#include "common/base/hex.hpp"
#include "services/vault/rules.hpp"

namespace nrm {
namespace {
// As long as a desk is left for a moment; then the password again.
constexpr Milliseconds session_length = std::chrono::minutes(15);
// Slips of the finger that cost nothing; each further one doubles the wait, from a minute to an
// hour (NIST SP 800-63B, 5.2.2: at most 100 in a row, so that guessing codes is hopeless).
constexpr std::uint32_t failures_free = 4;
constexpr std::uint32_t doublings_max = 6;
constexpr Milliseconds first_lock = std::chrono::minutes(1);

bool of_one_case(Role role) { return role == Role::person || role == Role::guardian; }

bool within_hour(const std::optional<Instant>& earlier, Instant now) {
  return earlier && now < *earlier + hours(1);
}

bool is_digest(const std::optional<Text<64>>& text) {
  const auto bytes = text ? from_hex(text->text()) : std::nullopt;
  return bytes && bytes->size() == 32;
}

// Which proof goes with which kind.
Result<void> check_proof(const IssueAccount& command, AccountKind kind) {
  if (kind == AccountKind::oidc)
    return Error(Code::out_of_range, "/kind", "such an account is made when its holder first acts");
  if (kind == AccountKind::token && !is_digest(command.token_digest))
    return Error(Code::missing_field, "/token_digest", "a token's digest is 64 hex digits");
  if (kind != AccountKind::token && command.token_digest)
    return Error(Code::out_of_range, "/token_digest", "only a token has one");
  if (!command.certificate) return {};
  if (!is_digest(command.certificate))
    return Error(Code::out_of_range, "/certificate", "SHA-256 of the certificate, 64 hex digits");
  if (kind == AccountKind::password)
    return Error(Code::out_of_range, "/certificate", "a password is not bound to a certificate");
  return {};
}

Result<void> check_scopes(const std::vector<Scope>& scopes) {
  for (std::size_t i = 0; i < scopes.size(); ++i)
    if (std::find(scopes.begin(), scopes.begin() + static_cast<std::ptrdiff_t>(i), scopes[i]) !=
        scopes.begin() + static_cast<std::ptrdiff_t>(i))
      return Error(Code::out_of_range, "/scopes/" + std::to_string(i), "each scope once");
  return {};
}

Milliseconds lock_after(std::uint32_t failures) {
  return first_lock * (1 << std::min(failures - failures_free - 1, doublings_max));
}

// One answer for an account that is not there, locked, revoked or of another kind.
Error not_proven() { return Error(Code::unauthenticated, "", "this does not prove who you are"); }

// The account, if a password may be tried for it now. ERRORS: unauthenticated, in one wording.
Result<const AccountFile*> with_password(const View& view, const AccountId& id, Instant now) {
  const auto* account = view.find<AccountFile>(id);
  if (account == nullptr || account->revoked || account->proves() != AccountKind::password)
    return not_proven();
  if (account->expires && *account->expires <= now) return not_proven();
  if (account->locked_until && now < *account->locked_until) return not_proven();
  return account;
}

Decision refuse_proof(const AccountId& id, const AccountFile& account, Instant now) {
  SessionRefused refused{account.failures + 1, std::nullopt};
  if (refused.failures > failures_free) refused.locked_until = now + lock_after(refused.failures);
  return Decision().emit(account_stream(id), std::move(refused));
}

// Who witnesses is nobody's colleague: what its organisation does besides could ask for more.
Result<void> check_witness(Role role, const OrganisationFile& organisation) {
  if ((role == Role::witness) == (organisation.sort == OrganisationKind::witness)) return {};
  return Error(Code::out_of_range, "/role",
               "a witness belongs to an organisation of the kind witness, which has no others");
}

// Which kinds of organisations hold which roles differs by country.
Result<void> check_holder(Role role, const OrganisationFile& organisation, const Policy& policy) {
  if (policy.may_hold(role, organisation.sort)) return {};
  return Error(Code::out_of_range, "/role",
               "the policy pack does not let an organisation of the kind " +
                   std::string(to_text(organisation.sort)) + " hold this role");
}

Result<void> check_subject(const IssueAccount& command, const View& view) {
  if (!of_one_case(command.role)) {
    if (!command.subject) return {};
    return Error(Code::out_of_range, "/subject", "only a person or guardian has one case");
  }
  if (!command.subject)
    return Error(Code::missing_field, "/subject", "a person or guardian has one case");
  const auto* dossier = view.find<Dossier>(*command.subject);
  if (dossier == nullptr || dossier->gone())
    return Error(Code::not_found, "/subject", "there is no such case");
  return {};
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
  const auto* organisation = view.find<OrganisationFile>(command.organisation);
  if (organisation == nullptr)
    return Error(Code::not_found, "/organisation", "there is no such organisation");
  NRM_TRY(check_witness(command.role, *organisation));
  const AccountKind kind = command.kind.value_or(AccountKind::token);
  NRM_TRY(check_proof(command, kind));
  NRM_TRY(check_subject(command, view));
  NRM_TRY(check_scopes(command.scopes));
  NRM_TRY(check_holder(command.role, *organisation, policy));
  if (command.expires && *command.expires <= input.at)
    return Error(Code::out_of_range, "/expires", "this moment has passed");
  const auto id = command.account.value_or(input.fresh<AccountId>(0));
  if (view.find<AccountFile>(id))
    return Error(Code::already_exists, "/account", "there is an account with this id");
  return Decision().emit(
      account_stream(id),
      AccountIssued{command.organisation, command.role, command.token_digest, command.kind,
                    command.scopes, command.expires, command.certificate, command.subject});
}

Result<Decision> VaultRules::on(const RevokeAccount& command) const {
  NRM_TRY(only({Role::operator_}));
  const auto* account = view.find<AccountFile>(command.account);
  if (account == nullptr) return nothing_here();
  if (account->revoked) return Error(Code::not_in_state, "", "the account is revoked already");
  return Decision().emit(account_stream(command.account), AccountRevoked{});
}

// Nobody enrols anybody else, and nobody comes back who was revoked, whatever the provider says.
Result<Decision> VaultRules::on(const EnrolSubject& command) const {
  if (!input.actor || *input.actor != Actor{command.account, command.organisation, command.role})
    return Error(Code::forbidden, "", "this role may not do this");
  // Whose case it is, only an operator can say, when the account is issued.
  if (of_one_case(command.role))
    return Error(Code::forbidden, "/role", "a provider's word makes nobody a person or guardian");
  const auto* organisation = view.find<OrganisationFile>(command.organisation);
  if (organisation == nullptr)
    return Error(Code::not_found, "/organisation", "there is no such organisation");
  NRM_TRY(check_witness(command.role, *organisation));
  NRM_TRY(check_holder(command.role, *organisation, policy));
  if (const auto* account = view.find<AccountFile>(command.account)) {
    if (account->revoked) return Error(Code::unauthenticated, "", "the account is revoked");
    if (account->proves() != AccountKind::oidc)
      return Error(Code::already_exists, "/account", "an account of another kind has this id");
    if (account->organisation == command.organisation && account->role == command.role)
      return Decision();  // two first requests at once
  }
  AccountIssued issued{command.organisation, command.role, std::nullopt};
  issued.kind = AccountKind::oidc;
  return Decision().emit(account_stream(command.account), std::move(issued));
}

Result<Decision> VaultRules::on(const OpenSession& command) const {
  NRM_TRY_ASSIGN(const auto* account, with_password(view, command.account, input.at));
  if (!command.proven) return refuse_proof(command.account, *account, input.at);
  return Decision().emit(account_stream(command.account),
                         SessionOpened{command.token_digest, input.at + session_length});
}

Result<Decision> VaultRules::on(const EndSession& command) const {
  if (!input.actor || input.actor->account != command.account)
    return Error(Code::forbidden, "", "this role may not do this");
  const auto* account = view.find<AccountFile>(command.account);
  if (account == nullptr) return nothing_here();
  if (std::ranges::find(account->sessions, command.token_digest, &OpenedSession::token_digest) ==
      account->sessions.end())
    return Error(Code::not_in_state, "",
                 "this is no session: a token or certificate ends when its account is revoked");
  return Decision().emit(account_stream(command.account), SessionEnded{command.token_digest});
}

// Who had the old password may have the sessions, too: all of them end.
Result<Decision> VaultRules::on(const ChangePassword& command) const {
  NRM_TRY_ASSIGN(const auto* account, with_password(view, command.account, input.at));
  if (!command.proven) return refuse_proof(command.account, *account, input.at);
  return Decision().emit(account_stream(command.account), PasswordChanged{});
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
  if (command.account == actor().account)
    return Error(Code::second_person_required, "", "nobody reviews what her own account did");
  return Decision().emit(account_stream(command.account),
                         AnomalyReviewed{command.outcome, actor().account});
}
}  // namespace nrm
