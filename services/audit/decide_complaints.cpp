// Of the audit's decider: complaints (README.md, "Complaints").
#include "services/audit/rules.hpp"

namespace nrm {
namespace {
bool speaks_for_itself(Role role) { return role == Role::person || role == Role::guardian; }

// Who complained, or a colleague of theirs; where somebody complains of their own organisation, or
// of what was done to them, nobody but that account.
bool complained(const Actor& actor, const Complaint& complaint) {
  if (actor.account == complaint.by.account) return true;
  return !speaks_for_itself(complaint.by.role) && actor.role == complaint.by.role &&
         actor.organisation == complaint.by.organisation &&
         actor.organisation != complaint.about;
}

// Neither the body complained of nor who complains handles a complaint. A person's account is
// kept by some office, which is not the one that complains.
bool concerned(const Actor& actor, const Complaint& complaint) {
  return actor.organisation == complaint.about || actor.account == complaint.by.account ||
         (!speaks_for_itself(complaint.by.role) &&
          actor.organisation == complaint.by.organisation);
}

Result<const Complaint*> find(const Desk& desk, const ComplaintId& id) {
  const Complaint* found = desk.view.find<Complaint>(id);
  if (found == nullptr || !found->status)
    return Error(Code::not_found, "/complaint", "there is no such complaint");
  return found;
}

Result<void> in_state(const Complaint& complaint, std::initializer_list<ComplaintStatus> states) {
  if (std::ranges::find(states, *complaint.status) != states.end()) return {};
  return Error(Code::not_in_state, "/complaint",
               "it is " + std::string(to_text(*complaint.status)) + " already");
}

// The offices that keep the register, and the overseers.
Result<void> only_registrars(const Desk& desk, const Complaint& complaint) {
  NRM_TRY(desk.only({Role::competent_authority, Role::case_manager, Role::auditor},
                    "the competent authority, the case management or an auditor"));
  const Actor& actor = *desk.input.actor;
  const Appointments& held = offices(desk.policy);
  if ((actor.role == Role::competent_authority && actor.organisation != held.competent_authority) ||
      (actor.role == Role::case_manager && actor.organisation != held.case_management))
    return Error(Code::forbidden, "", "another organisation holds this office");
  if (concerned(actor, complaint))
    return Error(Code::forbidden, "", "nobody handles a complaint of their own, or about them");
  return {};
}

Result<void> only_complainant(const Desk& desk, const Complaint& complaint) {
  if (desk.input.actor && complained(*desk.input.actor, complaint)) return {};
  return Error(Code::forbidden, "", "only who complained says so");
}

// Offices that may answer; each is an organisation with accounts.
bool is_office(const Appointments& held, const OrganisationId& organisation) {
  return organisation == held.competent_authority || organisation == held.case_management ||
         organisation == held.overseer || organisation == held.board;
}

// The overseer, unless it is concerned; then any auditor who is not.
std::optional<OrganisationId> ombudsman_of(const Desk& desk, const Complaint& complaint) {
  const auto& overseer = offices(desk.policy).overseer;
  if (!overseer || *overseer == complaint.about || complaint.assigned_to == *overseer)
    return std::nullopt;
  return overseer;
}

Decision& escalate(const Desk& desk, const StreamKey& stream, const Complaint& complaint,
                   ComplaintEscalation cause, Decision& out) {
  const Instant by = due_or(desk, ClockName::complaint_conclusion, 90);
  return out
      .emit(stream, ComplaintEscalated{.by = desk.input.actor,
                                       .cause = cause,
                                       .to = ombudsman_of(desk, complaint),
                                       .conclude_by = by})
      .set_clock(stream, ClockName::complaint_conclusion, by);
}
}  // namespace

Result<Decision> decide(const Desk& desk, const SubmitComplaint& command) {
  NRM_TRY(desk.only({Role::person, Role::guardian, Role::case_manager, Role::service_provider,
                     Role::first_responder},
                    "a person, a guardian, or who works for one"));
  if (command.about.nil())
    return Error(Code::missing_field, "/about", "the organisation complained of");
  const auto id = desk.input.fresh<ComplaintId>(0);
  const Instant by = due_or(desk, ClockName::complaint_registration, 7);
  return Decision()
      .emit(complaint_stream(id), ComplaintReceived{.by = *desk.input.actor,
                                                    .about = command.about,
                                                    .matter = command.matter,
                                                    .subject = command.subject,
                                                    .item = command.item,
                                                    .assign_by = by})
      .set_clock(complaint_stream(id), ClockName::complaint_registration, by);
}

Result<Decision> decide(const Desk& desk, const RecordComplaint& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(only_registrars(desk, *complaint));
  NRM_TRY(in_state(*complaint, {ComplaintStatus::received}));
  return Decision().emit(complaint_stream(command.complaint),
                         ComplaintRecorded{*desk.input.actor});
}

Result<Decision> decide(const Desk& desk, const AssignComplaint& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(only_registrars(desk, *complaint));
  NRM_TRY(in_state(*complaint, {ComplaintStatus::recorded}));
  if (command.to == complaint->about)
    return Error(Code::out_of_range, "/to",
                 "never to the body that is complained of");
  if (!is_office(offices(desk.policy), command.to))
    return Error(Code::out_of_range, "/to",
                 "an office of the mechanism: authority, case management, board or overseer");
  if (!speaks_for_itself(complaint->by.role) && command.to == complaint->by.organisation)
    return Error(Code::out_of_range, "/to", "not to who complains");
  const StreamKey stream = complaint_stream(command.complaint);
  const Instant by = due_or(desk, ClockName::complaint_answer, 28);
  return Decision()
      .emit(stream, ComplaintAssigned{.by = *desk.input.actor, .to = command.to, .answer_by = by})
      .clear_clock(stream, ClockName::complaint_registration)
      .set_clock(stream, ClockName::complaint_answer, by);
}

Result<Decision> decide(const Desk& desk, const RejectComplaint& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(only_registrars(desk, *complaint));
  NRM_TRY(in_state(*complaint, {ComplaintStatus::received, ComplaintStatus::recorded}));
  const StreamKey stream = complaint_stream(command.complaint);
  return Decision()
      .emit(stream, ComplaintInadmissible{.by = *desk.input.actor, .reason = command.reason})
      .clear_clock(stream, ClockName::complaint_registration);
}

Result<Decision> decide(const Desk& desk, const AnswerComplaint& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(desk.only({Role::competent_authority, Role::case_manager, Role::auditor},
                    "an account of the office that it was assigned to"));
  NRM_TRY(in_state(*complaint, {ComplaintStatus::assigned}));
  const Actor& actor = *desk.input.actor;
  if (complaint->assigned_to != actor.organisation)
    return Error(Code::forbidden, "", "it was assigned to another office");
  if (concerned(actor, *complaint))
    return Error(Code::forbidden, "", "nobody handles a complaint of their own, or about them");
  const StreamKey stream = complaint_stream(command.complaint);
  const Instant by = due_or(desk, ClockName::complaint_response, 28);
  return Decision()
      .emit(stream, ComplaintAnswered{.by = actor,
                                      .finding = command.finding,
                                      .remedy = command.remedy,
                                      .respond_by = by})
      .clear_clock(stream, ClockName::complaint_answer)
      .set_clock(stream, ClockName::complaint_response, by);
}

Result<Decision> decide(const Desk& desk, const AcceptComplaintAnswer& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(only_complainant(desk, *complaint));
  NRM_TRY(in_state(*complaint, {ComplaintStatus::answered}));
  const StreamKey stream = complaint_stream(command.complaint);
  return Decision()
      .emit(stream, ComplaintSatisfied{*desk.input.actor})
      .clear_clock(stream, ClockName::complaint_response);
}

Result<Decision> decide(const Desk& desk, const EscalateComplaint& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(only_complainant(desk, *complaint));
  NRM_TRY(in_state(*complaint, {ComplaintStatus::answered}));
  const StreamKey stream = complaint_stream(command.complaint);
  Decision out;
  escalate(desk, stream, *complaint, ComplaintEscalation::not_satisfied, out)
      .clear_clock(stream, ClockName::complaint_response);
  return out;
}

Result<Decision> decide(const Desk& desk, const ConcludeComplaint& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(desk.only({Role::auditor}, "the ombudsman"));
  NRM_TRY(in_state(*complaint, {ComplaintStatus::escalated}));
  const Actor& actor = *desk.input.actor;
  if (complaint->escalated_to && complaint->escalated_to != actor.organisation)
    return Error(Code::forbidden, "", "another organisation holds this office");
  if (concerned(actor, *complaint) || complaint->assigned_to == actor.organisation)
    return Error(Code::forbidden, "", "nobody handles a complaint of their own, or about them");
  const StreamKey stream = complaint_stream(command.complaint);
  return Decision()
      .emit(stream, ComplaintConcluded{.by = actor,
                                       .finding = command.finding,
                                       .remedy = command.remedy})
      .clear_clock(stream, ClockName::complaint_conclusion);
}

Result<Decision> decide(const Desk& desk, const WithdrawComplaint& command) {
  NRM_TRY_ASSIGN(const Complaint* complaint, find(desk, command.complaint));
  NRM_TRY(only_complainant(desk, *complaint));
  const auto running = complaint->running_clock();
  if (!running)
    return Error(Code::not_in_state, "/complaint",
                 "it is " + std::string(to_text(*complaint->status)) + " already");
  const StreamKey stream = complaint_stream(command.complaint);
  return Decision().emit(stream, ComplaintWithdrawn{*desk.input.actor}).clear_clock(stream,
                                                                                    *running);
}

Result<Decision> complaint_due(const Desk& desk, const Due& due) {
  const Complaint* complaint = desk.view.find<Complaint>(due.stream.id);
  if (complaint == nullptr || complaint->running_clock() != due.name) return Decision();
  Decision out;
  switch (due.name) {
    case ClockName::complaint_registration:
      out.emit(due.stream, ComplaintOverdue{ComplaintDuty::registration});
      escalate(desk, due.stream, *complaint, ComplaintEscalation::registration_overdue, out);
      break;
    case ClockName::complaint_answer:
      out.emit(due.stream, ComplaintOverdue{ComplaintDuty::answer});
      escalate(desk, due.stream, *complaint, ComplaintEscalation::answer_overdue, out);
      break;
    case ClockName::complaint_response:
      out.emit(due.stream, ComplaintSettled{});
      break;
    default:  // the ombudsman's own: it is said again until it is done
      out.emit(due.stream, ComplaintOverdue{ComplaintDuty::conclusion})
          .set_clock(due.stream, ClockName::complaint_conclusion,
                     due_or(desk, ClockName::complaint_conclusion, 90));
  }
  return out;
}
}  // namespace nrm
