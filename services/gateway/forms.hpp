// The bodies that clients send, one struct per form. Each knows the command that it becomes: ids
// come from the path, the organisation from the token.
//
// The API description is generated from these and the route table, by their `form` names.
#pragma once
#include <boost/mp11/list.hpp>

#include "common/base/limits.hpp"
#include "common/event/commands.hpp"
#include "common/event/personal.hpp"

// `nested`: the member of the command that is the whole body, as a JSON pointer.
#define NRM_FORM(form_name, command_name, nested_pointer)    \
  static constexpr std::string_view form = form_name;        \
  static constexpr std::string_view nested = nested_pointer; \
  using Sends = nrm::command_name;

namespace nrm::gateway {
// --- registry -----------------------------------------------------------------------------------

struct OrganisationForm {
  NRM_FORM("OrganisationForm", RegisterOrganisation, "")
  Text<120> name;
  OrganisationKind kind{};
  std::optional<OrganisationId> organisation;
  Sends command(const Uuid&, const Actor&) const { return {name, kind, organisation}; }
};
BOOST_DESCRIBE_STRUCT(OrganisationForm, (), (name, kind, organisation))

struct AccountForm {  // the command holds the digest of the token that is made for it
  static constexpr std::string_view form = "AccountForm";
  OrganisationId organisation;
  Role role{};
  std::optional<AccountKind> kind;  // none: token
  std::vector<Scope> scopes;        // none: all that the role may do
  std::optional<Instant> expires;
  std::optional<Text<64>> certificate;  // thumbprint of the certificate that it is bound to
  std::optional<CaseId> subject;        // of a person or guardian: the one case
};
BOOST_DESCRIBE_STRUCT(AccountForm, (),
                      (organisation, role, kind, scopes, expires, certificate, subject))

struct SessionForm {  // what proves it goes to the vault beside the command
  static constexpr std::string_view form = "SessionForm";
  AccountId account;
  Sensitive<Text<128>> password;
  Sensitive<Text<8>> code;
};
BOOST_DESCRIBE_STRUCT(SessionForm, (), (account, password, code))

struct PasswordForm {  // the password that is changed, and a code
  static constexpr std::string_view form = "PasswordForm";
  Sensitive<Text<128>> password;
  Sensitive<Text<8>> code;
};
BOOST_DESCRIBE_STRUCT(PasswordForm, (), (password, code))

// --- forms without a body of their own: everything is in the path -------------------------------

#define NRM_EMPTY_FORM(type, command_name, member)      \
  struct type {                                         \
    NRM_FORM(#type, command_name, "")                   \
    Sends command(const Uuid& id, const Actor&) const { \
      Sends out;                                        \
      out.member = decltype(out.member)(id);            \
      return out;                                       \
    }                                                   \
  };                                                    \
  BOOST_DESCRIBE_STRUCT(type, (), ())

NRM_EMPTY_FORM(RevocationForm, RevokeAccount, account)
NRM_EMPTY_FORM(AcknowledgementForm, AcknowledgeOffer, referral)
NRM_EMPTY_FORM(AcceptanceForm, AcceptOffer, referral)
NRM_EMPTY_FORM(WaitlistingForm, WaitlistOffer, referral)
NRM_EMPTY_FORM(RetryForm, RetryReferral, referral)
NRM_EMPTY_FORM(SealedRequestForm, RequestSealedItem, item)
NRM_EMPTY_FORM(ReviewForm, HoldReview, subject)
NRM_EMPTY_FORM(ClosureApprovalForm, ApproveClosure, subject)
NRM_EMPTY_FORM(ClosureRefusalForm, RefuseClosure, subject)
NRM_EMPTY_FORM(ErasureConfirmationForm, ConfirmErasure, subject)
NRM_EMPTY_FORM(ErasureCancellationForm, CancelErasure, subject)
NRM_EMPTY_FORM(ProposalApprovalForm, ApproveOpening, proposal)
#undef NRM_EMPTY_FORM

// --- reports ------------------------------------------------------------------------------------

BOOST_DEFINE_ENUM_CLASS(ReportRoute, formal, anonymous)

// formal: `personal` is sealed by the vault, `facts` go to identification. anonymous: facts alone.
struct ReportForm {
  static constexpr std::string_view form = "ReportForm";
  ReportRoute route{};
  std::vector<Consent> consents;
  std::optional<PersonalPart> personal;
  ReportFacts facts;
};
BOOST_DESCRIBE_STRUCT(ReportForm, (), (route, consents, personal, facts))

// --- a case -------------------------------------------------------------------------------------

struct ConsentForm {
  NRM_FORM("ConsentForm", RecordConsent, "/consent")
  ConsentPurpose purpose{};
  bool given = false;
  ConsentGiver by{};
  Language language;
  std::vector<OrganisationId> recipients;
  std::vector<DataClass> classes;
  std::optional<Date> until;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), {purpose, given, by, language, recipients, classes, until}};
  }
};
BOOST_DESCRIBE_STRUCT(ConsentForm, (), (purpose, given, by, language, recipients, classes, until))

