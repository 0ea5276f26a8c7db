// The decisions, by one person or by a committee's votes, and what is between and after them.
#include <algorithm>

#include "services/identification/rules.hpp"

namespace nrm {
namespace {
using enum IdentificationStatus;

struct Verdict {
  Outcome outcome{};
  DecisionGround ground{};
};

// One person's decision, or one member's vote. A committee has decided when its quorum has voted
// and one outcome has more than half of the votes; until then the stage goes on, by its clock.
// None: not decided yet. ERRORS: already_decided when this member has voted.
Result<std::optional<Verdict>> take_vote(const IdentificationRules& rules, const StreamKey& stream,
                                         const CaseFile& file, Stage stage, Verdict mine,
                                         Decision& out) {
  const DeciderRule* rule = rules.pack().decider(stage, rules.route_of(file));
  if (rule->kind == DeciderKind::authority) return std::optional(mine);
  const AccountId& me = rules.actor().account;
  if (std::ranges::find(file.votes, me, &Vote::by) != file.votes.end())
    return Error(Code::already_decided, "/subject", "you have voted on this");
  if (file.votes.size() >= limits::committee_members_max)
    return Error(Code::not_in_state, "/subject", "more votes than a committee has members");
  out.emit(stream, VoteCast{stage, mine.outcome, mine.ground, me});
  const auto same =
      1 + static_cast<std::size_t>(std::ranges::count(file.votes, mine.outcome, &Vote::outcome));
  const std::size_t all = file.votes.size() + 1;
  if (all < rule->quorum) return std::optional<Verdict>();
  if (2 * same > all) return std::optional(mine);
  if (2 * (all - same) <= all) return std::optional<Verdict>();  // a tie
  return std::optional(
      Verdict{mine.outcome == Outcome::positive ? Outcome::negative : Outcome::positive,
              mine.outcome == Outcome::positive ? DecisionGround::evidence_insufficient
                                                : DecisionGround::evidence_sufficient});
}

void await_second_stage(const IdentificationRules& rules, const StreamKey& stream,
                        const CaseFile& file, NoRecovery why, Decision& out) {
  const auto decide_by =
      rules.policy.due(ClockName::second_stage, rules.input.at, Urgency::routine, file.region);
  const OrganisationId next = rules.appoint(out, stream, file, Stage::second, rules.route_of(file));
  out.emit(stream, SecondStageAwaited{why, next, rules.input.at, decide_by});
  out.set_clock(stream, ClockName::second_stage, decide_by);
}

// Where a reconsideration leaves the status.
IdentificationStatus after(Stage stage, bool changed) {
  if (changed) return confirmed;
  if (stage == Stage::first) return negative_first_stage;
  return stage == Stage::second ? not_confirmed : disqualified;
}

// The law gives one recovery period, or one for each episode.
bool had_recovery(const IdentificationRules& rules, const CaseFile& file) {
  if (!file.recovered_in) return false;
  return !rules.pack().new_recovery_on_new_episode || *file.recovered_in == file.current_episode();
}

// What follows a positive first decision: the recovery period, the second stage, or the status.
void go_on(const IdentificationRules& rules, const StreamKey& stream, const CaseFile& file,
           Decision& out) {
  const RecoveryRule& recovery = rules.pack().recovery;
  const bool further = had_recovery(rules, file);
  if (recovery.grant == RecoveryGrant::automatic && (recovery.children || !file.child) &&
      !further) {
    const Instant until = rules.due(ClockName::recovery, file);
    out.emit(stream, RecoveryPeriodStarted{.until = until});
    out.set_clock(stream, ClockName::recovery, until);
    return;
  }
  if (!rules.pack().second_stage) {
    out.emit(stream, IdentificationSettled{confirmed});
    return;
  }
  const bool no_child = !recovery.children && file.child;
  await_second_stage(rules, stream, file,
                     further    ? NoRecovery::further_episode
                     : no_child ? NoRecovery::child
                                : NoRecovery::not_requested,
                     out);
}

Result<void> in_first_stage(const CaseFile& file) {
  if (file.status == reported) return {};
  if (file.status == information_requested)
    return Error(Code::not_in_state, "/subject", "the referrer's answer is awaited");
  if (file.status == signal)
    return Error(Code::not_in_state, "/subject", "a signal is not a person yet");
  return Error(Code::already_decided, "/subject", "the first stage has been decided");
}

// Whose negative decision may still be contested; none: nobody's.
std::optional<Stage> contestable(const CaseFile& file) {
  if (!file.reconsider_until) return std::nullopt;
  switch (file.status) {
    case negative_first_stage:
      return Stage::first;
    case not_confirmed:
      return Stage::second;
    case disqualified:
      return Stage::disqualification;
    default:  // the window outlives a lost contact and a merging; both must end first
      return std::nullopt;
  }
}
}  // namespace

Result<Decision> IdentificationRules::on(const DecideFirstStage& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file, to_decide(command.subject, Stage::first));
  NRM_TRY(in_first_stage(*file));
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  NRM_TRY_ASSIGN(const auto verdict, take_vote(*this, stream, *file, Stage::first,
                                               {command.outcome, command.ground}, out));
  if (!verdict) return out;
  const auto reconsider_until = window(*file, verdict->outcome);
  out.emit(stream, FirstStageDecided{.outcome = verdict->outcome,
                                     .ground = verdict->ground,
                                     .by = actor().organisation,
                                     .reconsider_until = reconsider_until,
                                     .account = actor().account});
  stop(out, stream, *file);
  if (verdict->outcome == Outcome::negative)
    return out.set_clock(stream, ClockName::reconsideration, reconsider_until);
  go_on(*this, stream, *file, out);
  return out;
}

