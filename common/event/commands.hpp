// What a client may ask of a service: one struct per command, grouped by the service that decides.
//
// A command holds coded facts only. The personal part of a report travels beside SealDossier
// (personal.hpp) and is sealed before the command becomes an input.
#pragma once
#include <variant>

#include "common/event/facts.hpp"

#define NRM_COMMAND(target_name, type_name)           \
  static constexpr std::string_view type = type_name; \
  static constexpr Service target = Service::target_name;

namespace nrm {
// --- vault --------------------------------------------------------------------------------------

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

// --- identification -----------------------------------------------------------------------------

struct SubmitReport {
  NRM_COMMAND(identification, "nrm.report.submit.v1")
  CaseId subject;  // given by the vault
  Text<64> dossier;
  ReportFacts facts;
  std::optional<Instant> report_by;  // the vault's word on how long the dossier is kept without it
};
BOOST_DESCRIBE_STRUCT(SubmitReport, (), (subject, dossier, facts, report_by))

struct SubmitNotification {
  NRM_COMMAND(identification, "nrm.notification.submit.v1")
  ReportFacts facts;
};
BOOST_DESCRIBE_STRUCT(SubmitNotification, (), (facts))

struct DecideFirstStage {
  NRM_COMMAND(identification, "nrm.first_stage.decide.v1")
  CaseId subject;
  Outcome outcome{};
  DecisionGround ground{};
};
BOOST_DESCRIBE_STRUCT(DecideFirstStage, (), (subject, outcome, ground))

struct DecideSecondStage {
  NRM_COMMAND(identification, "nrm.second_stage.decide.v1")
  CaseId subject;
  Outcome outcome{};
  DecisionGround ground{};
};
BOOST_DESCRIBE_STRUCT(DecideSecondStage, (), (subject, outcome, ground))

// --- referral -----------------------------------------------------------------------------------

struct RegisterProvider {
  NRM_COMMAND(referral, "nrm.provider.register.v1")
  ServiceOffering offering;
};
BOOST_DESCRIBE_STRUCT(RegisterProvider, (), (offering))

struct ChangeCapacity {
  NRM_COMMAND(referral, "nrm.provider.change_capacity.v1")
  ProviderId provider;
  std::uint32_t places = 0;
};
BOOST_DESCRIBE_STRUCT(ChangeCapacity, (), (provider, places))

struct RequestReferral {
  NRM_COMMAND(referral, "nrm.referral.request.v1")
  CaseId subject;
  ServiceType service{};
  Urgency urgency{};
};
BOOST_DESCRIBE_STRUCT(RequestReferral, (), (subject, service, urgency))

struct AcknowledgeOffer {
  NRM_COMMAND(referral, "nrm.offer.acknowledge.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(AcknowledgeOffer, (), (referral))

struct AcceptOffer {
  NRM_COMMAND(referral, "nrm.offer.accept.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(AcceptOffer, (), (referral))

struct WaitlistOffer {
  NRM_COMMAND(referral, "nrm.offer.waitlist.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(WaitlistOffer, (), (referral))

struct DeclineOffer {
  NRM_COMMAND(referral, "nrm.offer.decline.v1")
  ReferralId referral;
  DeclineReason reason{};
};
BOOST_DESCRIBE_STRUCT(DeclineOffer, (), (referral, reason))

// The state owner's answer to an escalation: ask the providers again.
struct RetryReferral {
  NRM_COMMAND(referral, "nrm.referral.retry.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(RetryReferral, (), (referral))

struct CancelReferral {
  NRM_COMMAND(referral, "nrm.referral.cancel.v1")
  ReferralId referral;
  CancelReason reason{};
};
BOOST_DESCRIBE_STRUCT(CancelReferral, (), (referral, reason))

// --- assistance ---------------------------------------------------------------------------------

struct AgreePlan {
  NRM_COMMAND(assistance, "nrm.plan.agree.v1")
  CaseId subject;
  std::vector<PlanGoal> goals;
  bool agreed_by_person = false;
};
BOOST_DESCRIBE_STRUCT(AgreePlan, (), (subject, goals, agreed_by_person))

struct RecordService {
  NRM_COMMAND(assistance, "nrm.service.record.v1")
  CaseId subject;
  ReferralId referral;
  Date on;
  std::uint32_t units = 0;
};
BOOST_DESCRIBE_STRUCT(RecordService, (), (subject, referral, on, units))

struct HoldReview {
  NRM_COMMAND(assistance, "nrm.review.hold.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(HoldReview, (), (subject))

struct EndService {
  NRM_COMMAND(assistance, "nrm.service.end.v1")
  CaseId subject;
  ReferralId referral;
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(EndService, (), (subject, referral, reason))

// --- closure ------------------------------------------------------------------------------------

struct InformPerson {
  NRM_COMMAND(closure, "nrm.person.inform.v1")
  CaseId subject;
  InformChannel channel{};
};
BOOST_DESCRIBE_STRUCT(InformPerson, (), (subject, channel))

struct RequestClosure {
  NRM_COMMAND(closure, "nrm.closure.request.v1")
  CaseId subject;
  ClosureReason reason{};
};
BOOST_DESCRIBE_STRUCT(RequestClosure, (), (subject, reason))

struct ApproveClosure {
  NRM_COMMAND(closure, "nrm.closure.approve.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(ApproveClosure, (), (subject))

struct RefuseClosure {
  NRM_COMMAND(closure, "nrm.closure.refuse.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(RefuseClosure, (), (subject))

// --- audit --------------------------------------------------------------------------------------

struct ProposePublication {
  NRM_COMMAND(audit, "nrm.publication.propose.v1")
  ReleaseTerms terms;
  Text<64> digest;
  std::uint64_t size = 0;
  std::optional<Suppression> left_out;
};
BOOST_DESCRIBE_STRUCT(ProposePublication, (), (terms, digest, size, left_out))

// `digest`: of the bytes that the approver computed, or was given when they have noise.
struct ApprovePublication {
  NRM_COMMAND(audit, "nrm.publication.approve.v1")
  PublicationId publication;
  Text<64> digest;
};
BOOST_DESCRIBE_STRUCT(ApprovePublication, (), (publication, digest))

struct RefusePublication {
  NRM_COMMAND(audit, "nrm.publication.refuse.v1")
  PublicationId publication;
  PublicationRefusal reason{};
};
BOOST_DESCRIBE_STRUCT(RefusePublication, (), (publication, reason))

using Command =
    std::variant<RegisterOrganisation, IssueAccount, RevokeAccount, SealDossier, RecordConsent,
                 OpenDossier, SubmitReport, SubmitNotification, DecideFirstStage, DecideSecondStage,
                 RegisterProvider, ChangeCapacity, RequestReferral, AcknowledgeOffer, AcceptOffer,
                 WaitlistOffer, DeclineOffer, RetryReferral, CancelReferral, AgreePlan,
                 RecordService, HoldReview, EndService, InformPerson, RequestClosure,
                 ApproveClosure, RefuseClosure,
                 // erasure
                 EraseCase, ConfirmErasure, CancelErasure,
                 // access
                 AppointGuardian, EndGuardianship, DeclareConflict, DenyAccess, LiftDenial,
                 AcknowledgeWithdrawal, BreakGlass, ReviewEmergency, ProposeOpening, ApproveOpening,
                 NoteAnomaly, ReviewAnomaly,
                 // identity
                 EnrolSubject, OpenSession, EndSession, ChangePassword,
                 // sealed items and duplicates
                 RegisterOrganisationKey, ApproveOrganisationKey, RevokeOrganisationKey,
                 StoreSealedItem, RequestSealedItem, ApproveSealedItem, OpenSealedItem,
                 // figures
                 ProposePublication, ApprovePublication, RefusePublication>;
}  // namespace nrm
