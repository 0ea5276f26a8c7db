// Accounts in the vault's decider: who may be issued what, who enrols, and sessions.
#include <gtest/gtest.h>

#include "services/vault/vault.hpp"
#include "tests/support/desk.hpp"

namespace nrm::test {
namespace {
const Instant start = *Instant::parse("2024-03-04T09:00:00.000Z");
const Text<64> digest = *Text<64>::parse(std::string(64, 'a'));

class VaultAccounts : public ::testing::Test {
 protected:
  VaultAccounts() {
    operator_ = {AccountId(fresh()), OrganisationId(fresh()), Role::operator_};
    EXPECT_FALSE(ask(RegisterOrganisation{*Text<120>::parse("Kent Police"),
                                          OrganisationKind::police, police})
                     .rejection);
  }
  ~VaultAccounts() override { EXPECT_TRUE(desk.faults().empty()) << desk.faults().front(); }

  Uuid fresh() { return derive(Uuid{{9}}, ++count); }
  Outcome ask(Command command) { return ask(std::move(command), operator_); }
  Outcome ask(Command command, const Actor& actor) {
    return desk.apply({.id = fresh(), .at = now, .actor = actor, .what = std::move(command)});
  }
  Code refused(Command command) {
    const auto outcome = ask(std::move(command));
    EXPECT_TRUE(outcome.rejection);
    return outcome.rejection ? outcome.rejection->code : Code::internal;
  }
  template <class E>
  std::optional<E> event(const Outcome& outcome) {
    if (outcome.rejection || outcome.decision.events.size() != 1) return std::nullopt;
    const auto* found = get_if<E>(&outcome.decision.events[0].event);
    return found ? std::optional(*found) : std::nullopt;
  }
  IssueAccount wish(AccountKind kind) {
    IssueAccount out{police, Role::first_responder, std::nullopt};
    out.kind = kind;
    if (kind == AccountKind::token) out.token_digest = digest;
    return out;
  }
  AccountId local() {
    auto command = wish(AccountKind::password);
    command.account = AccountId(fresh());
    EXPECT_FALSE(ask(command).rejection);
    return *command.account;
  }
  Outcome sign_in(const AccountId& account, bool proven) {
    return ask(OpenSession{account, digest, proven}, {account, {}, Role::person});
  }

  std::uint32_t count = 0;
  Instant now = start;
  const OrganisationId police{Uuid{{1}}};
  Actor operator_;
  Desk desk{core_of<Vault>(), Policy()};
};

TEST_F(VaultAccounts, AreIssuedWithWhatLimitsThem) {
  auto command = wish(AccountKind::token);
  command.scopes = {Scope::read, Scope::refer};
  command.expires = start + days(90);
  command.certificate = Text<64>::parse(std::string(64, 'b'));
  const auto issued = event<AccountIssued>(ask(command));
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->scopes, command.scopes);
  EXPECT_EQ(issued->expires, command.expires);
  EXPECT_EQ(issued->certificate, command.certificate);
}

TEST_F(VaultAccounts, NeedTheProofOfTheirKindAndNoOther) {
  auto token = wish(AccountKind::token);
  token.token_digest.reset();
  EXPECT_EQ(refused(token), Code::missing_field);
  token.token_digest = Text<64>::parse("not hex");
  EXPECT_EQ(refused(token), Code::missing_field);
  auto certificate = wish(AccountKind::certificate);
  certificate.token_digest = digest;
  EXPECT_EQ(refused(certificate), Code::out_of_range);
  EXPECT_EQ(refused(wish(AccountKind::oidc)), Code::out_of_range);
  auto bound = wish(AccountKind::password);
  bound.certificate = digest;
  EXPECT_EQ(refused(bound), Code::out_of_range);
  bound = wish(AccountKind::token);
  bound.certificate = Text<64>::parse("short");
  EXPECT_EQ(refused(bound), Code::out_of_range);
  auto twice = wish(AccountKind::token);
  twice.scopes = {Scope::read, Scope::read};
  EXPECT_EQ(refused(twice), Code::out_of_range);
  auto past = wish(AccountKind::token);
  past.expires = start;
  EXPECT_EQ(refused(past), Code::out_of_range);
  auto taken = wish(AccountKind::certificate);
  taken.account = local();
  EXPECT_EQ(refused(taken), Code::already_exists);
}

TEST_F(VaultAccounts, OfAProviderAreEnrolledByTheirHolderAlone) {
  const AccountId subject(fresh());
  const EnrolSubject command{subject, police, Role::case_manager};
  const Actor self{subject, police, Role::case_manager};
  EXPECT_EQ(ask(command).rejection->code, Code::forbidden);  // not even by an operator
  EXPECT_EQ(ask(command, {subject, police, Role::operator_}).rejection->code, Code::forbidden);
  const auto issued = event<AccountIssued>(ask(command, self));
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->kind, AccountKind::oidc);
  EXPECT_FALSE(issued->token_digest);
  const auto again = ask(command, self);
  EXPECT_FALSE(again.rejection);
  EXPECT_TRUE(again.decision.events.empty());
  // The provider's mapping gives another role: a new fact.
  EXPECT_TRUE(event<AccountIssued>(
      ask(EnrolSubject{subject, police, Role::auditor}, {subject, police, Role::auditor})));
  ASSERT_FALSE(ask(RevokeAccount{subject}).rejection);
  EXPECT_EQ(ask(command, self).rejection->code, Code::unauthenticated);  // for good
}

