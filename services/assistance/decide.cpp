#include <algorithm>

#include "common/step/desk.hpp"
#include "services/assistance/assistance.hpp"

namespace nrm {
namespace {
const RunningService* service_of(const SupportFile& file, const ReferralId& referral) {
  const auto found = std::ranges::find(file.services, referral, &RunningService::referral);
  return found == file.services.end() ? nullptr : &*found;
}

// The rules: one function per command, received event and clock, for one input.
struct Rules : Desk {
  Result<Decision> on(const AgreePlan& command) const;
  Result<Decision> on(const RecordService& command) const;
  Result<Decision> on(const HoldReview& command) const;
  Result<Decision> on(const EndService& command) const;

  Decision on(const ReferralAccepted& event, const ReferralId& referral) const;
  Decision on(const ReferralCancelled& event, const ReferralId& referral) const;
  Decision on(const CaseHandedOver& event, const CaseId& subject) const;
  Decision on(const CaseClosed& event, const CaseId& subject) const;
  Decision on_clock(const Due& over) const;

  Result<const SupportFile*> visible(const CaseId& subject) const;
  void end(Decision& out, const CaseId& subject, const SupportFile& file,
           const std::vector<RunningService>& services, ServiceEndReason reason) const;
};

Result<Decision> decide_command(const Rules& rules, const Command& command) {
  return std::visit(
      [&]<class C>(const C& one) -> Result<Decision> {
        if constexpr (C::target == Service::assistance)
          return rules.on(one);
        else
          return Error(Code::bad_request, "", "this command is for another service");
      },
      command);
}

Decision decide_received(const Rules& rules, const Received& received) {
  const Uuid& id = received.stream.id;
  if (const auto* accepted = std::get_if<ReferralAccepted>(&received.event))
    return rules.on(*accepted, ReferralId(id));
  if (const auto* cancelled = std::get_if<ReferralCancelled>(&received.event))
    return rules.on(*cancelled, ReferralId(id));
  if (const auto* handed_over = std::get_if<CaseHandedOver>(&received.event))
    return rules.on(*handed_over, CaseId(id));
  if (const auto* closed = std::get_if<CaseClosed>(&received.event))
    return rules.on(*closed, CaseId(id));
  return {};
}

// --- commands -----------------------------------------------------------------------------------

// The file, if this actor has to do with it: the state owner, or an organisation whose service
// runs.
Result<const SupportFile*> Rules::visible(const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  if (file == nullptr) return Error(Code::not_found, "/subject");
  const OrganisationId& mine = input.actor->organisation;
  const bool related =
      input.actor->role == Role::case_manager
          ? file->owner == mine
          : std::ranges::find(file->services, mine, &RunningService::organisation) !=
                file->services.end();
  if (!related) return Error(Code::not_found, "/subject");
  return file;
}

Error ended(const SupportFile& file) {
  return file.end_reason == ServiceEndReason::case_closed
             ? Error(Code::case_closed, "/subject")
             : Error(Code::not_in_state, "/subject", "the support has ended");
}

Result<Decision> Rules::on(const AgreePlan& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, visible(command.subject));
  if (command.goals.empty()) return Error(Code::missing_field, "/goals", "at least one goal");
  if (!command.agreed_by_person)
    return Error(Code::consent_missing, "/agreed_by_person", "a plan is agreed with the person");
  if (!file->running()) return ended(*file);
  std::vector<PlanGoal> goals = command.goals;
  std::ranges::sort(goals);
  const auto repeated = std::ranges::unique(goals);
  goals.erase(repeated.begin(), repeated.end());
  const StreamKey stream = case_stream(command.subject);
  const Instant review_at = due(ClockName::review);
  Decision out;
  out.emit(stream, PlanAgreed{std::move(goals), review_at});
  if (!file->planned()) out.clear_clock(stream, ClockName::plan);
  out.set_clock(stream, ClockName::review, review_at);
  return out;
}

Result<Decision> Rules::on(const RecordService& command) const {
  NRM_TRY(only({Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, visible(command.subject));
  const RunningService* service = service_of(*file, command.referral);
  if (service == nullptr || service->organisation != input.actor->organisation)
    return Error(Code::not_found, "/referral");
  if (command.units == 0 || command.units > limits::service_units_max)
    return Error(Code::out_of_range, "/units", "1 to " + std::to_string(limits::service_units_max));
  if (command.on > input.at.date()) return Error(Code::invalid_date, "/on", "in the future");
  if (command.on < service->started_on)
    return Error(Code::invalid_date, "/on", "before the service started");
  Decision out;
  out.emit(case_stream(command.subject),
           ServiceGiven{command.referral, service->service, command.on, command.units});
  return out;
}

Result<Decision> Rules::on(const HoldReview& command) const {
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

Result<Decision> Rules::on(const EndService& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, visible(command.subject));
  const RunningService* service = service_of(*file, command.referral);
  const bool mine = service != nullptr && (input.actor->role == Role::case_manager ||
                                           service->organisation == input.actor->organisation);
  if (file->running() && !mine) return Error(Code::not_found, "/referral");
  if (command.reason == ServiceEndReason::case_closed)
    return Error(Code::out_of_range, "/reason", "this reason is given by the system only");
  if (!file->running()) return ended(*file);
  Decision out;
  end(out, command.subject, *file, {*service}, command.reason);
  return out;
}

// --- received events and clocks -----------------------------------------------------------------

Decision Rules::on(const ReferralAccepted& event, const ReferralId& referral) const {
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
                                  input.at.date()});
  return out;
}

// Only an accepted referral has a service; of the others nothing runs here.
Decision Rules::on(const ReferralCancelled& event, const ReferralId& referral) const {
  const SupportFile* file = view.find<SupportFile>(event.subject);
  const RunningService* service = file == nullptr ? nullptr : service_of(*file, referral);
  Decision out;
  if (service != nullptr)
    end(out, event.subject, *file, {*service},
        event.reason == CancelReason::case_closed ? ServiceEndReason::case_closed
                                                  : ServiceEndReason::other);
  return out;
}

// A file that opens later gets its owner from the acceptance that opens it.
Decision Rules::on(const CaseHandedOver& event, const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  if (file == nullptr || file->owner == event.to) return {};
  return Decision().emit(case_stream(subject), SupportHandedOver{event.to});
}

Decision Rules::on(const CaseClosed&, const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  Decision out;
  if (file != nullptr && file->running())
    end(out, subject, *file, file->services, ServiceEndReason::case_closed);
  return out;
}

// The file ends with its last service, and its clock with it.
void Rules::end(Decision& out, const CaseId& subject, const SupportFile& file,
                const std::vector<RunningService>& services, ServiceEndReason reason) const {
  const StreamKey stream = case_stream(subject);
  for (const RunningService& one : services)
    out.emit(stream, ServiceEnded{one.referral, one.organisation, reason});
  if (services.size() < file.services.size()) return;
  out.emit(stream, SupportEnded{reason});
  out.clear_clock(stream, *clock_of(file.status));
}

// Each expiry says so again until the plan is agreed or the review held.
Decision Rules::on_clock(const Due& over) const {
  const SupportFile* file =
      over.stream.kind == StreamKind::case_ ? view.find<SupportFile>(over.stream.id) : nullptr;
  Decision out;
  if (file == nullptr || clock_of(file->status) != over.name) return out;
  if (over.name == ClockName::plan)
    out.emit(over.stream, PlanOverdue{file->owner});
  else
    out.emit(over.stream, ReviewOverdue{file->owner});
  out.set_clock(over.stream, over.name, due(over.name));
  return out;
}
}  // namespace

Result<Decision> Assistance::decide(const View& view, const Input& input, const Policy& policy) {
  const Rules rules{{view, input, policy}};
  if (const auto* command = std::get_if<Command>(&input.what))
    return decide_command(rules, *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return decide_received(rules, *received);
  return rules.on_clock(std::get<Due>(input.what));
}
}  // namespace nrm
