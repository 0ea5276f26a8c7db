#include "common/step/desk.hpp"
#include "services/closure/closure.hpp"

namespace nrm {
namespace {
// --- commands -----------------------------------------------------------------------------------

Result<const ClosureFile*> find_file(const Desk& desk, const CaseId& subject) {
  const ClosureFile* file = desk.view.find<ClosureFile>(subject);
  if (file == nullptr || !file->status)
    return Error(Code::not_found, "/subject", "there is no such case");
  return file;
}

// The file that this case manager may work on, or why not.
Result<const ClosureFile*> file_of_manager(const Desk& desk, const CaseId& subject) {
  NRM_TRY(desk.only({Role::case_manager}, "only a case manager does this"));
  NRM_TRY_ASSIGN(const ClosureFile* file, find_file(desk, subject));
  if (desk.input.actor->organisation != file->owner)
    return Error(Code::forbidden, "", "another organisation manages this case");
  if (file->status == ClosureStatus::closed)
    return Error(Code::case_closed, "/subject", "the case is closed");
  return file;
}

// The file whose request this actor may answer, or why not.
Result<const ClosureFile*> file_of_approver(const Desk& desk, const CaseId& subject) {
  NRM_TRY(desk.only({Role::case_manager, Role::competent_authority},
                    "only a case manager or the competent authority does this"));
  const auto& actor = desk.input.actor;
  NRM_TRY_ASSIGN(const ClosureFile* file, find_file(desk, subject));
  const OrganisationId& office =
      actor->role == Role::case_manager ? file->owner : offices(desk.policy).competent_authority;
  if (actor->organisation != office)
    return Error(Code::forbidden, "", "another organisation holds this office");
  if (file->status == ClosureStatus::closed)
    return Error(Code::case_closed, "/subject", "the case is closed");
  if (file->status != ClosureStatus::requested)
    return Error(Code::not_in_state, "/subject", "nobody has asked to close this case");
  if (actor->account == file->requested_by)
    return Error(Code::second_person_required, "", "who asks for closure does not answer it");
  return file;
}

Result<void> check_list(const ClosureFile& file) {
  if (file.obligations.empty()) return {};
  std::string open;
  std::optional<Obligation> last;
  for (const OpenObligation& owed : file.obligations) {
    if (owed.obligation == last) continue;
    if (last) open += ", ";
    open += to_text(owed.obligation);
    last = owed.obligation;
  }
  return Error(Code::checklist_open, "/subject", std::move(open));
}

Result<Decision> decide(const Desk& desk, const InformPerson& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, file_of_manager(desk, command.subject));
  if (file->informed) return Error(Code::not_in_state, "/subject", "the person has been informed");
  const StreamKey stream = case_stream(command.subject);
  return Decision()
      .emit(stream, PersonInformed{.channel = command.channel})
      .emit(stream, ObligationMet{.obligation = Obligation::person_not_informed, .subject = {}});
}

Result<Decision> decide(const Desk& desk, const RequestClosure& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, file_of_manager(desk, command.subject));
  if (command.reason == ClosureReason::anonymous_only)
    return Error(Code::out_of_range, "/reason",
                 "a reported person is not an anonymous notification");
  if (file->status != ClosureStatus::open)
    return Error(Code::not_in_state, "/subject", "closure has been asked for already");
  NRM_TRY(check_list(*file));
  const Instant approve_by = desk.due(ClockName::closure_approval);
  const StreamKey stream = case_stream(command.subject);
  return Decision()
      .emit(stream, ClosureRequested{.by = desk.input.actor->account,
                                     .reason = command.reason,
                                     .approve_by = approve_by})
      .set_clock(stream, ClockName::closure_approval, approve_by);
}

Result<Decision> decide(const Desk& desk, const ApproveClosure& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, file_of_approver(desk, command.subject));
  NRM_TRY(check_list(*file));  // something may have come up since the request
  const StreamKey stream = case_stream(command.subject);
  const int retention_days = static_cast<int>(desk.policy.retention_days);
  return Decision()
      .emit(stream, CaseClosed{.reason = *file->reason,
                               .requested_by = *file->requested_by,
                               .approved_by = desk.input.actor->account,
                               .retain_until = desk.input.at.date().plus(retention_days)})
      .clear_clock(stream, *file->running_clock());
}

