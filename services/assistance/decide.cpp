// The support file: plan, services, reviews, and its end.
#include <algorithm>

#include "services/assistance/rules.hpp"

namespace nrm {
namespace {
const RunningService* service_of(const SupportFile& file, const ReferralId& referral) {
  const auto found = std::ranges::find(file.services, referral, &RunningService::referral);
  return found == file.services.end() ? nullptr : &*found;
}

Result<Decision> decide_command(const AssistanceRules& rules, const Command& command) {
  return visit(
      [&]<class C>(const C& one) -> Result<Decision> {
        if constexpr (C::target == Service::assistance)
          return rules.on(one);
        else
          return Error(Code::bad_request, "", "this command is for another service");
      },
      command);
}

Decision decide_received(const AssistanceRules& rules, const Received& received) {
  const Uuid& id = received.stream.id;
  return visit(
      [&]<class E>(const E& event) -> Decision {
        if constexpr (requires { rules.on(event, ReferralId(id)); })
          return rules.on(event, ReferralId(id));
        else if constexpr (requires { rules.on(event, CaseId(id)); })
          return rules.on(event, CaseId(id));
        else
          return {};
      },
      received.event);
}

Decision decide_clock(const AssistanceRules& rules, const Due& over) {
  switch (over.stream.kind) {
    case StreamKind::case_:
      return rules.file_due(over);
    case StreamKind::procedure:
      return rules.procedure_due(over);
    case StreamKind::alarm:
      return rules.alarm_due(over);
    case StreamKind::incident:
      return rules.incident_due(over);
    case StreamKind::transition:
      return rules.transition_due(over);
    case StreamKind::child:
      return rules.child_due(over);
    case StreamKind::notice:
      return rules.notice_due(over);
    default:
      return {};
  }
}

Error ended(const SupportFile& file) {
  return file.closed || file.end_reason == ServiceEndReason::case_closed
             ? Error(Code::case_closed, "/subject")
             : Error(Code::not_in_state, "/subject", "the support has ended");
}
}  // namespace

// --- for all rules ------------------------------------------------------------------------------

Result<const SupportFile*> AssistanceRules::visible(const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  if (file == nullptr) return Error(Code::not_found, "/subject");
  const bool related =
      input.actor->role == Role::case_manager
          ? file->owner == mine()
          : std::ranges::find(file->services, mine(), &RunningService::organisation) !=
                file->services.end();
  if (!related) return Error(Code::not_found, "/subject");
  return file;
}

Result<const SupportFile*> AssistanceRules::open_file(const CaseId& subject) const {
  NRM_TRY_ASSIGN(const SupportFile* file, visible(subject));
  if (file->closed) return Error(Code::case_closed, "/subject");
  return file;
}

OrganisationId AssistanceRules::owner_of(const CaseId& subject,
                                         const OrganisationId& when_opened) const {
  if (const SupportFile* file = view.find<SupportFile>(subject)) return file->owner;
  const ChildFile* child = view.find<ChildFile>(subject);
  return child == nullptr || child->owner.nil() ? when_opened : child->owner;
}

std::vector<StreamKey> AssistanceRules::open_matters(const CaseId& subject,
                                                     std::string_view kind) const {
  std::string prefix = "open/" + subject.text() + '/';
  if (!kind.empty()) prefix += std::string(kind) + '/';
  const std::size_t stream_at = std::string("open/").size() + subject.text().size() + 1;
  std::vector<StreamKey> out;
  view.rows(prefix, [&](std::string_view key, std::string_view) {
    const auto stream = StreamKey::parse(key.substr(stream_at));
    CHECK(stream, "rows.cpp writes these keys");
    out.push_back(*stream);
    return true;
  });
  return out;
}

Result<void> AssistanceRules::room_for_one_more(const CaseId& subject) const {
  if (open_matters(subject, {}).size() < limits::open_matters_per_case_max) return {};
  return Error(Code::out_of_range, "/subject",
               "at most " + std::to_string(limits::open_matters_per_case_max) +
                   " procedures, alarms, incidents and notices are open at a time");
}

// --- commands -----------------------------------------------------------------------------------

Result<Decision> AssistanceRules::on(const AgreePlan& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, visible(command.subject));
  if (command.goals.empty()) return Error(Code::missing_field, "/goals", "at least one goal");
  if (!command.agreed_by_person)
    return Error(Code::consent_missing, "/agreed_by_person", "a plan is agreed with the person");
  if (!file->running()) return ended(*file);
  const Date today = policy.local_date(input.at);
  if (command.until && *command.until < today)
    return Error(Code::invalid_date, "/until", "in the past");
  for (std::size_t i = 0; i < command.steps.size(); ++i) {
    const PlanStep& step = command.steps[i];
    const std::string where = "/steps/" + std::to_string(i);
    if (std::ranges::find(command.goals, step.goal) == command.goals.end())
      return Error(Code::out_of_range, where + "/goal", "a step leads to one of the plan's goals");
    if (step.until && (*step.until < today || (command.until && *step.until > *command.until)))
      return Error(Code::invalid_date, where + "/until", "in the past, or after the plan's end");
  }
  const StreamKey stream = case_stream(command.subject);
  const Instant review_at = due(ClockName::review);
  Decision out;
  out.emit(stream, PlanAgreed{as_set(command.goals), review_at, command.steps,
                              as_set(command.safety), command.until});
  if (!file->planned()) out.clear_clock(stream, ClockName::plan);
  out.set_clock(stream, ClockName::review, review_at);
  return out;
}

