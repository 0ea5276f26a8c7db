// What is owed, the request to close and its answer.
#include "common/step/safe_contact.hpp"
#include "services/closure/rules.hpp"

namespace nrm {
namespace closing {
Result<const ClosureFile*> find_file(const Desk& desk, const CaseId& subject) {
  const ClosureFile* file = desk.view.find<ClosureFile>(subject);
  if (file == nullptr || !file->status)
    return Error(Code::not_found, "/subject", "there is no such case");
  return file;
}

Result<const ClosureFile*> find_managed(const Desk& desk, const CaseId& subject) {
  NRM_TRY(desk.only({Role::case_manager}, "only a case manager does this"));
  NRM_TRY_ASSIGN(const ClosureFile* file, find_file(desk, subject));
  if (desk.input.actor->organisation != file->owner)
    return Error(Code::forbidden, "", "another organisation manages this case");
  return file;
}

namespace {
// Nobody can be told who died, cannot be found, or was never there.
bool excuses(ClosureReason reason, Obligation obligation) {
  if (obligation != Obligation::person_not_informed) return false;
  return reason == ClosureReason::died || reason == ClosureReason::contact_lost ||
         reason == ClosureReason::merged_duplicate || reason == ClosureReason::opened_in_error;
}
}  // namespace

Result<std::vector<Obligation>> check_list(const Desk& desk, const ClosureFile& file,
                                           ClosureReason reason) {
  const auto& asked = desk.policy.closure.checklist;
  std::vector<Obligation> excused;
  std::string open;
  std::optional<Obligation> last;
  for (const OpenObligation& owed : file.obligations) {
    if (owed.obligation == last) continue;
    last = owed.obligation;
    if (std::ranges::find(asked, owed.obligation) == asked.end() ||
        excuses(reason, owed.obligation)) {
      excused.push_back(owed.obligation);
      continue;
    }
    if (!open.empty()) open += ", ";
    open += to_text(owed.obligation);
  }
  if (!open.empty()) return Error(Code::checklist_open, "/subject", std::move(open));
  return excused;
}

Result<void> check_evidence(const Desk& desk, const CaseId& subject, ClosureReason reason,
                            const std::optional<ClosureEvidence>& given) {
  const ClosureEvidence evidence = given.value_or(ClosureEvidence{});
  const auto missing = [](std::string_view member, std::string_view why) {
    return Error(Code::missing_field, "/evidence/" + std::string(member), std::string(why));
  };
  if (desk.policy.closure.unmet_needs && !evidence.needs_reviewed.value_or(false))
    return missing("needs_reviewed", "say which needs are unmet, or that none is");
  const std::uint32_t attempts_min = desk.policy.identification.contact_attempts_min;
  switch (reason) {
    case ClosureReason::contact_lost:
      if (!evidence.attempts) return missing("attempts", "how often the person was tried to reach");
      if (*evidence.attempts < attempts_min)
        return Error(Code::out_of_range, "/evidence/attempts",
                     "at least " + std::to_string(attempts_min));
      return {};
    case ClosureReason::died:
      if (!evidence.death) return missing("death", "who says so");
      return {};
    case ClosureReason::transferred_abroad:
      if (!evidence.country) return missing("country", "to which country");
      if (!evidence.abroad) return missing("abroad", "the answer of the other side");
      if (evidence.abroad != AbroadAnswer::accepted)
        return Error(Code::out_of_range, "/evidence/abroad", "the other side has not accepted");
      return {};
    case ClosureReason::transferred_provider:
      if (!evidence.receiver || evidence.receiver->nil())
        return missing("receiver", "to which organisation");
      return {};
    case ClosureReason::returned_voluntarily:
    case ClosureReason::detained_or_removed:
      if (!evidence.country) return missing("country", "to which country, or where");
      return {};
    case ClosureReason::merged_duplicate:
      if (!evidence.kept || evidence.kept->nil()) return missing("kept", "the case that stays");
      if (*evidence.kept == subject)
        return Error(Code::out_of_range, "/evidence/kept", "another case");
      return {};
    case ClosureReason::not_a_victim:
      if (!evidence.handed_over.value_or(false))
        return missing("handed_over", "the person is told where there is help, first");
      return {};
    default:
      return {};
  }
}
}  // namespace closing

namespace {
using closing::check_list;
using closing::decide;
using closing::find_managed;

// --- commands -----------------------------------------------------------------------------------

// The file that this case manager may work on, or why not.
Result<const ClosureFile*> file_of_manager(const Desk& desk, const CaseId& subject) {
  NRM_TRY_ASSIGN(const ClosureFile* file, find_managed(desk, subject));
  if (is_closed(*file->status)) return Error(Code::case_closed, "/subject", "the case is closed");
  return file;
}

// The file whose request this actor may answer, or why not.
Result<const ClosureFile*> file_of_approver(const Desk& desk, const CaseId& subject) {
  NRM_TRY(desk.only({Role::case_manager, Role::competent_authority},
                    "only a case manager or the competent authority does this"));
  const auto& actor = desk.input.actor;
  NRM_TRY_ASSIGN(const ClosureFile* file, closing::find_file(desk, subject));
  const OrganisationId& office =
      actor->role == Role::case_manager ? file->owner : closing::decider_of(desk, *file);
  if (actor->organisation != office)
    return Error(Code::forbidden, "", "another organisation holds this office");
  if (is_closed(*file->status)) return Error(Code::case_closed, "/subject", "the case is closed");
  if (file->status != ClosureStatus::requested)
    return Error(Code::not_in_state, "/subject", "nobody has asked to close this case");
  if (actor->account == file->requested_by)
    return Error(Code::second_person_required, "", "who asks for closure does not answer it");
  return file;
}

Result<Decision> decide(const Desk& desk, const InformPerson& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, file_of_manager(desk, command.subject));
  if (file->informed) return Error(Code::not_in_state, "/subject", "the person has been informed");
  if (file->contact)
    NRM_TRY(may_contact(*file->contact, command.channel, desk.input.at, desk.policy));
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
  NRM_TRY_ASSIGN(std::vector<Obligation> excused, check_list(desk, *file, command.reason));
  NRM_TRY(closing::check_evidence(desk, command.subject, command.reason, command.evidence));
  const Instant approve_by = desk.due(ClockName::closure_approval);
  const StreamKey stream = case_stream(command.subject);
  return Decision()
      .emit(stream, ClosureRequested{.by = desk.input.actor->account,
                                     .reason = command.reason,
                                     .approve_by = approve_by,
                                     .evidence = command.evidence,
                                     .excused = std::move(excused)})
      .set_clock(stream, ClockName::closure_approval, approve_by);
}

Result<Decision> decide(const Desk& desk, const ApproveClosure& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, file_of_approver(desk, command.subject));
  // Something may have come up since the request.
  NRM_TRY_ASSIGN(std::vector<Obligation> excused, check_list(desk, *file, *file->reason));
  const StreamKey stream = case_stream(command.subject);
  const RetentionCategory category = closing::category_of(*file->reason, *file);
  const Date until = closing::retain_until(desk, category);
  Decision out;
  out.emit(stream, CaseClosed{.reason = *file->reason,
                              .requested_by = *file->requested_by,
                              .approved_by = desk.input.actor->account,
                              .retain_until = until,
                              .category = category,
                              .excused = std::move(excused),
                              .number = file->closings == 0 ? std::nullopt
                                                            : std::optional(file->closings + 1)});
  out.clear_clock(stream, *file->running_clock());
  closing::begin_retention(out, desk, command.subject, *file, *file->reason, until);
  return out;
}

