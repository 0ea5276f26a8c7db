#include <algorithm>

#include "common/event/demonyms.hpp"
#include "common/step/desk.hpp"
#include "services/identification/identification.hpp"

namespace nrm {
namespace {
// --- intake -------------------------------------------------------------------------------------

template <class T>
Result<void> sort_set(std::vector<T>& set, std::string_view where) {
  std::ranges::sort(set);
  if (std::ranges::adjacent_find(set) != set.end())
    return Error(Code::out_of_range, std::string(where), "a value occurs twice");
  return {};
}

Result<void> check_nationalities(const ReportFacts& facts) {
  for (std::size_t i = 0; i < facts.nationalities.size(); ++i)
    if (!is_listed_term(facts.nationalities[i]))
      return Error(Code::unknown_code, "/facts/nationalities/" + std::to_string(i) + "/term",
                   "not a demonym of that country, nor ZZ with unknown nationality: …");
  return {};
}

// Checks the facts and puts their sets into order.
Result<void> normalise(ReportFacts& facts, const Desk& desk) {
  NRM_TRY(check_nationalities(facts));
  if (!desk.policy.has_region(facts.region))
    return Error(Code::unknown_code, "/facts/region", "not a region of the policy pack");
  NRM_TRY(sort_set(facts.exploitation, "/facts/exploitation"));
  NRM_TRY(sort_set(facts.means_of_control, "/facts/means_of_control"));
  NRM_TRY(sort_set(facts.needs, "/facts/needs"));
  auto& indicators = facts.indicators;
  std::ranges::sort(indicators, {}, &IndicatorObservation::code);
  if (std::ranges::adjacent_find(indicators, {}, &IndicatorObservation::code) != indicators.end())
    return Error(Code::out_of_range, "/facts/indicators", "an indicator occurs twice");
  if (facts.met_on && *facts.met_on > desk.input.at.date())
    return Error(Code::invalid_date, "/facts/met_on", "the person cannot be met in the future");
  return {};
}

Result<void> check_reporter(const Desk& desk) {
  return desk.only({Role::first_responder}, "only a first responder reports");
}

Result<Decision> decide(const Desk& desk, SubmitReport command) {
  NRM_TRY(check_reporter(desk));
  NRM_TRY(normalise(command.facts, desk));
  if (desk.view.find<CaseFile>(command.subject))
    return Error(Code::already_exists, "/subject", "this case has been reported already");
  if (command.report_by && desk.input.at >= *command.report_by)
    return Error(Code::window_closed, "", "its dossier is kept no longer; report with a new key");
  const Instant due = desk.due(ClockName::first_stage);
  const StreamKey stream = case_stream(command.subject);
  return Decision()
      .emit(stream, ReportReceived{.reference = make_reference(desk.input.fresh<Uuid>(0)),
                                   .organisation = desk.input.actor->organisation,
                                   .owner = offices(desk.policy).competent_authority,
                                   .dossier = std::move(command.dossier),
                                   .facts = std::move(command.facts),
                                   .decide_by = due})
      .set_clock(stream, ClockName::first_stage, due);
}

Result<Decision> decide(const Desk& desk, SubmitNotification command) {
  NRM_TRY(check_reporter(desk));
  NRM_TRY(normalise(command.facts, desk));
  if (command.facts.age_now != AgeBand::adult)  // age in doubt: treated as a child
    return Error(Code::child_not_anonymous, "/facts/age_now", "report the person formally");
  if (!desk.policy.anonymous_route)
    return Error(Code::not_in_state, "", "the policy pack has no anonymous route");
  return Decision().emit(
      case_stream(desk.input.fresh<CaseId>(0)),
      NotificationRecorded{.reference = make_reference(desk.input.fresh<Uuid>(1)),
                           .organisation = desk.input.actor->organisation,
                           .owner = offices(desk.policy).competent_authority,
                           .facts = std::move(command.facts)});
}

// --- decisions ----------------------------------------------------------------------------------

// The file that the actor may decide, or why not.
Result<const CaseFile*> file_to_decide(const Desk& desk, const CaseId& subject) {
  NRM_TRY(desk.only({Role::competent_authority}, "only the competent authority decides"));
  const CaseFile* file = desk.view.find<CaseFile>(subject);
  if (file == nullptr) return Error(Code::not_found, "/subject", "there is no such case");
  if (desk.input.actor->organisation != file->owner)
    return Error(Code::forbidden, "", "another authority was appointed for this case");
  if (file->status == IdentificationStatus::ended)
    return Error(Code::case_closed, "/subject", "the case is closed");
  if (file->status == IdentificationStatus::notified_anonymous)
    return Error(Code::not_in_state, "/subject", "nothing is decided on an anonymous notification");
  if (desk.input.actor->organisation == file->reporter)
    return Error(Code::second_person_required, "", "who reported a person does not decide on them");
  return file;
}

// Ends the running clock, if one runs.
void stop(Decision& decision, const StreamKey& stream, const CaseFile& file) {
  if (const auto running = file.running_clock()) decision.clear_clock(stream, *running);
}

std::optional<Instant> window(const Desk& desk, Outcome outcome) {
  if (outcome == Outcome::positive) return std::nullopt;
  return desk.policy.due(ClockName::reconsideration, desk.input.at);
}

Result<Decision> decide(const Desk& desk, const DecideFirstStage& command) {
  NRM_TRY_ASSIGN(const CaseFile* file, file_to_decide(desk, command.subject));
  if (file->status != IdentificationStatus::reported)
    return Error(Code::already_decided, "/subject", "the first stage has been decided");
  const StreamKey stream = case_stream(command.subject);
  const auto reconsider_until = window(desk, command.outcome);
  Decision decision;
  decision.emit(stream, FirstStageDecided{.outcome = command.outcome,
                                          .ground = command.ground,
                                          .by = desk.input.actor->organisation,
                                          .reconsider_until = reconsider_until});
  stop(decision, stream, *file);
  if (command.outcome == Outcome::negative)
    return decision.set_clock(stream, ClockName::reconsideration, reconsider_until);
  const Instant until = desk.due(ClockName::recovery);
  decision.emit(stream, RecoveryPeriodStarted{.until = until});
  return decision.set_clock(stream, ClockName::recovery, until);
}

Result<Decision> decide(const Desk& desk, const DecideSecondStage& command) {
  NRM_TRY_ASSIGN(const CaseFile* file, file_to_decide(desk, command.subject));
  const StreamKey stream = case_stream(command.subject);
  Decision decision;
  switch (file->status) {
    case IdentificationStatus::awaiting_second_stage:
      break;
    case IdentificationStatus::recovery_period:
      if (desk.input.at < *file->recovery_until)
        return Error(Code::too_early, "/subject",
                     "the recovery period runs until " + file->recovery_until->date().text());
      // The period is over and its clock has not been taken up yet: the decision ends it.
      decision.emit(stream, RecoveryPeriodEnded{.awaiting = file->owner});
      break;
    case IdentificationStatus::confirmed:
    case IdentificationStatus::not_confirmed:
      return Error(Code::already_decided, "/subject", "the second stage has been decided");
    default:
      return Error(Code::not_in_state, "/subject",
                   "the second stage follows a positive first-stage decision");
  }
  const auto reconsider_until = window(desk, command.outcome);
  decision.emit(stream, SecondStageDecided{.outcome = command.outcome,
                                           .ground = command.ground,
                                           .by = desk.input.actor->organisation,
                                           .reconsider_until = reconsider_until});
  stop(decision, stream, *file);
  return decision.set_clock(stream, ClockName::reconsideration, reconsider_until);
}

// --- received events ----------------------------------------------------------------------------

Result<Decision> receive(const Desk& desk, const StreamKey& stream, const CaseClosed& event) {
  const CaseFile* file = desk.view.find<CaseFile>(stream.id);
  if (file == nullptr || file->status == IdentificationStatus::ended) return Decision();
  Decision decision;
  decision.emit(stream, IdentificationEnded{.reason = event.reason});
  stop(decision, stream, *file);
  return decision;
}

template <class Other>
Result<Decision> receive(const Desk&, const StreamKey&, const Other&) {
  return Decision();
}

// --- clocks -------------------------------------------------------------------------------------

// A stage is not decided in time. The case stays where it is; every further expiry of the
// escalation clock says so again, so that silence never comes to rest.
Result<Decision> overdue(const Desk& desk, const StreamKey& stream, const CaseFile& file) {
  Decision decision;
  if (file.status == IdentificationStatus::reported)
    decision.emit(stream, FirstStageOverdue{.due = *file.decide_by, .escalated_to = file.owner});
  else
    decision.emit(stream, SecondStageOverdue{.due = *file.decide_by, .escalated_to = file.owner});
  return decision.set_clock(stream, ClockName::escalation,
                            desk.policy.due(ClockName::escalation, desk.input.at));
}

Result<Decision> run_out(const Desk& desk, const Due& due) {
  const CaseFile* file = desk.view.find<CaseFile>(due.stream.id);
  if (file == nullptr || file->running_clock() != due.name) return Decision();  // moved on
  switch (due.name) {
    case ClockName::first_stage:
    case ClockName::second_stage:
    case ClockName::escalation:
      return overdue(desk, due.stream, *file);
    case ClockName::recovery: {
      const auto decide_by = desk.policy.due(ClockName::second_stage, desk.input.at);
      return Decision()
          .emit(due.stream, RecoveryPeriodEnded{.awaiting = file->owner, .decide_by = decide_by})
          .set_clock(due.stream, ClockName::second_stage, decide_by);
    }
    case ClockName::reconsideration:
      return Decision().emit(due.stream, ReconsiderationWindowClosed{});
    default:
      return Decision();
  }
}

template <class Other>
Result<Decision> decide(const Desk&, const Other&) {
  return Error(Code::bad_request, "", "another service decides this command");
}
}  // namespace

Result<Decision> Identification::decide(const View& view, const Input& input,
                                        const Policy& policy) {
  const Desk desk{view, input, policy};
  if (const auto* command = std::get_if<Command>(&input.what))
    return std::visit([&](const auto& c) { return nrm::decide(desk, c); }, *command);
  if (const auto* received = std::get_if<Received>(&input.what))
    return std::visit([&](const auto& e) { return receive(desk, received->stream, e); },
                      received->event);
  return run_out(desk, std::get<Due>(input.what));
}

Text<16> make_reference(const Uuid& random) {
  static constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
  std::uint64_t bits = 0;  // of a UUID of version 4, bytes 0 to 5 and 15 are random
  for (std::size_t i = 0; i < 6; ++i) bits = bits << 8 | random.bytes[i];
  bits = bits << 8 | random.bytes[15];
  bits &= (std::uint64_t{1} << 50) - 1;
  std::string out;
  for (int digit = 9; digit >= 0; --digit) {
    out += digits[bits >> (5 * digit) & 31];
    if (digit == 5 || digit == 0) out += '-';
  }
  out += digits[bits % 37];
  return *Text<16>::parse(out);
}
}  // namespace nrm