struct OpeningForm {
  NRM_FORM("OpeningForm", OpenDossier, "")
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  std::optional<EmergencyGround> ground;  // for safety
  std::optional<ProposalId> proposal;     // where two people must want it
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), purpose, classes, ground, proposal};
  }
};
BOOST_DESCRIBE_STRUCT(OpeningForm, (), (purpose, classes, ground, proposal))

struct ProposalForm {
  NRM_FORM("ProposalForm", ProposeOpening, "")
  OpeningPurpose purpose{};
  std::vector<DataClass> classes;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), purpose, classes}; }
};
BOOST_DESCRIBE_STRUCT(ProposalForm, (), (purpose, classes))

struct BreakGlassForm {
  NRM_FORM("BreakGlassForm", BreakGlass, "")
  EmergencyGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(BreakGlassForm, (), (ground))

struct EmergencyReviewForm {
  NRM_FORM("EmergencyReviewForm", ReviewEmergency, "")
  ReviewOutcome outcome{};
  Sends command(const Uuid& id, const Actor&) const { return {EmergencyId(id), outcome}; }
};
BOOST_DESCRIBE_STRUCT(EmergencyReviewForm, (), (outcome))

struct AnomalyReviewForm {
  NRM_FORM("AnomalyReviewForm", ReviewAnomaly, "")
  ReviewOutcome outcome{};
  Sends command(const Uuid& id, const Actor&) const { return {AccountId(id), outcome}; }
};
BOOST_DESCRIBE_STRUCT(AnomalyReviewForm, (), (outcome))

struct WithdrawalForm {
  NRM_FORM("WithdrawalForm", AcknowledgeWithdrawal, "")
  WithdrawalOutcome outcome{};
  Sends command(const Uuid& id, const Actor&) const { return {WithdrawalId(id), outcome}; }
};
BOOST_DESCRIBE_STRUCT(WithdrawalForm, (), (outcome))

struct GuardianForm {
  NRM_FORM("GuardianForm", AppointGuardian, "")
  AccountId account;
  GuardianKind kind{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), account, kind}; }
};
BOOST_DESCRIBE_STRUCT(GuardianForm, (), (account, kind))

struct GuardianshipEndForm {
  NRM_FORM("GuardianshipEndForm", EndGuardianship, "")
  AccountId account;
  GuardianshipEndReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), account, reason}; }
};
BOOST_DESCRIBE_STRUCT(GuardianshipEndForm, (), (account, reason))

struct ConflictForm {
  NRM_FORM("ConflictForm", DeclareConflict, "")
  ConflictGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(ConflictForm, (), (ground))

struct DenialForm {  // exactly one of account and organisation
  NRM_FORM("DenialForm", DenyAccess, "")
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
  DenialGround ground{};
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), account, organisation, ground};
  }
};
BOOST_DESCRIBE_STRUCT(DenialForm, (), (account, organisation, ground))

struct DenialEndForm {
  NRM_FORM("DenialEndForm", LiftDenial, "")
  std::optional<AccountId> account;
  std::optional<OrganisationId> organisation;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), account, organisation}; }
};
BOOST_DESCRIBE_STRUCT(DenialEndForm, (), (account, organisation))

struct ErasureForm {
  NRM_FORM("ErasureForm", EraseCase, "")
  ErasureGround ground{};
  bool emergency = false;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground, emergency}; }
};
BOOST_DESCRIBE_STRUCT(ErasureForm, (), (ground, emergency))

// `language`: the person's; the document is in English where there are no labels for it.
// `proposal`: that a second person approved, of these classes and this purpose.
struct SubjectAccessForm {
  NRM_FORM("SubjectAccessForm", OpenDossier, "")
  Language language;
  std::optional<ProposalId> proposal;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id),
            OpeningPurpose::own_request,
            {DataClass::identity, DataClass::contact, DataClass::safe_contact, DataClass::narrative,
             DataClass::medical, DataClass::family},
            std::nullopt,
            proposal};
  }
};
BOOST_DESCRIBE_STRUCT(SubjectAccessForm, (), (language, proposal))

