// The rules of assistance, for one input: one function per command, received event and clock. By
// area: decide.cpp (the support file), decide_assessments.cpp, decide_procedures.cpp,
// decide_alarms.cpp, decide_transition.cpp, decide_children.cpp.
#pragma once
#include "common/step/desk.hpp"
#include "services/assistance/assistance.hpp"

namespace nrm {
struct AssistanceRules : Desk {
  // --- the support file
  Result<Decision> on(const AgreePlan& command) const;
  Result<Decision> on(const RecordService& command) const;
  Result<Decision> on(const HoldReview& command) const;
  Result<Decision> on(const EndService& command) const;
  Decision on(const ReferralAccepted& event, const ReferralId& referral) const;
  Decision on(const ReferralCancelled& event, const ReferralId& referral) const;
  Decision on(const CaseHandedOver& event, const CaseId& subject) const;
  void hand_over(Decision& out, const StreamKey& stream, const CaseId& subject,
                 const OrganisationId& to) const;
  Decision on(const CaseClosed& event, const CaseId& subject) const;
  Decision on(const CaseReopened& event, const CaseId& subject) const;
  Decision file_due(const Due& over) const;
  // Whether the person goes with the last service, or another is looked for.
  enum class Leaves { no, yes };
  void end(Decision& out, const CaseId& subject, const SupportFile& file,
           const std::vector<RunningService>& services, ServiceEndReason reason,
           Leaves leaves) const;

  // --- assessments and wishes
  Result<Decision> on(const RecordContact& command) const;
  Result<Decision> on(const AssessRisk& command) const;
  Result<Decision> on(const AssessNeeds& command) const;
  Result<Decision> on(const RecordPreferences& command) const;
  Result<Decision> on(const SetContactRules& command) const;

  // --- legal procedures
  Result<Decision> on(const OpenProcedure& command) const;
  Result<Decision> on(const RecordProcedure& command) const;
  Result<Decision> on(const EndProcedure& command) const;
  Decision procedure_due(const Due& over) const;
  // When the clock of a procedure speaks up next.
  Instant look_at(const std::optional<Date>& date) const;

  // --- alarms and incidents
  Result<Decision> on(const RaiseAlarm& command) const;
  Result<Decision> on(const EndAlarm& command) const;
  Decision alarm_due(const Due& over) const;
  Result<Decision> on(const ReportIncident& command) const;
  Result<Decision> on(const CloseIncident& command) const;
  Decision incident_due(const Due& over) const;

  // --- transition
  Result<Decision> on(const StartMoveOn& command) const;
  Result<Decision> on(const ExtendMoveOn& command) const;
  Result<Decision> on(const AgreeTransition& command) const;
  Result<Decision> on(const RecordReachIn& command) const;
  Decision on(const SecondStageDecided& event, const CaseId& subject) const;
  Decision on(const ReconsiderationDecided& event, const CaseId& subject) const;
  Decision move_on_confirmed(const CaseId& subject) const;
  Decision transition_due(const Due& over) const;
  void start_move_on(Decision& out, const CaseId& subject, const SupportFile& file) const;
  // Whether the last service may end for this reason now.
  Result<void> may_leave(const CaseId& subject, ServiceEndReason reason) const;
  void leave(Decision& out, const CaseId& subject, ServiceEndReason reason) const;

  // --- children
  Result<Decision> on(const DetermineBestInterests& command) const;
  Result<Decision> on(const RecordEducation& command) const;
  Result<Decision> on(const EndChildPathway& command) const;
  Result<Decision> on(const AcknowledgeChildNotice& command) const;
  Decision on(const ReportReceived& event, const CaseId& subject) const;
  Decision on(const AgeAssessed& event, const CaseId& subject) const;
  Decision on(const IdentificationEnded& event, const CaseId& subject) const;
  Decision on(const IdentificationResumed& event, const CaseId& subject) const;
  Decision on(const GuardianAppointed& event, const CaseId& subject) const;
  Decision on(const GuardianshipEnded& event, const CaseId& subject) const;
  Decision child_due(const Due& over) const;
  Decision notice_due(const Due& over) const;
  void open_pathway(Decision& out, const CaseId& subject, const OrganisationId& owner,
                    bool presumed) const;
  void raise_notices(Decision& out, const CaseId& subject, const OrganisationId& owner) const;
  void end_pathway(Decision& out, const CaseId& subject, ChildEnd reason) const;

  // --- for all of them
  const OrganisationId& mine() const { return input.actor->organisation; }
  // The file, if this actor has to do with it: the state owner, or an organisation whose service
  // runs. ERRORS: not_found.
  Result<const SupportFile*> visible(const CaseId& subject) const;
  // The same, while the case is not closed. ERRORS: not_found, case_closed.
  Result<const SupportFile*> open_file(const CaseId& subject) const;
  // One more procedure, alarm or incident may be opened. ERRORS: out_of_range.
  Result<void> room_for_one_more(const CaseId& subject) const;
  // Who owns the case now: since something was opened it may have been handed over.
  OrganisationId owner_of(const CaseId& subject, const OrganisationId& when_opened) const;
  // Ids of a case's open matters of one kind, or of all (an empty kind), as rows.cpp keeps them.
  std::vector<StreamKey> open_matters(const CaseId& subject, std::string_view kind) const;
  // When a clock runs out that starts now; `otherwise` where the pack has no such clock.
  Instant due_or(ClockName name, Milliseconds otherwise) const {
    return policy.due(name, input.at).value_or(input.at + otherwise);
  }
};

// A list made into a set: sorted, no value twice.
template <class T>
std::vector<T> as_set(std::vector<T> list) {
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
  return list;
}

// A matter that was addressed by its own id, and its file. ERRORS: not_found, also where the matter
// is there, but not for this actor: whose it is, only those learn who may know.
template <class Matter>
struct MatterAndFile {
  const Matter* matter;
  const SupportFile* file;
};
template <class Matter>
Result<MatterAndFile<Matter>> find_matter(const AssistanceRules& rules, const Uuid& id,
                                          std::string_view where) {
  const auto* matter = rules.view.find<Matter>(id);
  if (matter == nullptr) return Error(Code::not_found, std::string(where));
  const auto file = rules.visible(matter->subject);
  if (!file) return Error(Code::not_found, std::string(where));
  return MatterAndFile<Matter>{matter, *file};
}
}  // namespace nrm
