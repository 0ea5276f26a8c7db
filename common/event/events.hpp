// The vocabulary: every fact that the system records, one struct per event, grouped by owner.
//
// `Event` is closed: adding one makes the compiler list every place that must know it. An event
// belongs to one stream; the stream's id is in the record beside it and not repeated inside.
// A struct that was ever written to a log is never changed; a new version is a new struct with
// a new type name (`.v2`), see schemas/README.md.
// INVARIANT: nothing here identifies a person (design.md, promise 3); no floating point.
#pragma once
#include <variant>

#include "common/event/facts.hpp"

#define NRM_EVENT(emitter_name, stream_kind, type_name)     \
  static constexpr std::string_view type = type_name;       \
  static constexpr Service emitter = Service::emitter_name; \
  static constexpr StreamKind stream = StreamKind::stream_kind;

namespace nrm {
// --- every log ----------------------------------------------------------------------------------

// Record 0 of every log: what the log is. A sandbox stays one for ever (only it has a movable
// clock).
struct LogOpened {
  static constexpr std::string_view type = "nrm.log.opened.v1";
  static constexpr StreamKind stream = StreamKind::log;
  Service service{};
  std::uint32_t partition = 0;
  bool sandbox = false;
  std::string policy;         // pack@version
  std::string policy_digest;  // SHA-256 of the pack's bytes, hex
  // Ed25519 public key that signs the checkpoints, hex, until a LogKeyAdopted; none in logs of the
  // first builds: their key was in mechanism.json alone.
  std::optional<Text<64>> key;
};
BOOST_DESCRIBE_STRUCT(LogOpened, (), (service, partition, sandbox, policy, policy_digest, key))

// The process that writes this log has another key of its own from here on. A log key signs the
// checkpoints that cover this record; a curve key is that of its connections.
struct LogKeyAdopted {
  static constexpr std::string_view type = "nrm.log.key_adopted.v1";
  static constexpr StreamKind stream = StreamKind::log;
  KeyUse use{};
  Text<64> key;  // public, hex
  // By the log key in force before: Ed25519 over endorsement_text() (runtime/signing.hpp), hex. So
  // only who has the old key can name a new one.
  Text<128> endorsement;
};
BOOST_DESCRIBE_STRUCT(LogKeyAdopted, (), (use, key, endorsement))

// The key before it is not accepted any more.
struct LogKeyRetired {
  static constexpr std::string_view type = "nrm.log.key_retired.v1";
  static constexpr StreamKind stream = StreamKind::log;
  KeyUse use{};
  Text<64> key;
};
BOOST_DESCRIBE_STRUCT(LogKeyRetired, (), (use, key))

// --- vault --------------------------------------------------------------------------------------

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
};
BOOST_DESCRIBE_STRUCT(DossierReported, (), ())

// The vault's note of who, beside the reporter and the deciders, has a relation to the case.
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

// --- identification -----------------------------------------------------------------------------

struct ReportReceived {
  NRM_EVENT(identification, case_, "nrm.case.report_received.v1")
  Text<16> reference;           // for people, with a check character
  OrganisationId organisation;  // the reporter's
  OrganisationId owner;         // the state owner: never nobody
  Text<64> dossier;             // digest of the sealed part
  ReportFacts facts;
  Instant decide_by;  // when the first stage is due
};
BOOST_DESCRIBE_STRUCT(ReportReceived, (),
                      (reference, organisation, owner, dossier, facts, decide_by))

// An adult who declines formal identification: counted, not identified (Modern Slavery Act 2015,
// s.52).
struct NotificationRecorded {
  NRM_EVENT(identification, case_, "nrm.case.notification_recorded.v1")
  Text<16> reference;
  OrganisationId organisation;
  OrganisationId owner;
  ReportFacts facts;
};
BOOST_DESCRIBE_STRUCT(NotificationRecorded, (), (reference, organisation, owner, facts))

