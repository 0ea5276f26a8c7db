// Access to cases: withdrawals that an organisation has to obey, and the accounts of one case.
#include "services/gateway/handlers.hpp"
#include "services/gateway/listing.hpp"

namespace nrm::gateway {
void get_withdrawals(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call),
                row_key({"withdrawal", call->caller.organisation.text(), ""}), Order::ascending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<WithdrawalId>(key);
    const auto found = find_view<WithdrawalView>(parts.store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(disclose(id, found->view)));
  }
  answer_list(gateway, call, items, page->next);
}

// A person or guardian has one case, and finds it here.
void get_own_cases(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  const auto reference = call->request.parameter("reference");
  if (!call->request.parameter("queue").empty() || !call->request.parameter("status").empty())
    return call->fail(Error(Code::bad_request, "", "queue and status are for the offices' lists"));
  std::vector<std::string> items;
  const auto account = find_view<AccountView>(parts.store, call->caller.account);
  if (account && account->view.subject) {
    const CaseId id = *account->view.subject;
    const auto found = find_case(parts.store, parts.offices, call->caller, id);
    if (found && (reference.empty() || reference == found->view.reference.text()))
      items.push_back(to_json(disclose(id, found->view, call->caller, Detail::item, false)));
  }
  answer_list(gateway, call, items, {});
}
}  // namespace nrm::gateway