TEST_F(VaultAccounts, OfAProviderDoNotTakeOthersPlaces) {
  const AccountId account = local();
  EXPECT_EQ(ask(EnrolSubject{account, police, Role::auditor}, {account, police, Role::auditor})
                .rejection->code,
            Code::already_exists);
  const OrganisationId unknown(fresh());
  const AccountId subject(fresh());
  EXPECT_EQ(ask(EnrolSubject{subject, unknown, Role::auditor}, {subject, unknown, Role::auditor})
                .rejection->code,
            Code::not_found);
}

TEST_F(VaultAccounts, OfAProviderAreOfNobodysCase) {
  for (const Role role : {Role::person, Role::guardian}) {
    const AccountId subject(fresh());
    const auto outcome = ask(EnrolSubject{subject, police, role}, {subject, police, role});
    ASSERT_TRUE(outcome.rejection);
    EXPECT_EQ(outcome.rejection->code, Code::forbidden);
  }
}

TEST_F(VaultAccounts, KeepWhatWasCountedWhenTheirRoleChanges) {
  AccountFile state;
  Vault::evolve(state, AccountIssued{police, Role::case_manager, std::nullopt, AccountKind::oidc});
  Vault::evolve(state, AccountOpened{CaseId(fresh()), start});
  Vault::evolve(state, AccountRevoked{});
  Vault::evolve(state, AccountIssued{police, Role::auditor, std::nullopt, AccountKind::oidc});
  EXPECT_EQ(state.opened.count(start), 1u);
  EXPECT_TRUE(state.revoked);
  EXPECT_EQ(state.role, Role::auditor);
}

TEST_F(VaultAccounts, OpenSessionsForAQuarterOfAnHour) {
  const auto opened = event<SessionOpened>(sign_in(local(), true));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->until, start + Milliseconds(std::chrono::minutes(15)));
}

TEST_F(VaultAccounts, AreLockedForLongerAndLonger) {
  const AccountId account = local();
  for (std::uint32_t i = 1; i <= 4; ++i) {
    const auto refused = event<SessionRefused>(sign_in(account, false));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->failures, i);
    EXPECT_FALSE(refused->locked_until);
  }
  std::int64_t minutes = 1;
  for (int i = 0; i < 8; ++i, minutes = std::min<std::int64_t>(minutes * 2, 64)) {
    const auto refused = event<SessionRefused>(sign_in(account, false));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->locked_until, now + Milliseconds(std::chrono::minutes(minutes)));
    EXPECT_EQ(sign_in(account, true).rejection->code, Code::unauthenticated);  // locked
    now = *refused->locked_until;
  }
  EXPECT_TRUE(event<SessionOpened>(sign_in(account, true)));
  const auto refused = event<SessionRefused>(sign_in(account, false));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->failures, 1u);  // forgotten by the success
}

TEST_F(VaultAccounts, OpenNoSessionForWhoHasNoPassword) {
  const auto token = ask(wish(AccountKind::token));
  const AccountId holder(token.decision.events[0].stream.id);
  EXPECT_EQ(sign_in(holder, true).rejection->code, Code::unauthenticated);
  EXPECT_EQ(sign_in(AccountId(fresh()), true).rejection->code, Code::unauthenticated);
  const AccountId revoked = local();
  ASSERT_FALSE(ask(RevokeAccount{revoked}).rejection);
  EXPECT_EQ(sign_in(revoked, true).rejection->code, Code::unauthenticated);
}
}  // namespace
}  // namespace nrm::test