Result<Decision> AssistanceRules::on(const RecordService& command) const {
  NRM_TRY(only({Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, visible(command.subject));
  const RunningService* service = service_of(*file, command.referral);
  if (service == nullptr || service->organisation != mine())
    return Error(Code::not_found, "/referral");
  if (command.units == 0 || command.units > limits::service_units_max)
    return Error(Code::out_of_range, "/units", "1 to " + std::to_string(limits::service_units_max));
  if (command.on > input.at.date()) return Error(Code::invalid_date, "/on", "in the future");
  if (command.on < service->started_on)
    return Error(Code::invalid_date, "/on", "before the service started");
  if (command.cost && command.cost->amount == 0)
    return Error(Code::out_of_range, "/cost/amount", "leave out what cost nothing");
  Decision out;
  out.emit(case_stream(command.subject),
           ServiceGiven{command.referral, service->service, command.on, command.units, mine(),
                        command.cost});
  return out;
}

Result<Decision> AssistanceRules::on(const HoldReview& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, visible(command.subject));
  if (!file->running()) return ended(*file);
  if (!file->planned())
    return Error(Code::not_in_state, "/subject", "there is no plan to review yet");
  const StreamKey stream = case_stream(command.subject);
  const Instant next_at = due(ClockName::review);
  Decision out;
  out.emit(stream, ReviewHeld{next_at});
  out.set_clock(stream, ClockName::review, next_at);
  return out;
}

Result<Decision> AssistanceRules::on(const EndService& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, visible(command.subject));
  const RunningService* service = service_of(*file, command.referral);
  const bool allowed = service != nullptr &&
                       (input.actor->role == Role::case_manager || service->organisation == mine());
  if (file->running() && !allowed) return Error(Code::not_found, "/referral");
  if (command.reason == ServiceEndReason::case_closed)
    return Error(Code::out_of_range, "/reason", "this reason is given by the system only");
  if (!file->running()) return ended(*file);
  if (file->services.size() == 1) NRM_TRY(may_leave(command.subject, command.reason));
  Decision out;
  end(out, command.subject, *file, {*service}, command.reason, Leaves::yes);
  return out;
}

// --- received events and clocks -----------------------------------------------------------------

Decision AssistanceRules::on(const ReferralAccepted& event, const ReferralId& referral) const {
  const StreamKey stream = case_stream(event.subject);
  const SupportFile* file = view.find<SupportFile>(event.subject);
  Decision out;
  if (file != nullptr && service_of(*file, referral) != nullptr) return out;
  if (file == nullptr || !file->running()) {
    const Instant plan_by = due(ClockName::plan);
    out.emit(stream, SupportOpened{event.owner, plan_by});
    out.set_clock(stream, ClockName::plan, plan_by);
  }
  out.emit(stream, ServiceStarted{referral, event.provider, event.organisation, event.service,
                                  input.at.date(), event.reopenings});
  return out;
}

// Only an accepted referral has a service; of the others nothing runs here.
Decision AssistanceRules::on(const ReferralCancelled& event, const ReferralId& referral) const {
  const SupportFile* file = view.find<SupportFile>(event.subject);
  const RunningService* service = file == nullptr ? nullptr : service_of(*file, referral);
  Decision out;
  if (service == nullptr) return out;
  const ServiceEndReason reason = event.reason == CancelReason::case_closed
                                      ? ServiceEndReason::case_closed
                                      : ServiceEndReason::other;
  // The person has not left: another provider is looked for, and the period runs on.
  const bool stays = event.reason == CancelReason::provider_failed;
  end(out, event.subject, *file, {*service}, reason, stays ? Leaves::no : Leaves::yes);
  return out;
}

// A file that opens later gets its owner from the acceptance that opens it.
Decision AssistanceRules::on(const CaseHandedOver& event, const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  const ChildFile* child = view.find<ChildFile>(subject);
  Decision out;
  if (file != nullptr && file->owner != event.to)
    out.emit(case_stream(subject), SupportHandedOver{event.to});
  // Of whom nothing is known here, the report may still come, and be of a child.
  if (child != nullptr ? child->owner != event.to : file == nullptr)
    out.emit(child_stream(subject), ChildHandedOver{event.to});
  for (const StreamKey& stream : open_matters(subject, {}))
    hand_over(out, stream, subject, event.to);
  return out;
}

