// The bodies that clients send, one struct per form. Each knows the command that it becomes: ids
// come from the path, the organisation from the token.
//
// The API description is generated from these and the route table, by their `form` names.
#pragma once
#include <boost/mp11/algorithm.hpp>

#include "common/base/limits.hpp"
#include "common/event/personal.hpp"
#include "services/gateway/forms_identification.hpp"
#include "services/gateway/support_forms.hpp"

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

NRM_EMPTY_FORM(RevocationForm, RevokeAccount, account)
NRM_EMPTY_FORM(AcknowledgementForm, AcknowledgeOffer, referral)
NRM_EMPTY_FORM(AcceptanceForm, AcceptOffer, referral)
NRM_EMPTY_FORM(WaitlistingForm, WaitlistOffer, referral)
NRM_EMPTY_FORM(RetryForm, RetryReferral, referral)
NRM_EMPTY_FORM(SendingForm, SendReferral, referral)
NRM_EMPTY_FORM(ReroutingForm, RerouteReferral, referral)
NRM_EMPTY_FORM(KeepingForm, KeepReferral, referral)
NRM_EMPTY_FORM(ResumptionForm, ResumeReferral, referral)
NRM_EMPTY_FORM(ReinstatementForm, ReinstateProvider, provider)
NRM_EMPTY_FORM(HandoverAcceptanceForm, AcceptHandover, subject)
NRM_EMPTY_FORM(HandoverRevocationForm, RevokeHandover, subject)
NRM_EMPTY_FORM(SealedRequestForm, RequestSealedItem, item)
NRM_EMPTY_FORM(ReviewForm, HoldReview, subject)
NRM_EMPTY_FORM(ClosureApprovalForm, ApproveClosure, subject)
NRM_EMPTY_FORM(ClosureRefusalForm, RefuseClosure, subject)
NRM_EMPTY_FORM(ErasureConfirmationForm, ConfirmErasure, subject)
NRM_EMPTY_FORM(ErasureCancellationForm, CancelErasure, subject)
NRM_EMPTY_FORM(ProposalApprovalForm, ApproveOpening, proposal)

// --- reports ------------------------------------------------------------------------------------

BOOST_DEFINE_ENUM_CLASS(ReportRoute, formal, anonymous)

// formal: `personal` is sealed by the vault, `facts` go to identification. anonymous: facts alone.
struct ReportForm {
  static constexpr std::string_view form = "ReportForm";
  ReportRoute route{};
  std::vector<Consent> consents;
  std::optional<PersonalPart> personal;
  ReportFacts facts;
  // Formal alone: who is to decide, where the pack has several; what the report follows.
  std::optional<IdentificationRoute> decided_by;
  std::optional<OrganisationId> addressed_to;
  std::optional<GroupEventId> group;
  std::optional<CaseId> signal;
};
BOOST_DESCRIBE_STRUCT(ReportForm, (),
                      (route, consents, personal, facts, decided_by, addressed_to, group, signal))

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
  std::optional<bool> draft;  // true: nobody is asked before it is sent
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), service, urgency, draft};
  }
};
BOOST_DESCRIBE_STRUCT(ReferralForm, (), (service, urgency, draft))

struct MatchingFactsForm {  // all of it, each time
  NRM_FORM("MatchingFactsForm", NoteMatchingFacts, "")
  std::vector<SpecialNeed> special;
  std::optional<Gender> staff_gender;
  std::vector<Exclusion> exclusions;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), special, staff_gender, exclusions};
  }
};
BOOST_DESCRIBE_STRUCT(MatchingFactsForm, (), (special, staff_gender, exclusions))

struct ProtectionForm {  // `from` empty: every state that the person is a national of
  NRM_FORM("ProtectionForm", NoteProtection, "")
  bool asked = false;
  std::vector<Country> from;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), asked, from}; }
};
BOOST_DESCRIBE_STRUCT(ProtectionForm, (), (asked, from))

struct HandoverForm {
  NRM_FORM("HandoverForm", ProposeHandover, "")
  OrganisationId to;
  HandoverReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), to, reason}; }
};
BOOST_DESCRIBE_STRUCT(HandoverForm, (), (to, reason))

