// Work queues: what waits for an office, or for the overseer, what is due first.
#include <algorithm>

#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/listing.hpp"

namespace nrm::gateway {
namespace {
enum class Of {
  cases,
  referrals,
  withdrawals,
  emergencies,
  proposals,
  accounts,
  duplicates,
  packages,
  groups,
  matters,
  complaints,
  warnings
};

struct Queue {
  std::string_view name;
  RoleSet roles;
  Of of;
  bool by_due;                          // ordered by a due time; otherwise by how long it waits
  StreamKind kind = StreamKind::case_;  // of a matter
};
constexpr RoleSet authority{Role::competent_authority, Role::operator_};
constexpr RoleSet management{Role::case_manager, Role::operator_};
constexpr RoleSet overseers{Role::auditor};
constexpr RoleSet registrars{Role::competent_authority, Role::case_manager, Role::auditor};
constexpr RoleSet case_managers{Role::case_manager};  // notes of assistance: nobody else's
constexpr Queue queues[] = {
    {"signals", management, Of::cases, true},
    {"groups", management, Of::groups, true},
    {"first_stage", authority, Of::cases, true},
    {"information", authority, Of::cases, true},
    {"recovery", authority, Of::cases, true},
    {"second_stage", authority, Of::cases, true},
    {"reconsideration", authority, Of::cases, true},
    {"reconsideration_decision", authority, Of::cases, true},
    {"contact_lost",
     {Role::case_manager, Role::competent_authority, Role::operator_},
     Of::cases,
     true},
    {"plan", management, Of::cases, true},
    {"review", management, Of::cases, true},
    {"closure_checklist", management, Of::cases, false},
    {"closure_approval",
     {Role::case_manager, Role::competent_authority, Role::operator_},
     Of::cases,
     true},
    {"risk", case_managers, Of::cases, false},
    {"retention", management, Of::cases, true},
    {"erasure_order", management, Of::cases, true},
    {"procedure", case_managers, Of::matters, true, StreamKind::procedure},
    {"missing_alarm", case_managers, Of::matters, true, StreamKind::alarm},
    {"incident", case_managers, Of::matters, true, StreamKind::incident},
    {"child_notice", case_managers, Of::matters, true, StreamKind::notice},
    {"guardian", case_managers, Of::matters, true, StreamKind::child},
    {"best_interests", case_managers, Of::matters, true, StreamKind::child},
    {"move_on", case_managers, Of::matters, true, StreamKind::transition},
    {"reach_in", case_managers, Of::matters, true, StreamKind::transition},
    {"follow_up", case_managers, Of::matters, true, StreamKind::visit},
    {"escalated", management, Of::referrals, false},
    {"awaiting_consent", management, Of::referrals, false},
    {"draft", management, Of::referrals, true},
    {"by_hand", management, Of::referrals, true},
    {"on_hold", management, Of::referrals, true},
    {"at_risk", management, Of::referrals, true},
    {"transnational", management, Of::packages, true},
    // Nobody else learns that two cases are perhaps of one person, the operator neither.
    {"duplicates", {Role::case_manager}, Of::duplicates, false},
    {"merge_approval", {Role::case_manager}, Of::duplicates, true},
    {"merged", {Role::case_manager}, Of::duplicates, false},
    {"withdrawal_overdue", management, Of::withdrawals, true},
    {"opening_approval", {Role::case_manager, Role::competent_authority}, Of::proposals, true},
    {"break_glass_review", overseers, Of::emergencies, true},
    // Who was referred without their consent, because their life is at risk: the overseer's notice.
    {"consent_override", {Role::auditor, Role::case_manager}, Of::referrals, false},
    {"anomaly", overseers, Of::accounts, false},
    {"complaint_registration", registrars, Of::complaints, true},
    {"complaint_answer", registrars, Of::complaints, true},
    {"complaint_response", registrars, Of::complaints, true},
    {"complaint_conclusion", overseers, Of::complaints, true},
    {"early_warning",
     {Role::competent_authority, Role::auditor, Role::operator_},
     Of::warnings,
     true},
};

Result<const Queue*> find_queue(const Call& call, std::string_view name) {
  const auto* found = std::ranges::find(queues, name, &Queue::name);
  if (found == std::end(queues)) return Error(Code::not_found, "", "there is no such queue");
  if (!found->roles.has(call.caller.role)) return Error(Code::forbidden);
  return found;
}

// The offices, and for their own queues the overseer.
bool works_here(const Actor& caller, const Appointments& offices) {
  if (caller.role == Role::auditor) return offices.overseer == caller.organisation;
  return holds_office(caller, offices);
}

// What is in the queue for this caller: all of it, or what its organisation decides or manages. Who
// sees a part has rows of its own: a page never looks through those of others. ERRORS: forbidden.
Result<std::string> rows_of(const Call& call, const Appointments& offices, const Queue& queue) {
  const bool here = works_here(call.caller, offices);
  // Of these there are few, and each row is looked at: any auditor may be the one who can act.
  if (queue.of == Of::complaints || queue.of == Of::warnings) {
    if (call.caller.role != Role::auditor && !holds_office(call.caller, offices))
      return Error(Code::forbidden);
    return row_key({"queue", queue.name, ""});
  }
  const bool all =
      here && call.caller.role != Role::competent_authority && queue.of != Of::proposals;
  if (all) return row_key({"queue", queue.name, ""});
  if (!here && call.caller.role != Role::case_manager) return Error(Code::forbidden);
  return row_key({"queue_of", call.caller.organisation.text(), queue.name, ""});
}

bool is_overdue(std::string_view queue, const CaseView& view) {
  if (queue == "plan" || queue == "review") return view.support_overdue;
  if (queue == "closure_approval") return view.closure_overdue;
  if (queue == "risk" || queue == "retention" || queue == "erasure_order") return false;
  return view.overdue;
}

// An item of the queue and the case that it is about; none: not for this caller.
struct Row {
  QueueItem item;
  std::optional<Uuid> subject;
};

template <class View, class Id>
Result<View> view_at(const Store& store, const Id& id) {
  NRM_TRY_ASSIGN(auto found, find_view<View>(store, id));
  return std::move(found.view);
}

Result<std::optional<Row>> access_row(const Gateway& gateway, const Call& call, Of of,
                                      const Uuid& id) {
  const Store& store = gateway.parts().store;
  const Appointments& offices = gateway.parts().offices;
  Row out;
  if (of == Of::withdrawals) {
    NRM_TRY_ASSIGN(const auto view, view_at<WithdrawalView>(store, id));
    if (!works_here(call.caller, offices) && !find_case(store, offices, call.caller, view.subject))
      return std::optional<Row>();  // it was handed over since
    out.item.withdrawal = disclose(WithdrawalId(id), view);
    out.subject = view.subject;
  } else if (of == Of::emergencies) {
    NRM_TRY_ASSIGN(const auto view, view_at<EmergencyView>(store, id));
    out.item.emergency =
        EmergencyItem{EmergencyId(id), view.subject, view.by, view.ground, view.due};
    out.item.overdue = view.overdue;
    out.subject = view.subject;
  } else if (of == Of::proposals) {
    NRM_TRY_ASSIGN(const auto view, view_at<ProposalView>(store, id));
    // Colleagues approve; another body that decides or manages has other cases.
    if (view.by.role != call.caller.role || view.by.organisation != call.caller.organisation)
      return std::optional<Row>();
    out.item.proposal = ProposalItem{ProposalId(id), view.subject, view.by.account,
                                     view.purpose,   view.classes, view.approve_by};
    out.subject = view.subject;
  } else {
    NRM_TRY_ASSIGN(const auto view, view_at<AccountView>(store, id));
    if (view.anomaly)
      out.item.anomaly = AnomalyItem{AccountId(id), view.organisation, view.role,
                                     view.anomaly->kind, view.anomaly->count};
  }
  return std::optional(std::move(out));
}

// Only a pair whose both cases this caller may see, and whose reports came.
Result<std::optional<Row>> duplicate_row(const Gateway& gateway, const Call& call, const Uuid& id) {
  const auto& parts = gateway.parts();
  NRM_TRY_ASSIGN(const auto view, view_at<DuplicateView>(parts.store, id));
  for (const CaseId& one : {view.subject, view.other})
    if (!find_case(parts.store, parts.offices, call.caller, one)) return std::optional<Row>();
  Row out;
  out.item.duplicate = DuplicateItem{DuplicateId(id), view.subject, view.other,      view.grounds,
                                     view.status,     view.kept,    view.proposed_by};
  return std::optional(std::move(out));
}

Result<std::optional<Row>> read_row(const Gateway& gateway, const Call& call, const Queue& queue,
                                    const Uuid& id) {
  const Store& store = gateway.parts().store;
  Row out;
  if (queue.of == Of::referrals) {
    NRM_TRY_ASSIGN(const auto view, view_at<ReferralView>(store, id));
    out.item.referral = disclose(ReferralId(id), view, call.caller);
    out.item.overdue = view.overdue;
    out.subject = view.subject;
  } else if (queue.of == Of::cases) {
    NRM_TRY_ASSIGN(const auto view, view_at<CaseView>(store, id));
    if (!decides_or_manages(call.caller, view)) return std::optional<Row>();
    out.item.case_ =
        disclose(CaseId(id), view, call.caller, Detail::item, behind_firewall(store, call.caller));
    out.item.overdue = is_overdue(queue.name, view);
    out.subject = id;
  } else if (queue.of == Of::packages) {
    NRM_TRY_ASSIGN(const auto view, view_at<TransnationalView>(store, id));
    out.item.transnational = disclose(TransnationalId(id), view);
    out.item.overdue = view.overdue;
    out.subject = view.subject;
  } else if (queue.of == Of::groups) {
    NRM_TRY_ASSIGN(const auto view, view_at<GroupView>(store, id));
    out.item.group = disclose(GroupEventId(id), view);
    out.item.overdue = view.overdue;
  } else if (queue.of == Of::duplicates) {
    return duplicate_row(gateway, call, id);
  } else if (queue.of == Of::matters) {
    NRM_TRY_ASSIGN(out.item.matter, find_matter(store, {queue.kind, id}));
    if (!find_case(store, gateway.parts().offices, call.caller, out.item.matter->case_))
      return std::optional<Row>();  // it was handed over since
    out.item.overdue = out.item.matter->overdue;
    out.subject = out.item.matter->case_;
  } else if (queue.of == Of::complaints) {
    NRM_TRY_ASSIGN(const auto view, view_at<ComplaintView>(store, id));
    if (!may_see_complaint(call.caller, gateway.parts().offices, view)) return std::optional<Row>();
    out.item.complaint = complaint_for(gateway, call.caller, ComplaintId(id), view);
    out.item.overdue = view.overdue;
  } else if (queue.of == Of::warnings) {
    NRM_TRY_ASSIGN(const auto view, view_at<WarningView>(store, id));
    out.item.warning = disclose(WarningId(id), view);
    out.item.overdue = view.status == WarningStatus::overdue;
  } else {
    return access_row(gateway, call, queue.of, id);
  }
  return std::optional(std::move(out));
}
}  // namespace

void get_queue(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  const auto named = call->request.parameter("queue");
  const auto queue = find_queue(*call, call->name.empty() ? named : std::string_view(call->name));
  if (!queue) return call->fail(queue.error());
  const auto prefix = rows_of(*call, parts.offices, **queue);
  if (!prefix) return call->fail(prefix.error());
  const Bars bars(parts.store, call->caller);
  std::vector<std::string> items;
  Result<void> fault;
  // What is not for this caller counts for no page, and promises none.
  const auto take = [&](std::string_view key, std::string_view) {
    auto row = read_row(gateway, *call, **queue, id_of<CaseId>(key));
    if (!row) fault = std::move(row).error();
    if (!row || !*row || ((*row)->subject && bars.cover(*(*row)->subject))) return false;
    QueueItem& item = (*row)->item;
    const auto when = Instant::parse(key.substr(key.size() - 36 - 1 - 24, 24));
    CHECK(when, "a row of a queue has its time");
    item.when = *when;
    // The event comes with the next turn of the service's clock; the time has passed already.
    if ((*queue)->by_due && parts.clock.now() > *when) item.overdue = true;
    items.push_back(to_json(item));
    return true;
  };
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call), *prefix, Order::ascending, take);
  if (!page) return call->fail(page.error());
  if (!fault) return call->fail(fault.error());
  items.resize(page->rows.size());  // one more was looked at, to know whether there is a next page
  answer_list(gateway, call, items, page->next);
}
}  // namespace nrm::gateway
