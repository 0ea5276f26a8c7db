// What may be asked of referral.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
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
  std::optional<bool> draft = std::nullopt;  // true: nobody is asked before SendReferral
};
BOOST_DESCRIBE_STRUCT(RequestReferral, (), (subject, service, urgency, draft))

struct SendReferral {
  NRM_COMMAND(referral, "nrm.referral.send.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(SendReferral, (), (referral))

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

// --- the directory ------------------------------------------------------------------------------

// What HSDS calls the service at its location, as a whole.
struct ChangeOffering {
  NRM_COMMAND(referral, "nrm.provider.change_offering.v1")
  ProviderId provider;
  ServiceOffering offering;
};
BOOST_DESCRIBE_STRUCT(ChangeOffering, (), (provider, offering))

struct SuspendProvider {
  NRM_COMMAND(referral, "nrm.provider.suspend.v1")
  ProviderId provider;
  SuspensionReason reason{};
};
BOOST_DESCRIBE_STRUCT(SuspendProvider, (), (provider, reason))

struct ReinstateProvider {
  NRM_COMMAND(referral, "nrm.provider.reinstate.v1")
  ProviderId provider;
};
BOOST_DESCRIBE_STRUCT(ReinstateProvider, (), (provider))

// --- the owner of an offer ----------------------------------------------------------------------

struct RevokeOffer {
  NRM_COMMAND(referral, "nrm.offer.revoke.v1")
  ReferralId referral;
  RevokeReason reason{};
  AfterRevocation then{};
};
BOOST_DESCRIBE_STRUCT(RevokeOffer, (), (referral, reason, then))

// By phone, on paper: the provider has been told.
struct RecordDelivery {
  NRM_COMMAND(referral, "nrm.offer.record_delivery.v1")
  ReferralId referral;
  DeliveryChannel channel{};
};
BOOST_DESCRIBE_STRUCT(RecordDelivery, (), (referral, channel))

// What it answered. `reason`: of a decline.
struct RecordOutcome {
  NRM_COMMAND(referral, "nrm.offer.record_outcome.v1")
  ReferralId referral;
  DeliveryChannel channel{};
  HandOutcome outcome{};
  std::optional<DeclineReason> reason = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(RecordOutcome, (), (referral, channel, outcome, reason))

struct OverrideConsent {
  NRM_COMMAND(referral, "nrm.referral.override_consent.v1")
  ReferralId referral;
  EmergencyGround ground{};
};
BOOST_DESCRIBE_STRUCT(OverrideConsent, (), (referral, ground))

// Looks for another provider; the person stays where they are until it accepts.
struct RerouteReferral {
  NRM_COMMAND(referral, "nrm.referral.reroute.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(RerouteReferral, (), (referral))

struct KeepReferral {
  NRM_COMMAND(referral, "nrm.referral.keep.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(KeepReferral, (), (referral))

// By the provider: it cannot. By the owner: nobody can.
struct FailReferral {
  NRM_COMMAND(referral, "nrm.referral.fail.v1")
  ReferralId referral;
  FailReason reason{};
};
BOOST_DESCRIBE_STRUCT(FailReferral, (), (referral, reason))

// --- the provider, after it accepted -----------------------------------------------------------

struct StartReferral {
  NRM_COMMAND(referral, "nrm.referral.start.v1")
  ReferralId referral;
  Date on;
};
BOOST_DESCRIBE_STRUCT(StartReferral, (), (referral, on))

struct HoldReferral {
  NRM_COMMAND(referral, "nrm.referral.hold.v1")
  ReferralId referral;
  HoldReason reason{};
};
BOOST_DESCRIBE_STRUCT(HoldReferral, (), (referral, reason))

struct ResumeReferral {
  NRM_COMMAND(referral, "nrm.referral.resume.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(ResumeReferral, (), (referral))

// --- the case -----------------------------------------------------------------------------------

struct NoteMatchingFacts {
  NRM_COMMAND(referral, "nrm.case.note_matching_facts.v1")
  CaseId subject;
  std::vector<SpecialNeed> special;
  std::optional<Gender> staff_gender;
  std::vector<Exclusion> exclusions;
};
BOOST_DESCRIBE_STRUCT(NoteMatchingFacts, (), (subject, special, staff_gender, exclusions))

// `from` empty: every state that the person is a national of.
struct NoteProtection {
  NRM_COMMAND(referral, "nrm.case.note_protection.v1")
  CaseId subject;
  bool asked = false;
  std::vector<Country> from;
};
BOOST_DESCRIBE_STRUCT(NoteProtection, (), (subject, asked, from))

struct ProposeHandover {
  NRM_COMMAND(referral, "nrm.handover.propose.v1")
  CaseId subject;
  OrganisationId to;
  HandoverReason reason{};
};
BOOST_DESCRIBE_STRUCT(ProposeHandover, (), (subject, to, reason))

struct AcceptHandover {
  NRM_COMMAND(referral, "nrm.handover.accept.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(AcceptHandover, (), (subject))

struct DeclineHandover {
  NRM_COMMAND(referral, "nrm.handover.decline.v1")
  CaseId subject;
  HandoverRefusal reason{};
};
BOOST_DESCRIBE_STRUCT(DeclineHandover, (), (subject, reason))

struct RevokeHandover {
  NRM_COMMAND(referral, "nrm.handover.revoke.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(RevokeHandover, (), (subject))

// --- abroad -------------------------------------------------------------------------------------

struct NameFocalPoint {
  NRM_COMMAND(referral, "nrm.focal_point.name.v1")
  OrganisationId organisation;
  Country country;
};
BOOST_DESCRIBE_STRUCT(NameFocalPoint, (), (organisation, country))

// `item`: sealed to the focal point by the client before.
struct ReferAbroad {
  NRM_COMMAND(referral, "nrm.transnational.send.v1")
  CaseId subject;
  OrganisationId focal_point;
  SealedItemId item;
};
BOOST_DESCRIBE_STRUCT(ReferAbroad, (), (subject, focal_point, item))

struct RecordTransnationalAnswer {
  NRM_COMMAND(referral, "nrm.transnational.answer.v1")
  TransnationalId transnational;
  TransnationalOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(RecordTransnationalAnswer, (), (transnational, outcome))

struct RevokeTransnational {
  NRM_COMMAND(referral, "nrm.transnational.revoke.v1")
  TransnationalId transnational;
  TransnationalRevocation reason{};
};
BOOST_DESCRIBE_STRUCT(RevokeTransnational, (), (transnational, reason))

using ReferralCommands = boost::mp11::mp_list<
    RegisterProvider, ChangeCapacity, RequestReferral, AcknowledgeOffer, AcceptOffer, WaitlistOffer,
    DeclineOffer, RetryReferral, CancelReferral, SendReferral, ChangeOffering, SuspendProvider,
    ReinstateProvider, RevokeOffer, RecordDelivery, RecordOutcome, OverrideConsent, RerouteReferral,
    KeepReferral, FailReferral, StartReferral, HoldReferral, ResumeReferral, NoteMatchingFacts,
    NoteProtection, ProposeHandover, AcceptHandover, DeclineHandover, RevokeHandover,
    NameFocalPoint, ReferAbroad, RecordTransnationalAnswer, RevokeTransnational>;
}  // namespace nrm
