// From support to a life of one's own: the move-on period, its extension for recovery needs, the
// transition plan, and reach-in contact after the exit (domain.md, b4: the United Kingdom).
#include <algorithm>

#include "common/step/safe_contact.hpp"
#include "services/assistance/rules.hpp"

namespace nrm {
namespace {
struct OpenTransition {
  StreamKey stream;
  const Transition* transition;
};

std::optional<OpenTransition> open_transition(const AssistanceRules& rules, const CaseId& subject) {
  const auto open = rules.open_matters(subject, to_text(StreamKind::transition));
  if (open.empty()) return std::nullopt;
  return OpenTransition{open.front(), rules.view.find<Transition>(open.front().id)};
}

// Before the exit: the period runs, or has passed.
bool before_exit(const Transition& transition) {
  return transition.status == TransitionStatus::moving_on ||
         transition.status == TransitionStatus::passed;
}

bool is_moving_on(const AssistanceRules& rules, const CaseId& subject) {
  const auto open = open_transition(rules, subject);
  return open && before_exit(*open->transition);
}
}  // namespace

void AssistanceRules::start_move_on(Decision& out, const CaseId& subject,
                                    const SupportFile& file) const {
  const auto until = policy.due(ClockName::move_on, input.at);
  if (!until) return;
  // The person had left before, and is supported again: there is one transition at a time.
  if (const auto before = open_transition(*this, subject)) {
    out.emit(before->stream, TransitionEnded{subject, TransitionEnd::completed});
    out.clear_clock(before->stream, ClockName::reach_in);
  }
  const StreamKey stream = transition_stream(input.fresh<TransitionId>(0));
  out.emit(stream, MoveOnStarted{subject, file.owner, *until});
  out.set_clock(stream, ClockName::move_on, *until);
}

Result<Decision> AssistanceRules::on(const StartMoveOn& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const SupportFile* file, open_file(command.subject));
  if (!file->running())
    return Error(Code::not_in_state, "/subject", "no support runs that could end");
  if (is_moving_on(*this, command.subject))
    return Error(Code::not_in_state, "/subject", "the person is moving on already");
  Decision out;
  start_move_on(out, command.subject, *file);
  if (out.events.empty())
    return Error(Code::not_in_state, "/subject", "this pack has no move-on period");
  return out;
}

Decision AssistanceRules::on(const SecondStageDecided& event, const CaseId& subject) const {
  return event.outcome == Outcome::positive ? move_on_confirmed(subject) : Decision();
}

Decision AssistanceRules::on(const ReconsiderationDecided& event, const CaseId& subject) const {
  const bool second = event.stage == Stage::second && event.admitted;
  return second && event.outcome == Outcome::positive ? move_on_confirmed(subject) : Decision();
}

Decision AssistanceRules::move_on_confirmed(const CaseId& subject) const {
  const SupportFile* file = view.find<SupportFile>(subject);
  Decision out;
  if (!policy.support.move_on_after_positive || file == nullptr || !file->running() ||
      is_moving_on(*this, subject))
    return out;
  start_move_on(out, subject, *file);
  return out;
}

Result<Decision> AssistanceRules::on(const ExtendMoveOn& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const auto found,
                 find_matter<Transition>(*this, command.transition, "/transition"));
  if (!before_exit(*found.matter))
    return Error(Code::not_in_state, "/transition", "the person has moved on");
  const std::uint32_t most = policy.support.move_on_extension_days_max;
  if (command.days == 0 || command.days > most)
    return Error(
        Code::out_of_range, "/days",
        most == 0 ? "this pack extends no move-on period" : "1 to " + std::to_string(most));
  const Instant from = std::max(found.matter->due, input.at);
  const Instant until =
      policy.end_of_local(policy.local_date(from).plus(static_cast<int>(command.days)));
  const StreamKey stream = transition_stream(command.transition);
  return Decision()
      .emit(stream, MoveOnExtended{found.matter->subject, command.ground, until})
      .set_clock(stream, ClockName::move_on, until);
}

Result<Decision> AssistanceRules::on(const AgreeTransition& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const auto found,
                 find_matter<Transition>(*this, command.transition, "/transition"));
  if (command.steps.empty()) return Error(Code::missing_field, "/steps", "at least one step");
  if (!command.agreed_by_person)
    return Error(Code::consent_missing, "/agreed_by_person", "a plan is agreed with the person");
  if (!before_exit(*found.matter))
    return Error(Code::not_in_state, "/transition", "the person has moved on");
  return Decision().emit(transition_stream(command.transition),
                         TransitionAgreed{found.matter->subject, as_set(command.steps)});
}

Result<Decision> AssistanceRules::on(const RecordReachIn& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const auto found,
                 find_matter<Transition>(*this, command.transition, "/transition"));
  if (found.matter->status != TransitionStatus::reach_in)
    return Error(Code::not_in_state, "/transition", "there is no reach-in now");
  if (found.file->contact)
    NRM_TRY(may_contact(*found.file->contact, command.channel, input.at, policy));
  return Decision().emit(
      transition_stream(command.transition),
      ReachInRecorded{found.matter->subject, command.channel, command.wellbeing});
}

// Nobody is put out before the period has passed, and then with a plan. Who leaves, or goes to
// another house, is not held.
Result<void> AssistanceRules::may_leave(const CaseId& subject, ServiceEndReason reason) const {
  if (reason != ServiceEndReason::goals_met && reason != ServiceEndReason::other) return {};
  const auto open = open_transition(*this, subject);
  if (!open || !before_exit(*open->transition)) return {};
  if (open->transition->status == TransitionStatus::moving_on)
    return Error(Code::too_early, "/reason",
                 "the move-on period lasts until " + open->transition->due.text());
  if (!open->transition->agreed)
    return Error(Code::not_in_state, "/reason", "the transition plan has not been agreed");
  return {};
}

// The exit: support has ended, or the case.
void AssistanceRules::leave(Decision& out, const CaseId& subject, ServiceEndReason reason) const {
  const auto open = open_transition(*this, subject);
  if (!open) return;
  const bool closing = reason == ServiceEndReason::case_closed;
  const auto until = policy.due(ClockName::reach_in, input.at);
  if (!closing && !before_exit(*open->transition)) return;
  out.clear_clock(open->stream, *clock_of(open->transition->status));
  if (closing) {
    out.emit(open->stream, TransitionEnded{subject, TransitionEnd::case_closed});
  } else if (until) {
    out.emit(open->stream, ReachInOpened{subject, *until});
    out.set_clock(open->stream, ClockName::reach_in, *until);
  } else {
    out.emit(open->stream, TransitionEnded{subject, TransitionEnd::no_reach_in});
  }
}

Decision AssistanceRules::transition_due(const Due& over) const {
  const Transition* transition = view.find<Transition>(over.stream.id);
  Decision out;
  if (transition == nullptr || clock_of(transition->status) != over.name) return out;
  if (over.name == ClockName::reach_in) {
    out.emit(over.stream, TransitionEnded{transition->subject, TransitionEnd::completed});
    return out;
  }
  const Instant again = due(ClockName::review);
  out.emit(over.stream, MoveOnPassed{transition->subject,
                                     owner_of(transition->subject, transition->owner), again});
  out.set_clock(over.stream, ClockName::move_on, again);
  return out;
}
}  // namespace nrm