// What is open moves with the case, into the new owner's queues.
void AssistanceRules::hand_over(Decision& out, const StreamKey& stream, const CaseId& subject,
                                const OrganisationId& to) const {
  const auto move = [&](const auto* matter, auto event) {
    CHECK(matter != nullptr, "a row has the state that it is made from");
    if (matter->owner != to) out.emit(stream, std::move(event));
  };
  switch (stream.kind) {
    case StreamKind::procedure:
      return move(view.find<Procedure>(stream.id), ProcedureHandedOver{subject, to});
    case StreamKind::alarm:
      return move(view.find<Alarm>(stream.id), AlarmHandedOver{subject, to});
    case StreamKind::incident:
      return move(view.find<Incident>(stream.id), IncidentHandedOver{subject, to});
    case StreamKind::notice:
      return move(view.find<ChildNotice>(stream.id), ChildNoticeHandedOver{subject, to});
    case StreamKind::transition:
      return move(view.find<Transition>(stream.id), TransitionHandedOver{subject, to});
    default:
      CHECK(false, "rows.cpp lists these kinds only");
  }
}

// Everything of the case ends here, but its legal procedures; and what was accepted after a later
// reopening, when referral's log was faster than closure's.
Decision AssistanceRules::on(const CaseClosed& event, const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  Decision out;
  if (file != nullptr && file->closed) return out;
  std::vector<RunningService> ending;
  if (file != nullptr)
    std::ranges::copy_if(
        file->services, std::back_inserter(ending),
        [&](const RunningService& one) { return one.reopenings < event.number.value_or(1); });
  const bool outlived = file != nullptr && ending.size() < file->services.size();
  if (file != nullptr && file->running())
    end(out, subject, *file, ending, ServiceEndReason::case_closed, Leaves::yes);
  else
    leave(out, subject, ServiceEndReason::case_closed);
  for (const StreamKey& stream : open_matters(subject, to_text(StreamKind::alarm)))
    out.emit(stream, AlarmEnded{subject, AlarmEnd::case_closed})
        .clear_clock(stream, ClockName::missing_alarm);
  for (const StreamKey& stream : open_matters(subject, to_text(StreamKind::incident)))
    out.emit(stream, IncidentClosed{subject, IncidentOutcome::case_closed})
        .clear_clock(stream, ClockName::incident);
  end_pathway(out, subject, ChildEnd::case_closed);
  if (file != nullptr && !outlived) out.emit(case_stream(subject), SupportFileClosed{});
  return out;
}

Decision AssistanceRules::on(const CaseReopened&, const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  const ChildFile* child = view.find<ChildFile>(subject);
  Decision out;
  if (file != nullptr && file->closed) out.emit(case_stream(subject), SupportFileReopened{});
  if (child != nullptr && child->status == ChildStatus::ended && !child->of_age)
    open_pathway(out, subject, child->owner, child->presumed);
  return out;
}

// The file ends with its last service, and its clock with it; what comes after is the transition's.
void AssistanceRules::end(Decision& out, const CaseId& subject, const SupportFile& file,
                          const std::vector<RunningService>& services, ServiceEndReason reason,
                          Leaves leaves) const {
  const StreamKey stream = case_stream(subject);
  for (const RunningService& one : services)
    out.emit(stream, ServiceEnded{one.referral, one.organisation, reason});
  if (services.size() < file.services.size()) return;
  out.emit(stream, SupportEnded{reason});
  out.clear_clock(stream, *clock_of(file.status));
  if (leaves == Leaves::yes) leave(out, subject, reason);
}

// Each expiry says so again until the plan is agreed or the review held.
Decision AssistanceRules::file_due(const Due& over) const {
  const SupportFile* file = view.find<SupportFile>(over.stream.id);
  Decision out;
  if (file == nullptr || clock_of(file->status) != over.name) return out;
  if (over.name == ClockName::plan)
    out.emit(over.stream, PlanOverdue{file->owner});
  else
    out.emit(over.stream, ReviewOverdue{file->owner});
  out.set_clock(over.stream, over.name, due(over.name));
  return out;
}

Result<Decision> Assistance::decide(const View& view, const Input& input, const Policy& policy) {
  const AssistanceRules rules{{view, input, policy}};
  if (const auto* command = std::get_if<Command>(&input.what))
    return decide_command(rules, *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return decide_received(rules, *received);
  return decide_clock(rules, std::get<Due>(input.what));
}
}  // namespace nrm
