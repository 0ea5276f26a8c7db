// Legal procedures: each with the day that it must not miss, and a clock that speaks up ahead of
// it.
#include <algorithm>

#include "services/assistance/rules.hpp"

namespace nrm {
namespace {
// Where a pack has no such clock: four weeks, as a review.
constexpr Milliseconds look_default = days(28);
constexpr int reminder_days_default = 28;

bool needs_date(ProcedureStep step) {
  return step == ProcedureStep::interview_set || step == ProcedureStep::hearing_set ||
         step == ProcedureStep::granted_until || step == ProcedureStep::renewed_until;
}

// What is granted for a time: a permit to stay, or protection.
bool is_for_a_time(ProcedureKind kind) {
  return kind == ProcedureKind::residence_permit || kind == ProcedureKind::asylum;
}

bool may_end_so(ProcedureKind kind, ProcedureEnd end) {
  switch (end) {
    case ProcedureEnd::convicted:
    case ProcedureEnd::acquitted:
      return kind == ProcedureKind::criminal_proceedings;
    case ProcedureEnd::returned:
      return kind == ProcedureKind::return_;
    case ProcedureEnd::expired:
      return is_for_a_time(kind) || kind == ProcedureKind::compensation_claim;
    default:
      return true;
  }
}

// The last day for a claim: the pack's limitation period after the judgment, or an earlier one.
Result<Date> last_day_of_claim(const Desk& desk, const OpenProcedure& command) {
  if (!command.since)
    return Error(Code::missing_field, "/since", "the day from which the limitation period counts");
  // By the calendar alone: the end of the day of the judgment, in the pack's time zone.
  const auto over =
      desk.policy.due(ClockName::compensation_claim, desk.policy.end_of_local(*command.since));
  if (!over && !command.date)
    return Error(Code::missing_field, "/date", "this pack knows no limitation period");
  if (!over) return *command.date;
  const Date last = desk.policy.local_date(*over);
  if (command.date && *command.date > last)
    return Error(Code::out_of_range, "/date", "the limitation period ends on " + last.text());
  return command.date.value_or(last);
}
}  // namespace

Instant AssistanceRules::look_at(const std::optional<Date>& date) const {
  if (!date) return due_or(ClockName::procedure, look_default);
  const ClockRule* reminder = policy.rule(ClockName::procedure_reminder);
  const int ahead =
      reminder == nullptr ? reminder_days_default : static_cast<int>(reminder->length);
  const Instant remind = policy.end_of_local(date->plus(-ahead));
  if (remind > input.at) return remind;
  const Instant over = policy.end_of_local(*date);
  return over > input.at ? over : due_or(ClockName::procedure, look_default);
}

Result<Decision> AssistanceRules::on(const OpenProcedure& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, open_file(command.subject));
  const Date today = policy.local_date(input.at);
  if (command.since && *command.since > today)
    return Error(Code::invalid_date, "/since", "in the future");
  std::optional<Date> date = command.date;
  if (command.kind == ProcedureKind::compensation_claim) {
    NRM_TRY_ASSIGN(date, last_day_of_claim(*this, command));
    if (*date < today)
      return Error(Code::window_closed, "/since", "the limitation period ended on " + date->text());
  } else if (date && *date < today) {
    return Error(Code::invalid_date, "/date", "in the past");
  }
  NRM_TRY(room_for_one_more(command.subject));
  const StreamKey stream = procedure_stream(input.fresh<ProcedureId>(0));
  const Instant look = look_at(date);
  return Decision()
      .emit(stream,
            ProcedureOpened{command.subject, file->owner, command.kind, command.since, date, look})
      .set_clock(stream, ClockName::procedure, look);
}

Result<Decision> AssistanceRules::on(const RecordProcedure& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const auto found, find_matter<Procedure>(*this, command.procedure, "/procedure"));
  const Procedure& procedure = *found.matter;
  if (procedure.status != ProcedureStatus::running)
    return Error(Code::not_in_state, "/procedure", "the procedure has ended");
  const Date today = policy.local_date(input.at);
  if (needs_date(command.step) && !command.date)
    return Error(Code::missing_field, "/date", "say for which day");
  if (command.date && *command.date < today)
    return Error(Code::invalid_date, "/date", "in the past");
  const bool grants =
      command.step == ProcedureStep::granted_until || command.step == ProcedureStep::renewed_until;
  if (grants && !is_for_a_time(procedure.sort))
    return Error(Code::out_of_range, "/step", "only a permit or protection is granted for a time");
  const bool claim = procedure.sort == ProcedureKind::compensation_claim && !procedure.filed;
  const bool files = command.step == ProcedureStep::filed;
  if (claim && files && procedure.date && *procedure.date < today)
    return Error(Code::window_closed, "/step",
                 "the limitation period ended on " + procedure.date->text());
  // Until a claim is filed, its last day stays the one that counts.
  const std::optional<Date> date = claim && !files ? procedure.date : command.date;
  const Instant look = look_at(date);
  const StreamKey stream = procedure_stream(command.procedure);
  return Decision()
      .emit(stream, ProcedureRecorded{procedure.subject, command.step, date, look})
      .set_clock(stream, ClockName::procedure, look);
}

Result<Decision> AssistanceRules::on(const EndProcedure& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const auto found, find_matter<Procedure>(*this, command.procedure, "/procedure"));
  if (found.matter->status != ProcedureStatus::running)
    return Error(Code::not_in_state, "/procedure", "the procedure has ended");
  if (!may_end_so(found.matter->sort, command.end))
    return Error(Code::out_of_range, "/end", "a procedure of this kind does not end so");
  const StreamKey stream = procedure_stream(command.procedure);
  return Decision()
      .emit(stream, ProcedureEnded{found.matter->subject, command.end})
      .clear_clock(stream, ClockName::procedure);
}

// Near its day, on its day, and then until somebody says what became of it.
Decision AssistanceRules::procedure_due(const Due& over) const {
  const Procedure* procedure = view.find<Procedure>(over.stream.id);
  Decision out;
  if (procedure == nullptr || procedure->status != ProcedureStatus::running ||
      over.name != ClockName::procedure)
    return out;
  ProcedureCall why = ProcedureCall::nothing_heard;
  if (procedure->date)
    why = input.at >= policy.end_of_local(*procedure->date) ? ProcedureCall::date_has_passed
                                                            : ProcedureCall::date_comes_near;
  const Instant look = look_at(procedure->date);
  out.emit(over.stream, ProcedureDue{procedure->subject, why,
                                     owner_of(procedure->subject, procedure->owner), look});
  out.set_clock(over.stream, ClockName::procedure, look);
  return out;
}
}  // namespace nrm
