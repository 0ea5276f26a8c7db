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
  if (!call->request.query.empty())
    return call->fail(Error(Code::bad_request, "", "your case is the only one here"));
  std::vector<std::string> items;
  const auto account = find_view<AccountView>(parts.store, call->caller.account);
  if (account && account->view.subject) {
    const CaseId id = *account->view.subject;
    if (const auto found = find_case(parts.store, parts.offices, call->caller, id))
      items.push_back(to_json(disclose(id, found->view, call->caller, Detail::item)));
  }
  answer_list(gateway, call, items, {});
}
}  // namespace nrm::gateway
