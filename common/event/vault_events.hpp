// Facts of the vault: organisations, accounts, sealed dossiers, consents, openings, keys, erasure.
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
struct OrganisationRegistered {
  NRM_EVENT(vault, organisation, "nrm.organisation.registered.v1")
  Text<120> name;
  OrganisationKind kind{};
};
BOOST_DESCRIBE_STRUCT(OrganisationRegistered, (), (name, kind))

struct AccountIssued {
  NRM_EVENT(vault, account, "nrm.account.issued.v1")
  OrganisationId organisation;
  Role role{};
  std::optional<Text<64>> token_digest;  // BLAKE2b-256 of a random 256-bit token, hex
  std::optional<AccountKind> kind{};     // none: token
  std::vector<Scope> scopes{};           // none: all that the role may do
  std::optional<Instant> expires{};
  std::optional<Text<64>> certificate{};  // SHA-256 of the client certificate it is bound to
                                          // (RFC 8705, 3.1), hex
  std::optional<CaseId> subject{};        // the one case of a person or guardian
};
BOOST_DESCRIBE_STRUCT(AccountIssued, (),
                      (organisation, role, token_digest, kind, scopes, expires, certificate,
                       subject))

struct AccountRevoked {
  NRM_EVENT(vault, account, "nrm.account.revoked.v1")
};
BOOST_DESCRIBE_STRUCT(AccountRevoked, (), ())

