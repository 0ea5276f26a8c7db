// Hand-overs that wait for one's answer, and packages on their way abroad.
#include "services/gateway/handlers.hpp"
#include "services/gateway/listing.hpp"

namespace nrm::gateway {
// As little of each as lets one say yes or no; the case itself is not there for this caller yet.
void get_handovers(Gateway& gateway, const CallPtr& call) {
  const Store& store = gateway.parts().store;
  const Bars bars(store, call->caller);
  const auto page = read_page(
      store, gateway.cursors(), reader_of(*call),
      row_key({"handover", call->caller.organisation.text(), ""}), Order::ascending,
      [&](std::string_view key, std::string_view) { return !bars.cover(id_of<CaseId>(key)); });
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<CaseId>(key);
    const auto found = find_view<CaseView>(store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(HandoverItem{id, found->view.handover_by.value_or(Instant{}),
                                         found->view.handover_preview}));
  }
  answer_list(gateway, call, items, page->next);
}

void get_transnational(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  if (const auto seen = find_case(parts.store, parts.offices, call->caller, call->id); !seen)
    return call->fail(seen.error());
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call),
                row_key({"case_transnational", call->id.text(), ""}), Order::ascending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<TransnationalId>(key);
    const auto found = find_view<TransnationalView>(parts.store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(disclose(id, found->view)));
  }
  answer_list(gateway, call, items, page->next);
}
}  // namespace nrm::gateway