struct HandoverRefusalForm {
  NRM_FORM("HandoverRefusalForm", DeclineHandover, "")
  HandoverRefusal reason{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(HandoverRefusalForm, (), (reason))

// --- abroad -------------------------------------------------------------------------------------

struct FocalPointForm {
  NRM_FORM("FocalPointForm", NameFocalPoint, "")
  OrganisationId organisation;
  Country country;
  Sends command(const Uuid&, const Actor&) const { return {organisation, country}; }
};
BOOST_DESCRIBE_STRUCT(FocalPointForm, (), (organisation, country))

struct TransnationalForm {  // the item was sealed to the focal point by the client before
  NRM_FORM("TransnationalForm", ReferAbroad, "")
  OrganisationId focal_point;
  SealedItemId item;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), focal_point, item}; }
};
BOOST_DESCRIBE_STRUCT(TransnationalForm, (), (focal_point, item))

struct TransnationalAnswerForm {
  NRM_FORM("TransnationalAnswerForm", RecordTransnationalAnswer, "")
  TransnationalOutcome outcome{};
  Sends command(const Uuid& id, const Actor&) const { return {TransnationalId(id), outcome}; }
};
BOOST_DESCRIBE_STRUCT(TransnationalAnswerForm, (), (outcome))

struct TransnationalRevocationForm {
  NRM_FORM("TransnationalRevocationForm", RevokeTransnational, "")
  TransnationalRevocation reason{};
  Sends command(const Uuid& id, const Actor&) const { return {TransnationalId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(TransnationalRevocationForm, (), (reason))

struct PlanForm {
  NRM_FORM("PlanForm", AgreePlan, "")
  std::vector<PlanGoal> goals;
  bool agreed_by_person = false;
  std::vector<PlanStep> steps;
  std::vector<SafetyMeasure> safety;
  std::optional<Date> until;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), goals, agreed_by_person, steps, safety, until};
  }
};
BOOST_DESCRIBE_STRUCT(PlanForm, (), (goals, agreed_by_person, steps, safety, until))

struct ServiceForm {
  NRM_FORM("ServiceForm", RecordService, "")
  ReferralId referral;
  Date on;
  std::uint32_t units = 0;
  std::optional<Cost> cost;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), referral, on, units, cost};
  }
};
BOOST_DESCRIBE_STRUCT(ServiceForm, (), (referral, on, units, cost))

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
  std::optional<ClosureEvidence> evidence;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), reason, evidence}; }
};
BOOST_DESCRIBE_STRUCT(ClosureForm, (), (reason, evidence))

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
  std::vector<SpecialNeed> special;
  std::vector<Gender> staff_genders;
  std::optional<Region> located_in;
  std::vector<Country> communities;
  std::vector<OpenHours> hours;
  std::optional<Period> funding;
  std::optional<Period> accreditation;
  std::optional<CapacityUnit> unit;
  std::optional<Instant> places_as_of;
  std::optional<DeliveryChannel> by_hand;
  ServiceOffering offering(const Actor& caller) const {
    return {.organisation = organisation.value_or(caller.organisation),
            .service = service,
            .regions = regions,
            .languages = languages,
            .genders = genders,
            .ages = ages,
            .places = places,
            .special = special,
            .staff_genders = staff_genders,
            .located_in = located_in,
            .communities = communities,
            .hours = hours,
            .funding = funding,
            .accreditation = accreditation,
            .unit = unit,
            .places_as_of = places_as_of,
            .by_hand = by_hand};
  }
  Sends command(const Uuid&, const Actor& caller) const { return {offering(caller)}; }
};
BOOST_DESCRIBE_STRUCT(ProviderForm, (),
                      (organisation, service, regions, languages, genders, ages, places, special,
                       staff_genders, located_in, communities, hours, funding, accreditation, unit,
                       places_as_of, by_hand))