struct FirstStageForm {
  NRM_FORM("FirstStageForm", DecideFirstStage, "")
  Outcome outcome{};
  DecisionGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), outcome, ground}; }
};
BOOST_DESCRIBE_STRUCT(FirstStageForm, (), (outcome, ground))

struct SecondStageForm {
  NRM_FORM("SecondStageForm", DecideSecondStage, "")
  Outcome outcome{};
  DecisionGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), outcome, ground}; }
};
BOOST_DESCRIBE_STRUCT(SecondStageForm, (), (outcome, ground))

struct ReferralForm {
  NRM_FORM("ReferralForm", RequestReferral, "")
  ServiceType service{};
  Urgency urgency{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), service, urgency}; }
};
BOOST_DESCRIBE_STRUCT(ReferralForm, (), (service, urgency))

struct PlanForm {
  NRM_FORM("PlanForm", AgreePlan, "")
  std::vector<PlanGoal> goals;
  bool agreed_by_person = false;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), goals, agreed_by_person};
  }
};
BOOST_DESCRIBE_STRUCT(PlanForm, (), (goals, agreed_by_person))

struct ServiceForm {
  NRM_FORM("ServiceForm", RecordService, "")
  ReferralId referral;
  Date on;
  std::uint32_t units = 0;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), referral, on, units}; }
};
BOOST_DESCRIBE_STRUCT(ServiceForm, (), (referral, on, units))

struct ServiceEndForm {
  NRM_FORM("ServiceEndForm", EndService, "")
  ReferralId referral;
  ServiceEndReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), referral, reason}; }
};
BOOST_DESCRIBE_STRUCT(ServiceEndForm, (), (referral, reason))

struct InformationForm {
  NRM_FORM("InformationForm", InformPerson, "")
  InformChannel channel{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), channel}; }
};
BOOST_DESCRIBE_STRUCT(InformationForm, (), (channel))

