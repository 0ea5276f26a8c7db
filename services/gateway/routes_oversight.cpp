// Complaints, survivors' feedback and early warnings: what clients send and read of them.
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/listing.hpp"

namespace nrm::gateway {
namespace {
template <class View, class E>
void fold(View&, const E&, Instant) {}

void fold(ComplaintView& view, const ComplaintReceived& e, Instant at) {
  view.by = e.by;
  view.about = e.about;
  view.matter = e.matter;
  view.subject = e.subject;
  view.item = e.item;
  view.received_at = at;
  view.due = e.assign_by;
}
void fold(ComplaintView& view, const ComplaintRecorded&, Instant) {
  view.status = ComplaintStatus::recorded;
}
void fold(ComplaintView& view, const ComplaintAssigned& e, Instant) {
  view.status = ComplaintStatus::assigned;
  view.assigned_to = e.to;
  view.due = e.answer_by;
}
void end(ComplaintView& view, ComplaintStatus status) {
  view.status = status;
  view.due.reset();
  view.overdue = false;
}
void fold(ComplaintView& view, const ComplaintInadmissible& e, Instant) {
  end(view, ComplaintStatus::inadmissible);
  view.inadmissible = e.reason;
}
void fold(ComplaintView& view, const ComplaintAnswered& e, Instant) {
  view.status = ComplaintStatus::answered;
  view.finding = e.finding;
  view.remedy = e.remedy;
  view.due = e.respond_by;
}
void fold(ComplaintView& view, const ComplaintSatisfied&, Instant) {
  end(view, ComplaintStatus::satisfied);
}
void fold(ComplaintView& view, const ComplaintSettled&, Instant) {
  end(view, ComplaintStatus::settled);
}
void fold(ComplaintView& view, const ComplaintOverdue& e, Instant) {
  view.overdue = e.duty == ComplaintDuty::conclusion;  // of the others the escalation says it
}
void fold(ComplaintView& view, const ComplaintEscalated& e, Instant) {
  view.status = ComplaintStatus::escalated;
  view.escalation = e.cause;
  view.escalated_to = e.to;
  view.due = e.conclude_by;
}
void fold(ComplaintView& view, const ComplaintConcluded& e, Instant) {
  end(view, ComplaintStatus::concluded);
  view.finding = e.finding;
  view.remedy = e.remedy;
}
void fold(ComplaintView& view, const ComplaintWithdrawn&, Instant) {
  end(view, ComplaintStatus::withdrawn);
}

void fold(WarningView& view, const WarningRaised& e, Instant at) {
  view = {WarningStatus::raised, e, at, e.acknowledge_by, std::nullopt};
}
void fold(WarningView& view, const WarningOverdue& e, Instant) {
  view.status = WarningStatus::overdue;
  view.due = e.acknowledge_by;
}
void fold(WarningView& view, const WarningAcknowledged& e, Instant) {
  view.status = WarningStatus::acknowledged;
  view.due.reset();
  view.response = e.response;
}

// The queue that it waits in: under the name of its clock.
std::string_view queue_of(ComplaintStatus status) {
  switch (status) {
    case ComplaintStatus::received:
    case ComplaintStatus::recorded:
      return to_text(ClockName::complaint_registration);
    case ComplaintStatus::assigned:
      return to_text(ClockName::complaint_answer);
    case ComplaintStatus::answered:
      return to_text(ClockName::complaint_response);
    default:
      return to_text(ClockName::complaint_conclusion);
  }
}

// A person complains as themselves, an organisation as one: colleagues go on with it.
Uuid complainant(const Actor& actor) {
  return is_of_one_case(actor.role) ? Uuid(actor.account) : Uuid(actor.organisation);
}

// The account, or a colleague; of one's own organisation nobody but that account.
bool complained(const Actor& caller, const ComplaintView& view) {
  if (caller.account == view.by.account) return true;
  return !is_of_one_case(view.by.role) && caller.role == view.by.role &&
         caller.organisation == view.by.organisation && caller.organisation != view.about;
}

bool is_office(const Actor& caller) {
  return caller.role == Role::competent_authority || caller.role == Role::case_manager ||
         caller.role == Role::auditor;
}

// REQUIRES: the rows have what was acknowledged before.
Result<void> may_complain(const Gateway& gateway, const Call& call, const ComplaintForm& form) {
  const auto& parts = gateway.parts();
  if (form.subject) {
    const auto seen = find_case(parts.store, parts.offices, call.caller, *form.subject);
    if (!seen && seen.error().code != Code::not_found) return seen.error();
    if (!seen) return Error(Code::out_of_range, "/subject", "there is no such case");
  }
  const auto about = find_view<OrganisationView>(parts.store, form.about);
  if (!about && about.error().code != Code::not_found) return about.error();
  if (!about) return Error(Code::out_of_range, "/about", "there is no such organisation");
  return {};
}

Result<Found<ComplaintView>> seen_complaint(const Gateway& gateway, const Call& call) {
  const auto& parts = gateway.parts();
  auto found = find_view<ComplaintView>(parts.store, call.id);
  if (found && !may_see_complaint(call.caller, parts.offices, found->view)) return nothing_here();
  return found;
}
}  // namespace

void Views::evolve(ComplaintView& view, const Event& event, Instant at) {
  visit([&](const auto& e) { fold(view, e, at); }, event);
}
void Views::evolve(WarningView& view, const Event& event, Instant at) {
  visit([&](const auto& e) { fold(view, e, at); }, event);
}

void Views::rows(const StreamKey& stream, const ComplaintView& view, Rows& out) {
  const std::string id = stream.id.text(), at = view.received_at.text();
  out.put(row_key({"complaint", at, id}));
  out.put(row_key({"complaint_of", complainant(view.by).text(), at, id}));
  if (view.due) out.put(row_key({"queue", queue_of(view.status), view.due->text(), id}));
}
void Views::rows(const StreamKey& stream, const WarningView& view, Rows& out) {
  out.put(row_key({"warning", view.raised_at.text(), stream.id.text()}));
  if (view.due) out.put(row_key({"queue", "early_warning", view.due->text(), stream.id.text()}));
}

bool may_see_complaint(const Actor& caller, const Appointments& offices,
                       const ComplaintView& view) {
  if (complained(caller, view)) return true;
  if (caller.organisation == view.about || !is_office(caller)) return false;
  return caller.role == Role::auditor || view.assigned_to == caller.organisation ||
         holds_office(caller, offices);
}

ComplaintItem disclose(const ComplaintId& id, const ComplaintView& view, bool sees_case) {
  std::optional<OrganisationId> organisation;
  if (!is_of_one_case(view.by.role)) organisation = view.by.organisation;
  return {.complaint = id,
          .status = view.status,
          .about = view.about,
          .matter = view.matter,
          .by = view.by.role,
          .organisation = organisation,
          .case_ = sees_case ? view.subject : std::nullopt,
          .item = view.item,
          .received_at = view.received_at,
          .due = view.due,
          .overdue = view.overdue,
          .assigned_to = view.assigned_to,
          .escalated_to = view.escalated_to,
          .escalation = view.escalation,
          .finding = view.finding,
          .remedy = view.remedy,
          .inadmissible = view.inadmissible};
}

WarningItem disclose(const WarningId& id, const WarningView& view) {
  const WarningRaised& said = view.said;
  return {id,         said.kind,     view.status,   said.organisation,
          said.stage, said.clock,    said.provider, said.reason,
          said.until, said.observed, said.expected, view.raised_at,
          view.due,   view.response};
}

Result<void> find_complaint(const Gateway& gateway, const Call& call) {
  NRM_TRY(seen_complaint(gateway, call));
  return {};
}

Result<void> find_own_complaint(const Gateway& gateway, const Call& call) {
  NRM_TRY_ASSIGN(const auto found, find_view<ComplaintView>(gateway.parts().store, call.id));
  if (!complained(call.caller, found.view)) return nothing_here();
  return {};
}

ComplaintItem complaint_for(const Gateway& gateway, const Actor& caller, const ComplaintId& id,
                            const ComplaintView& view) {
  const auto& parts = gateway.parts();
  const bool sees_case =
      view.subject && find_case(parts.store, parts.offices, caller, *view.subject).has_value();
  return disclose(id, view, sees_case);
}

void post_complaint(Gateway& gateway, const CallPtr& call) {
  gateway.parts().freshness.when_fresh([&gateway, call] {
    const auto form = read_form<ComplaintForm>(*call);
    if (!form) return;
    if (const auto good = may_complain(gateway, *call, *form); !good)
      return call->fail(good.error());
    create<ComplaintForm, ComplaintReceived, ComplaintCreated>(gateway, call);
  });
}

void get_complaints(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  const Actor& caller = call->caller;
  const bool all =
      caller.role == Role::auditor || (is_office(caller) && holds_office(caller, parts.offices));
  const std::string prefix =
      all ? row_key({"complaint", ""}) : row_key({"complaint_of", complainant(caller).text(), ""});
  const auto take = [&](std::string_view key, std::string_view) {
    const auto found = find_view<ComplaintView>(parts.store, id_of<ComplaintId>(key));
    return found && may_see_complaint(caller, parts.offices, found->view);
  };
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call), prefix, Order::descending, take);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<ComplaintId>(key);
    const auto found = find_view<ComplaintView>(parts.store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(complaint_for(gateway, caller, id, found->view)));
  }
  answer_list(gateway, call, items, page->next);
}

