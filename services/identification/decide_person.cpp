// What happens to the person while a case is decided: they withdraw, are lost and found, die; or
// there never was one.
#include <algorithm>

#include "services/identification/rules.hpp"

namespace nrm {
namespace {
using enum IdentificationStatus;

// States in which something is awaited of, or for, a person who can be looked for.
bool is_awaited(const CaseFile& file) {
  return !file.settled() && file.status != signal && file.status != information_requested &&
         file.status != contact_lost;
}
}  // namespace

// An adult's identification rests on consent; a child's does not (domain.md, b6), so a child's goes
// on whoever asks.
Result<Decision> IdentificationRules::on(const WithdrawIdentification& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager, Role::person,
                                           Role::guardian, Role::service_provider}));
  if (file->child)
    return Error(Code::not_in_state, "/subject", "the identification of a child goes on");
  if (file->settled() || file->status == signal)
    return Error(Code::not_in_state, "/subject", "nothing is being decided on this case");
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  out.emit(stream, IdentificationWithdrawn{actor().role});
  settle(out, stream, *file, withdrawn);
  return out;
}

Result<Decision> IdentificationRules::on(const RecordContactAttempt& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager,
                                           Role::competent_authority, Role::service_provider}));
  if (!is_awaited(*file) && file->status != contact_lost)
    return Error(Code::not_in_state, "/subject", "nothing is being decided on this case");
  const std::uint32_t number = std::min(file->attempts + 1, limits::contact_attempts_max);
  return Decision().emit(case_stream(command.subject),
                         ContactAttempted{command.channel, actor().organisation, number});
}

// Alarms the state owner, and gives the person a time to be found in before nothing is awaited.
Result<Decision> IdentificationRules::on(const ReportContactLost& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject,
                         {Role::first_responder, Role::case_manager, Role::competent_authority}));
  if (!is_awaited(*file))
    return Error(Code::not_in_state, "/subject",
                 file->status == contact_lost ? "the person is being looked for"
                                              : "nothing is being decided on this case");
  if (file->attempts < pack().contact_attempts_min)
    return Error(Code::too_early, "/subject",
                 "after " + std::to_string(pack().contact_attempts_min) + " attempts; so far " +
                     std::to_string(file->attempts));
  const StreamKey stream = case_stream(command.subject);
  const Instant until = due(ClockName::contact_lost, *file);
  const auto running = file->running_clock();
  Decision out;
  std::optional<PausedClock> paused;
  if (running && policy.pauses(*running, PauseCause::contact_lost))
    paused = pause(out, stream, *file);
  else
    stop(out, stream, *file);
  out.emit(
      stream,
      ContactLost{.until = until, .alarm_to = offices(policy).case_management, .paused = paused});
  return out.set_clock(stream, ClockName::contact_lost, until);
}

Result<Decision> IdentificationRules::on(const ReportContactRegained& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::first_responder, Role::case_manager,
                                           Role::competent_authority, Role::service_provider}));
  if (file->status != contact_lost)
    return Error(Code::not_in_state, "/subject", "contact was not lost");
  const StreamKey stream = case_stream(command.subject);
  const bool was_settled = file->settled();
  Decision out;
  stop(out, stream, *file);
  const auto until = resume(out, stream, *file);
  const Suspension& before = file->suspended.back();
  out.emit(stream, ContactRegained{actor().organisation, before.status, before.overdue, until});
  if (was_settled) out.emit(stream, IdentificationReopened{before.status});
  return out;
}

Result<Decision> IdentificationRules::on(const RecordDeath& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::case_manager, Role::competent_authority}));
  if (file->status == deceased || file->status == signal || file->status == signal_resolved ||
      file->status == opened_in_error || file->status == merged)
    return Error(Code::not_in_state, "/subject", "this does not follow here");
  const StreamKey stream = case_stream(command.subject);
  const bool was_settled = file->settled();
  Decision out;
  out.emit(stream, PersonDied{actor().organisation});
  if (!was_settled) settle(out, stream, *file, deceased);
  return out;
}

// Before anything is decided: what was decided is a fact about somebody.
Result<Decision> IdentificationRules::on(const MarkOpenedInError& command) const {
  NRM_TRY_ASSIGN(const CaseFile* file,
                 related(command.subject, {Role::case_manager, Role::competent_authority}));
  const bool undecided =
      file->status == reported || file->status == information_requested || file->status == signal;
  if (!undecided || file->current_episode() > 1)
    return Error(Code::not_in_state, "/subject", "something has been decided on this case");
  const StreamKey stream = case_stream(command.subject);
  Decision out;
  out.emit(stream, OpenedInError{command.ground});
  settle(out, stream, *file, opened_in_error);
  return out;
}
}  // namespace nrm
