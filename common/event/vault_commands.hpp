// What may be asked of the vault.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct RegisterOrganisation {
  NRM_COMMAND(vault, "nrm.organisation.register.v1")
  Text<120> name;
  OrganisationKind kind{};
  std::optional<OrganisationId> organisation;  // when the id must be known before (nrm init)
};
BOOST_DESCRIBE_STRUCT(RegisterOrganisation, (), (name, kind, organisation))

struct IssueAccount {
  NRM_COMMAND(vault, "nrm.account.issue.v1")
  OrganisationId organisation;
  Role role{};
  std::optional<Text<64>> token_digest;   // of a kind `token`, and of no other
  std::optional<AccountKind> kind{};      // none: token
  std::vector<Scope> scopes{};            // none: all that the role may do
  std::optional<Instant> expires{};       // from then on it opens nothing
  std::optional<Text<64>> certificate{};  // what it is bound to; see AccountIssued
  std::optional<AccountId> account{};     // when the id must be known before
  std::optional<CaseId> subject{};        // of a person or guardian: their one case
};
BOOST_DESCRIBE_STRUCT(IssueAccount, (),
                      (organisation, role, token_digest, kind, scopes, expires, certificate,
                       account, subject))

struct RevokeAccount {
  NRM_COMMAND(vault, "nrm.account.revoke.v1")
  AccountId account;
};
BOOST_DESCRIBE_STRUCT(RevokeAccount, (), (account))

// The gateway, on behalf of whom an identity provider vouches for: the account that stands for
// issuer and subject, with what the provider's claims are mapped to.
struct EnrolSubject {
  NRM_COMMAND(vault, "nrm.account.enrol.v1")
  AccountId account;
  OrganisationId organisation;
  Role role{};
};
BOOST_DESCRIBE_STRUCT(EnrolSubject, (), (account, organisation, role))

// The gateway, on behalf of who gave a password and a code. What proves it travels beside the
// command; `proven` is filled in by the vault's before() hook, never by a client.
struct OpenSession {
  NRM_COMMAND(vault, "nrm.session.open.v1")
  AccountId account;
  Text<64> token_digest;  // of the session's token
  bool proven = false;
};
BOOST_DESCRIBE_STRUCT(OpenSession, (), (account, token_digest, proven))

// By the account itself, before the session's time is over.
struct EndSession {
  NRM_COMMAND(vault, "nrm.session.end.v1")
  AccountId account;
  Text<64> token_digest;  // of the session's token
};
BOOST_DESCRIBE_STRUCT(EndSession, (), (account, token_digest))

// The gateway, on behalf of who gave the password and a code, as in OpenSession. Beside it travels
// what proves the next password, too.
struct ChangePassword {
  NRM_COMMAND(vault, "nrm.account.change_password.v1")
  AccountId account;
  bool proven = false;
};
BOOST_DESCRIBE_STRUCT(ChangePassword, (), (account, proven))

// `classes`, `digest` and `duplicates` are filled in by the vault's hooks, never by a client.
struct SealDossier {
  NRM_COMMAND(vault, "nrm.dossier.seal.v1")
  AgeBand age_now = AgeBand::unknown;
  std::vector<Consent> consents;
  std::vector<DataClass> classes;
  std::optional<Text<64>> digest;
  std::vector<DuplicateCandidate> duplicates;
};
BOOST_DESCRIBE_STRUCT(SealDossier, (), (age_now, consents, classes, digest, duplicates))

struct RecordConsent {
  NRM_COMMAND(vault, "nrm.consent.record.v1")
  CaseId subject;
  Consent consent;
};
BOOST_DESCRIBE_STRUCT(RecordConsent, (), (subject, consent))

struct OpenDossier {
  NRM_COMMAND(vault, "nrm.dossier.open.v1")
  CaseId subject;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  std::optional<EmergencyGround> ground = std::nullopt;  // for safety
  std::optional<ProposalId> proposal = std::nullopt;     // where two people must want it
};
BOOST_DESCRIBE_STRUCT(OpenDossier, (), (subject, purpose, classes, ground, proposal))

