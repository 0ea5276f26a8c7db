// The rules of identification: one function per command, received event and clock. decide() makes
// one of these for one input and asks it; nothing outlives the call.
//
// ERRORS: a rejection names the first fault in the order of base/codes.hpp.
#pragma once
#include "common/step/desk.hpp"
#include "services/identification/identification.hpp"

namespace nrm {
struct IdentificationRules : Desk {
  // How people come in (decide_intake.cpp).
  Result<Decision> on(SubmitReport command) const;
  Result<Decision> on(SubmitNotification command) const;
  // Whether this may be recorded, and what is left out of its facts. The same facts again: nothing.
  Result<std::vector<FactField>> coarsen_notified(ReportFacts& facts) const;
  Result<Decision> on(ReceiveSignal command) const;
  Result<Decision> on(const ResolveSignal& command) const;
  Result<Decision> on(const RecordGroupEvent& command) const;
  Result<Decision> on(const CloseGroupEvent& command) const;

  // Evidence, questions and votes (decide_evidence.cpp).
  Result<Decision> on(const RecordScreening& command) const;
  Result<Decision> on(const AssessAge& command) const;
  Result<Decision> on(const RequestInformation& command) const;
  Result<Decision> on(const AnswerInformation& command) const;
  Result<Decision> on(const RecuseMember& command) const;
  Result<Decision> on(const ChangeRoute& command) const;

  // Decisions and what is between them (decide_stages.cpp).
  Result<Decision> on(const DecideFirstStage& command) const;
  Result<Decision> on(const DecideSecondStage& command) const;
  Result<Decision> on(const RequestRecovery& command) const;
  Result<Decision> on(const ExtendRecovery& command) const;
  Result<Decision> on(const RecordCooperation& command) const;
  Result<Decision> on(const RequestReconsideration& command) const;
  Result<Decision> on(const DecideReconsideration& command) const;
  Result<Decision> on(const Disqualify& command) const;
  Result<Decision> on(const OpenFurtherEpisode& command) const;

  // What happens to the person (decide_person.cpp).
  Result<Decision> on(const WithdrawIdentification& command) const;
  Result<Decision> on(const RecordContactAttempt& command) const;
  Result<Decision> on(const ReportContactLost& command) const;
  Result<Decision> on(const ReportContactRegained& command) const;
  Result<Decision> on(const RecordDeath& command) const;
  Result<Decision> on(const MarkOpenedInError& command) const;

  // What other services say, and clocks (decide.cpp).
  Decision on(const CaseClosed& event, const StreamKey& stream) const;
  Decision on(const CaseReopened& event, const StreamKey& stream) const;
  Decision on(const CaseHandedOver& event, const StreamKey& stream) const;
  Decision on(const CasesMerged& event, const StreamKey& stream) const;
  Decision on(const MergeReversed& event, const StreamKey& stream) const;
  Decision run_out(const Due& due) const;

  // --- parts of several decisions (decide.cpp) ---
  const Actor& actor() const { return *input.actor; }
  const IdentificationPolicy& pack() const { return policy.identification; }
  IdentificationRoute route_of(const CaseFile& file) const {
    return file.route.value_or(IdentificationRoute::authority);
  }
  // The office that decides a stage on a route. REQUIRES: the pack has a rule for it.
  OrganisationId office_of(Stage stage, IdentificationRoute route) const;
  // Who decides the next stage: said, if it is somebody else than now.
  OrganisationId appoint(Decision& out, const StreamKey& stream, const CaseFile& file, Stage stage,
                         IdentificationRoute route) const;
  // The case, if it is there for this actor: who reported it, decides on it or manages it.
  // ERRORS: forbidden, not_found, case_closed.
  Result<const CaseFile*> related(const CaseId& subject, std::initializer_list<Role> roles) const;
  // The case that the actor may decide at this stage. ERRORS: also second_person_required.
  Result<const CaseFile*> to_decide(const CaseId& subject, Stage stage) const;
  // Neither reported the person nor recused herself. ERRORS: second_person_required.
  Result<void> takes_part(const CaseFile& file) const;

  Instant due(ClockName name, const CaseFile& file) const;
  std::optional<Instant> window(const CaseFile& file, Outcome outcome) const;
  // Ends the clock that runs, if one does.
  void stop(Decision& out, const StreamKey& stream, const CaseFile& file) const;
  // The same, and what it had left.
  std::optional<PausedClock> pause(Decision& out, const StreamKey& stream,
                                   const CaseFile& file) const;
  // The case as it was when it was suspended. REQUIRES: it was.
  static CaseFile before_suspension(const CaseFile& file);
  // The clock of the state that was suspended runs again. Returns when it runs out.
  std::optional<Instant> resume(Decision& out, const StreamKey& stream, const CaseFile& file) const;
  // Ends the identification here: the event is emitted by the caller.
  void settle(Decision& out, const StreamKey& stream, const CaseFile& file,
              IdentificationStatus status) const;
};
}  // namespace nrm