// The personal part of a report is sealed; only a salted digest of the ciphertexts is here.
struct DossierSealed {
  NRM_EVENT(vault, case_, "nrm.case.dossier_sealed.v1")
  OrganisationId organisation;  // the reporter's
  std::vector<DataClass> classes;
  Text<64> digest;
  std::vector<Consent> consents;
  std::optional<Instant> report_by;  // a day later the vault may destroy it
  std::optional<AgeBand> age_now = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(DossierSealed, (),
                      (organisation, classes, digest, consents, report_by, age_now))

struct ConsentRecorded {
  NRM_EVENT(vault, case_, "nrm.case.consent_recorded.v1")
  Consent consent;
};
BOOST_DESCRIBE_STRUCT(ConsentRecorded, (), (consent))

// Written before the plaintext leaves (audit, then release).
struct DossierOpened {
  NRM_EVENT(vault, case_, "nrm.case.dossier_opened.v1")
  Actor by;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  std::optional<EmergencyGround> ground = std::nullopt;    // of safety, or of the broken glass
  std::optional<OrganisationId> notice_to = std::nullopt;  // who is told of it at once
  std::optional<EmergencyId> emergency = std::nullopt;     // under a broken glass
  std::optional<ProposalId> proposal = std::nullopt;       // approved by a second person
};
BOOST_DESCRIBE_STRUCT(DossierOpened, (),
                      (by, purpose, classes, ground, notice_to, emergency, proposal))

// Sealed, but no report followed in time: the keys are destroyed.
struct DossierAbandoned {
  NRM_EVENT(vault, case_, "nrm.case.dossier_abandoned.v1")
};
BOOST_DESCRIBE_STRUCT(DossierAbandoned, (), ())

// The vault's note that a dossier's report is in identification's log.
struct DossierReported {
  NRM_EVENT(vault, case_, "nrm.case.dossier_reported.v1")
  // Who decides on the person: opens for a decision, and nobody else. None: the competent
  // authority.
  std::optional<OrganisationId> decider = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(DossierReported, (), (decider))

// The vault's note of DeciderAppointed.
struct DeciderNoted {
  NRM_EVENT(vault, case_, "nrm.case.decider_noted.v1")
  OrganisationId decider;
};
BOOST_DESCRIBE_STRUCT(DeciderNoted, (), (decider))

// The vault's note of who, beside the reporter and the deciders, has a relation to the case. The
// nil organisation stands for all of them: the case is closed, or open again.
struct SupportRelationNoted {
  NRM_EVENT(vault, case_, "nrm.case.support_relation_noted.v1")
  OrganisationId organisation;
  bool in_force = false;
};
BOOST_DESCRIBE_STRUCT(SupportRelationNoted, (), (organisation, in_force))

// From now on case keys are wrapped by a new key; those of the epoch before are wrapped anew, then
// its key is destroyed, so that copies of old files die with it (reliability.md, 1.5).
struct KeyEpochBegun {
  NRM_EVENT(vault, keys, "nrm.keys.epoch_begun.v1")
  std::uint32_t epoch = 0;  // 1, 2 …
  Instant until;
};
BOOST_DESCRIBE_STRUCT(KeyEpochBegun, (), (epoch, until))

// The key of this epoch was overwritten and its file is gone; nothing that still lives needed it.
struct EpochDestroyed {
  NRM_EVENT(vault, keys, "nrm.keys.epoch_destroyed.v1")
  std::uint32_t epoch = 0;
};
BOOST_DESCRIBE_STRUCT(EpochDestroyed, (), (epoch))

struct ErasureRequested {
  NRM_EVENT(vault, case_, "nrm.case.erasure_requested.v1")
  AccountId by;
  ErasureGround ground{};
  bool emergency = false;  // no hold after the second person's word
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(ErasureRequested, (), (by, ground, emergency, answer_by))

struct ErasureOverdue {
  NRM_EVENT(vault, case_, "nrm.case.erasure_overdue.v1")
  OrganisationId escalated_to;
  Instant answer_by;  // the next time that this is said
};
BOOST_DESCRIBE_STRUCT(ErasureOverdue, (), (escalated_to, answer_by))

struct ErasureConfirmed {
  NRM_EVENT(vault, case_, "nrm.case.erasure_confirmed.v1")
  AccountId by;  // never who asked
  Instant erase_at;
};
BOOST_DESCRIBE_STRUCT(ErasureConfirmed, (), (by, erase_at))

struct ErasureCancelled {
  NRM_EVENT(vault, case_, "nrm.case.erasure_cancelled.v1")
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(ErasureCancelled, (), (by))

// The case's keys and ciphertexts are destroyed in the batch of this record. Copies of the keys in
// old files die with the key of `epoch`, which is destroyed after `copies_until`.
struct CaseErased {
  NRM_EVENT(vault, case_, "nrm.case.erased.v1")
  ErasureGround ground{};
  std::uint32_t epoch = 0;
  Instant copies_until;
};
BOOST_DESCRIBE_STRUCT(CaseErased, (), (ground, epoch, copies_until))
// A guardian whose account reads this case, and may be asked for consents.
struct GuardianAppointed {
  NRM_EVENT(vault, case_, "nrm.case.guardian_appointed.v1")
  AccountId account;
  GuardianKind kind{};
};
BOOST_DESCRIBE_STRUCT(GuardianAppointed, (), (account, kind))

struct GuardianshipEnded {
  NRM_EVENT(vault, case_, "nrm.case.guardianship_ended.v1")
  AccountId account;
  GuardianshipEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(GuardianshipEnded, (), (account, reason))

// From here on the case does not exist for this account.
struct ConflictDeclared {
  NRM_EVENT(vault, case_, "nrm.case.conflict_declared.v1")
  AccountId account;
  ConflictGround ground{};
};
BOOST_DESCRIBE_STRUCT(ConflictDeclared, (), (account, ground))

// INVARIANT: exactly one of `account` and `organisation`.
struct AccessDenied {
  NRM_EVENT(vault, case_, "nrm.case.access_denied.v1")
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
  DenialGround ground{};
};
BOOST_DESCRIBE_STRUCT(AccessDenied, (), (account, organisation, ground))

struct DenialLifted {
  NRM_EVENT(vault, case_, "nrm.case.denial_lifted.v1")
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
};
BOOST_DESCRIBE_STRUCT(DenialLifted, (), (account, organisation))

// A consent was withdrawn, and this recipient has to say what it did about it.
struct WithdrawalNotified {
  NRM_EVENT(vault, withdrawal, "nrm.withdrawal.notified.v1")
  CaseId subject;
  ConsentPurpose purpose{};
  OrganisationId recipient;
  Instant due;
};
BOOST_DESCRIBE_STRUCT(WithdrawalNotified, (), (subject, purpose, recipient, due))

struct WithdrawalOverdue {
  NRM_EVENT(vault, withdrawal, "nrm.withdrawal.overdue.v1")
  CaseId subject;
  OrganisationId recipient;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(WithdrawalOverdue, (), (subject, recipient, escalated_to))

struct WithdrawalAcknowledged {
  NRM_EVENT(vault, withdrawal, "nrm.withdrawal.acknowledged.v1")
  CaseId subject;
  WithdrawalOutcome outcome{};
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(WithdrawalAcknowledged, (), (subject, outcome, by))

// Break-glass: this account may open without relation and consent until then. The review that it
// must have is opened in the same record (EmergencyReviewOpened).
struct BreakGlassStarted {
  NRM_EVENT(vault, case_, "nrm.case.break_glass_started.v1")
  EmergencyId emergency;
  Actor by;
  EmergencyGround ground{};
  Instant until;
  OrganisationId overseer;
  Instant review_by;
};
BOOST_DESCRIBE_STRUCT(BreakGlassStarted, (), (emergency, by, ground, until, overseer, review_by))

struct EmergencyReviewOpened {
  NRM_EVENT(vault, emergency, "nrm.emergency.review_opened.v1")
  CaseId subject;
  Actor by;
  EmergencyGround ground{};
  OrganisationId overseer;
  Instant due;
};
BOOST_DESCRIBE_STRUCT(EmergencyReviewOpened, (), (subject, by, ground, overseer, due))

struct EmergencyReviewOverdue {
  NRM_EVENT(vault, emergency, "nrm.emergency.review_overdue.v1")
  CaseId subject;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(EmergencyReviewOverdue, (), (subject, escalated_to))

struct EmergencyReviewed {
  NRM_EVENT(vault, emergency, "nrm.emergency.reviewed.v1")
  CaseId subject;
  ReviewOutcome outcome{};
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(EmergencyReviewed, (), (subject, outcome, by))

// An opening that two people must want: of everything at once, or for the person's own copy.
struct OpeningProposed {
  NRM_EVENT(vault, proposal, "nrm.proposal.opened.v1")
  CaseId subject;
  Actor by;
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(OpeningProposed, (), (subject, by, purpose, classes, approve_by))

struct OpeningApproved {
  NRM_EVENT(vault, proposal, "nrm.proposal.approved.v1")
  CaseId subject;
  AccountId by;
  Instant until;  // it may be used once, before this
};
BOOST_DESCRIBE_STRUCT(OpeningApproved, (), (subject, by, until))

struct ProposalUsed {
  NRM_EVENT(vault, proposal, "nrm.proposal.used.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(ProposalUsed, (), (subject))

// Nobody approved it in time, or nobody used it.
struct ProposalLapsed {
  NRM_EVENT(vault, proposal, "nrm.proposal.lapsed.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(ProposalLapsed, (), (subject))

// Beside each DossierOpened, so that openings are counted where their limits are.
struct AccountOpened {
  NRM_EVENT(vault, account, "nrm.account.opened.v1")
  CaseId subject;
  Instant at;
};
BOOST_DESCRIBE_STRUCT(AccountOpened, (), (subject, at))

struct OrganisationOpened {
  NRM_EVENT(vault, organisation, "nrm.organisation.opened.v1")
  AccountId by;
  Instant at;
};
BOOST_DESCRIBE_STRUCT(OrganisationOpened, (), (by, at))

// An account opens or lists so much that somebody must look at it; at most once an hour for each.
struct AccessAnomaly {
  NRM_EVENT(vault, account, "nrm.account.access_anomaly.v1")
  AnomalyKind kind{};
  OrganisationId organisation;
  std::uint32_t count = 0;  // within the hour
  std::optional<OrganisationId> overseer;
  Instant at;
};
BOOST_DESCRIBE_STRUCT(AccessAnomaly, (), (kind, organisation, count, overseer, at))

struct AnomalyReviewed {
  NRM_EVENT(vault, account, "nrm.account.anomaly_reviewed.v1")
  ReviewOutcome outcome{};
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(AnomalyReviewed, (), (outcome, by))

// A password and a code were right: a token of a few minutes stands for the account.
struct SessionOpened {
  NRM_EVENT(vault, account, "nrm.account.session_opened.v1")
  Text<64> token_digest;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(SessionOpened, (), (token_digest, until))

// A password or a code was wrong. Several in a row lock the account for a while.
struct SessionRefused {
  NRM_EVENT(vault, account, "nrm.account.session_refused.v1")
  std::uint32_t failures = 0;  // in a row, with this one
  std::optional<Instant> locked_until;
};
BOOST_DESCRIBE_STRUCT(SessionRefused, (), (failures, locked_until))

// Its holder signed out: the token opens nothing any more.
struct SessionEnded {
  NRM_EVENT(vault, account, "nrm.account.session_ended.v1")
  Text<64> token_digest;
};
BOOST_DESCRIBE_STRUCT(SessionEnded, (), (token_digest))

// The password before it proves nothing any more, and all sessions of the account have ended.
struct PasswordChanged {
  NRM_EVENT(vault, account, "nrm.account.password_changed.v1")
};
BOOST_DESCRIBE_STRUCT(PasswordChanged, (), ())

// An organisation's public keys: X25519 to seal to it, Ed25519 to know its word by.
struct OrganisationKeyRegistered {
  NRM_EVENT(vault, key, "nrm.organisation_key.registered.v1")
  OrganisationId organisation;
  Text<64> box_key;      // X25519 (RFC 7748), hex
  Text<64> sign_key;     // Ed25519 (RFC 8032), hex
  Text<64> fingerprint;  // SHA-256 over organisation and both keys: what people compare
  Text<128> proof;       // by sign_key over the same, so that anybody can check who registered it
  std::optional<OrganisationKeyId> replaces;  // which is revoked with the second approval
};
BOOST_DESCRIBE_STRUCT(OrganisationKeyRegistered, (),
                      (organisation, box_key, sign_key, fingerprint, proof, replaces))

// By operator and auditor, each after comparing the fingerprint out of band.
struct OrganisationKeyApproved {
  NRM_EVENT(vault, key, "nrm.organisation_key.approved.v1")
  Actor by;
  bool in_force = false;  // this was the second one
};
BOOST_DESCRIBE_STRUCT(OrganisationKeyApproved, (), (by, in_force))

struct OrganisationKeyRevoked {
  NRM_EVENT(vault, key, "nrm.organisation_key.revoked.v1")
  KeyRevocation reason{};
};
BOOST_DESCRIBE_STRUCT(OrganisationKeyRevoked, (), (reason))

// An alarm: somebody tried to seal to a key that is not in force, or to approve another one than
// the organisation showed. What was asked for was not done.
struct KeyAnomalyNoticed {
  NRM_EVENT(vault, key, "nrm.organisation_key.anomaly_noticed.v1")
  KeyAnomaly anomaly{};
  Actor by;
};
BOOST_DESCRIBE_STRUCT(KeyAnomalyNoticed, (), (anomaly, by))

// Sealed by a client to organisations' keys: the vault keeps boxes that it cannot open.
struct SealedItemStored {
  NRM_EVENT(vault, item, "nrm.sealed_item.stored.v1")
  CaseId subject;
  SealedClass class_{};
  std::uint32_t version = 0;    // of this class and sender: 1, 2, …
  OrganisationId organisation;  // the sender
  std::vector<SealedCopy> copies;
  Text<64> digest;  // salted, of the boxes
};
BOOST_DESCRIBE_STRUCT(SealedItemStored, (),
                      (subject, class_, version, organisation, copies, digest))

// Where a pack wants two people: one asks, another of the same organisation approves.
struct SealedItemRequested {
  NRM_EVENT(vault, item, "nrm.sealed_item.requested.v1")
  Actor by;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(SealedItemRequested, (), (by, until))

struct SealedItemApproved {
  NRM_EVENT(vault, item, "nrm.sealed_item.approved.v1")
  Actor by;
  AccountId requested_by;
};
BOOST_DESCRIBE_STRUCT(SealedItemApproved, (), (by, requested_by))

// Written before a box leaves.
struct SealedItemOpened {
  NRM_EVENT(vault, item, "nrm.sealed_item.opened.v1")
  Actor by;
  OpeningPurpose purpose{};
  CaseId subject;
  std::vector<OrganisationKeyId> keys;  // whose boxes leave: the reader's organisation's
  std::optional<AccountId> approved_by;
  // Is told of withdrawals from now on; none: it was before.
  std::optional<OrganisationId> recipient;
};
BOOST_DESCRIBE_STRUCT(SealedItemOpened, (), (by, purpose, subject, keys, approved_by, recipient))

// For the case managers alone. `other` nil: nobody was found, and the work was the same.
struct DuplicateSuspected {
  NRM_EVENT(vault, duplicate, "nrm.duplicate.suspected.v1")
  CaseId subject;
  CaseId other;
  std::vector<DuplicateGround> grounds;
};
BOOST_DESCRIBE_STRUCT(DuplicateSuspected, (), (subject, other, grounds))

// One person works on a suspicion, another agrees: the cases are about one person.
struct MergeProposed {
  NRM_EVENT(vault, duplicate, "nrm.duplicate.merge_proposed.v1")
  CaseId kept;
  CaseId merged;
  AccountId by;
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(MergeProposed, (), (kept, merged, by, approve_by))

// Nobody agreed in time: the suspicion is open again.
struct MergeProposalLapsed {
  NRM_EVENT(vault, duplicate, "nrm.duplicate.merge_proposal_lapsed.v1")
  AccountId by;  // whose proposal it was
};
BOOST_DESCRIBE_STRUCT(MergeProposalLapsed, (), (by))

struct DuplicateDismissed {
  NRM_EVENT(vault, duplicate, "nrm.duplicate.dismissed.v1")
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(DuplicateDismissed, (), (by))

struct CasesMerged {
  NRM_EVENT(vault, duplicate, "nrm.duplicate.cases_merged.v1")
  CaseId kept;
  CaseId merged;
  AccountId proposed_by;
  AccountId approved_by;
};
BOOST_DESCRIBE_STRUCT(CasesMerged, (), (kept, merged, proposed_by, approved_by))

struct MergeReversed {
  NRM_EVENT(vault, duplicate, "nrm.duplicate.merge_reversed.v1")
  CaseId kept;
  CaseId merged;
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(MergeReversed, (), (kept, merged, by))

// CaseHandedOver: whose case managers may open the dossier, beside the state owner's.
struct DossierHandedOver {
  NRM_EVENT(vault, case_, "nrm.case.dossier_handed_over.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(DossierHandedOver, (), (owner))

// AgeAssessed: whether the person is treated as a child from here on, and so is identified without
// consent (Council of Europe Convention, art. 10(3)).
struct SafeguardingNoted {
  NRM_EVENT(vault, case_, "nrm.case.safeguarding_noted.v1")
  bool safeguarded = false;
};
BOOST_DESCRIBE_STRUCT(SafeguardingNoted, (), (safeguarded))

using VaultEvents = boost::mp11::mp_list<
    OrganisationRegistered, AccountIssued, AccountRevoked, DossierSealed, ConsentRecorded,
    DossierOpened, DossierAbandoned, DossierReported, DeciderNoted, SupportRelationNoted,
    KeyEpochBegun, EpochDestroyed, ErasureRequested, ErasureOverdue, ErasureConfirmed,
    ErasureCancelled, CaseErased, GuardianAppointed, GuardianshipEnded, ConflictDeclared,
    AccessDenied, DenialLifted, WithdrawalNotified, WithdrawalOverdue, WithdrawalAcknowledged,
    BreakGlassStarted, EmergencyReviewOpened, EmergencyReviewOverdue, EmergencyReviewed,
    OpeningProposed, OpeningApproved, ProposalUsed, ProposalLapsed, AccountOpened,
    OrganisationOpened, AccessAnomaly, AnomalyReviewed, SessionOpened, SessionRefused, SessionEnded,
    PasswordChanged, OrganisationKeyRegistered, OrganisationKeyApproved, OrganisationKeyRevoked,
    KeyAnomalyNoticed, SealedItemStored, SealedItemRequested, SealedItemApproved, SealedItemOpened,
    DuplicateSuspected, MergeProposed, MergeProposalLapsed, DuplicateDismissed, CasesMerged,
    MergeReversed, DossierHandedOver, SafeguardingNoted>;
}  // namespace nrm