Result<Decision> IdentificationRules::on(const DecideSecondStage& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file, to_decide(command.subject, Stage::second));
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  bool period_is_over = false;
  switch (file->status) {
    case awaiting_second_stage:
      break;
    case recovery_period:
      if (input.at < *file->recovery_until)
        return Error(Code::too_early, "/subject",
                     "the recovery period runs until " + file->recovery_until->date().text());
      // The period is over and its clock has not been taken up yet: the decision ends it. Where
      // another office decides now, the clock hands the case to it first.
      if (office_of(Stage::second, route_of(*file)) != file->owner)
        return Error(Code::too_early, "/subject", "the case is on its way to who decides now");
      period_is_over = true;
      break;
    case confirmed:
    case not_confirmed:
    case disqualified:
      return Error(Code::already_decided, "/subject", "the second stage has been decided");
    default:
      return Error(Code::not_in_state, "/subject",
                   "the second stage follows a positive first-stage decision");
  }
  // Of a committee the votes may take their time, by the clock of the second stage.
  const bool votes = pack().decider(Stage::second, route_of(*file))->kind == DeciderKind::committee;
  const auto decide_by =
      votes ? policy.due(ClockName::second_stage, input.at, Urgency::routine, file->region)
            : std::nullopt;
  if (period_is_over)
    out.emit(stream, RecoveryPeriodEnded{.awaiting = file->owner, .decide_by = decide_by});
  NRM_TRY_ASSIGN(const auto verdict, take_vote(*this, stream, *file, Stage::second,
                                               {command.outcome, command.ground}, out));
  if (!verdict) {
    if (!period_is_over) return out;
    stop(out, stream, *file);
    return out.set_clock(stream, ClockName::second_stage, decide_by);
  }
  const auto reconsider_until = window(*file, verdict->outcome);
  out.emit(stream, SecondStageDecided{.outcome = verdict->outcome,
                                      .ground = verdict->ground,
                                      .by = actor().organisation,
                                      .reconsider_until = reconsider_until,
                                      .account = actor().account});
  stop(out, stream, *file);
  return out.set_clock(stream, ClockName::reconsideration, reconsider_until);
}

// --- the recovery period ------------------------------------------------------------------------