struct OfferingForm {  // the whole offering, as it is from now on
  NRM_FORM("OfferingForm", ChangeOffering, "/offering")
  OrganisationId organisation;
  ServiceType service{};
  std::vector<Region> regions;
  std::vector<Language> languages;
  std::vector<Gender> genders;
  std::vector<AgeBand> ages;
  std::uint32_t places = 0;
  std::vector<SpecialNeed> special;
  std::vector<Gender> staff_genders;
  std::optional<Region> located_in;
  std::vector<Country> communities;
  std::vector<OpenHours> hours;
  std::optional<Period> funding;
  std::optional<Period> accreditation;
  std::optional<CapacityUnit> unit;
  std::optional<Instant> places_as_of;
  std::optional<DeliveryChannel> by_hand;
  Sends command(const Uuid& id, const Actor&) const {
    return {
        ProviderId(id),
        {organisation, service, regions, languages, genders, ages, places, special, staff_genders,
         located_in, communities, hours, funding, accreditation, unit, places_as_of, by_hand}};
  }
};
BOOST_DESCRIBE_STRUCT(OfferingForm, (),
                      (organisation, service, regions, languages, genders, ages, places, special,
                       staff_genders, located_in, communities, hours, funding, accreditation, unit,
                       places_as_of, by_hand))

struct SuspensionForm {
  NRM_FORM("SuspensionForm", SuspendProvider, "")
  SuspensionReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {ProviderId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(SuspensionForm, (), (reason))

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

struct OfferRevocationForm {
  NRM_FORM("OfferRevocationForm", RevokeOffer, "")
  RevokeReason reason{};
  AfterRevocation then{};
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), reason, then}; }
};
BOOST_DESCRIBE_STRUCT(OfferRevocationForm, (), (reason, then))

struct DeliveryForm {
  NRM_FORM("DeliveryForm", RecordDelivery, "")
  DeliveryChannel channel{};
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), channel}; }
};
BOOST_DESCRIBE_STRUCT(DeliveryForm, (), (channel))

struct OutcomeForm {  // what the provider said by phone or on paper; `reason`: of a decline
  NRM_FORM("OutcomeForm", RecordOutcome, "")
  DeliveryChannel channel{};
  HandOutcome outcome{};
  std::optional<DeclineReason> reason;
  Sends command(const Uuid& id, const Actor&) const {
    return {ReferralId(id), channel, outcome, reason};
  }
};
BOOST_DESCRIBE_STRUCT(OutcomeForm, (), (channel, outcome, reason))

struct ConsentOverrideForm {
  NRM_FORM("ConsentOverrideForm", OverrideConsent, "")
  EmergencyGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(ConsentOverrideForm, (), (ground))

struct StartForm {
  NRM_FORM("StartForm", StartReferral, "")
  Date on;
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), on}; }
};
BOOST_DESCRIBE_STRUCT(StartForm, (), (on))

struct HoldForm {
  NRM_FORM("HoldForm", HoldReferral, "")
  HoldReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(HoldForm, (), (reason))

struct FailureForm {
  NRM_FORM("FailureForm", FailReferral, "")
  FailReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {ReferralId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(FailureForm, (), (reason))

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

// --- oversight: complaints, feedback, early warnings ---------------------------------------------

struct ComplaintForm {
  NRM_FORM("ComplaintForm", SubmitComplaint, "")
  OrganisationId about;
  ComplaintMatter matter{};
  std::optional<CaseId> subject;     // that the caller can see
  std::optional<SealedItemId> item;  // of that case: the complaint in words
  Sends command(const Uuid&, const Actor&) const { return {about, matter, subject, item}; }
};
BOOST_DESCRIBE_STRUCT(ComplaintForm, (), (about, matter, subject, item))

NRM_EMPTY_FORM(ComplaintRecordForm, RecordComplaint, complaint)
NRM_EMPTY_FORM(ComplaintSatisfactionForm, AcceptComplaintAnswer, complaint)
NRM_EMPTY_FORM(ComplaintEscalationForm, EscalateComplaint, complaint)
NRM_EMPTY_FORM(ComplaintWithdrawalForm, WithdrawComplaint, complaint)

struct ComplaintAssignmentForm {
  NRM_FORM("ComplaintAssignmentForm", AssignComplaint, "")
  OrganisationId to;
  Sends command(const Uuid& id, const Actor&) const { return {ComplaintId(id), to}; }
};
BOOST_DESCRIBE_STRUCT(ComplaintAssignmentForm, (), (to))

struct ComplaintRejectionForm {
  NRM_FORM("ComplaintRejectionForm", RejectComplaint, "")
  InadmissibleReason reason{};
  Sends command(const Uuid& id, const Actor&) const { return {ComplaintId(id), reason}; }
};
BOOST_DESCRIBE_STRUCT(ComplaintRejectionForm, (), (reason))

struct ComplaintAnswerForm {
  NRM_FORM("ComplaintAnswerForm", AnswerComplaint, "")
  ComplaintFinding finding{};
  ComplaintRemedy remedy{};
  Sends command(const Uuid& id, const Actor&) const { return {ComplaintId(id), finding, remedy}; }
};
BOOST_DESCRIBE_STRUCT(ComplaintAnswerForm, (), (finding, remedy))

struct ComplaintConclusionForm {
  NRM_FORM("ComplaintConclusionForm", ConcludeComplaint, "")
  ComplaintFinding finding{};
  ComplaintRemedy remedy{};
  Sends command(const Uuid& id, const Actor&) const { return {ComplaintId(id), finding, remedy}; }
};
BOOST_DESCRIBE_STRUCT(ComplaintConclusionForm, (), (finding, remedy))

struct FeedbackForm {
  NRM_FORM("FeedbackForm", GiveFeedback, "")
  std::vector<FeedbackAnswer> answers;  // what is missing was not asked
  std::vector<FeedbackTheme> praised, missed;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), answers, praised, missed};
  }
};
BOOST_DESCRIBE_STRUCT(FeedbackForm, (), (answers, praised, missed))