Result<Decision> decide(const Desk& desk, const RefuseClosure& command) {
  NRM_TRY_ASSIGN(const ClosureFile* file, file_of_approver(desk, command.subject));
  const StreamKey stream = case_stream(command.subject);
  return Decision()
      .emit(stream, ClosureRefused{.by = desk.input.actor->account})
      .clear_clock(stream, *file->running_clock());
}

Result<Decision> decide_command(const Desk& desk, const Command& command) {
  return visit(
      [&]<class C>(const C& one) -> Result<Decision> {
        if constexpr (C::target == Service::closure)
          return decide(desk, one);
        else
          return Error(Code::bad_request, "", "another service decides this command");
      },
      command);
}

// --- received events: what becomes owed, and what is met ----------------------------------------

// What is said of a closed case changes nothing, but for procedures: they outlive it.
bool deaf(const ClosureFile* file, Obligation obligation) {
  if (file == nullptr || !file->status || !is_closed(*file->status)) return false;
  return obligation != Obligation::procedure_running || file->status == ClosureStatus::erased;
}

// Each log is in order, but one log may be ahead of another: what is owed may be noted before the
// report that opens the file has come.
Result<Decision> note(const Desk& desk, const Uuid& subject, const OpenObligation& what) {
  const ClosureFile* file = desk.view.find<ClosureFile>(subject);
  if (deaf(file, what.obligation) || (file != nullptr && file->owes(what))) return Decision();
  return Decision().emit(case_stream(subject), ObligationNoted{what.obligation, what.subject});
}