Result<Decision> decide(const Desk& desk, const RefuseClosure& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, file_of_approver(desk, command.subject));
  const StreamKey stream = case_stream(command.subject);
  return Decision()
      .emit(stream, ClosureRefused{.by = desk.input.actor->account})
      .clear_clock(stream, *file->running_clock());
}

template <class Other>
Result<Decision> decide(const Desk&, const Other&) {
  return Error(Code::bad_request, "", "another service decides this command");
}

// --- received events: what becomes owed, and what is met ----------------------------------------

bool closed(const ClosureFile* file) {
  return file != nullptr && file->status == ClosureStatus::closed;
}

// Each log is in order, but one log may be ahead of another: what is owed may be noted before the
// report that opens the file has come.
Result<Decision> note(const Desk& desk, const Uuid& subject, const OpenObligation& what) {
  const ClosureFile* file = desk.view.find<ClosureFile>(subject);
  if (closed(file) || (file != nullptr && file->owes(what))) return Decision();
  return Decision().emit(case_stream(subject), ObligationNoted{what.obligation, what.subject});
}

Result<Decision> meet(const Desk& desk, const Uuid& subject, const OpenObligation& what) {
  const ClosureFile* file = desk.view.find<ClosureFile>(subject);
  if (file == nullptr || closed(file) || !file->owes(what)) return Decision();
  return Decision().emit(case_stream(subject), ObligationMet{what.obligation, what.subject});
}

constexpr OpenObligation identification{Obligation::identification_running, {}};
constexpr OpenObligation support{Obligation::support_running, {}};

OpenObligation referral(const StreamKey& stream) { return {Obligation::referral_open, stream.id}; }

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const ReportReceived&) {
  const ClosureFile* file = desk.view.find<ClosureFile>(stream.id);
  if (file != nullptr && file->status) return Decision();
  return Decision().emit(stream,
                         ClosureFileOpened{.owner = offices(desk.policy).case_management,
                                           .opened_at = desk.input.at,
                                           .obligations = {Obligation::identification_running,
                                                           Obligation::person_not_informed}});
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const SecondStageDecided& e) {
  if (e.outcome == Outcome::negative) return Decision();  // it may still be contested
  return meet(desk, stream.id, identification);
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream,
                         const ReconsiderationWindowClosed&) {
  return meet(desk, stream.id, identification);
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const IdentificationSettled&) {
  return meet(desk, stream.id, identification);
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const IdentificationReopened&) {
  return note(desk, stream.id, identification);
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const ReferralRequested& e) {
  return note(desk, e.subject, referral(stream));
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const ReferralCompleted& e) {
  return meet(desk, e.subject, referral(stream));
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const ReferralCancelled& e) {
  return meet(desk, e.subject, referral(stream));
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const SupportOpened&) {
  return note(desk, stream.id, support);
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const SupportEnded&) {
  return meet(desk, stream.id, support);
}

template <class Other>
Result<Decision> receive(const Desk&, const StreamKey&, const Other&) {
  return Decision();
}

// --- clocks -------------------------------------------------------------------------------------

// Nobody answers the request: the competent authority, who may answer it too, is told, and told
// again each time the escalation clock runs out.
Result<Decision> run_out(const Desk& desk, const Due& due) {
  const ClosureFile* file = desk.view.find<ClosureFile>(due.stream.id);
  if (file == nullptr || file->running_clock() != due.name) return Decision();  // moved on
  return Decision()
      .emit(due.stream,
            ClosureApprovalOverdue{.escalated_to = offices(desk.policy).competent_authority})
      .set_clock(due.stream, ClockName::escalation,
                 desk.policy.due(ClockName::escalation, desk.input.at));
}
}  // namespace

Result<Decision> Closure::decide(const View& view, const Input& input, const Policy& policy) {
  const Desk desk{view, input, policy};
  if (const auto* command = std::get_if<Command>(&input.what))
    return std::visit([&](const auto& c) { return nrm::decide(desk, c); }, *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return std::visit([&](const auto& e) { return receive(desk, received->stream, e); },
                      received->event);
  return run_out(desk, std::get<Due>(input.what));
}
}  // namespace nrm
