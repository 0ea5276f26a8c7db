// Organisations, accounts, providers.
#include "common/crypto/crypto.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
// The token is made from the request, so that a retry gets the same one; the vault's log gets its
// digest alone. The answer waits for the rows: the token works as soon as it is known.
void post_account(Gateway& gateway, const CallPtr& call) {
  const auto form = read_form<AccountForm>(*call);
  if (!form) return;
  const auto token = derive_token(gateway.parts().secret.reveal(), call->caller.organisation,
                                  call->key(), call->request.body);
  const auto digest = Text<64>::parse(token_digest(token.reveal()).value_or(""));
  CHECK(digest, "our own tokens have the form of a token");
  send(gateway, call,
       {.service = Service::vault,
        .type = IssueAccount::type,
        .data = to_json(IssueAccount{form->organisation, form->role, *digest, form->subject}),
        .place = [](std::string_view where) { return std::string(where); }},
       [&gateway, token](const CallPtr& asked, const Accepted& accepted) {
         const auto issued = accepted.event<AccountIssued>();
         if (!issued) return asked->fail(issued.error());
         auto response = item_response(
             AccountCreated{AccountId(issued->id), token.reveal(), accepted.receipt}, 201);
         gateway.parts().freshness.when_fresh(
             [asked, response = std::move(response)] { asked->answer(response); });
       });
}

// Answered when the rows know: from then on the token opens nothing.
void post_revocation(Gateway& gateway, const CallPtr& call) {
  send_form<RevocationForm>(
      gateway, call, [&gateway](const CallPtr& asked, const Accepted& accepted) {
        gateway.parts().freshness.when_fresh(
            [asked, response = item_response(Done{accepted.receipt})] { asked->answer(response); });
      });
}

void get_organisations(Gateway& gateway, const CallPtr& call) {
  const Store& store = gateway.parts().store;
  std::string prefix = "organisation/";
  if (const auto name = call->request.parameter("name"); !name.empty())
    prefix.append(name).append("/");
  const auto page = read_page(store, gateway.cursors(), reader_of(*call), prefix, Order::ascending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<OrganisationId>(key);
    const auto found = find_view<OrganisationView>(store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(OrganisationItem{id, found->view.name, found->view.sort}));
  }
  call->answer(page_response(call->request, items, page->next));
}

void get_providers(Gateway& gateway, const CallPtr& call) {
  const Store& store = gateway.parts().store;
  const bool own = call->caller.role == Role::service_provider;
  const auto page =
      read_page(store, gateway.cursors(), reader_of(*call),
                own ? row_key({"provider_of", call->caller.organisation.text(), ""}) : "provider/",
                Order::ascending);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<ProviderId>(key);
    const auto found = find_view<ProviderView>(store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(ProviderItem{id, found->view.offering, found->view.reserved}));
  }
  call->answer(page_response(call->request, items, page->next));
}
}  // namespace nrm::gateway
