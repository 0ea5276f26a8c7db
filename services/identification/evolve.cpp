#include <algorithm>

#include "services/identification/anonymity.hpp"

namespace nrm {
namespace {
using enum IdentificationStatus;

// --- states that interrupt others ---------------------------------------------------------------

void suspend(CaseFile& file, IdentificationStatus status, std::optional<PausedClock> paused = {}) {
  file.suspended.push_back({file.status, paused, file.overdue, file.await_until});
  file.status = status;
  file.overdue = false;
  file.await_until.reset();
}

// Back to what was suspended, whose clock now runs out at `due`.
void restore(CaseFile& file, std::optional<Instant> due) {
  if (file.suspended.empty()) return;
  const Suspension last = file.suspended.back();
  file.suspended.pop_back();
  file.status = last.status;
  file.overdue = last.overdue;
  file.await_until = last.await_until;
  if (!due || file.overdue) return;
  switch (file.running_clock().value_or(ClockName::escalation)) {
    case ClockName::recovery:
      file.recovery_until = due;
      break;
    case ClockName::reconsideration:
      file.reconsider_until = due;
      break;
    case ClockName::information_answer:
    case ClockName::contact_lost:
      file.await_until = due;
      break;
    default:
      file.decide_by = due;
  }
}

// --- coming in ----------------------------------------------------------------------------------

void fold(CaseFile& file, const ReportReceived& e) {
  file.status = reported;
  file.reporter = e.organisation;
  file.owner = e.owner;
  file.region = e.facts.region;
  file.decide_by = e.decide_by;
  file.child = e.facts.age_now != AgeBand::adult;
  file.route = e.route;
  file.traits = traits_of(e.facts);
}

void fold(CaseFile& file, const NotificationRecorded& e) {
  file.status = notified_anonymous;
  file.reporter = e.organisation;
  file.owner = e.owner;
  file.region = e.facts.region;
  file.traits = traits_of(e.facts);
}

void fold(CaseFile& file, const SignalReceived& e) {
  file.status = signal;
  file.reporter = e.organisation;
  file.owner = e.owner;
  file.region = e.facts.region;
  file.decide_by = e.follow_up_by;
}

void fold(CaseFile& file, const SignalOverdue&) { file.overdue = true; }

void fold(CaseFile& file, const SignalResolved&) {
  file.status = signal_resolved;
  file.decide_by.reset();
  file.overdue = false;
}

// --- evidence and questions ---------------------------------------------------------------------

void fold(CaseFile& file, const ScreeningRecorded& e) { file.score = e.score; }

void fold(CaseFile& file, const AgeAssessed& e) {
  if (e.moment == AgeMoment::today) file.child = e.treated_as_child;
}

void fold(CaseFile& file, const InformationRequested& e) {
  suspend(file, information_requested, e.paused);
  file.await_until = e.answer_by;
}

void fold(CaseFile& file, const InformationAnswered& e) { restore(file, e.decide_by); }

void fold(CaseFile& file, const InformationOverdue& e) { restore(file, e.decide_by); }

void fold(CaseFile& file, const VoteCast& e) { file.votes.push_back({e.by, e.outcome}); }

// Who recuses herself after she voted has not voted.
void fold(CaseFile& file, const MemberRecused& e) {
  file.recused.push_back(e.by);
  std::erase_if(file.votes, [&](const Vote& vote) { return vote.by == e.by; });
}

void fold(CaseFile& file, const RouteChanged& e) {
  file.route = e.route;
  file.decide_by = e.decide_by;
  file.overdue = false;
  file.votes.clear();
}

void fold(CaseFile& file, const DeciderAppointed& e) { file.owner = e.owner; }

// --- decisions ----------------------------------------------------------------------------------

// Of a negative decision everybody who voted took part, also who was of another mind.
void decided(CaseFile& file, Outcome outcome, std::optional<Instant> reconsider_until,
             const std::optional<AccountId>& account) {
  const auto bar = [&](const AccountId& one) {
    if (std::ranges::find(file.decided, one) == file.decided.end()) file.decided.push_back(one);
  };
  file.decide_by.reset();
  file.overdue = false;
  file.reconsider_until = reconsider_until;
  if (outcome == Outcome::negative) {
    for (const Vote& vote : file.votes) bar(vote.by);
    if (account) bar(*account);
  }
  file.votes.clear();
}

void fold(CaseFile& file, const FirstStageOverdue&) { file.overdue = true; }

void fold(CaseFile& file, const FirstStageDecided& e) {
  // What follows a positive decision is in the same record.
  file.status = e.outcome == Outcome::positive ? recovery_period : negative_first_stage;
  decided(file, e.outcome, e.reconsider_until, e.account);
}

void fold(CaseFile& file, const RecoveryPeriodStarted& e) {
  file.status = recovery_period;
  file.recovery_until = e.until;
  file.recovered_in = file.current_episode();
  file.decide_by.reset();
  file.overdue = false;
}

void fold(CaseFile& file, const RecoveryPeriodExtended& e) { file.recovery_until = e.until; }

void fold(CaseFile& file, const RecoveryPeriodEnded& e) {
  file.status = awaiting_second_stage;
  file.decide_by = e.decide_by;
}

void fold(CaseFile& file, const SecondStageAwaited& e) {
  file.status = awaiting_second_stage;
  file.recovery_until = e.since;
  file.decide_by = e.decide_by;
}

void fold(CaseFile& file, const SecondStageOverdue&) { file.overdue = true; }

void fold(CaseFile& file, const SecondStageDecided& e) {
  file.status = e.outcome == Outcome::positive ? confirmed : not_confirmed;
  decided(file, e.outcome, e.reconsider_until, e.account);
}

void fold(CaseFile& file, const ReconsiderationWindowClosed&) { file.reconsider_until.reset(); }

void fold(CaseFile& file, const ReconsiderationRequested& e) {
  file.status = reconsideration;
  file.contested = e.stage;
  file.decide_by = e.decide_by;
  file.reconsider_until.reset();
}

void fold(CaseFile& file, const ReconsiderationOverdue&) { file.overdue = true; }

// What follows a positive one is in the same record.
void fold(CaseFile& file, const ReconsiderationDecided& e) {
  const bool changed = e.admitted && e.outcome == Outcome::positive;
  if (e.stage == Stage::second)
    file.status = changed ? confirmed : not_confirmed;
  else if (e.stage == Stage::first)
    file.status = changed ? recovery_period : negative_first_stage;
  else if (changed)
    restore(file, std::nullopt);
  else
    file.status = disqualified;
  file.contested.reset();
  decided(file, Outcome::positive, std::nullopt, std::nullopt);
}

// Votes for a second stage that was not decided are no part of this decision.
void fold(CaseFile& file, const Disqualified& e) {
  suspend(file, disqualified);
  file.votes.clear();
  decided(file, Outcome::negative, e.reconsider_until, e.account);
}

void fold(CaseFile& file, const FurtherEpisodeOpened& e) {
  file.status = reported;
  file.reporter = e.organisation;
  file.episode = e.episode;
  file.decide_by = e.decide_by;
  file.reconsider_until.reset();
  file.recovery_until.reset();
  file.await_until.reset();
  file.suspended.clear();
  file.votes.clear();
  file.decided.clear();
  file.attempts = 0;
}

// --- the person ---------------------------------------------------------------------------------

void end_as(CaseFile& file, IdentificationStatus status) {
  file.status = status;
  file.decide_by.reset();
  file.reconsider_until.reset();
  file.await_until.reset();
  file.overdue = false;
  file.suspended.clear();
}

void fold(CaseFile& file, const IdentificationWithdrawn&) { end_as(file, withdrawn); }

void fold(CaseFile& file, const ContactAttempted& e) { file.attempts = e.number; }

void fold(CaseFile& file, const ContactLost& e) {
  suspend(file, contact_lost, e.paused);
  file.await_until = e.until;
}

void fold(CaseFile& file, const ContactRegained& e) {
  restore(file, e.due);
  file.attempts = 0;
}

void fold(CaseFile& file, const PersonDied&) { end_as(file, deceased); }

void fold(CaseFile& file, const OpenedInError&) { end_as(file, opened_in_error); }

void fold(CaseFile& file, const IdentificationSettled& e) {
  if (e.status == contact_lost) file.await_until.reset();
  if (e.status == confirmed) file.status = confirmed;
}

// A closed case stays closed; what reopening would give back is the merged one.
void fold(CaseFile& file, const CaseMerged& e) {
  if (file.status == ended)
    file.suspended.push_back({.status = merged});
  else
    suspend(file, merged, e.paused);
  file.merged_by = e.duplicate;
}

void fold(CaseFile& file, const CaseUnmerged& e) {
  file.merged_by.reset();
  if (file.status == ended)  // what reopening gives back is what was before the merge
    file.suspended.pop_back();
  else
    restore(file, e.due);
}

// What it was is kept: a case may be opened again.
void fold(CaseFile& file, const IdentificationEnded& e) { suspend(file, ended, e.paused); }

void fold(CaseFile& file, const IdentificationResumed& e) { restore(file, e.due); }

void fold(CaseFile& file, const IdentificationHandedOver& e) { file.manager = e.owner; }

template <class Other>
void fold(CaseFile&, const Other&) {}

// --- groups -------------------------------------------------------------------------------------

void fold(GroupFile& file, const GroupEventRecorded& e) {
  file = {.status = GroupStatus::open,
          .organisation = e.organisation,
          .owner = e.owner,
          .people = e.people,
          .reported = 0,
          .report_by = e.report_by};
}

void fold(GroupFile& file, const GroupPersonReported&) { ++file.reported; }

void fold(GroupFile& file, const GroupEventOverdue&) { file.status = GroupStatus::overdue; }

void fold(GroupFile& file, const GroupEventClosed&) { file.status = GroupStatus::closed; }

template <class Other>
void fold(GroupFile&, const Other&) {}
}  // namespace

bool CaseFile::settled() const {
  switch (status) {
    case signal:
    case reported:
    case information_requested:
    case recovery_period:
    case awaiting_second_stage:
    case reconsideration:
      return false;
    case negative_first_stage:
    case not_confirmed:
    case disqualified:
      return !reconsider_until;
    case contact_lost:
      return !await_until;
    case confirmed:
    case notified_anonymous:
    case signal_resolved:
    case withdrawn:
    case deceased:
    case merged:
    case opened_in_error:
    case ended:
      return true;
  }
  return true;
}

std::optional<ClockName> CaseFile::running_clock() const {
  if (settled()) return std::nullopt;
  if (overdue) return ClockName::escalation;
  switch (status) {
    case signal:
      return ClockName::signal_follow_up;
    case reported:
      return ClockName::first_stage;
    case information_requested:
      return ClockName::information_answer;
    case recovery_period:
      return ClockName::recovery;
    case awaiting_second_stage:
      return decide_by ? std::optional(ClockName::second_stage) : std::nullopt;
    case reconsideration:
      return ClockName::reconsideration_decision;
    case contact_lost:
      return ClockName::contact_lost;
    default:
      return ClockName::reconsideration;
  }
}

std::optional<Instant> CaseFile::runs_out() const {
  switch (running_clock().value_or(ClockName::escalation)) {
    case ClockName::escalation:
      return std::nullopt;
    case ClockName::recovery:
      return recovery_until;
    case ClockName::reconsideration:
      return reconsider_until;
    case ClockName::information_answer:
    case ClockName::contact_lost:
      return await_until;
    default:
      return decide_by;
  }
}

void Identification::evolve(CaseFile& file, const Event& event) {
  visit([&file](const auto& e) { fold(file, e); }, event);
}

void Identification::evolve(GroupFile& file, const Event& event) {
  visit([&file](const auto& e) { fold(file, e); }, event);
}
}  // namespace nrm
