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
  Text<64> token_digest;  // BLAKE2b-256 of a random 256-bit token, hex
};
BOOST_DESCRIBE_STRUCT(AccountIssued, (), (organisation, role, token_digest))

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
};
BOOST_DESCRIBE_STRUCT(DossierSealed, (), (organisation, classes, digest, consents, report_by))

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
};
BOOST_DESCRIBE_STRUCT(DossierOpened, (), (by, purpose, classes))

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
    LogKeyAdopted, LogKeyRetired>;
}  // namespace nrm
