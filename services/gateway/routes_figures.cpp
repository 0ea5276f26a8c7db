// Releases of figures: proposed, approved and refused by forms (route_table.cpp); here their list.
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
template <class View, class E>
void fold(View&, const E&, Instant) {}
void fold(PublicationView& view, const PublicationProposed& e, Instant at) {
  view = {PublicationStatus::proposed,
          e.terms.method,
          e.terms.rule,
          e.digest,
          e.by,
          at,
          e.approve_by,
          std::nullopt};
}
void fold(PublicationView& view, const FiguresPublished&, Instant) {
  view.status = PublicationStatus::published;
}
void fold(PublicationView& view, const PublicationRefused&, Instant) {
  view.status = PublicationStatus::refused;
}
void fold(PublicationView& view, const PublicationLapsed&, Instant) {
  view.status = PublicationStatus::lapsed;
}
void fold(PublicationView& view, const PublicationRevised& e, Instant) {
  view.status = PublicationStatus::revised;
  view.revised_by = e.by;
}
}  // namespace

void Views::evolve(PublicationView& view, const Event& event, Instant at) {
  visit([&](const auto& e) { fold(view, e, at); }, event);
}

void Views::rows(const StreamKey& stream, const PublicationView& view, Rows& out) {
  out.put(row_key({"publication", view.proposed_at.text(), stream.id.text()}));
}

void get_publications(Gateway& gateway, const CallPtr& call) {
  const Store& store = gateway.parts().store;
  const auto page =
      read_page(store, gateway.cursors(), reader_of(*call), "publication/", Order::descending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<PublicationId>(key);
    const auto found = find_view<PublicationView>(store, id);
    if (!found) return call->fail(found.error());
    const PublicationView& view = found->view;
    items.push_back(to_json(PublicationItem{id, view.status, view.method, view.rule, view.digest,
                                            view.proposed_by, view.proposed_at, view.approve_by,
                                            view.revised_by}));
  }
  call->answer(page_response(call->request, items, page->next));
}
}  // namespace nrm::gateway