Result<Decision> IdentificationRules::on(const RequestRecovery& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager, Role::person,
                                           Role::guardian, Role::service_provider}));
  if (pack().recovery.grant != RecoveryGrant::on_request)
    return Error(Code::not_in_state, "/subject", "here the recovery period starts by itself");
  if (file->child && !pack().recovery.children)
    return Error(Code::not_in_state, "/subject", "a child has a protection measure instead");
  if (file->status != awaiting_second_stage)
    return Error(Code::not_in_state, "/subject", "it follows a positive first decision");
  if (had_recovery(*this, *file))
    return Error(Code::not_in_state, "/subject",
                 "the recovery period has been granted and is over");
  const StreamKey stream = case_stream(command.subject);
  const Instant until = due(ClockName::recovery, *file);
  Decision out;
  stop(out, stream, *file);
  out.emit(stream, RecoveryPeriodStarted{.until = until});
  return out.set_clock(stream, ClockName::recovery, until);
}

Result<Decision> IdentificationRules::on(const ExtendRecovery& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::competent_authority, Role::case_manager}));
  if (file->status != recovery_period)
    return Error(Code::not_in_state, "/subject", "no recovery period runs");
  const std::uint32_t most = pack().recovery.extension_days_max;
  if (command.days == 0 || command.days > most)
    return Error(Code::out_of_range, "/days",
                 most == 0 ? "this policy pack has no extension" : "1 to " + std::to_string(most));
  const StreamKey stream = case_stream(command.subject);
  const Date last = policy.local_date(*file->recovery_until).plus(static_cast<int>(command.days));
  const Instant until = policy.end_of_local(last);
  Decision out;
  out.emit(stream, RecoveryPeriodExtended{until, command.reason});
  return out.set_clock(stream, ClockName::recovery, until);
}

// Where a pack ends the period because the person works with the authorities (Bulgaria).
Result<Decision> IdentificationRules::on(const RecordCooperation& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::competent_authority, Role::case_manager}));
  if (!pack().recovery.ends_on_cooperation)
    return Error(Code::not_in_state, "/subject",
                 "in this mechanism cooperation does not end the recovery period");
  if (file->status != recovery_period)
    return Error(Code::not_in_state, "/subject", "no recovery period runs");
  const StreamKey stream = case_stream(command.subject);
  const bool more = pack().second_stage;
  const auto decide_by =
      more ? policy.due(ClockName::second_stage, input.at, Urgency::routine, file->region)
           : std::nullopt;
  Decision out;
  stop(out, stream, *file);
  const OrganisationId next =
      more ? appoint(out, stream, *file, Stage::second, route_of(*file)) : file->owner;
  out.emit(stream,
           RecoveryPeriodEnded{
               .awaiting = next, .decide_by = decide_by, .reason = RecoveryEnd::cooperation});
  if (!more) out.emit(stream, IdentificationSettled{confirmed});
  return out.set_clock(stream, ClockName::second_stage, decide_by);
}

// --- after a decision ---------------------------------------------------------------------------

Result<Decision> IdentificationRules::on(const RequestReconsideration& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager, Role::person,
                                           Role::guardian, Role::service_provider}));
  const auto stage = contestable(*file);
  if (!stage || input.at > *file->reconsider_until) {
    const bool negative = file->status == negative_first_stage || file->status == not_confirmed ||
                          file->status == disqualified;
    return negative ? Error(Code::window_closed, "/subject", "the window to contest it has closed")
                    : Error(Code::not_in_state, "/subject", "there is no negative decision");
  }
  if (pack().decider(Stage::reconsideration, route_of(*file)) == nullptr)
    return Error(Code::not_in_state, "/subject", "the policy pack has no reconsideration");
  const StreamKey stream = case_stream(command.subject);
  const Instant decide_by = due(ClockName::reconsideration_decision, *file);
  Decision out;
  stop(out, stream, *file);
  appoint(out, stream, *file, Stage::reconsideration, route_of(*file));
  out.emit(stream, ReconsiderationRequested{.stage = *stage,
                                            .ground = command.ground,
                                            .by = actor().role,
                                            .organisation = actor().organisation,
                                            .decide_by = decide_by});
  return out.set_clock(stream, ClockName::reconsideration_decision, decide_by);
}