Result<Decision> meet(const Desk& desk, const Uuid& subject, const OpenObligation& what) {
  const ClosureFile* file = desk.view.find<ClosureFile>(subject);
  if (file == nullptr || deaf(file, what.obligation) || !file->owes(what)) return Decision();
  return Decision().emit(case_stream(subject), ObligationMet{what.obligation, what.subject});
}

constexpr OpenObligation identification{Obligation::identification_running, {}};
constexpr OpenObligation support{Obligation::support_running, {}};

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const ReportReceived& e) {
  const ClosureFile* file = desk.view.find<ClosureFile>(stream.id);
  if (file != nullptr && file->status) return Decision();
  // The hand-over may have come before the report.
  const bool handed_over = file != nullptr && !file->owner.nil();
  ClosureFileOpened opened{
      .owner = handed_over ? file->owner : offices(desk.policy).case_management,
      .opened_at = desk.input.at,
      .obligations = {Obligation::identification_running, Obligation::person_not_informed}};
  if (e.facts.age_now == AgeBand::child) opened.child = true;
  if (e.owner != offices(desk.policy).competent_authority) opened.decider = e.owner;
  return Decision().emit(stream, std::move(opened));
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

// No request is lost by it: whoever owns the case now goes on.
Result<Decision> receive(const Desk& desk, const StreamKey& stream, const CaseHandedOver& e) {
  return closing::handed_over(desk, stream, e.to);
}

// The report opens the file with whoever decides first; both are of one log, in order.
Result<Decision> receive(const Desk& desk, const StreamKey& stream, const DeciderAppointed& e) {
  const ClosureFile* file = desk.view.find<ClosureFile>(stream.id);
  if (file == nullptr || !file->status || file->status == ClosureStatus::erased ||
      closing::decider_of(desk, *file) == e.owner)
    return Decision();
  return Decision().emit(stream, ClosureDeciderNoted{e.owner});
}

// Who is a child today was one when reported. Who is an adult today may have come of age since:
// only what is said of the day of the report takes it back.
Result<Decision> receive(const Desk& desk, const StreamKey& stream, const AgeAssessed& e) {
  const ClosureFile* file = desk.view.find<ClosureFile>(stream.id);
  const bool settled = e.band != AgeBand::unknown && e.precision != AgePrecision::disputed;
  const bool child = e.band == AgeBand::child;
  const bool says =
      e.moment == AgeMoment::at_identification || (e.moment == AgeMoment::today && child);
  if (file == nullptr || !file->status || file->status == ClosureStatus::erased || !settled ||
      !says || file->child == child)
    return Decision();
  return Decision().emit(stream, ClosureAgeNoted{child});
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const SupportOpened&) {
  return note(desk, stream.id, support);
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const SupportEnded&) {
  return meet(desk, stream.id, support);
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const ContactRulesSet& e) {
  const ClosureFile* file = desk.view.find<ClosureFile>(stream.id);
  if (file != nullptr && file->contact == e.rules) return Decision();
  return Decision().emit(stream, SafeContactNoted{e.rules});
}

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const CaseErased& e) {
  return closing::erased(desk, CaseId(stream.id), e.ground);
}

