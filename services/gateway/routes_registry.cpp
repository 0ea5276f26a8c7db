// Organisations, accounts, providers.
#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/sessions.hpp"

namespace nrm::gateway {
namespace {
std::string place_of_account(std::string_view where) {
  const bool ours = where != "/token_digest" && where != "/account" && where != "/personal";
  return ours ? std::string(where) : std::string();
}

// What is shown of a new account, once. The answer waits for the rows: it works when it is known.
void issue(Gateway& gateway, const CallPtr& call, const IssueAccount& command,
           Sensitive<std::string> personal, AccountCreated created) {
  send(gateway, call,
       {.service = Service::vault,
        .type = IssueAccount::type,
        .data = to_json(command),
        .personal = std::move(personal),
        .place = place_of_account},
       [&gateway, kind = command.kind, created = std::move(created)](
           const CallPtr& asked, const Accepted& accepted) mutable {
         const auto issued = accepted.event<AccountIssued>();
         if (!issued) return asked->fail(issued.error());
         created.account = AccountId(issued->id);
         created.receipt = accepted.receipt;
         if (kind == AccountKind::certificate)
           created.certificate = std::string(account_urn) + issued->id.text();
         gateway.parts().freshness.when_fresh(
             [asked, response = item_response(created, 201)] { asked->answer(response); });
       });
}

// The password is stretched here; the vault gets that, and seals it.
void issue_local(Gateway& gateway, const CallPtr& call, IssueAccount command) {
  const std::string& secret = gateway.parts().secret.reveal();
  const auto local =
      derive_local_secrets(secret, call->caller.account.text() + '|' + std::string(call->key()) +
                                       '|' + call->request.body);
  command.account = local.account;
  gateway.sessions().stretcher.stretch(
      local.password, salt_of(secret, local.account),
      [&gateway, call, command = std::move(command),
       local](const Result<Sensitive<std::string>>& verifier) {
        if (!verifier) return call->fail(verifier.error());
        AccountCreated created;
        created.password = local.password.reveal();
        created.totp = otpauth_uri(local.account, local.totp);
        issue(gateway, call, command,
              Sensitive<std::string>("{\"verifier\":\"" + to_hex(verifier->reveal()) +
                                     "\",\"totp\":\"" + to_hex(local.totp.reveal()) +
                                     "\",\"last_step\":0}"),
              std::move(created));
      });
}
}  // namespace

// A token is made from the request, so that a retry gets the same one; the vault's log gets its
// digest alone.
void post_account(Gateway& gateway, const CallPtr& call) {
  const auto form = read_form<AccountForm>(*call);
  if (!form) return;
  IssueAccount command{form->organisation, form->role,   std::nullopt,
                       form->kind,         form->scopes, form->expires,
                       form->certificate,  std::nullopt, form->subject};
  if (form->kind == AccountKind::password) return issue_local(gateway, call, std::move(command));
  AccountCreated created;
  if (form->kind.value_or(AccountKind::token) == AccountKind::token) {
    const auto token = derive_token(gateway.parts().secret.reveal(), call->caller.account,
                                    call->key(), call->request.body);
    command.token_digest = Text<64>::parse(token_digest(token.reveal()).value_or(""));
    CHECK(command.token_digest, "our own tokens have the form of a token");
    created.token = token.reveal();
  }
  issue(gateway, call, command, {}, std::move(created));
}

// Answered when the rows know: from then on the token opens nothing.
void post_revocation(Gateway& gateway, const CallPtr& call) {
  send_form<RevocationForm>(gateway, call,
                            [&gateway](const CallPtr& asked, const Accepted& accepted) {
                              answer_when_known(gateway, asked, accepted.answer.seq,
                                                item_response(Done{accepted.receipt}));
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
    items.push_back(to_json(
        ProviderItem{id, found->view.offering, found->view.reserved, found->view.suspended}));
  }
  call->answer(page_response(call->request, items, page->next));
}
}  // namespace nrm::gateway