// By somebody else than who decided before. Refused or negative, the decision stands and the window
// is used up; positive, the case goes on from the stage that was decided wrongly.
Result<Decision> IdentificationRules::on(const DecideReconsideration& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file, to_decide(command.subject, Stage::reconsideration));
  if (file->status != reconsideration)
    return Error(Code::not_in_state, "/subject", "nobody has asked for reconsideration");
  if (std::ranges::find(file->decided, actor().account) != file->decided.end())
    return Error(Code::second_person_required, "", "who decided does not reconsider it");
  if (!command.admitted && command.outcome == Outcome::positive)
    return Error(Code::out_of_range, "/outcome", "a request that is not admitted changes nothing");
  const StreamKey stream = case_stream(command.subject);
  const Stage stage = *file->contested;
  Decision out;
  NRM_TRY_ASSIGN(const auto verdict, take_vote(*this, stream, *file, Stage::reconsideration,
                                               {command.outcome, command.ground}, out));
  if (!verdict) return out;
  // Of a committee the votes count, and not what its last member says of the request.
  const bool changed = verdict->outcome == Outcome::positive;
  out.emit(stream, ReconsiderationDecided{.stage = stage,
                                          .admitted = changed || command.admitted,
                                          .outcome = verdict->outcome,
                                          .ground = verdict->ground,
                                          .by = actor().organisation});
  stop(out, stream, *file);
  if (changed && stage == Stage::first)
    go_on(*this, stream, *file, out);
  else if (changed && stage == Stage::disqualification && pack().second_stage &&
           file->suspended.back().status == awaiting_second_stage)
    await_second_stage(*this, stream, *file, NoRecovery::disqualification_lifted, out);
  else
    out.emit(stream, IdentificationSettled{after(stage, changed)});
  return out;
}

Result<Decision> IdentificationRules::on(const Disqualify& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file, related(command.subject, {Role::competent_authority}));
  if (file->status != recovery_period && file->status != awaiting_second_stage &&
      file->status != confirmed)
    return Error(Code::not_in_state, "/subject",
                 "only a presumed or confirmed victim has entitlements");
  NRM_TRY(takes_part(*file));
  const StreamKey stream = case_stream(command.subject);
  const bool was_settled = file->settled();
  const auto reconsider_until = window(*file, Outcome::negative);
  Decision out;
  stop(out, stream, *file);
  if (file->status == recovery_period)
    out.emit(stream, RecoveryPeriodEnded{.awaiting = file->owner,
                                         .decide_by = std::nullopt,
                                         .reason = RecoveryEnd::disqualified});
  out.emit(stream,
           Disqualified{command.ground, actor().organisation, reconsider_until, actor().account});
  if (was_settled && reconsider_until) out.emit(stream, IdentificationReopened{disqualified});
  if (!reconsider_until) out.emit(stream, IdentificationSettled{disqualified});
  return out.set_clock(stream, ClockName::reconsideration, reconsider_until);
}

Result<Decision> IdentificationRules::on(const OpenFurtherEpisode& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager}));
  const bool decided = file->settled() && file->status != signal_resolved &&
                       file->status != merged && file->status != deceased &&
                       file->status != opened_in_error;
  if (!decided)
    return Error(Code::not_in_state, "/subject", "a further episode follows a settled one");
  const std::uint32_t episode = file->current_episode() + 1;
  if (episode > pack().episodes_max)
    return Error(Code::not_in_state, "/subject", "the policy pack has no further episode");
  std::vector<Exploitation> exploitation = command.exploitation;
  std::ranges::sort(exploitation);
  if (std::ranges::adjacent_find(exploitation) != exploitation.end())
    return Error(Code::out_of_range, "/exploitation", "a value occurs twice");
  const StreamKey stream = case_stream(command.subject);
  const Instant until = due(ClockName::first_stage, *file);
  Decision out;
  const bool by_referrer = actor().role == Role::first_responder;
  out.emit(stream,
           FurtherEpisodeOpened{.episode = episode,
                                .organisation = by_referrer ? actor().organisation : file->reporter,
                                .exploitation = std::move(exploitation),
                                .place = command.place,
                                .decide_by = until});
  appoint(out, stream, *file, Stage::first, route_of(*file));
  out.emit(stream, IdentificationReopened{reported});
  return out.set_clock(stream, ClockName::first_stage, until);
}
}  // namespace nrm
