// Cases: lists, one case, its timeline and referrals, openings of its dossier, work queues.
#include <algorithm>

#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
enum class Of { cases, referrals, duplicates };
struct Queue {
  std::string_view name;
  RoleSet roles;
  Of of;
  bool by_due;  // ordered by a due time; otherwise by how long it waits
};
constexpr RoleSet authority{Role::competent_authority, Role::operator_};
constexpr RoleSet management{Role::case_manager, Role::operator_};
constexpr Queue queues[] = {
    {"first_stage", authority, Of::cases, true},
    {"recovery", authority, Of::cases, true},
    {"second_stage", authority, Of::cases, true},
    {"reconsideration", authority, Of::cases, true},
    {"plan", management, Of::cases, true},
    {"review", management, Of::cases, true},
    {"closure_checklist", management, Of::cases, false},
    {"closure_approval",
     {Role::case_manager, Role::competent_authority, Role::operator_},
     Of::cases,
     true},
    {"escalated", management, Of::referrals, false},
    {"awaiting_consent", management, Of::referrals, false},
    // Nobody else learns that two cases are perhaps of one person, the operator neither.
    {"duplicates", {Role::case_manager}, Of::duplicates, false},
};

Result<const Queue*> find_queue(const Call& call, std::string_view name) {
  const auto* found = std::ranges::find(queues, name, &Queue::name);
  if (found == std::end(queues)) return Error(Code::not_found, "", "there is no such queue");
  if (!found->roles.has(call.caller.role)) return Error(Code::forbidden);
  return found;
}

bool is_overdue(std::string_view queue, const CaseView& view) {
  if (queue == "plan" || queue == "review") return view.support_overdue;
  if (queue == "closure_approval") return view.closure_overdue;
  return view.overdue;
}

Result<std::string> queue_item(Gateway& gateway, const Call& call, const Queue& queue,
                               std::string_view key) {
  const Store& store = gateway.parts().store;
  const auto when = Instant::parse(key.substr(key.size() - 36 - 1 - 24, 24));
  CHECK(when, "a row of a queue has its time");
  QueueItem item{.when = *when};
  if (queue.of == Of::duplicates) {
    const auto id = id_of<DuplicateId>(key);
    NRM_TRY_ASSIGN(const auto found, find_view<DuplicateView>(store, id));
    item.duplicate = DuplicateItem{id, found.view.subject, found.view.other, found.view.grounds};
  } else if (queue.of == Of::referrals) {
    const auto id = id_of<ReferralId>(key);
    NRM_TRY_ASSIGN(const auto found, find_view<ReferralView>(store, id));
    item.referral = disclose(id, found.view, call.caller);
    item.overdue = found.view.overdue;
  } else {
    const auto id = id_of<CaseId>(key);
    NRM_TRY_ASSIGN(const auto found, find_view<CaseView>(store, id));
    item.case_ = disclose(id, found.view, call.caller, Detail::item);
    item.overdue = is_overdue(queue.name, found.view);
  }
  // The event comes with the next turn of the service's clock; the time has passed already.
  if (queue.by_due && gateway.parts().clock.now() > *when) item.overdue = true;
  return to_json(item);
}

// Whose cases: the office's, or those that the caller's organisation reported.
Result<std::string> list_prefix(const Call& call, const Appointments& offices) {
  const auto status = call.request.parameter("status");
  if (!holds_office(call.caller, offices)) {
    if (call.caller.role != Role::first_responder) return Error(Code::forbidden);
    if (!status.empty()) return Error(Code::bad_request, "", "status is for the offices' lists");
    return row_key({"case_of", call.caller.organisation.text(), ""});
  }
  if (status.empty()) return std::string("case/");
  if (!enum_from<IdentificationStatus>(status))
    return Error(Code::unknown_code, "", "status is one of the identification statuses");
  return row_key({"case_status", status, ""});
}

// A case is looked up by the reference that people write down.
void find_by_reference(Gateway& gateway, const CallPtr& call, std::string_view reference) {
  const auto& parts = gateway.parts();
  const auto row = parts.store.get(Family::rows, row_key({"reference", reference}));
  if (!row) return call->fail(row.error());
  std::vector<std::string> items;
  if (*row) {
    const auto id = id_of<CaseId>(**row);
    if (const auto found = find_case(parts.store, parts.offices, call->caller, id))
      items.push_back(to_json(disclose(id, found->view, call->caller, Detail::item)));
  }
  call->answer(page_response(call->request, items, {}));
}
}  // namespace

