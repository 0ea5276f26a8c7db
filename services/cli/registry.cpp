#include "services/cli/registry.hpp"

#include "common/base/hex.hpp"
#include "services/cli/pages.hpp"

namespace nrm::cli {
namespace {
std::string key_from(std::string_view what, std::string_view a, std::string_view b) {
  const std::string text = std::string(what) + '\n' + std::string(a) + '\n' + std::string(b);
  return to_hex(crypto::digest(text, 16));
}

template <class Id>
Result<Id> id_in(const http::Answer& answer, std::string_view member) {
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  const auto id = Id::parse(text_of(read.root(), member));
  if (!id) return Error(Code::internal, "", "the gateway's answer has no " + std::string(member));
  return *id;
}

// It is there already, registered by somebody else's request.
Result<OrganisationId> find_organisation(Api& api, const std::string& name, OrganisationKind kind) {
  std::optional<OrganisationId> found;
  NRM_TRY(each_item(api, "/v1/organisations?name=" + percent_encoded(name), [&](json::Value item) {
    if (text_of(item, "name") == name && text_of(item, "kind") == to_text(kind))
      found = OrganisationId::parse(text_of(item, "organisation"));
  }));
  if (!found)
    return Error(Code::already_exists, "", "an organisation of this name exists: " + name);
  return *found;
}
}  // namespace

Result<OrganisationId> register_organisation(Api& api, const std::string& name,
                                             OrganisationKind kind) {
  std::string body = "{\"name\":";
  json::append_string(body, name);
  body += ",\"kind\":\"" + std::string(to_text(kind)) + "\"}";
  const auto answer = api.post({.target = "/v1/organisations",
                                .body = body,
                                .key = key_from("organisation", name, to_text(kind)),
                                .if_match = {}});
  if (!answer && answer.error().code == Code::already_exists)
    return find_organisation(api, name, kind);
  if (!answer) return answer.error();
  return id_in<OrganisationId>(*answer, "organisation");
}

Result<IssuedAccount> issue(Api& api, const AccountWish& wish, const std::string& key) {
  std::string body = "{\"organisation\":\"" + wish.organisation.text() + "\",\"role\":\"" +
                     std::string(to_text(wish.role)) + '"';
  if (wish.kind != AccountKind::token)
    body += ",\"kind\":\"" + std::string(to_text(wish.kind)) + '"';
  if (!wish.scopes.empty()) body += ",\"scopes\":" + to_json(wish.scopes);
  if (wish.expires) body += ",\"expires\":" + to_json(*wish.expires);
  if (!wish.certificate.empty()) body += ",\"certificate\":\"" + wish.certificate + '"';
  if (!wish.subject.empty()) body += ",\"subject\":\"" + wish.subject + '"';
  body += '}';
  NRM_TRY_ASSIGN(const auto answer,
                 api.post({.target = "/v1/accounts", .body = body, .key = key, .if_match = {}}));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  NRM_TRY_ASSIGN(const auto account, id_in<AccountId>(answer, "account"));
  const auto secret = [&](std::string_view member) {
    return Sensitive<std::string>(std::string(text_of(read.root(), member)));
  };
  return IssuedAccount{.account = account,
                       .organisation = wish.organisation,
                       .token = secret("token"),
                       .password = secret("password"),
                       .totp = secret("totp"),
                       .certificate = std::string(text_of(read.root(), "certificate"))};
}

Result<HeldAccount> issue_account(Api& api, const std::string& name,
                                  const OrganisationId& organisation, Role role,
                                  std::string_view purpose, const std::string& subject) {
  const std::string role_name(to_text(role));
  std::string body =
      "{\"organisation\":\"" + organisation.text() + "\",\"role\":\"" + role_name + '"';
  if (!subject.empty()) body += ",\"subject\":\"" + subject + '"';
  NRM_TRY_ASSIGN(const auto answer,
                 api.post({.target = "/v1/accounts",
                           .body = body + '}',
                           .key = key_from(purpose, organisation.text(), role_name),
                           .if_match = {}}));
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  std::string token(text_of(read.root(), "token"));
  if (token.empty()) return Error(Code::internal, "", "the gateway's answer has no token");
  return HeldAccount{name, Sensitive<std::string>(std::move(token)), organisation, role};
}

Result<std::map<std::string, std::string>> organisation_names(Api& api) {
  std::map<std::string, std::string> out;
  NRM_TRY(each_item(api, "/v1/organisations", [&](json::Value item) {
    out.emplace(text_of(item, "organisation"), text_of(item, "name"));
  }));
  return out;
}
}  // namespace nrm::cli
