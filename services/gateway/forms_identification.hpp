// The bodies of identification's routes; see forms.hpp.
#pragma once
#include "services/gateway/form_macros.hpp"

namespace nrm::gateway {
struct SignalForm {
  NRM_FORM("SignalForm", ReceiveSignal, "/facts")
  EntrySource entry_source = EntrySource::not_recorded;
  std::vector<Exploitation> exploitation;
  PlaceOfExploitation place;
  Region region;
  Urgency urgency = Urgency::routine;
  std::optional<std::uint32_t> people;
  Sends command(const Uuid&, const Actor&) const {
    return {{entry_source, exploitation, place, region, urgency, people}};
  }
};
BOOST_DESCRIBE_STRUCT(SignalForm, (), (entry_source, exploitation, place, region, urgency, people))

struct SignalResolutionForm {
  NRM_FORM("SignalResolutionForm", ResolveSignal, "")
  SignalOutcome outcome{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), outcome}; }
};
BOOST_DESCRIBE_STRUCT(SignalResolutionForm, (), (outcome))

struct GroupEventForm {
  NRM_FORM("GroupEventForm", RecordGroupEvent, "")
  GroupEventKind kind{};
  Region region;
  Date on;
  std::uint32_t people = 0;
  Sends command(const Uuid&, const Actor&) const { return {kind, region, on, people}; }
};
BOOST_DESCRIBE_STRUCT(GroupEventForm, (), (kind, region, on, people))

NRM_EMPTY_FORM(GroupClosingForm, CloseGroupEvent, group)

struct ScreeningForm {
  NRM_FORM("ScreeningForm", RecordScreening, "")
  std::vector<Evidence> evidence;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), evidence}; }
};
BOOST_DESCRIBE_STRUCT(ScreeningForm, (), (evidence))

struct AgeForm {
  NRM_FORM("AgeForm", AssessAge, "")
  AgeMoment moment{};
  AgeBand band{};
  AgePrecision precision{};
  AgeAssessor assessor{};
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), moment, band, precision, assessor};
  }
};
BOOST_DESCRIBE_STRUCT(AgeForm, (), (moment, band, precision, assessor))

struct InformationRequestForm {
  NRM_FORM("InformationRequestForm", RequestInformation, "")
  std::vector<InformationTopic> topics;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), topics}; }
};
BOOST_DESCRIBE_STRUCT(InformationRequestForm, (), (topics))

struct InformationAnswerForm {
  NRM_FORM("InformationAnswerForm", AnswerInformation, "")
  std::vector<InformationTopic> topics;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), topics}; }
};
BOOST_DESCRIBE_STRUCT(InformationAnswerForm, (), (topics))

struct RecusalForm {
  NRM_FORM("RecusalForm", RecuseMember, "")
  ConflictGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(RecusalForm, (), (ground))

struct RouteForm {
  NRM_FORM("RouteForm", ChangeRoute, "")
  IdentificationRoute route{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), route}; }
};
BOOST_DESCRIBE_STRUCT(RouteForm, (), (route))

NRM_EMPTY_FORM(RecoveryRequestForm, RequestRecovery, subject)
NRM_EMPTY_FORM(CooperationForm, RecordCooperation, subject)

struct RecoveryExtensionForm {
  NRM_FORM("RecoveryExtensionForm", ExtendRecovery, "")
  std::uint32_t days = 0;
  RecoveryExtension reason{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), days, reason}; }
};
BOOST_DESCRIBE_STRUCT(RecoveryExtensionForm, (), (days, reason))

struct ReconsiderationForm {
  NRM_FORM("ReconsiderationForm", RequestReconsideration, "")
  ReconsiderationGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(ReconsiderationForm, (), (ground))

struct ReconsiderationDecisionForm {
  NRM_FORM("ReconsiderationDecisionForm", DecideReconsideration, "")
  bool admitted = false;
  Outcome outcome{};
  DecisionGround ground{};
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), admitted, outcome, ground};
  }
};
BOOST_DESCRIBE_STRUCT(ReconsiderationDecisionForm, (), (admitted, outcome, ground))

struct DisqualificationForm {
  NRM_FORM("DisqualificationForm", Disqualify, "")
  DisqualificationGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(DisqualificationForm, (), (ground))

struct EpisodeForm {
  NRM_FORM("EpisodeForm", OpenFurtherEpisode, "")
  std::vector<Exploitation> exploitation;
  PlaceOfExploitation place;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), exploitation, place}; }
};
BOOST_DESCRIBE_STRUCT(EpisodeForm, (), (exploitation, place))

NRM_EMPTY_FORM(IdentificationWithdrawalForm, WithdrawIdentification, subject)

struct ContactAttemptForm {
  NRM_FORM("ContactAttemptForm", RecordContactAttempt, "")
  ContactChannel channel{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), channel}; }
};
BOOST_DESCRIBE_STRUCT(ContactAttemptForm, (), (channel))

NRM_EMPTY_FORM(ContactLossForm, ReportContactLost, subject)
NRM_EMPTY_FORM(ContactRegainedForm, ReportContactRegained, subject)
NRM_EMPTY_FORM(DeathForm, RecordDeath, subject)

struct ErrorForm {
  NRM_FORM("ErrorForm", MarkOpenedInError, "")
  ErrorGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(ErrorForm, (), (ground))

struct MergeForm {
  NRM_FORM("MergeForm", ProposeMerge, "")
  CaseId kept;
  Sends command(const Uuid& id, const Actor&) const { return {DuplicateId(id), kept}; }
};
BOOST_DESCRIBE_STRUCT(MergeForm, (), (kept))

NRM_EMPTY_FORM(MergeApprovalForm, ApproveMerge, duplicate)
NRM_EMPTY_FORM(DuplicateDismissalForm, DismissDuplicate, duplicate)
NRM_EMPTY_FORM(MergeReversalForm, ReverseMerge, duplicate)

using IdentificationForms = boost::mp11::mp_list<
    SignalForm, SignalResolutionForm, GroupEventForm, GroupClosingForm, ScreeningForm, AgeForm,
    InformationRequestForm, InformationAnswerForm, RecusalForm, RouteForm, RecoveryRequestForm,
    CooperationForm, RecoveryExtensionForm, ReconsiderationForm, ReconsiderationDecisionForm,
    DisqualificationForm, EpisodeForm, IdentificationWithdrawalForm, ContactAttemptForm,
    ContactLossForm, ContactRegainedForm, DeathForm, ErrorForm, MergeForm, MergeApprovalForm,
    DuplicateDismissalForm, MergeReversalForm>;
}  // namespace nrm::gateway