void get_queue(Gateway& gateway, const CallPtr& call) {
  const auto named = call->request.parameter("queue");
  const auto queue = find_queue(*call, call->name.empty() ? named : std::string_view(call->name));
  if (!queue) return call->fail(queue.error());
  if (!holds_office(call->caller, gateway.parts().offices))
    return call->fail(Error(Code::forbidden));
  const auto& parts = gateway.parts();
  // Of duplicates only pairs whose both cases this reader may see, and whose report came.
  const auto may_see = [&](std::string_view key, std::string_view) {
    if ((*queue)->of != Of::duplicates) return true;
    const auto pair = find_view<DuplicateView>(parts.store, id_of<DuplicateId>(key));
    return pair && find_case(parts.store, parts.offices, call->caller, pair->view.subject) &&
           find_case(parts.store, parts.offices, call->caller, pair->view.other);
  };
  const auto page = read_page(parts.store, gateway.cursors(), reader_of(*call),
                              row_key({"queue", (*queue)->name, ""}), Order::ascending, may_see);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    auto item = queue_item(gateway, *call, **queue, key);
    if (!item) return call->fail(item.error());
    items.push_back(std::move(*item));
  }
  call->answer(page_response(call->request, items, page->next));
}

void get_cases(Gateway& gateway, const CallPtr& call) {
  const auto& request = call->request;
  const auto queue = request.parameter("queue"), reference = request.parameter("reference");
  const int filters = !queue.empty() + !reference.empty() + !request.parameter("status").empty();
  if (filters > 1)
    return call->fail(Error(Code::bad_request, "", "one of queue, status and reference at a time"));
  if (!reference.empty()) return find_by_reference(gateway, call, reference);
  if (!queue.empty()) return get_queue(gateway, call);
  const Store& store = gateway.parts().store;
  const auto prefix = list_prefix(*call, gateway.parts().offices);
  if (!prefix) return call->fail(prefix.error());
  const auto page =
      read_page(store, gateway.cursors(), reader_of(*call), *prefix, Order::descending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<CaseId>(key);
    const auto found = find_view<CaseView>(store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(disclose(id, found->view, call->caller, Detail::item)));
  }
  call->answer(page_response(request, items, page->next));
}

void get_case(Gateway& gateway, const CallPtr& call) {
  const auto& [store, offices] = std::tie(gateway.parts().store, gateway.parts().offices);
  const auto found = find_case(store, offices, call->caller, call->id);
  if (!found) return call->fail(found.error());
  CaseItem item = disclose(CaseId(call->id), found->view, call->caller, Detail::full);
  if (may_see_facts(call->caller.role)) {
    const auto row = store.get(Family::rows, row_key({"facts", call->id.text()}));
    if (!row) return call->fail(row.error());
    if (*row && scratch().parse_trusted(**row)) {
      auto facts = from_json<ReportFacts>(scratch().root(), Unknown::ignore);
      if (facts) item.facts = std::move(*facts);
    }
  }
  call->answer(item_response(item), case_tag(found->view.versions));
}

void get_timeline(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  if (const auto seen = find_case(parts.store, parts.offices, call->caller, call->id); !seen)
    return call->fail(seen.error());
  const bool office = holds_office(call->caller, parts.offices);
  const auto may_see = [&](std::string_view, std::string_view row) {
    return office ||
           (scratch().parse_trusted(row) && may_see_event(call->caller, scratch().root()));
  };
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call),
                row_key({"timeline", call->id.text(), ""}), Order::ascending, may_see);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    items.push_back(value);
    // Operators see that something happened, not what was found out.
    if (call->caller.role == Role::operator_)
      items.back().replace(value.find(",\"data\":"), std::string::npos, "}");
  }
  call->answer(page_response(call->request, items, page->next));
}

void get_case_referrals(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  if (const auto seen = find_case(parts.store, parts.offices, call->caller, call->id); !seen)
    return call->fail(seen.error());
  const auto may_see = [&](std::string_view key, std::string_view) {
    return find_referral(parts.store, parts.offices, call->caller, id_of<ReferralId>(key))
        .has_value();
  };
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call),
                row_key({"case_referral", call->id.text(), ""}), Order::ascending, may_see);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<ReferralId>(key);
    const auto found = find_referral(parts.store, parts.offices, call->caller, id);
    if (found) items.push_back(to_json(disclose(id, found->view, call->caller)));
  }
  call->answer(page_response(call->request, items, page->next));
}

// The record of the opening is on disk at the vault before the text leaves it.
void post_opening(Gateway& gateway, const CallPtr& call) {
  send_form<OpeningForm>(gateway, call, [](const CallPtr& asked, const Accepted& accepted) {
    http::Response response;
    response.body = "{\"opened\":";
    response.body += accepted.answer.opened.empty() ? "{}" : accepted.answer.opened;
    response.body += ",\"receipt\":";
    write_json(response.body, accepted.receipt);
    response.body += '}';
    asked->answer(std::move(response));
  });
}
}  // namespace nrm::gateway