struct AppointGuardian {
  NRM_COMMAND(vault, "nrm.guardian.appoint.v1")
  CaseId subject;
  AccountId account;
  GuardianKind kind{};
};
BOOST_DESCRIBE_STRUCT(AppointGuardian, (), (subject, account, kind))

struct EndGuardianship {
  NRM_COMMAND(vault, "nrm.guardian.end.v1")
  CaseId subject;
  AccountId account;
  GuardianshipEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(EndGuardianship, (), (subject, account, reason))

// The actor's own.
struct DeclareConflict {
  NRM_COMMAND(vault, "nrm.conflict.declare.v1")
  CaseId subject;
  ConflictGround ground{};
};
BOOST_DESCRIBE_STRUCT(DeclareConflict, (), (subject, ground))

// Exactly one of `account` and `organisation`.
struct DenyAccess {
  NRM_COMMAND(vault, "nrm.access.deny.v1")
  CaseId subject;
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
  DenialGround ground{};
};
BOOST_DESCRIBE_STRUCT(DenyAccess, (), (subject, account, organisation, ground))

struct LiftDenial {
  NRM_COMMAND(vault, "nrm.access.lift_denial.v1")
  CaseId subject;
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
};
BOOST_DESCRIBE_STRUCT(LiftDenial, (), (subject, account, organisation))

struct AcknowledgeWithdrawal {
  NRM_COMMAND(vault, "nrm.withdrawal.acknowledge.v1")
  WithdrawalId withdrawal;
  WithdrawalOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(AcknowledgeWithdrawal, (), (withdrawal, outcome))

struct BreakGlass {
  NRM_COMMAND(vault, "nrm.glass.break.v1")
  CaseId subject;
  EmergencyGround ground{};
};
BOOST_DESCRIBE_STRUCT(BreakGlass, (), (subject, ground))

struct ReviewEmergency {
  NRM_COMMAND(vault, "nrm.emergency.review.v1")
  EmergencyId emergency;
  ReviewOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(ReviewEmergency, (), (emergency, outcome))

struct ProposeOpening {
  NRM_COMMAND(vault, "nrm.opening.propose.v1")
  CaseId subject;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
};
BOOST_DESCRIBE_STRUCT(ProposeOpening, (), (subject, purpose, classes))

struct ApproveOpening {
  NRM_COMMAND(vault, "nrm.opening.approve.v1")
  ProposalId proposal;
};
BOOST_DESCRIBE_STRUCT(ApproveOpening, (), (proposal))

// From the gateway, about the actor: it lists more than anybody's work needs.
struct NoteAnomaly {
  NRM_COMMAND(vault, "nrm.anomaly.note.v1")
  std::uint32_t listed = 0;  // items within the hour
};
BOOST_DESCRIBE_STRUCT(NoteAnomaly, (), (listed))

struct ReviewAnomaly {
  NRM_COMMAND(vault, "nrm.anomaly.review.v1")
  AccountId account;
  ReviewOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(ReviewAnomaly, (), (account, outcome))

struct EraseCase {
  NRM_COMMAND(vault, "nrm.case.erase.v1")
  CaseId subject;
  ErasureGround ground{};
  bool emergency = false;
};
BOOST_DESCRIBE_STRUCT(EraseCase, (), (subject, ground, emergency))

struct ConfirmErasure {
  NRM_COMMAND(vault, "nrm.erasure.confirm.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(ConfirmErasure, (), (subject))

struct CancelErasure {
  NRM_COMMAND(vault, "nrm.erasure.cancel.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(CancelErasure, (), (subject))

// `fingerprint` is filled in by the vault's hook, which checks keys and proof.
struct RegisterOrganisationKey {
  NRM_COMMAND(vault, "nrm.organisation_key.register.v1")
  OrganisationId organisation;
  Text<64> box_key;
  Text<64> sign_key;
  Text<128> proof;
  std::optional<OrganisationKeyId> replaces;
  std::optional<Text<64>> fingerprint;
};
BOOST_DESCRIBE_STRUCT(RegisterOrganisationKey, (),
                      (organisation, box_key, sign_key, proof, replaces, fingerprint))

// `fingerprint`: as the organisation showed it, not as our list has it.
struct ApproveOrganisationKey {
  NRM_COMMAND(vault, "nrm.organisation_key.approve.v1")
  OrganisationKeyId key;
  Text<64> fingerprint;
};
BOOST_DESCRIBE_STRUCT(ApproveOrganisationKey, (), (key, fingerprint))

struct RevokeOrganisationKey {
  NRM_COMMAND(vault, "nrm.organisation_key.revoke.v1")
  OrganisationKeyId key;
  KeyRevocation reason{};
};
BOOST_DESCRIBE_STRUCT(RevokeOrganisationKey, (), (key, reason))

// The boxes travel beside it, one for each key; `digest` is filled in by the vault's hook.
struct StoreSealedItem {
  NRM_COMMAND(vault, "nrm.sealed_item.store.v1")
  CaseId subject;
  SealedClass class_{};
  std::uint32_t version = 0;
  std::vector<OrganisationKeyId> keys;
  std::optional<Text<64>> digest;
};
BOOST_DESCRIBE_STRUCT(StoreSealedItem, (), (subject, class_, version, keys, digest))

struct RequestSealedItem {
  NRM_COMMAND(vault, "nrm.sealed_item.request.v1")
  SealedItemId item;
};
BOOST_DESCRIBE_STRUCT(RequestSealedItem, (), (item))

struct ApproveSealedItem {
  NRM_COMMAND(vault, "nrm.sealed_item.approve.v1")
  SealedItemId item;
  AccountId account;  // who asked
};
BOOST_DESCRIBE_STRUCT(ApproveSealedItem, (), (item, account))

struct OpenSealedItem {
  NRM_COMMAND(vault, "nrm.sealed_item.open.v1")
  SealedItemId item;
  OpeningPurpose purpose{};
};
BOOST_DESCRIBE_STRUCT(OpenSealedItem, (), (item, purpose))

struct ProposeMerge {
  NRM_COMMAND(vault, "nrm.merge.propose.v1")
  DuplicateId duplicate;
  CaseId kept;
};
BOOST_DESCRIBE_STRUCT(ProposeMerge, (), (duplicate, kept))

struct ApproveMerge {
  NRM_COMMAND(vault, "nrm.merge.approve.v1")
  DuplicateId duplicate;
};
BOOST_DESCRIBE_STRUCT(ApproveMerge, (), (duplicate))

struct DismissDuplicate {
  NRM_COMMAND(vault, "nrm.duplicate.dismiss.v1")
  DuplicateId duplicate;
};
BOOST_DESCRIBE_STRUCT(DismissDuplicate, (), (duplicate))

struct ReverseMerge {
  NRM_COMMAND(vault, "nrm.merge.reverse.v1")
  DuplicateId duplicate;
};
BOOST_DESCRIBE_STRUCT(ReverseMerge, (), (duplicate))

using VaultCommands = boost::mp11::mp_list<
    RegisterOrganisation, IssueAccount, RevokeAccount, EnrolSubject, OpenSession, EndSession,
    ChangePassword, SealDossier, RecordConsent, OpenDossier, AppointGuardian, EndGuardianship,
    DeclareConflict, DenyAccess, LiftDenial, AcknowledgeWithdrawal, BreakGlass, ReviewEmergency,
    ProposeOpening, ApproveOpening, NoteAnomaly, ReviewAnomaly, EraseCase, ConfirmErasure,
    CancelErasure, RegisterOrganisationKey, ApproveOrganisationKey, RevokeOrganisationKey,
    StoreSealedItem, RequestSealedItem, ApproveSealedItem, OpenSealedItem, ProposeMerge,
    ApproveMerge, DismissDuplicate, ReverseMerge>;
}  // namespace nrm
