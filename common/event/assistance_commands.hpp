// What may be asked of assistance.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct AgreePlan {
  NRM_COMMAND(assistance, "nrm.plan.agree.v1")
  CaseId subject;
  std::vector<PlanGoal> goals;
  bool agreed_by_person = false;
  std::vector<PlanStep> steps = {};
  std::vector<SafetyMeasure> safety = {};
  std::optional<Date> until = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(AgreePlan, (), (subject, goals, agreed_by_person, steps, safety, until))

struct RecordService {
  NRM_COMMAND(assistance, "nrm.service.record.v1")
  CaseId subject;
  ReferralId referral;
  Date on;
  std::uint32_t units = 0;
  std::optional<Cost> cost = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(RecordService, (), (subject, referral, on, units, cost))

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

// --- assessments and wishes ---------------------------------------------------------------------

struct RecordContact {
  NRM_COMMAND(assistance, "nrm.contact.record.v1")
  CaseId subject;
  InformChannel channel{};
  std::optional<RiskAssessment> risk;
};
BOOST_DESCRIBE_STRUCT(RecordContact, (), (subject, channel, risk))

struct AssessRisk {
  NRM_COMMAND(assistance, "nrm.risk.assess.v1")
  CaseId subject;
  RiskAssessment risk;
};
BOOST_DESCRIBE_STRUCT(AssessRisk, (), (subject, risk))

struct AssessNeeds {
  NRM_COMMAND(assistance, "nrm.needs.assess.v1")
  CaseId subject;
  std::vector<NeedFinding> needs;
};
BOOST_DESCRIBE_STRUCT(AssessNeeds, (), (subject, needs))

struct RecordPreferences {
  NRM_COMMAND(assistance, "nrm.preferences.record.v1")
  CaseId subject;
  Preferences preferences;
};
BOOST_DESCRIBE_STRUCT(RecordPreferences, (), (subject, preferences))

struct SetContactRules {
  NRM_COMMAND(assistance, "nrm.contact_rules.set.v1")
  CaseId subject;
  ContactRules rules;
};
BOOST_DESCRIBE_STRUCT(SetContactRules, (), (subject, rules))

// --- procedures, alarms, incidents --------------------------------------------------------------

struct OpenProcedure {
  NRM_COMMAND(assistance, "nrm.procedure.open.v1")
  CaseId subject;
  ProcedureKind kind{};
  std::optional<Date> since;
  std::optional<Date> date;
};
BOOST_DESCRIBE_STRUCT(OpenProcedure, (), (subject, kind, since, date))

struct RecordProcedure {
  NRM_COMMAND(assistance, "nrm.procedure.record.v1")
  ProcedureId procedure;
  ProcedureStep step{};
  std::optional<Date> date;
};
BOOST_DESCRIBE_STRUCT(RecordProcedure, (), (procedure, step, date))

struct EndProcedure {
  NRM_COMMAND(assistance, "nrm.procedure.end.v1")
  ProcedureId procedure;
  ProcedureEnd end{};
};
BOOST_DESCRIBE_STRUCT(EndProcedure, (), (procedure, end))

struct RaiseAlarm {
  NRM_COMMAND(assistance, "nrm.alarm.raise.v1")
  CaseId subject;
  AlarmGround ground{};
};
BOOST_DESCRIBE_STRUCT(RaiseAlarm, (), (subject, ground))

struct EndAlarm {
  NRM_COMMAND(assistance, "nrm.alarm.end.v1")
  AlarmId alarm;
  AlarmEnd end{};
};
BOOST_DESCRIBE_STRUCT(EndAlarm, (), (alarm, end))

struct ReportIncident {
  NRM_COMMAND(assistance, "nrm.incident.report.v1")
  CaseId subject;
  IncidentKind kind{};
  IncidentSeverity severity{};
  Date on;
};
BOOST_DESCRIBE_STRUCT(ReportIncident, (), (subject, kind, severity, on))

struct CloseIncident {
  NRM_COMMAND(assistance, "nrm.incident.close.v1")
  IncidentId incident;
  IncidentOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(CloseIncident, (), (incident, outcome))

// --- transition ---------------------------------------------------------------------------------

struct StartMoveOn {
  NRM_COMMAND(assistance, "nrm.move_on.start.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(StartMoveOn, (), (subject))

struct ExtendMoveOn {
  NRM_COMMAND(assistance, "nrm.move_on.extend.v1")
  TransitionId transition;
  ExtensionGround ground{};
  std::uint32_t days = 0;
};
BOOST_DESCRIBE_STRUCT(ExtendMoveOn, (), (transition, ground, days))

struct AgreeTransition {
  NRM_COMMAND(assistance, "nrm.transition.agree.v1")
  TransitionId transition;
  std::vector<TransitionStep> steps;
  bool agreed_by_person = false;
};
BOOST_DESCRIBE_STRUCT(AgreeTransition, (), (transition, steps, agreed_by_person))

struct RecordReachIn {
  NRM_COMMAND(assistance, "nrm.reach_in.record.v1")
  TransitionId transition;
  InformChannel channel{};
  Wellbeing wellbeing{};
};
BOOST_DESCRIBE_STRUCT(RecordReachIn, (), (transition, channel, wellbeing))

// --- children -----------------------------------------------------------------------------------

struct DetermineBestInterests {
  NRM_COMMAND(assistance, "nrm.best_interests.determine.v1")
  CaseId subject;
  BestInterests determination{};
};
BOOST_DESCRIBE_STRUCT(DetermineBestInterests, (), (subject, determination))

struct RecordEducation {
  NRM_COMMAND(assistance, "nrm.education.record.v1")
  CaseId subject;
  Education education{};
};
BOOST_DESCRIBE_STRUCT(RecordEducation, (), (subject, education))

// The person has come of age, or was found to be of age: the pathway ends.
struct EndChildPathway {
  NRM_COMMAND(assistance, "nrm.child_pathway.end.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(EndChildPathway, (), (subject))

struct AcknowledgeChildNotice {
  NRM_COMMAND(assistance, "nrm.child_notice.acknowledge.v1")
  ChildNoticeId notice;
};
BOOST_DESCRIBE_STRUCT(AcknowledgeChildNotice, (), (notice))

using AssistanceCommands =
    boost::mp11::mp_list<AgreePlan, RecordService, HoldReview, EndService, RecordContact,
                         AssessRisk, AssessNeeds, RecordPreferences, SetContactRules, OpenProcedure,
                         RecordProcedure, EndProcedure, RaiseAlarm, EndAlarm, ReportIncident,
                         CloseIncident, StartMoveOn, ExtendMoveOn, AgreeTransition, RecordReachIn,
                         DetermineBestInterests, RecordEducation, EndChildPathway,
                         AcknowledgeChildNotice>;
}  // namespace nrm