struct WarningForm {
  NRM_FORM("WarningForm", AcknowledgeWarning, "")
  WarningResponse response{};
  Sends command(const Uuid& id, const Actor&) const { return {WarningId(id), response}; }
};
BOOST_DESCRIBE_STRUCT(WarningForm, (), (response))

// --- operations ---------------------------------------------------------------------------------

struct AdvanceForm {
  static constexpr std::string_view form = "AdvanceForm";
  Text<16> advance;  // "35d", "12h"
};
BOOST_DESCRIBE_STRUCT(AdvanceForm, (), (advance))

using Forms = boost::mp11::mp_append<
    IdentificationForms,
    boost::mp11::mp_list<
        OrganisationForm, AccountForm, RevocationForm, SessionForm, PasswordForm, ReportForm,
        ConsentForm, OpeningForm, FirstStageForm, SecondStageForm, ReferralForm, PlanForm,
        ServiceForm, ReviewForm, ServiceEndForm, InformationForm, ClosureForm, ClosureApprovalForm,
        ClosureRefusalForm, ProviderForm, CapacityForm, AcknowledgementForm, AcceptanceForm,
        WaitlistingForm, RefusalForm, CancellationForm, RetryForm, AdvanceForm, ProposalForm,
        ProposalApprovalForm, BreakGlassForm, EmergencyReviewForm, AnomalyReviewForm,
        WithdrawalForm, GuardianForm, GuardianshipEndForm, ConflictForm, DenialForm, DenialEndForm,
        ErasureForm, ErasureConfirmationForm, ErasureCancellationForm, SubjectAccessForm,
        OrganisationKeyForm, KeyApprovalForm, KeyRevocationForm, SealedItemForm, SealedRequestForm,
        SealedApprovalForm, SealedOpeningForm, SendingForm, ReroutingForm, KeepingForm,
        ResumptionForm, ReinstatementForm, HandoverAcceptanceForm, HandoverRevocationForm,
        MatchingFactsForm, ProtectionForm, HandoverForm, HandoverRefusalForm, FocalPointForm,
        TransnationalForm, TransnationalAnswerForm, TransnationalRevocationForm, OfferingForm,
        SuspensionForm, OfferRevocationForm, DeliveryForm, OutcomeForm, ConsentOverrideForm,
        StartForm, HoldForm, FailureForm, PublicationForm, PublicationApprovalForm,
        PublicationRefusalForm, ComplaintForm, ComplaintRecordForm, ComplaintAssignmentForm,
        ComplaintRejectionForm, ComplaintAnswerForm, ComplaintSatisfactionForm,
        ComplaintEscalationForm, ComplaintConclusionForm, ComplaintWithdrawalForm, FeedbackForm,
        WarningForm>,
    SupportForms>;
}  // namespace nrm::gateway
