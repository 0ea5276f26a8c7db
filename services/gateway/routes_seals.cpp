// Organisations' keys, and items that clients seal to them: the boxes pass through here sealed.
#include <algorithm>

#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/listing.hpp"

namespace nrm::gateway {
namespace {
// Pointers of StoreSealedItem and of its boxes, in the client's body.
std::string place_in_item(std::string_view where) {
  constexpr std::string_view keys = "/keys";
  if (where.starts_with(keys)) {
    const std::string_view rest = where.substr(keys.size());
    return "/boxes" + std::string(rest) + (rest.empty() ? "" : "/key");
  }
  const bool box = where.starts_with("/boxes/");
  if (box) return std::string(where) + "/box";
  return where == "/class" || where == "/version" || where == "/boxes" ? std::string(where) : "";
}

std::string boxes_text(const std::vector<SealedBox>& boxes) {
  std::string out = "[";
  for (const SealedBox& one : boxes) {
    if (out.size() > 1) out += ',';
    json::append_string(out, one.box.text());
  }
  return out + ']';
}
}  // namespace

void get_organisation_keys(Gateway& gateway, const CallPtr& call) {
  const Store& store = gateway.parts().store;
  const auto page = read_page(store, gateway.cursors(), reader_of(*call),
                              row_key({"organisation_key", call->id.text(), ""}), Order::ascending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<OrganisationKeyId>(key);
    const auto found = find_view<KeyView>(store, id);
    if (!found) return call->fail(found.error());
    const KeyView& view = found->view;
    items.push_back(to_json(OrganisationKeyItem{
        id, view.organisation, view.box_key, view.sign_key, view.fingerprint, view.proof,
        view.status, view.approved_by, view.replaces, view.revocation, view.anomalies}));
  }
  call->answer(page_response(call->request, items, page->next));
}

void get_sealed_items(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  if (const auto seen = find_case(parts.store, parts.offices, call->caller, call->id); !seen)
    return call->fail(seen.error());
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call),
                row_key({"sealed_item", call->caller.organisation.text(), call->id.text(), ""}),
                Order::ascending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<SealedItemId>(key);
    const auto found = find_view<SealedItemView>(parts.store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(disclose(id, found->view, call->caller, parts.clock.now())));
  }
  answer_list(gateway, call, items, page->next);
}

void post_sealed_item(Gateway& gateway, const CallPtr& call) {
  const auto form = read_form<SealedItemForm>(*call);
  if (!form) return;
  StoreSealedItem command{.subject = CaseId(call->id),
                          .class_ = form->class_,
                          .version = form->version,
                          .keys = {},
                          .digest = std::nullopt};
  for (const SealedBox& one : form->boxes) command.keys.push_back(one.key);
  send(gateway, call,
       {.service = Service::vault,
        .type = StoreSealedItem::type,
        .data = to_json(command),
        .step = {},
        .personal = Sensitive<std::string>(boxes_text(form->boxes)),
        .place = place_in_item},
       [](const CallPtr& asked, const Accepted& accepted) {
         const auto stored = accepted.event<SealedItemStored>();
         if (!stored) return asked->fail(stored.error());
         asked->answer(item_response(SealedItemCreated{SealedItemId(stored->id), accepted.receipt},
                                     asked->route->status));
       });
}

// The record of the reading is on disk at the vault before a box leaves it.
void post_sealed_opening(Gateway& gateway, const CallPtr& call) {
  send_form<SealedOpeningForm>(gateway, call, [](const CallPtr& asked, const Accepted& accepted) {
    http::Response response;
    response.body = "{\"boxes\":";
    response.body += accepted.answer.opened.empty() ? "[]" : accepted.answer.opened;
    response.body += ",\"receipt\":";
    write_json(response.body, accepted.receipt);
    response.body += '}';
    asked->answer(std::move(response));
  });
}
}  // namespace nrm::gateway