void get_complaint(Gateway& gateway, const CallPtr& call) {
  const auto found = seen_complaint(gateway, *call);
  if (!found) return call->fail(found.error());
  const ComplaintId id(call->id);
  call->answer(item_response(complaint_for(gateway, call->caller, id, found->view)));
}

// That support has ended is known here: the audit's own log rests on no other (README.md).
void post_feedback(Gateway& gateway, const CallPtr& call) {
  gateway.parts().freshness.when_fresh([&gateway, call] {
    const auto& parts = gateway.parts();
    const auto seen = find_case(parts.store, parts.offices, call->caller, call->id);
    if (!seen) return call->fail(seen.error());
    const CaseView& view = seen->view;
    if (view.support != SupportStatus::ended &&
        (!view.closure || *view.closure == ClosureStatus::open ||
         *view.closure == ClosureStatus::requested))
      return call->fail(Error(Code::not_in_state, "", "when support has ended, or the case"));
    submit<FeedbackForm>(gateway, call);
  });
}

void get_warnings(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  if (call->caller.role != Role::auditor && !holds_office(call->caller, parts.offices))
    return call->fail(Error(Code::forbidden));
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call), "warning/", Order::descending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<WarningId>(key);
    const auto found = find_view<WarningView>(parts.store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(disclose(id, found->view)));
  }
  call->answer(page_response(call->request, items, page->next));
}
}  // namespace nrm::gateway
