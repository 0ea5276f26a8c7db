// Cases: lists, one case, its timeline and referrals, openings of its dossier.

#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/listing.hpp"
#include "services/gateway/tags.hpp"

namespace nrm::gateway {
namespace {
// Whose cases: the office's, or those that the caller's organisation reported.
Result<std::string> list_prefix(const Call& call, const Appointments& offices) {
  const auto status = call.request.parameter("status");
  if (!holds_office(call.caller, offices)) {
    if (call.caller.role == Role::case_manager && status.empty())
      return row_key({"case_managed", call.caller.organisation.text(), ""});
    if (call.caller.role != Role::first_responder) return Error(Code::forbidden);
    if (!status.empty()) return Error(Code::bad_request, "", "status is for the offices' lists");
    return row_key({"case_of", call.caller.organisation.text(), ""});
  }
  if (status.empty()) return std::string("case/");
  if (!enum_from<IdentificationStatus>(status))
    return Error(Code::unknown_code, "", "status is one of the identification statuses");
  return row_key({"case_status", status, ""});
}

// Of the kind of stream that is the last part but one of a row's key.
std::size_t kind_length(std::string_view key) {
  const std::size_t end = key.size() - 36 - 1;
  return end - (key.rfind('/', end - 1) + 1);
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
      items.push_back(to_json(disclose(id, found->view, call->caller, Detail::item,
                                       behind_firewall(parts.store, call->caller))));
  }
  answer_list(gateway, call, items, {});
}
}  // namespace

void get_cases(Gateway& gateway, const CallPtr& call) {
  const auto& request = call->request;
  if (is_of_one_case(call->caller.role)) return get_own_cases(gateway, call);
  const auto queue = request.parameter("queue"), reference = request.parameter("reference");
  const int filters = !queue.empty() + !reference.empty() + !request.parameter("status").empty();
  if (filters > 1)
    return call->fail(Error(Code::bad_request, "", "one of queue, status and reference at a time"));
  if (!reference.empty()) return find_by_reference(gateway, call, reference);
  if (!queue.empty()) return get_queue(gateway, call);
  const Store& store = gateway.parts().store;
  const auto prefix = list_prefix(*call, gateway.parts().offices);
  if (!prefix) return call->fail(prefix.error());
  const Bars bars(store, call->caller);
  // Where several bodies decide, each sees the cases that it decides.
  const Appointments& offices = gateway.parts().offices;
  const bool several = call->caller.role == Role::competent_authority &&
                       (offices.board || !offices.trusted_partners.empty());
  const auto take = [&](std::string_view key, std::string_view) {
    const auto id = id_of<CaseId>(key);
    if (bars.cover(id)) return false;
    if (!several) return true;
    const auto found = find_view<CaseView>(store, id);
    return found && decides_or_manages(call->caller, found->view);
  };
  const auto page =
      read_page(store, gateway.cursors(), reader_of(*call), *prefix, Order::descending, take);
  if (!page) return call->fail(page.error());
  const bool walled = behind_firewall(store, call->caller);
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<CaseId>(key);
    const auto found = find_view<CaseView>(store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(disclose(id, found->view, call->caller, Detail::item, walled)));
  }
  answer_list(gateway, call, items, page->next);
}

void get_case(Gateway& gateway, const CallPtr& call) {
  const auto& [store, offices] = std::tie(gateway.parts().store, gateway.parts().offices);
  const auto found = find_case(store, offices, call->caller, call->id);
  if (!found) return call->fail(found.error());
  const bool walled = behind_firewall(store, call->caller);
  CaseItem item = disclose(CaseId(call->id), found->view, call->caller, Detail::full, walled);
  if (may_see_facts(call->caller.role)) {
    const auto row = store.get(Family::rows, row_key({"facts", call->id.text()}));
    if (!row) return call->fail(row.error());
    if (*row && scratch().parse_trusted(**row)) {
      auto facts = from_json<ReportFacts>(scratch().root(), Unknown::ignore);
      if (facts) item.facts = std::move(*facts);
    }
  }
  auto response = item_response(item);
  auto tag = walled ? walled_case_tag(found->view.versions, response.body)
                    : case_tag(found->view.versions);
  call->answer(std::move(response), std::move(tag));
}

void get_timeline(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  if (const auto seen = find_case(parts.store, parts.offices, call->caller, call->id); !seen)
    return call->fail(seen.error());
  // The competent authority holds an office, but notes of assistance are not for it.
  const bool office =
      holds_office(call->caller, parts.offices) && call->caller.role != Role::competent_authority;
  const bool walled = behind_firewall(parts.store, call->caller);
  const auto may_see = [&](std::string_view, std::string_view row) {
    if (office) return true;
    if (!scratch().parse_trusted(row)) return false;
    const json::Value event = scratch().root();
    return !(walled && is_assistance_note(event.find("type").text())) &&
           may_see_event(call->caller, event);
  };
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call),
                row_key({"timeline", call->id.text(), ""}), Order::ascending, may_see);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    // Operators see that something happened, not what was found out.
    items.push_back(event_for(call->caller, value));
  }
  answer_list(gateway, call, items, page->next);
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
  answer_list(gateway, call, items, page->next);
}

void get_matters(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  const auto seen = find_case(parts.store, parts.offices, call->caller, call->id);
  if (!seen) return call->fail(seen.error());
  const bool walled = behind_firewall(parts.store, call->caller);
  const auto page = read_page(parts.store, gateway.cursors(), reader_of(*call),
                              row_key({"matter", call->id.text(), ""}), Order::ascending,
                              [&](std::string_view, std::string_view) { return !walled; });
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto stream = StreamKey::parse(key.substr(key.size() - 36 - 1 - kind_length(key)));
    CHECK(stream, "a row of a matter ends in its stream");
    const auto item = find_matter(parts.store, *stream);
    if (item) items.push_back(to_json(*item));
  }
  answer_list(gateway, call, items, page->next);
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
