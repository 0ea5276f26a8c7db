// The bodies that clients send about support in depth, and about what comes after closing. Rules
// for all forms: forms.hpp.
#pragma once
#include "services/gateway/form_macro.hpp"

namespace nrm::gateway {
NRM_EMPTY_FORM(MoveOnForm, StartMoveOn, subject)
NRM_EMPTY_FORM(ChildPathwayEndForm, EndChildPathway, subject)
NRM_EMPTY_FORM(ChildNoticeForm, AcknowledgeChildNotice, notice)
NRM_EMPTY_FORM(FollowUpRefusalForm, RefuseFollowUp, follow_up)

struct ContactForm {
  NRM_FORM("ContactForm", RecordContact, "")
  InformChannel channel{};
  std::optional<RiskAssessment> risk;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), channel, risk}; }
};
BOOST_DESCRIBE_STRUCT(ContactForm, (), (channel, risk))

struct RiskForm {
  NRM_FORM("RiskForm", AssessRisk, "/risk")
  RiskLevel level{};
  std::vector<Danger> dangers;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), {level, dangers}}; }
};
BOOST_DESCRIBE_STRUCT(RiskForm, (), (level, dangers))

struct NeedsForm {
  NRM_FORM("NeedsForm", AssessNeeds, "")
  std::vector<NeedFinding> needs;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), needs}; }
};
BOOST_DESCRIBE_STRUCT(NeedsForm, (), (needs))

struct PreferencesForm {
  NRM_FORM("PreferencesForm", RecordPreferences, "/preferences")
  std::vector<Language> languages;
  std::optional<Gender> interpreter;
  std::optional<Gender> interviewer;
  bool same_interpreter = false;
  bool no_telephone_interpreter = false;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id),
            {languages, interpreter, interviewer, same_interpreter, no_telephone_interpreter}};
  }
};
BOOST_DESCRIBE_STRUCT(PreferencesForm, (),
                      (languages, interpreter, interviewer, same_interpreter,
                       no_telephone_interpreter))

struct ContactRulesForm {
  NRM_FORM("ContactRulesForm", SetContactRules, "/rules")
  std::vector<ContactWindow> allowed;
  std::vector<InformChannel> never;
  bool code_word = false;
  bool no_contact = false;
  Sends command(const Uuid& id, const Actor&) const {
    return {CaseId(id), {allowed, never, code_word, no_contact}};
  }
};
BOOST_DESCRIBE_STRUCT(ContactRulesForm, (), (allowed, never, code_word, no_contact))

struct ProcedureForm {
  NRM_FORM("ProcedureForm", OpenProcedure, "")
  ProcedureKind kind{};
  std::optional<Date> since;
  std::optional<Date> date;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), kind, since, date}; }
};
BOOST_DESCRIBE_STRUCT(ProcedureForm, (), (kind, since, date))

struct ProcedureStepForm {
  NRM_FORM("ProcedureStepForm", RecordProcedure, "")
  ProcedureStep step{};
  std::optional<Date> date;
  Sends command(const Uuid& id, const Actor&) const { return {ProcedureId(id), step, date}; }
};
BOOST_DESCRIBE_STRUCT(ProcedureStepForm, (), (step, date))

struct ProcedureEndForm {
  NRM_FORM("ProcedureEndForm", EndProcedure, "")
  ProcedureEnd end{};
  Sends command(const Uuid& id, const Actor&) const { return {ProcedureId(id), end}; }
};
BOOST_DESCRIBE_STRUCT(ProcedureEndForm, (), (end))

struct AlarmForm {
  NRM_FORM("AlarmForm", RaiseAlarm, "")
  AlarmGround ground{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), ground}; }
};
BOOST_DESCRIBE_STRUCT(AlarmForm, (), (ground))

struct AlarmEndForm {
  NRM_FORM("AlarmEndForm", EndAlarm, "")
  AlarmEnd end{};
  Sends command(const Uuid& id, const Actor&) const { return {AlarmId(id), end}; }
};
BOOST_DESCRIBE_STRUCT(AlarmEndForm, (), (end))

struct IncidentForm {
  NRM_FORM("IncidentForm", ReportIncident, "")
  IncidentKind kind{};
  IncidentSeverity severity{};
  Date on;
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), kind, severity, on}; }
};
BOOST_DESCRIBE_STRUCT(IncidentForm, (), (kind, severity, on))

struct IncidentEndForm {
  NRM_FORM("IncidentEndForm", CloseIncident, "")
  IncidentOutcome outcome{};
  Sends command(const Uuid& id, const Actor&) const { return {IncidentId(id), outcome}; }
};
BOOST_DESCRIBE_STRUCT(IncidentEndForm, (), (outcome))

struct ExtensionForm {
  NRM_FORM("ExtensionForm", ExtendMoveOn, "")
  ExtensionGround ground{};
  std::uint32_t days = 0;
  Sends command(const Uuid& id, const Actor&) const { return {TransitionId(id), ground, days}; }
};
BOOST_DESCRIBE_STRUCT(ExtensionForm, (), (ground, days))

struct TransitionForm {
  NRM_FORM("TransitionForm", AgreeTransition, "")
  std::vector<TransitionStep> steps;
  bool agreed_by_person = false;
  Sends command(const Uuid& id, const Actor&) const {
    return {TransitionId(id), steps, agreed_by_person};
  }
};
BOOST_DESCRIBE_STRUCT(TransitionForm, (), (steps, agreed_by_person))

struct ReachInForm {
  NRM_FORM("ReachInForm", RecordReachIn, "")
  InformChannel channel{};
  Wellbeing wellbeing{};
  Sends command(const Uuid& id, const Actor&) const {
    return {TransitionId(id), channel, wellbeing};
  }
};
BOOST_DESCRIBE_STRUCT(ReachInForm, (), (channel, wellbeing))

struct BestInterestsForm {
  NRM_FORM("BestInterestsForm", DetermineBestInterests, "")
  BestInterests determination{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), determination}; }
};
BOOST_DESCRIBE_STRUCT(BestInterestsForm, (), (determination))

struct EducationForm {
  NRM_FORM("EducationForm", RecordEducation, "")
  Education education{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), education}; }
};
BOOST_DESCRIBE_STRUCT(EducationForm, (), (education))

struct ReopeningForm {
  NRM_FORM("ReopeningForm", ReopenCase, "")
  ReopenCause cause{};
  Sends command(const Uuid& id, const Actor&) const { return {CaseId(id), cause}; }
};
BOOST_DESCRIBE_STRUCT(ReopeningForm, (), (cause))

struct FollowUpForm {
  NRM_FORM("FollowUpForm", RecordFollowUp, "")
  InformChannel channel{};
  Wellbeing wellbeing{};
  Sends command(const Uuid& id, const Actor&) const { return {FollowUpId(id), channel, wellbeing}; }
};
BOOST_DESCRIBE_STRUCT(FollowUpForm, (), (channel, wellbeing))

using SupportForms = boost::mp11::mp_list<
    MoveOnForm, ChildPathwayEndForm, ChildNoticeForm, FollowUpRefusalForm, ContactForm, RiskForm,
    NeedsForm, PreferencesForm, ContactRulesForm, ProcedureForm, ProcedureStepForm,
    ProcedureEndForm, AlarmForm, AlarmEndForm, IncidentForm, IncidentEndForm, ExtensionForm,
    TransitionForm, ReachInForm, BestInterestsForm, EducationForm, ReopeningForm, FollowUpForm>;
}  // namespace nrm::gateway
