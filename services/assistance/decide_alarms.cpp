// Missing-person alarms and incidents.
#include <algorithm>

#include "services/assistance/rules.hpp"

namespace nrm {
namespace {
// Where a pack has no such clock.
constexpr Milliseconds alarm_default = hours(4), incident_default = days(2);

// Those whom the pack names for an incident so severe; nobody twice.
std::vector<OrganisationId> told_of(const Desk& desk, const SupportFile& file,
                                    IncidentSeverity severity) {
  std::vector<OrganisationId> out;
  const auto tell = [&](const OrganisationId& who) {
    if (std::ranges::find(out, who) == out.end()) out.push_back(who);
  };
  for (const IncidentRule& rule : desk.policy.support.incidents) {
    if (rule.from > severity) continue;
    for (const TellParty party : rule.told) {
      if (party == TellParty::state_owner) tell(file.owner);
      if (party == TellParty::providers)
        for (const RunningService& one : file.services) tell(one.organisation);
      if (party == TellParty::overseer && offices(desk.policy).overseer)
        tell(*offices(desk.policy).overseer);
    }
  }
  return out;
}
}  // namespace

Result<Decision> AssistanceRules::on(const RaiseAlarm& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, open_file(command.subject));
  if (!open_matters(command.subject, to_text(StreamKind::alarm)).empty())
    return Error(Code::not_in_state, "/subject", "an alarm has been raised already");
  NRM_TRY(room_for_one_more(command.subject));
  const StreamKey stream = alarm_stream(input.fresh<AlarmId>(0));
  const Instant escalates_at = due_or(ClockName::missing_alarm, alarm_default);
  return Decision()
      .emit(stream, AlarmRaised{command.subject, file->owner, command.ground, escalates_at})
      .set_clock(stream, ClockName::missing_alarm, escalates_at);
}

Result<Decision> AssistanceRules::on(const EndAlarm& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const auto found, find_matter<Alarm>(*this, command.alarm, "/alarm"));
  if (found.matter->status != AlarmStatus::raised)
    return Error(Code::not_in_state, "/alarm", "the alarm has ended");
  if (command.end == AlarmEnd::case_closed)
    return Error(Code::out_of_range, "/end", "this end is given by the system only");
  const StreamKey stream = alarm_stream(command.alarm);
  return Decision()
      .emit(stream, AlarmEnded{found.matter->subject, command.end})
      .clear_clock(stream, ClockName::missing_alarm);
}

// First the state owner, then, each time, the competent authority: that somebody is missing, and
// nothing of the support.
Decision AssistanceRules::alarm_due(const Due& over) const {
  const Alarm* alarm = view.find<Alarm>(over.stream.id);
  Decision out;
  if (alarm == nullptr || alarm->status != AlarmStatus::raised ||
      over.name != ClockName::missing_alarm)
    return out;
  const std::uint32_t level = alarm->level + 1;
  const Instant again = due_or(ClockName::missing_alarm, alarm_default);
  out.emit(over.stream, AlarmEscalated{alarm->subject, level,
                                       level == 1 ? owner_of(alarm->subject, alarm->owner)
                                                  : offices(policy).competent_authority,
                                       again});
  out.set_clock(over.stream, ClockName::missing_alarm, again);
  return out;
}

Result<Decision> AssistanceRules::on(const ReportIncident& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY_ASSIGN(const SupportFile* file, open_file(command.subject));
  if (command.on > policy.local_date(input.at))
    return Error(Code::invalid_date, "/on", "in the future");
  NRM_TRY(room_for_one_more(command.subject));
  const StreamKey stream = incident_stream(input.fresh<IncidentId>(0));
  const Instant answer_by = due_or(ClockName::incident, incident_default);
  return Decision()
      .emit(stream, IncidentReported{command.subject, file->owner, command.kind, command.severity,
                                     command.on, mine(), told_of(*this, *file, command.severity),
                                     answer_by})
      .set_clock(stream, ClockName::incident, answer_by);
}

// The state owner says what was done; not the house in which it happened.
Result<Decision> AssistanceRules::on(const CloseIncident& command) const {
  NRM_TRY(only({Role::case_manager}));
  NRM_TRY_ASSIGN(const auto found, find_matter<Incident>(*this, command.incident, "/incident"));
  if (found.matter->status != IncidentStatus::open)
    return Error(Code::not_in_state, "/incident", "the incident is closed");
  if (command.outcome == IncidentOutcome::case_closed)
    return Error(Code::out_of_range, "/outcome", "this outcome is given by the system only");
  const StreamKey stream = incident_stream(command.incident);
  return Decision()
      .emit(stream, IncidentClosed{found.matter->subject, command.outcome})
      .clear_clock(stream, ClockName::incident);
}

Decision AssistanceRules::incident_due(const Due& over) const {
  const Incident* incident = view.find<Incident>(over.stream.id);
  Decision out;
  if (incident == nullptr || incident->status != IncidentStatus::open ||
      over.name != ClockName::incident)
    return out;
  const Instant again = due_or(ClockName::incident, incident_default);
  out.emit(over.stream,
           IncidentOverdue{incident->subject, owner_of(incident->subject, incident->owner), again});
  out.set_clock(over.stream, ClockName::incident, again);
  return out;
}
}  // namespace nrm