struct ClosureForm {
  NRM_FORM("ClosureForm", RequestClosure, "")
  ClosureReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(ClosureForm, (), (reason))

// --- providers and referrals --------------------------------------------------------------------

struct ProviderForm {
  NRM_FORM("ProviderForm", RegisterProvider, "/offering")
  std::optional<OrganisationId> organisation;  // the caller's own without it
  ServiceType service{};
  std::vector<Region> regions;
  std::vector<Language> languages;
  std::vector<Gender> genders;
  std::vector<AgeBand> ages;
  std::uint32_t places = 0;
  Sends command(const Uuid&, const Actor& caller) const {
    return {{organisation.value_or(caller.organisation), service, regions, languages, genders, ages,
             places}};
  }
};
BOOST_DESCRIBE_STRUCT(ProviderForm, (),
                      (organisation, service, regions, languages, genders, ages, places))

struct CapacityForm {
  NRM_FORM("CapacityForm", ChangeCapacity, "")
  std::uint32_t places = 0;
  Sends command(const Uuid& id, const Actor&) const { return {ProviderId(id), places}; }
};
BOOST_DESCRIBE_STRUCT(CapacityForm, (), (places))

struct RefusalForm {
  NRM_FORM("RefusalForm", DeclineOffer, "")
  DeclineReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(RefusalForm, (), (reason))

struct CancellationForm {
  NRM_FORM("CancellationForm", CancelReferral, "")
  CancelReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(CancellationForm, (), (reason))

// --- organisations' keys and what is sealed to them ---------------------------------------------

struct OrganisationKeyForm {
  NRM_FORM("OrganisationKeyForm", RegisterOrganisationKey, "")
  Text<64> box_key, sign_key;
  Text<128> proof;
  std::optional<OrganisationKeyId> replaces;
  Sends command(const Uuid& id, const Actor&) const {
    return {OrganisationId(id), box_key, sign_key, proof, replaces, std::nullopt};
  }
};
BOOST_DESCRIBE_STRUCT(OrganisationKeyForm, (), (box_key, sign_key, proof, replaces))

struct KeyApprovalForm {
  NRM_FORM("KeyApprovalForm", ApproveOrganisationKey, "")
  Text<64> fingerprint;  // as the organisation showed it
  Sends command(const Uuid& id, const Actor&) const { return {OrganisationKeyId(id), fingerprint}; }
};
BOOST_DESCRIBE_STRUCT(KeyApprovalForm, (), (fingerprint))

struct KeyRevocationForm {
  NRM_FORM("KeyRevocationForm", RevokeOrganisationKey, "")
  KeyRevocation reason{};
  Sends command(const Uuid& id, const Actor&) const { return {OrganisationKeyId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(KeyRevocationForm, (), (reason))

struct SealedBox {
  OrganisationKeyId key;
  Text<21'912> box;  // base64 of limits::sealed_box_bytes_max
};
BOOST_DESCRIBE_STRUCT(SealedBox, (), (key, box))
static_assert((limits::sealed_box_bytes_max + 2) / 3 * 4 == Text<21'912>::bytes_max);

// Made by the client (common/crypto/sealed_item.hpp); the boxes travel beside the command.
struct SealedItemForm {
  static constexpr std::string_view form = "SealedItemForm";
  SealedClass class_{};
  std::uint32_t version = 0;
  std::vector<SealedBox> boxes;
};
BOOST_DESCRIBE_STRUCT(SealedItemForm, (), (class_, version, boxes))

struct SealedApprovalForm {
  NRM_FORM("SealedApprovalForm", ApproveSealedItem, "")
  AccountId account;  // who asked
  Sends command(const Uuid& id, const Actor&) const { return {SealedItemId(id), account}; }
};
BOOST_DESCRIBE_STRUCT(SealedApprovalForm, (), (account))

struct SealedOpeningForm {
  NRM_FORM("SealedOpeningForm", OpenSealedItem, "")
  OpeningPurpose purpose{};
  Sends command(const Uuid& id, const Actor&) const { return {SealedItemId(id), purpose}; }
};
BOOST_DESCRIBE_STRUCT(SealedOpeningForm, (), (purpose))

// --- figures ------------------------------------------------------------------------------------

struct PublicationForm {
  NRM_FORM("PublicationForm", ProposePublication, "")
  ReleaseTerms terms;
  Text<64> digest;
  std::uint64_t size = 0;
  std::optional<Suppression> left_out;
  Sends command(const Uuid&, const Actor&) const { return {terms, digest, size, left_out}; }
};
BOOST_DESCRIBE_STRUCT(PublicationForm, (), (terms, digest, size, left_out))

struct PublicationApprovalForm {
  NRM_FORM("PublicationApprovalForm", ApprovePublication, "")
  Text<64> digest;  // of the bytes that the approver computed
  Sends command(const Uuid& id, const Actor&) const { return {PublicationId(id), digest}; }
};
BOOST_DESCRIBE_STRUCT(PublicationApprovalForm, (), (digest))

struct PublicationRefusalForm {
  NRM_FORM("PublicationRefusalForm", RefusePublication, "")
  PublicationRefusal reason{};
  Sends command(const Uuid& id, const Actor&) const { return {PublicationId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(PublicationRefusalForm, (), (reason))

// --- operations ---------------------------------------------------------------------------------

struct AdvanceForm {
  static constexpr std::string_view form = "AdvanceForm";
  Text<16> advance;  // "35d", "12h"
};
BOOST_DESCRIBE_STRUCT(AdvanceForm, (), (advance))

using Forms = boost::mp11::mp_list<
    OrganisationForm, AccountForm, RevocationForm, SessionForm, PasswordForm, ReportForm,
    ConsentForm, OpeningForm, FirstStageForm, SecondStageForm, ReferralForm, PlanForm, ServiceForm,
    ReviewForm, ServiceEndForm, InformationForm, ClosureForm, ClosureApprovalForm,
    ClosureRefusalForm, ProviderForm, CapacityForm, AcknowledgementForm, AcceptanceForm,
    WaitlistingForm, RefusalForm, CancellationForm, RetryForm, AdvanceForm, ProposalForm,
    ProposalApprovalForm, BreakGlassForm, EmergencyReviewForm, AnomalyReviewForm, WithdrawalForm,
    GuardianForm, GuardianshipEndForm, ConflictForm, DenialForm, DenialEndForm, ErasureForm,
    ErasureConfirmationForm, ErasureCancellationForm, SubjectAccessForm, OrganisationKeyForm,
    KeyApprovalForm, KeyRevocationForm, SealedItemForm, SealedRequestForm, SealedApprovalForm,
    SealedOpeningForm, PublicationForm, PublicationApprovalForm, PublicationRefusalForm>;
}  // namespace nrm::gateway
