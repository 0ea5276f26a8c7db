// What may be asked of identification.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct SubmitReport {
  NRM_COMMAND(identification, "nrm.report.submit.v1")
  CaseId subject;  // given by the vault
  Text<64> dossier;
  ReportFacts facts;
  std::optional<Instant> report_by;  // the vault's word on how long the dossier is kept without it
  std::optional<IdentificationRoute> route = std::nullopt;
  std::optional<GroupEventId> group = std::nullopt;
  std::optional<CaseId> signal = std::nullopt;
  std::optional<OrganisationId> addressed_to = std::nullopt;  // a trusted partner, to decide first
};
BOOST_DESCRIBE_STRUCT(SubmitReport, (),
                      (subject, dossier, facts, report_by, route, group, signal, addressed_to))

struct SubmitNotification {
  NRM_COMMAND(identification, "nrm.notification.submit.v1")
  ReportFacts facts;
  // Set before anything is recorded: the facts are as coarse as the law asks, and this was left
  // out. None: refused, and no fact is recorded.
  std::optional<std::vector<FactField>> coarsened = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(SubmitNotification, (), (facts, coarsened))

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

struct ReceiveSignal {
  NRM_COMMAND(identification, "nrm.signal.receive.v1")
  SignalFacts facts;
};
BOOST_DESCRIBE_STRUCT(ReceiveSignal, (), (facts))

// Reporting a person resolves a signal by itself (SubmitReport, `signal`).
struct ResolveSignal {
  NRM_COMMAND(identification, "nrm.signal.resolve.v1")
  CaseId subject;
  SignalOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(ResolveSignal, (), (subject, outcome))

struct RecordGroupEvent {
  NRM_COMMAND(identification, "nrm.group_event.record.v1")
  GroupEventKind kind{};
  Region region;
  Date on;
  std::uint32_t people = 0;
};
BOOST_DESCRIBE_STRUCT(RecordGroupEvent, (), (kind, region, on, people))

// No more of its people will be reported.
struct CloseGroupEvent {
  NRM_COMMAND(identification, "nrm.group_event.close.v1")
  GroupEventId group;
};
BOOST_DESCRIBE_STRUCT(CloseGroupEvent, (), (group))

struct RecordScreening {
  NRM_COMMAND(identification, "nrm.screening.record.v1")
  CaseId subject;
  std::vector<Evidence> evidence;
};
BOOST_DESCRIBE_STRUCT(RecordScreening, (), (subject, evidence))

struct AssessAge {
  NRM_COMMAND(identification, "nrm.age.assess.v1")
  CaseId subject;
  AgeMoment moment{};
  AgeBand band = AgeBand::unknown;
  AgePrecision precision{};
  AgeAssessor assessor{};
};
BOOST_DESCRIBE_STRUCT(AssessAge, (), (subject, moment, band, precision, assessor))

struct RequestInformation {
  NRM_COMMAND(identification, "nrm.information.request.v1")
  CaseId subject;
  std::vector<InformationTopic> topics;
};
BOOST_DESCRIBE_STRUCT(RequestInformation, (), (subject, topics))

// The words of the answer are sealed aside (RecordConsent, StoreSealedItem); here is what they are
// about.
struct AnswerInformation {
  NRM_COMMAND(identification, "nrm.information.answer.v1")
  CaseId subject;
  std::vector<InformationTopic> topics;
};
BOOST_DESCRIBE_STRUCT(AnswerInformation, (), (subject, topics))

// The actor's own: a member of the committee who may not decide this case.
struct RecuseMember {
  NRM_COMMAND(identification, "nrm.member.recuse.v1")
  CaseId subject;
  ConflictGround ground{};
};
BOOST_DESCRIBE_STRUCT(RecuseMember, (), (subject, ground))

struct ChangeRoute {
  NRM_COMMAND(identification, "nrm.route.change.v1")
  CaseId subject;
  IdentificationRoute route{};
};
BOOST_DESCRIBE_STRUCT(ChangeRoute, (), (subject, route))

// Where the pack grants a recovery period on request.
struct RequestRecovery {
  NRM_COMMAND(identification, "nrm.recovery.request.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(RequestRecovery, (), (subject))

struct ExtendRecovery {
  NRM_COMMAND(identification, "nrm.recovery.extend.v1")
  CaseId subject;
  std::uint32_t days = 0;
  RecoveryExtension reason{};
};
BOOST_DESCRIBE_STRUCT(ExtendRecovery, (), (subject, days, reason))

// The person decided to work with the authorities.
struct RecordCooperation {
  NRM_COMMAND(identification, "nrm.cooperation.record.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(RecordCooperation, (), (subject))

struct RequestReconsideration {
  NRM_COMMAND(identification, "nrm.reconsideration.request.v1")
  CaseId subject;
  ReconsiderationGround ground{};
};
BOOST_DESCRIBE_STRUCT(RequestReconsideration, (), (subject, ground))

struct DecideReconsideration {
  NRM_COMMAND(identification, "nrm.reconsideration.decide.v1")
  CaseId subject;
  bool admitted = false;
  Outcome outcome{};
  DecisionGround ground{};
};
BOOST_DESCRIBE_STRUCT(DecideReconsideration, (), (subject, admitted, outcome, ground))

struct Disqualify {
  NRM_COMMAND(identification, "nrm.status.disqualify.v1")
  CaseId subject;
  DisqualificationGround ground{};
};
BOOST_DESCRIBE_STRUCT(Disqualify, (), (subject, ground))

struct OpenFurtherEpisode {
  NRM_COMMAND(identification, "nrm.episode.open.v1")
  CaseId subject;
  std::vector<Exploitation> exploitation;
  PlaceOfExploitation place;
};
BOOST_DESCRIBE_STRUCT(OpenFurtherEpisode, (), (subject, exploitation, place))

struct WithdrawIdentification {
  NRM_COMMAND(identification, "nrm.identification.withdraw.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(WithdrawIdentification, (), (subject))

struct RecordContactAttempt {
  NRM_COMMAND(identification, "nrm.contact.attempt.v1")
  CaseId subject;
  ContactChannel channel{};
};
BOOST_DESCRIBE_STRUCT(RecordContactAttempt, (), (subject, channel))

struct ReportContactLost {
  NRM_COMMAND(identification, "nrm.contact.report_lost.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(ReportContactLost, (), (subject))

struct ReportContactRegained {
  NRM_COMMAND(identification, "nrm.contact.report_regained.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(ReportContactRegained, (), (subject))

struct RecordDeath {
  NRM_COMMAND(identification, "nrm.death.record.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(RecordDeath, (), (subject))

struct MarkOpenedInError {
  NRM_COMMAND(identification, "nrm.case.mark_opened_in_error.v1")
  CaseId subject;
  ErrorGround ground{};
};
BOOST_DESCRIBE_STRUCT(MarkOpenedInError, (), (subject, ground))

using IdentificationCommands = boost::mp11::mp_list<
    SubmitReport, SubmitNotification, DecideFirstStage, DecideSecondStage, ReceiveSignal,
    ResolveSignal, RecordGroupEvent, CloseGroupEvent, RecordScreening, AssessAge,
    RequestInformation, AnswerInformation, RecuseMember, ChangeRoute, RequestRecovery,
    ExtendRecovery, RecordCooperation, RequestReconsideration, DecideReconsideration, Disqualify,
    OpenFurtherEpisode, WithdrawIdentification, RecordContactAttempt, ReportContactLost,
    ReportContactRegained, RecordDeath, MarkOpenedInError>;
}  // namespace nrm
