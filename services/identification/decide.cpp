// What becomes of an input, what other services say, the clocks, and the parts that several
// decisions share.
#include <algorithm>

#include "services/identification/rules.hpp"

namespace nrm {
// --- parts --------------------------------------------------------------------------------------

OrganisationId IdentificationRules::office_of(Stage stage, IdentificationRoute route) const {
  const DeciderRule* rule = pack().decider(stage, route);
  CHECK(rule != nullptr, "the caller has looked for the rule");
  const Appointments& held = offices(policy);
  if (rule->office == DecidingOffice::competent_authority) return held.competent_authority;
  CHECK(held.board, "a pack with a board starts only when the board is appointed");
  return *held.board;
}

OrganisationId IdentificationRules::appoint(Decision& out, const StreamKey& stream,
                                            const CaseFile& file, Stage stage,
                                            IdentificationRoute route) const {
  if (pack().decider(stage, route) == nullptr) return file.owner;
  const OrganisationId owner = office_of(stage, route);
  if (owner != file.owner) out.emit(stream, DeciderAppointed{stage, owner});
  return owner;
}

Result<const CaseFile*> IdentificationRules::related(const CaseId& subject,
                                                     std::initializer_list<Role> roles) const {
  NRM_TRY(only(roles));
  const CaseFile* file = view.find<CaseFile>(subject);
  if (file == nullptr) return Error(Code::not_found, "/subject", "there is no such case");
  const OrganisationId& mine = actor().organisation;
  bool here = false;
  switch (actor().role) {
    case Role::first_responder:
      here = mine == file->reporter;
      break;
    case Role::competent_authority:
      here = mine == file->owner;
      break;
    case Role::case_manager:
      here = mine == offices(policy).case_management || file->manager == mine;
      break;
    default:  // a person, a guardian or a provider: the gateway lets them come to their cases alone
      here = true;
  }
  if (!here) return Error(Code::not_found, "/subject", "there is no such case");
  if (file->status == IdentificationStatus::ended)
    return Error(Code::case_closed, "/subject", "the case is closed");
  if (file->status == IdentificationStatus::notified_anonymous)
    return Error(Code::not_in_state, "/subject", "an anonymous notification has nobody behind it");
  return file;
}

Result<const CaseFile*> IdentificationRules::to_decide(const CaseId& subject, Stage stage) const {
  NRM_TRY(only({Role::competent_authority}, "only the competent authority decides"));
  const CaseFile* file = view.find<CaseFile>(subject);
  if (file == nullptr) return Error(Code::not_found, "/subject", "there is no such case");
  const OrganisationId& mine = actor().organisation;
  if (mine != file->owner)
    return Error(Code::forbidden, "", "another authority was appointed for this case");
  if (file->status == IdentificationStatus::ended)
    return Error(Code::case_closed, "/subject", "the case is closed");
  if (file->status == IdentificationStatus::notified_anonymous)
    return Error(Code::not_in_state, "/subject", "nothing is decided on an anonymous notification");
  if (pack().decider(stage, route_of(*file)) == nullptr)
    return Error(Code::not_in_state, "/subject", "the policy pack has nobody who decides this");
  NRM_TRY(takes_part(*file));
  return file;
}

Result<void> IdentificationRules::takes_part(const CaseFile& file) const {
  if (actor().organisation == file.reporter)
    return Error(Code::second_person_required, "", "who reported a person does not decide on them");
  if (std::ranges::find(file.recused, actor().account) == file.recused.end()) return {};
  return Error(Code::second_person_required, "", "you have recused yourself from this case");
}

Instant IdentificationRules::due(ClockName name, const CaseFile& file) const {
  const auto at = policy.due(name, input.at, Urgency::routine, file.region);
  CHECK(at, "every pack has this clock: read_policy()");
  return *at;
}

std::optional<Instant> IdentificationRules::window(const CaseFile& file, Outcome outcome) const {
  if (outcome == Outcome::positive) return std::nullopt;
  return policy.due(ClockName::reconsideration, input.at, Urgency::routine, file.region);
}

void IdentificationRules::stop(Decision& out, const StreamKey& stream, const CaseFile& file) const {
  if (const auto running = file.running_clock()) out.clear_clock(stream, *running);
}

std::optional<PausedClock> IdentificationRules::pause(Decision& out, const StreamKey& stream,
                                                      const CaseFile& file) const {
  stop(out, stream, file);
  const auto until = file.runs_out();
  // A later version of the pack may know the clock no more.
  if (!until || policy.rule(*file.running_clock()) == nullptr) return std::nullopt;
  return policy.pause(*file.running_clock(), input.at, *until, file.region);
}

CaseFile IdentificationRules::before_suspension(const CaseFile& file) {
  CHECK(!file.suspended.empty(), "only what was suspended is resumed");
  CaseFile before = file;
  const Suspension& last = file.suspended.back();
  before.status = last.status;
  before.overdue = last.overdue;
  before.await_until = last.await_until;
  return before;
}

std::optional<Instant> IdentificationRules::resume(Decision& out, const StreamKey& stream,
                                                   const CaseFile& file) const {
  const CaseFile before = before_suspension(file);
  const Suspension& last = file.suspended.back();
  const auto running = before.running_clock();
  if (!running) return std::nullopt;
  Instant until;
  if (*running == ClockName::escalation)
    until = due(ClockName::escalation, file);
  else if (last.paused)
    until = policy.resume(*last.paused, input.at, file.region);
  else
    until = std::max(before.runs_out().value_or(input.at), input.at);
  out.set_clock(stream, *running, until);
  return *running == ClockName::escalation ? before.decide_by : std::optional(until);
}

void IdentificationRules::settle(Decision& out, const StreamKey& stream, const CaseFile& file,
                                 IdentificationStatus status) const {
  stop(out, stream, file);
  out.emit(stream, IdentificationSettled{status});
}

// --- received events ----------------------------------------------------------------------------

Decision IdentificationRules::on(const CaseClosed& event, const StreamKey& stream) const {
  const CaseFile* file = view.find<CaseFile>(stream.id);
  if (file == nullptr || file->status == IdentificationStatus::ended) return {};
  Decision out;
  out.emit(stream,
           IdentificationEnded{.reason = event.reason, .paused = pause(out, stream, *file)});
  return out;
}

Decision IdentificationRules::on(const CaseReopened&, const StreamKey& stream) const {
  const CaseFile* file = view.find<CaseFile>(stream.id);
  if (file == nullptr || file->status != IdentificationStatus::ended) return {};
  Decision out;
  const auto until = resume(out, stream, *file);
  const CaseFile before = before_suspension(*file);
  out.emit(stream,
           IdentificationResumed{.status = before.status, .overdue = before.overdue, .due = until});
  if (!before.settled()) out.emit(stream, IdentificationReopened{before.status});
  return out;
}

// The hand-over may come before the report: the gateway offers none of a case that nobody reported.
Decision IdentificationRules::on(const CaseHandedOver& event, const StreamKey& stream) const {
  if (view.find<CaseFile>(stream.id) == nullptr) return {};
  return Decision().emit(stream, IdentificationHandedOver{event.to});
}

// A case that was merged before stays as it is; so does one that is not here. A closed one is
// merged without being opened: what was found out about it counts, whichever came first.
Decision IdentificationRules::on(const CasesMerged& event, const StreamKey& duplicate) const {
  const CaseFile* file = view.find<CaseFile>(event.merged);
  Decision out;
  if (file == nullptr || file->merged_by) return out;
  const StreamKey stream = case_stream(event.merged);
  const bool was_settled = file->settled();
  out.emit(stream, CaseMerged{.into = event.kept,
                              .duplicate = DuplicateId(duplicate.id),
                              .paused = pause(out, stream, *file)});
  if (!was_settled) out.emit(stream, IdentificationSettled{IdentificationStatus::merged});
  return out;
}

Decision IdentificationRules::on(const MergeReversed& event, const StreamKey& duplicate) const {
  const CaseFile* file = view.find<CaseFile>(event.merged);
  Decision out;
  if (file == nullptr || file->merged_by != DuplicateId(duplicate.id)) return out;
  const StreamKey stream = case_stream(event.merged);
  const auto& stack = file->suspended;
  const bool closed_since = file->status == IdentificationStatus::ended && stack.size() > 1 &&
                            stack.back().status == IdentificationStatus::merged;
  if (closed_since)  // it stays so
    return out.emit(stream, CaseUnmerged{.from = event.kept,
                                         .status = stack[stack.size() - 2].status,
                                         .overdue = false,
                                         .due = std::nullopt});
  if (file->status != IdentificationStatus::merged) return out;
  const auto until = resume(out, stream, *file);
  const CaseFile before = before_suspension(*file);
  out.emit(
      stream,
      CaseUnmerged{
          .from = event.kept, .status = before.status, .overdue = before.overdue, .due = until});
  if (!before.settled()) out.emit(stream, IdentificationReopened{before.status});
  return out;
}

// --- clocks -------------------------------------------------------------------------------------

namespace {
// What is awaited is not there in time. The case stays where it is; every further expiry of the
// escalation clock says so again, so that silence never comes to rest.
Decision overdue(const IdentificationRules& rules, const StreamKey& stream, const CaseFile& file) {
  Decision out;
  switch (file.status) {
    case IdentificationStatus::signal:
      out.emit(stream, SignalOverdue{file.owner});
      break;
    case IdentificationStatus::reported:
      out.emit(stream, FirstStageOverdue{.due = *file.decide_by, .escalated_to = file.owner});
      break;
    case IdentificationStatus::reconsideration:
      out.emit(stream, ReconsiderationOverdue{.due = *file.decide_by, .escalated_to = file.owner});
      break;
    default:
      out.emit(stream, SecondStageOverdue{.due = *file.decide_by, .escalated_to = file.owner});
  }
  return out.set_clock(stream, ClockName::escalation, rules.due(ClockName::escalation, file));
}

Decision group_overdue(const IdentificationRules& rules, const StreamKey& stream) {
  const GroupFile* group = rules.view.find<GroupFile>(stream.id);
  Decision out;
  if (group == nullptr || group->closed()) return out;
  out.emit(stream, GroupEventOverdue{group->owner, group->people - group->reported});
  const auto again = rules.policy.due(ClockName::escalation, rules.input.at);
  return out.set_clock(stream, ClockName::escalation, again);
}
}  // namespace

Decision IdentificationRules::run_out(const Due& over) const {
  if (over.stream.kind == StreamKind::group) return group_overdue(*this, over.stream);
  const CaseFile* file = view.find<CaseFile>(over.stream.id);
  if (file == nullptr || file->running_clock() != over.name) return {};  // moved on
  Decision out;
  switch (over.name) {
    case ClockName::recovery: {
      const auto decide_by =
          policy.due(ClockName::second_stage, input.at, Urgency::routine, file->region);
      if (!pack().second_stage)
        return out.emit(over.stream, RecoveryPeriodEnded{.awaiting = file->owner})
            .emit(over.stream, IdentificationSettled{IdentificationStatus::confirmed});
      const OrganisationId next = appoint(out, over.stream, *file, Stage::second, route_of(*file));
      return out.emit(over.stream, RecoveryPeriodEnded{.awaiting = next, .decide_by = decide_by})
          .set_clock(over.stream, ClockName::second_stage, decide_by);
    }
    case ClockName::reconsideration:
      return out.emit(over.stream, ReconsiderationWindowClosed{});
    case ClockName::information_answer: {
      const auto until = resume(out, over.stream, *file);
      return out.emit(over.stream, InformationOverdue{file->owner, until.value_or(input.at),
                                                      file->suspended.back().overdue});
    }
    case ClockName::contact_lost:
      return out.emit(over.stream, IdentificationSettled{IdentificationStatus::contact_lost});
    default:
      return overdue(*this, over.stream, *file);
  }
}

Result<Decision> Identification::decide(const View& view, const Input& input,
                                        const Policy& policy) {
  const IdentificationRules rules{{view, input, policy}};
  if (const auto* command = std::get_if<Command>(&input.what))
    return visit(
        [&]<class C>(const C& one) -> Result<Decision> {
          if constexpr (C::target == Service::identification)
            return rules.on(one);
          else
            return Error(Code::bad_request, "", "another service decides this command");
        },
        *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return visit(
        [&]<class E>(const E& one) -> Decision {
          if constexpr (requires { rules.on(one, received->stream); })
            return rules.on(one, received->stream);
          else
            return {};
        },
        received->event);
  return rules.run_out(std::get<Due>(input.what));
}
}  // namespace nrm
