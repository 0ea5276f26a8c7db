// Facts of assistance: the help that runs.
// Rules for all events: events.hpp.
//
// What has a clock of its own has a stream of its own: a legal procedure, an alarm, an incident, a
// notice, the transition out of support. Their events name the case (`subject`), and on opening its
// state owner.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
// --- the support file ---------------------------------------------------------------------------

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
  std::optional<std::uint32_t> reopenings = std::nullopt;  // as in ReferralAccepted
};
BOOST_DESCRIBE_STRUCT(ServiceStarted, (),
                      (referral, provider, organisation, service, started_on, reopenings))

struct PlanOverdue {
  NRM_EVENT(assistance, case_, "nrm.case.plan_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(PlanOverdue, (), (escalated_to))

struct PlanAgreed {
  NRM_EVENT(assistance, case_, "nrm.case.plan_agreed.v1")
  std::vector<PlanGoal> goals;
  Instant review_at;
  std::vector<PlanStep> steps = {};
  std::vector<SafetyMeasure> safety = {};
  std::optional<Date> until = std::nullopt;  // the plan's own time frame
};
BOOST_DESCRIBE_STRUCT(PlanAgreed, (), (goals, review_at, steps, safety, until))

struct ServiceGiven {
  NRM_EVENT(assistance, case_, "nrm.case.service_given.v1")
  ReferralId referral;
  ServiceType service{};
  Date on;
  std::uint32_t units = 0;
  std::optional<OrganisationId> organisation = std::nullopt;  // by whom
  std::optional<Cost> cost = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(ServiceGiven, (), (referral, service, on, units, organisation, cost))

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

// CaseHandedOver, as the support file has it.
struct SupportHandedOver {
  NRM_EVENT(assistance, case_, "nrm.case.support_handed_over.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(SupportHandedOver, (), (owner))

// The case is closed: nothing new is opened in the file, until the case is open again.
struct SupportFileClosed {
  NRM_EVENT(assistance, case_, "nrm.case.support_file_closed.v1")
};
BOOST_DESCRIBE_STRUCT(SupportFileClosed, (), ())

struct SupportFileReopened {
  NRM_EVENT(assistance, case_, "nrm.case.support_file_reopened.v1")
};
BOOST_DESCRIBE_STRUCT(SupportFileReopened, (), ())

// The person was met or spoken to. Without an assessment of risk beside it, it waits for one.
struct ContactRecorded {
  NRM_EVENT(assistance, case_, "nrm.case.contact_recorded.v1")
  InformChannel channel{};
  OrganisationId organisation;
  Instant at;
  bool assessed = false;       // RiskAssessed follows in the same record
  bool outside_rules = false;  // the person's contact rules did not allow it
};
BOOST_DESCRIBE_STRUCT(ContactRecorded, (), (channel, organisation, at, assessed, outside_rules))

struct RiskAssessed {
  NRM_EVENT(assistance, case_, "nrm.case.risk_assessed.v1")
  RiskAssessment risk;
  Actor by;
  Instant at;
};
BOOST_DESCRIBE_STRUCT(RiskAssessed, (), (risk, by, at))

struct NeedsAssessed {
  NRM_EVENT(assistance, case_, "nrm.case.needs_assessed.v1")
  std::vector<NeedFinding> needs;
  OrganisationId organisation;
};
BOOST_DESCRIBE_STRUCT(NeedsAssessed, (), (needs, organisation))

struct PreferencesRecorded {
  NRM_EVENT(assistance, case_, "nrm.case.preferences_recorded.v1")
  Preferences preferences;
};
BOOST_DESCRIBE_STRUCT(PreferencesRecorded, (), (preferences))

struct ContactRulesSet {
  NRM_EVENT(assistance, case_, "nrm.case.contact_rules_set.v1")
  ContactRules rules;
};
BOOST_DESCRIBE_STRUCT(ContactRulesSet, (), (rules))

// --- legal procedures ---------------------------------------------------------------------------

// `date`: the day that must not be missed: a permit's last, a hearing, the end of a limitation
// period. `look_at`: when the clock speaks up: ahead of that day, or because nothing was heard.
struct ProcedureOpened {
  NRM_EVENT(assistance, procedure, "nrm.procedure.opened.v1")
  CaseId subject;
  OrganisationId owner;
  ProcedureKind kind{};
  std::optional<Date> since;  // of the final judgment, for a claim
  std::optional<Date> date;
  Instant look_at;
};
BOOST_DESCRIBE_STRUCT(ProcedureOpened, (), (subject, owner, kind, since, date, look_at))

struct ProcedureRecorded {
  NRM_EVENT(assistance, procedure, "nrm.procedure.recorded.v1")
  CaseId subject;
  ProcedureStep step{};
  std::optional<Date> date;
  Instant look_at;
};
BOOST_DESCRIBE_STRUCT(ProcedureRecorded, (), (subject, step, date, look_at))

struct ProcedureDue {
  NRM_EVENT(assistance, procedure, "nrm.procedure.due.v1")
  CaseId subject;
  ProcedureCall why{};
  OrganisationId escalated_to;
  Instant look_at;
};
BOOST_DESCRIBE_STRUCT(ProcedureDue, (), (subject, why, escalated_to, look_at))

struct ProcedureEnded {
  NRM_EVENT(assistance, procedure, "nrm.procedure.ended.v1")
  CaseId subject;
  ProcedureEnd end{};
};
BOOST_DESCRIBE_STRUCT(ProcedureEnded, (), (subject, end))

// --- alarms and incidents -----------------------------------------------------------------------

struct AlarmRaised {
  NRM_EVENT(assistance, alarm, "nrm.alarm.raised.v1")
  CaseId subject;
  OrganisationId owner;
  AlarmGround ground{};
  Instant escalates_at;
};
BOOST_DESCRIBE_STRUCT(AlarmRaised, (), (subject, owner, ground, escalates_at))

struct AlarmEscalated {
  NRM_EVENT(assistance, alarm, "nrm.alarm.escalated.v1")
  CaseId subject;
  std::uint32_t level = 0;  // 1: the state owner; then the competent authority
  OrganisationId escalated_to;
  Instant escalates_at;
};
BOOST_DESCRIBE_STRUCT(AlarmEscalated, (), (subject, level, escalated_to, escalates_at))

struct AlarmEnded {
  NRM_EVENT(assistance, alarm, "nrm.alarm.ended.v1")
  CaseId subject;
  AlarmEnd end{};
};
BOOST_DESCRIBE_STRUCT(AlarmEnded, (), (subject, end))

struct IncidentReported {
  NRM_EVENT(assistance, incident, "nrm.incident.reported.v1")
  CaseId subject;
  OrganisationId owner;
  IncidentKind kind{};
  IncidentSeverity severity{};
  Date on;
  OrganisationId organisation;
  std::vector<OrganisationId> told;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(IncidentReported, (),
                      (subject, owner, kind, severity, on, organisation, told, answer_by))

struct IncidentOverdue {
  NRM_EVENT(assistance, incident, "nrm.incident.overdue.v1")
  CaseId subject;
  OrganisationId escalated_to;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(IncidentOverdue, (), (subject, escalated_to, answer_by))

struct IncidentClosed {
  NRM_EVENT(assistance, incident, "nrm.incident.closed.v1")
  CaseId subject;
  IncidentOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(IncidentClosed, (), (subject, outcome))

// --- from support to a life of one's own --------------------------------------------------------

struct MoveOnStarted {
  NRM_EVENT(assistance, transition, "nrm.transition.move_on_started.v1")
  CaseId subject;
  OrganisationId owner;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(MoveOnStarted, (), (subject, owner, until))

struct MoveOnExtended {
  NRM_EVENT(assistance, transition, "nrm.transition.move_on_extended.v1")
  CaseId subject;
  ExtensionGround ground{};
  Instant until;
};
BOOST_DESCRIBE_STRUCT(MoveOnExtended, (), (subject, ground, until))

struct TransitionAgreed {
  NRM_EVENT(assistance, transition, "nrm.transition.agreed.v1")
  CaseId subject;
  std::vector<TransitionStep> steps;
};
BOOST_DESCRIBE_STRUCT(TransitionAgreed, (), (subject, steps))

// The minimum has passed: support may end from here on, and somebody must say when.
struct MoveOnPassed {
  NRM_EVENT(assistance, transition, "nrm.transition.move_on_passed.v1")
  CaseId subject;
  OrganisationId escalated_to;
  Instant again_at;
};
BOOST_DESCRIBE_STRUCT(MoveOnPassed, (), (subject, escalated_to, again_at))

// Support has ended; the person may still turn to somebody until then.
struct ReachInOpened {
  NRM_EVENT(assistance, transition, "nrm.transition.reach_in_opened.v1")
  CaseId subject;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(ReachInOpened, (), (subject, until))

struct ReachInRecorded {
  NRM_EVENT(assistance, transition, "nrm.transition.reach_in_recorded.v1")
  CaseId subject;
  InformChannel channel{};
  Wellbeing wellbeing{};
};
BOOST_DESCRIBE_STRUCT(ReachInRecorded, (), (subject, channel, wellbeing))

struct TransitionEnded {
  NRM_EVENT(assistance, transition, "nrm.transition.ended.v1")
  CaseId subject;
  TransitionEnd reason{};
};
BOOST_DESCRIBE_STRUCT(TransitionEnded, (), (subject, reason))

// --- children -----------------------------------------------------------------------------------

// Of a child, or of somebody whose age is in doubt (Council of Europe Convention, art. 10(3) and
// (4)). `status`: where it stands after the event.
struct ChildPathwayOpened {
  NRM_EVENT(assistance, child, "nrm.child.pathway_opened.v1")
  OrganisationId owner;
  bool presumed = false;  // the age is in doubt
  ChildStatus status{};
  Instant due;
};
BOOST_DESCRIBE_STRUCT(ChildPathwayOpened, (), (owner, presumed, status, due))

// The vault's word on a guardian.
struct GuardianNoted {
  NRM_EVENT(assistance, child, "nrm.child.guardian_noted.v1")
  AccountId account;
  bool in_office = false;
  ChildStatus status{};
  std::optional<Instant> due;
};
BOOST_DESCRIBE_STRUCT(GuardianNoted, (), (account, in_office, status, due))

struct ChildPathwayOverdue {
  NRM_EVENT(assistance, child, "nrm.child.pathway_overdue.v1")
  ChildStatus status{};
  OrganisationId escalated_to;
  Instant due;
};
BOOST_DESCRIBE_STRUCT(ChildPathwayOverdue, (), (status, escalated_to, due))

struct BestInterestsDetermined {
  NRM_EVENT(assistance, child, "nrm.child.best_interests_determined.v1")
  BestInterests determination{};
  Instant review_at;
};
BOOST_DESCRIBE_STRUCT(BestInterestsDetermined, (), (determination, review_at))

struct EducationRecorded {
  NRM_EVENT(assistance, child, "nrm.child.education_recorded.v1")
  Education education{};
};
BOOST_DESCRIBE_STRUCT(EducationRecorded, (), (education))

struct ChildPathwayEnded {
  NRM_EVENT(assistance, child, "nrm.child.pathway_ended.v1")
  ChildEnd reason{};
};
BOOST_DESCRIBE_STRUCT(ChildPathwayEnded, (), (reason))

// One body that must be told, at the same time as the others.
struct ChildNoticeRaised {
  NRM_EVENT(assistance, notice, "nrm.child_notice.raised.v1")
  CaseId subject;
  OrganisationId owner;
  ChildBody body{};
  Instant due;
};
BOOST_DESCRIBE_STRUCT(ChildNoticeRaised, (), (subject, owner, body, due))

struct ChildNoticeOverdue {
  NRM_EVENT(assistance, notice, "nrm.child_notice.overdue.v1")
  CaseId subject;
  ChildBody body{};
  OrganisationId escalated_to;
  Instant due;
};
BOOST_DESCRIBE_STRUCT(ChildNoticeOverdue, (), (subject, body, escalated_to, due))

struct ChildNoticeAcknowledged {
  NRM_EVENT(assistance, notice, "nrm.child_notice.acknowledged.v1")
  CaseId subject;
  ChildBody body{};
};
BOOST_DESCRIBE_STRUCT(ChildNoticeAcknowledged, (), (subject, body))

// The pathway ended first.
struct ChildNoticeDropped {
  NRM_EVENT(assistance, notice, "nrm.child_notice.dropped.v1")
  CaseId subject;
  ChildEnd reason{};
};
BOOST_DESCRIBE_STRUCT(ChildNoticeDropped, (), (subject, reason))

// CaseHandedOver, as the children's pathway has it.
struct ChildHandedOver {
  NRM_EVENT(assistance, child, "nrm.child.handed_over.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(ChildHandedOver, (), (owner))

// CaseHandedOver, as each open matter has it: whose queue it waits in.
struct ProcedureHandedOver {
  NRM_EVENT(assistance, procedure, "nrm.procedure.handed_over.v1")
  CaseId subject;
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(ProcedureHandedOver, (), (subject, owner))

struct AlarmHandedOver {
  NRM_EVENT(assistance, alarm, "nrm.alarm.handed_over.v1")
  CaseId subject;
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(AlarmHandedOver, (), (subject, owner))

struct IncidentHandedOver {
  NRM_EVENT(assistance, incident, "nrm.incident.handed_over.v1")
  CaseId subject;
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(IncidentHandedOver, (), (subject, owner))

struct ChildNoticeHandedOver {
  NRM_EVENT(assistance, notice, "nrm.child_notice.handed_over.v1")
  CaseId subject;
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(ChildNoticeHandedOver, (), (subject, owner))

struct TransitionHandedOver {
  NRM_EVENT(assistance, transition, "nrm.transition.handed_over.v1")
  CaseId subject;
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(TransitionHandedOver, (), (subject, owner))

using AssistanceEvents = boost::mp11::mp_list<
    SupportOpened, ServiceStarted, PlanOverdue, PlanAgreed, ServiceGiven, ReviewOverdue, ReviewHeld,
    ServiceEnded, SupportEnded, SupportFileClosed, SupportFileReopened, ContactRecorded,
    RiskAssessed, NeedsAssessed, PreferencesRecorded, ContactRulesSet, ProcedureOpened,
    ProcedureRecorded, ProcedureDue, ProcedureEnded, AlarmRaised, AlarmEscalated, AlarmEnded,
    IncidentReported, IncidentOverdue, IncidentClosed, MoveOnStarted, MoveOnExtended,
    TransitionAgreed, MoveOnPassed, ReachInOpened, ReachInRecorded, TransitionEnded,
    ChildPathwayOpened, GuardianNoted, ChildPathwayOverdue, BestInterestsDetermined,
    EducationRecorded, ChildPathwayEnded, ChildNoticeRaised, ChildNoticeOverdue,
    ChildNoticeAcknowledged, ChildNoticeDropped, SupportHandedOver, ChildHandedOver,
    ProcedureHandedOver, AlarmHandedOver, IncidentHandedOver, ChildNoticeHandedOver,
    TransitionHandedOver>;
}  // namespace nrm