struct FirstStageOverdue {
  NRM_EVENT(identification, case_, "nrm.case.first_stage_overdue.v1")
  Instant due;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(FirstStageOverdue, (), (due, escalated_to))

struct FirstStageDecided {
  NRM_EVENT(identification, case_, "nrm.case.first_stage_decided.v1")
  Outcome outcome{};
  DecisionGround ground{};
  OrganisationId by;
  std::optional<Instant> reconsider_until;  // negative decisions only
};
BOOST_DESCRIBE_STRUCT(FirstStageDecided, (), (outcome, ground, by, reconsider_until))

// Council of Europe Convention, art. 13: at least 30 days.
struct RecoveryPeriodStarted {
  NRM_EVENT(identification, case_, "nrm.case.recovery_period_started.v1")
  Instant until;
};
BOOST_DESCRIBE_STRUCT(RecoveryPeriodStarted, (), (until))

struct RecoveryPeriodEnded {
  NRM_EVENT(identification, case_, "nrm.case.recovery_period_ended.v1")
  OrganisationId awaiting;           // who must decide the second stage
  std::optional<Instant> decide_by;  // none where the law sets no time (the UK)
};
BOOST_DESCRIBE_STRUCT(RecoveryPeriodEnded, (), (awaiting, decide_by))

struct SecondStageOverdue {
  NRM_EVENT(identification, case_, "nrm.case.second_stage_overdue.v1")
  Instant due;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(SecondStageOverdue, (), (due, escalated_to))

struct SecondStageDecided {
  NRM_EVENT(identification, case_, "nrm.case.second_stage_decided.v1")
  Outcome outcome{};
  DecisionGround ground{};
  OrganisationId by;
  std::optional<Instant> reconsider_until;
};
BOOST_DESCRIBE_STRUCT(SecondStageDecided, (), (outcome, ground, by, reconsider_until))

struct ReconsiderationWindowClosed {
  NRM_EVENT(identification, case_, "nrm.case.reconsideration_window_closed.v1")
};
BOOST_DESCRIBE_STRUCT(ReconsiderationWindowClosed, (), ())

struct IdentificationEnded {
  NRM_EVENT(identification, case_, "nrm.case.identification_ended.v1")
  ClosureReason reason{};
};
BOOST_DESCRIBE_STRUCT(IdentificationEnded, (), (reason))

// --- referral -----------------------------------------------------------------------------------

struct ProviderRegistered {
  NRM_EVENT(referral, provider, "nrm.provider.registered.v1")
  ServiceOffering offering;
};
BOOST_DESCRIBE_STRUCT(ProviderRegistered, (), (offering))

struct ProviderCapacityChanged {
  NRM_EVENT(referral, provider, "nrm.provider.capacity_changed.v1")
  std::uint32_t places = 0;
};
BOOST_DESCRIBE_STRUCT(ProviderCapacityChanged, (), (places))

struct PlaceReserved {
  NRM_EVENT(referral, provider, "nrm.provider.place_reserved.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(PlaceReserved, (), (referral))

struct PlaceReleased {
  NRM_EVENT(referral, provider, "nrm.provider.place_released.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(PlaceReleased, (), (referral))

// Referral's own note of a case: what matching needs and who owns it.
struct ReferralCaseOpened {
  NRM_EVENT(referral, case_, "nrm.case.referral_case_opened.v1")
  OrganisationId owner;
  OrganisationId reporter;
  NeedProfile profile;
  std::vector<ServiceType> needs;  // not referred yet
};
BOOST_DESCRIBE_STRUCT(ReferralCaseOpened, (), (owner, reporter, profile, needs))

struct SupportConsentNoted {
  NRM_EVENT(referral, case_, "nrm.case.support_consent_noted.v1")
  bool given = false;
};
BOOST_DESCRIBE_STRUCT(SupportConsentNoted, (), (given))

struct ReferralCaseEnded {
  NRM_EVENT(referral, case_, "nrm.case.referral_case_ended.v1")
};
BOOST_DESCRIBE_STRUCT(ReferralCaseEnded, (), ())

struct ReferralRequested {
  NRM_EVENT(referral, referral, "nrm.referral.requested.v1")
  CaseId subject;
  OrganisationId owner;
  ServiceType service{};
  NeedProfile profile;
};
BOOST_DESCRIBE_STRUCT(ReferralRequested, (), (subject, owner, service, profile))

struct ReferralAwaitsConsent {
  NRM_EVENT(referral, referral, "nrm.referral.awaits_consent.v1")
  CaseId subject;
  Instant consent_by;
};
BOOST_DESCRIBE_STRUCT(ReferralAwaitsConsent, (), (subject, consent_by))

struct ReferralOffered {
  NRM_EVENT(referral, referral, "nrm.referral.offered.v1")
  CaseId subject;
  ProviderId provider;
  OrganisationId organisation;
  ServiceType service{};
  NeedProfile profile;
  Instant answer_by;
  std::uint32_t candidates = 0;  // that matched, this one included
  std::uint32_t attempt = 0;     // 1 = the best match
};
BOOST_DESCRIBE_STRUCT(ReferralOffered, (),
                      (subject, provider, organisation, service, profile, answer_by, candidates,
                       attempt))

struct ReferralAcknowledged {
  NRM_EVENT(referral, referral, "nrm.referral.acknowledged.v1")
};
BOOST_DESCRIBE_STRUCT(ReferralAcknowledged, (), ())

struct ReferralAccepted {
  NRM_EVENT(referral, referral, "nrm.referral.accepted.v1")
  CaseId subject;
  ProviderId provider;
  OrganisationId organisation;
  OrganisationId owner;
  ServiceType service{};
};
BOOST_DESCRIBE_STRUCT(ReferralAccepted, (), (subject, provider, organisation, owner, service))

struct ReferralWaitlisted {
  NRM_EVENT(referral, referral, "nrm.referral.waitlisted.v1")
  Instant review_at;
};
BOOST_DESCRIBE_STRUCT(ReferralWaitlisted, (), (review_at))

struct ReferralDeclined {
  NRM_EVENT(referral, referral, "nrm.referral.declined.v1")
  ProviderId provider;
  DeclineReason reason{};
};
BOOST_DESCRIBE_STRUCT(ReferralDeclined, (), (provider, reason))

// Silence is an event.
struct ReferralExpired {
  NRM_EVENT(referral, referral, "nrm.referral.expired.v1")
  ProviderId provider;
};
BOOST_DESCRIBE_STRUCT(ReferralExpired, (), (provider))

struct ReferralEscalated {
  NRM_EVENT(referral, referral, "nrm.referral.escalated.v1")
  CaseId subject;
  OrganisationId to;  // the case's state owner
  EscalationReason reason{};
  Instant solve_by;
};
BOOST_DESCRIBE_STRUCT(ReferralEscalated, (), (subject, to, reason, solve_by))

struct ReferralEscalationOverdue {
  NRM_EVENT(referral, referral, "nrm.referral.escalation_overdue.v1")
  OrganisationId owner;
  Instant solve_by;  // the next time that this is said
};
BOOST_DESCRIBE_STRUCT(ReferralEscalationOverdue, (), (owner, solve_by))

struct ReferralCompleted {
  NRM_EVENT(referral, referral, "nrm.referral.completed.v1")
  CaseId subject;
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(ReferralCompleted, (), (subject, reason))

struct ReferralCancelled {
  NRM_EVENT(referral, referral, "nrm.referral.cancelled.v1")
  CaseId subject;
  CancelReason reason{};
};
BOOST_DESCRIBE_STRUCT(ReferralCancelled, (), (subject, reason))

// --- assistance ---------------------------------------------------------------------------------

struct SupportOpened {
  NRM_EVENT(assistance, case_, "nrm.case.support_opened.v1")
  OrganisationId owner;
  Instant plan_by;
};
BOOST_DESCRIBE_STRUCT(SupportOpened, (), (owner, plan_by))

struct ServiceStarted {
  NRM_EVENT(assistance, case_, "nrm.case.service_started.v1")
  ReferralId referral;
  ProviderId provider;
  OrganisationId organisation;
  ServiceType service{};
  Date started_on;
};
BOOST_DESCRIBE_STRUCT(ServiceStarted, (), (referral, provider, organisation, service, started_on))

struct PlanOverdue {
  NRM_EVENT(assistance, case_, "nrm.case.plan_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(PlanOverdue, (), (escalated_to))

struct PlanAgreed {
  NRM_EVENT(assistance, case_, "nrm.case.plan_agreed.v1")
  std::vector<PlanGoal> goals;
  Instant review_at;
};
BOOST_DESCRIBE_STRUCT(PlanAgreed, (), (goals, review_at))

struct ServiceGiven {
  NRM_EVENT(assistance, case_, "nrm.case.service_given.v1")
  ReferralId referral;
  ServiceType service{};
  Date on;
  std::uint32_t units = 0;
};
BOOST_DESCRIBE_STRUCT(ServiceGiven, (), (referral, service, on, units))

struct ReviewOverdue {
  NRM_EVENT(assistance, case_, "nrm.case.review_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(ReviewOverdue, (), (escalated_to))

struct ReviewHeld {
  NRM_EVENT(assistance, case_, "nrm.case.review_held.v1")
  Instant next_at;
};
BOOST_DESCRIBE_STRUCT(ReviewHeld, (), (next_at))

struct ServiceEnded {
  NRM_EVENT(assistance, case_, "nrm.case.service_ended.v1")
  ReferralId referral;
  OrganisationId organisation;
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(ServiceEnded, (), (referral, organisation, reason))

struct SupportEnded {
  NRM_EVENT(assistance, case_, "nrm.case.support_ended.v1")
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(SupportEnded, (), (reason))

// --- closure ------------------------------------------------------------------------------------

struct ClosureFileOpened {
  NRM_EVENT(closure, case_, "nrm.case.closure_file_opened.v1")
  OrganisationId owner;
  Instant opened_at;
  std::vector<Obligation> obligations;
};
BOOST_DESCRIBE_STRUCT(ClosureFileOpened, (), (owner, opened_at, obligations))

// `subject` tells several obligations of one kind apart (each referral is its own); nil where a
// case has only one of the kind.
struct ObligationNoted {
  NRM_EVENT(closure, case_, "nrm.case.obligation_noted.v1")
  Obligation obligation{};
  Uuid subject;
};
BOOST_DESCRIBE_STRUCT(ObligationNoted, (), (obligation, subject))

struct ObligationMet {
  NRM_EVENT(closure, case_, "nrm.case.obligation_met.v1")
  Obligation obligation{};
  Uuid subject;
};
BOOST_DESCRIBE_STRUCT(ObligationMet, (), (obligation, subject))

struct PersonInformed {
  NRM_EVENT(closure, case_, "nrm.case.person_informed.v1")
  InformChannel channel{};
};
BOOST_DESCRIBE_STRUCT(PersonInformed, (), (channel))

struct ClosureRequested {
  NRM_EVENT(closure, case_, "nrm.case.closure_requested.v1")
  AccountId by;
  ClosureReason reason{};
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(ClosureRequested, (), (by, reason, approve_by))

struct ClosureApprovalOverdue {
  NRM_EVENT(closure, case_, "nrm.case.closure_approval_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(ClosureApprovalOverdue, (), (escalated_to))

struct ClosureRefused {
  NRM_EVENT(closure, case_, "nrm.case.closure_refused.v1")
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(ClosureRefused, (), (by))

struct CaseClosed {
  NRM_EVENT(closure, case_, "nrm.case.closed.v1")
  ClosureReason reason{};
  AccountId requested_by;
  AccountId approved_by;
  Date retain_until;
};
BOOST_DESCRIBE_STRUCT(CaseClosed, (), (reason, requested_by, approved_by, retain_until))

// --- audit --------------------------------------------------------------------------------------

// Somebody computed figures and wants them published; a second person computes them again.
struct PublicationProposed {
  NRM_EVENT(audit, publication, "nrm.publication.proposed.v1")
  Actor by;
  ReleaseTerms terms;
  Text<64> digest;                      // SHA-256 of the exact bytes, hex
  std::uint64_t size = 0;               // of them
  std::optional<Suppression> left_out;  // of a public table
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(PublicationProposed, (), (by, terms, digest, size, left_out, approve_by))

// From here on the figures may leave.
struct FiguresPublished {
  NRM_EVENT(audit, publication, "nrm.publication.published.v1")
  Actor approved_by;
  Text<64> digest;
};
BOOST_DESCRIBE_STRUCT(FiguresPublished, (), (approved_by, digest))

struct PublicationRefused {
  NRM_EVENT(audit, publication, "nrm.publication.refused.v1")
  Actor by;
  PublicationRefusal reason{};
};
BOOST_DESCRIBE_STRUCT(PublicationRefused, (), (by, reason))

// Nobody answered in time.
struct PublicationLapsed {
  NRM_EVENT(audit, publication, "nrm.publication.lapsed.v1")
};
BOOST_DESCRIBE_STRUCT(PublicationLapsed, (), ())

// A later release corrects this one. Both stay.
struct PublicationRevised {
  NRM_EVENT(audit, publication, "nrm.publication.revised.v1")
  PublicationId by;
};
BOOST_DESCRIBE_STRUCT(PublicationRevised, (), (by))

// What noise may cost in a year, as the pack said when the first of it was spent.
struct BudgetOpened {
  NRM_EVENT(audit, budget, "nrm.budget.opened.v1")
  std::uint32_t year = 0;
  Epsilon whole;
};
BOOST_DESCRIBE_STRUCT(BudgetOpened, (), (year, whole))

// When the release is proposed: noise that somebody has seen is spent, published or not.
struct BudgetSpent {
  NRM_EVENT(audit, budget, "nrm.budget.spent.v1")
  PublicationId publication;
  Epsilon spent;
  Epsilon left;
};
BOOST_DESCRIBE_STRUCT(BudgetSpent, (), (publication, spent, left))

using Event = std::variant<
    LogOpened, OrganisationRegistered, AccountIssued, AccountRevoked, DossierSealed,
    ConsentRecorded, DossierOpened, DossierAbandoned, DossierReported, SupportRelationNoted,
    ReportReceived, NotificationRecorded, FirstStageOverdue, FirstStageDecided,
    RecoveryPeriodStarted, RecoveryPeriodEnded, SecondStageOverdue, SecondStageDecided,
    ReconsiderationWindowClosed, IdentificationEnded, ProviderRegistered, ProviderCapacityChanged,
    PlaceReserved, PlaceReleased, ReferralCaseOpened, SupportConsentNoted, ReferralCaseEnded,
    ReferralRequested, ReferralAwaitsConsent, ReferralOffered, ReferralAcknowledged,
    ReferralAccepted, ReferralWaitlisted, ReferralDeclined, ReferralExpired, ReferralEscalated,
    ReferralEscalationOverdue, ReferralCompleted, ReferralCancelled, SupportOpened, ServiceStarted,
    PlanOverdue, PlanAgreed, ServiceGiven, ReviewOverdue, ReviewHeld, ServiceEnded, SupportEnded,
    ClosureFileOpened, ObligationNoted, ObligationMet, PersonInformed, ClosureRequested,
    ClosureApprovalOverdue, ClosureRefused, CaseClosed,
    // keys of logs
    LogKeyAdopted, LogKeyRetired,
    // keys and erasure
    KeyEpochBegun, EpochDestroyed, ErasureRequested, ErasureOverdue, ErasureConfirmed,
    ErasureCancelled, CaseErased,
    // access
    GuardianAppointed, GuardianshipEnded, ConflictDeclared, AccessDenied, DenialLifted,
    WithdrawalNotified, WithdrawalOverdue, WithdrawalAcknowledged, BreakGlassStarted,
    EmergencyReviewOpened, EmergencyReviewOverdue, EmergencyReviewed, OpeningProposed,
    OpeningApproved, ProposalUsed, ProposalLapsed, AccountOpened, OrganisationOpened, AccessAnomaly,
    AnomalyReviewed,
    // identity
    SessionOpened, SessionRefused, SessionEnded, PasswordChanged,
    // sealed items and duplicates
    OrganisationKeyRegistered, OrganisationKeyApproved, OrganisationKeyRevoked, KeyAnomalyNoticed,
    SealedItemStored, SealedItemRequested, SealedItemApproved, SealedItemOpened, DuplicateSuspected,
    // figures
    PublicationProposed, FiguresPublished, PublicationRefused, PublicationLapsed,
    PublicationRevised, BudgetOpened, BudgetSpent>;
}  // namespace nrm