// What is one of several of its kind: its own stream's id tells it apart.
template <class E>
constexpr std::optional<Obligation> begun_by = std::nullopt;
template <>
constexpr std::optional<Obligation> begun_by<ReferralRequested> = Obligation::referral_open;
template <>
constexpr std::optional<Obligation> begun_by<ProcedureOpened> = Obligation::procedure_running;
template <>
constexpr std::optional<Obligation> begun_by<AlarmRaised> = Obligation::alarm_running;
template <>
constexpr std::optional<Obligation> begun_by<IncidentReported> = Obligation::incident_open;
template <>
constexpr std::optional<Obligation> begun_by<ChildNoticeRaised> = Obligation::child_notice_open;

template <class E>
constexpr std::optional<Obligation> ended_by = std::nullopt;
template <>
constexpr std::optional<Obligation> ended_by<ReferralCompleted> = Obligation::referral_open;
template <>
constexpr std::optional<Obligation> ended_by<ReferralCancelled> = Obligation::referral_open;
template <>
constexpr std::optional<Obligation> ended_by<ProcedureEnded> = Obligation::procedure_running;
template <>
constexpr std::optional<Obligation> ended_by<AlarmEnded> = Obligation::alarm_running;
template <>
constexpr std::optional<Obligation> ended_by<IncidentClosed> = Obligation::incident_open;
template <>
constexpr std::optional<Obligation> ended_by<ChildNoticeAcknowledged> =
    Obligation::child_notice_open;
template <>
constexpr std::optional<Obligation> ended_by<ChildNoticeDropped> = Obligation::child_notice_open;

template <class E>
Result<Decision> receive(const Desk& desk, const StreamKey& stream, const E& event) {
  if constexpr (begun_by<E>.has_value())
    return note(desk, event.subject, {*begun_by<E>, stream.id});
  else if constexpr (ended_by<E>.has_value())
    return meet(desk, event.subject, {*ended_by<E>, stream.id});
  else
    return Decision();
}

// --- clocks -------------------------------------------------------------------------------------

// Nobody answers the request: who decides the case, and may answer it too, is told, and told again
// each time the escalation clock runs out.
Decision approval_due(const Desk& desk, const Due& over, const ClosureFile& file) {
  return Decision()
      .emit(over.stream, ClosureApprovalOverdue{.escalated_to = closing::decider_of(desk, file)})
      .set_clock(over.stream, ClockName::escalation, desk.due(ClockName::escalation));
}

Result<Decision> run_out(const Desk& desk, const Due& over) {
  if (over.stream.kind == StreamKind::visit) return closing::visit_due(desk, over);
  const ClosureFile* file = desk.view.find<ClosureFile>(over.stream.id);
  if (file == nullptr || file->running_clock() != over.name) return Decision();  // moved on
  if (over.name == ClockName::retention) return closing::retention_due(desk, over, *file);
  if (over.name == ClockName::erasure_order) return closing::erasure_due(desk, over, *file);
  return approval_due(desk, over, *file);
}
}  // namespace

Result<Decision> Closure::decide(const View& view, const Input& input, const Policy& policy) {
  const Desk desk{view, input, policy};
  if (const auto* command = std::get_if<Command>(&input.what))
    return decide_command(desk, *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return visit([&](const auto& e) { return receive(desk, received->stream, e); },
                 received->event);
  return run_out(desk, std::get<Due>(input.what));
}
}  // namespace nrm
