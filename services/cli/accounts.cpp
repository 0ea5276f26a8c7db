// nrm accounts: organisations' accounts, and what proves them.
#include <cstdio>

#include "common/base/hex.hpp"
#include "common/http/certificate.hpp"
#include "common/oidc/subject.hpp"
#include "common/runtime/run.hpp"
#include "services/cli/codes.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/registry.hpp"

namespace nrm::cli {
namespace {
Error usage(const char* option, std::string what) {
  return Error(Code::bad_request, option, std::move(what));
}

// "read,refer"
Result<std::vector<Scope>> read_scopes(std::string_view text) {
  std::vector<Scope> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto scope = enum_from<Scope>(text.substr(0, end));
    if (!scope) return usage("--scopes", "a list, with commas, of: " + codes<Scope>());
    out.push_back(*scope);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// "90d" from now, or an instant.
Result<std::optional<Instant>> read_expiry(const Folder& folder, const std::string& text) {
  if (text.empty()) return std::optional<Instant>();
  if (const auto instant = Instant::parse(text)) return std::optional(*instant);
  const auto length = parse_duration(text);
  if (!length) return usage("--expires", "90d, 12h, or 2027-01-31T12:00:00.000Z");
  NRM_TRY_ASSIGN(const auto clock, clock_of(folder));
  return std::optional(clock->now() + *length);
}

Result<AccountWish> read_wish(Api& api, const AccountsAddOptions& options) {
  AccountWish wish;
  const auto role = enum_from<Role>(options.role);
  if (!role) return usage("--role", "one of: " + codes<Role>());
  wish.role = *role;
  const std::string by = options.issue_certificate.empty() ? options.by : "certificate";
  const auto kind = enum_from<AccountKind>(by);
  if (!kind || *kind == AccountKind::oidc)
    return usage("--by",
                 "token, certificate or password; who comes through an identity provider "
                 "needs no account made for it");
  wish.kind = *kind;
  NRM_TRY_ASSIGN(wish.scopes, read_scopes(options.scopes));
  NRM_TRY_ASSIGN(wish.expires, read_expiry(api.folder(), options.expires));
  if (!options.certificate.empty()) {
    NRM_TRY_ASSIGN(const std::string text, read_file(options.certificate));
    NRM_TRY_ASSIGN(wish.certificate, http::thumbprint_of(text));
  }
  if (!options.subject.empty()) {
    NRM_TRY_ASSIGN(wish.subject, find_case_id(api, options.subject));
  }
  return wish;
}

// Certificate and key, for whom it is to be given to.
Result<void> issue_certificate(const Folder& folder, const std::string& name,
                               const std::string& uri) {
  NRM_TRY_ASSIGN(const auto made, http::issue_client_certificate(folder.file("tls"), {.uri = uri}));
  NRM_TRY(write_file(name + "-key.pem", made.key.reveal(), 0400));
  return write_file(name + ".pem", made.certificate, 0444);
}

void show(const AccountsAddOptions& options, const IssuedAccount& made, bool sandbox) {
  if (options.access.json) {
    std::string out = "{\"account\":\"" + made.account.text() + "\",\"organisation\":\"" +
                      made.organisation.text() + "\",\"role\":\"" + options.role + '"';
    const auto add = [&](const char* member, const std::string& text) {
      if (!text.empty()) out += ",\"" + std::string(member) + "\":\"" + text + '"';
    };
    add("token", made.token.reveal());
    add("certificate", made.certificate);
    add("password", made.password.reveal());
    add("totp", made.totp.reveal());
    std::printf("%s}\n", out.c_str());
    return;
  }
  const std::string who = options.organisation + " (" + options.role + ")";
  std::printf("account %s of %s\n", made.account.text().c_str(), who.c_str());
  if (!made.token.reveal().empty() && sandbox)
    std::printf("use it with --as \"%s\"\n",
                (options.name.empty() ? options.organisation : options.name).c_str());
  else if (!made.token.reveal().empty())
    std::printf("token, shown this once:\n%s\n", made.token.reveal().c_str());
  if (!made.certificate.empty() && options.issue_certificate.empty())
    std::printf("its certificate needs the URI name\n%s\n", made.certificate.c_str());
  if (!options.issue_certificate.empty())
    std::printf("certificate %s.pem, key %s-key.pem, for 30 days\n",
                options.issue_certificate.c_str(), options.issue_certificate.c_str());
  if (!made.password.reveal().empty())
    std::printf("password and authenticator, shown this once:\n%s\n%s\n",
                made.password.reveal().c_str(), made.totp.reveal().c_str());
}

Result<IssuedAccount> add(Api& api, const AccountsAddOptions& options, OrganisationKind kind) {
  NRM_TRY_ASSIGN(AccountWish wish, read_wish(api, options));
  NRM_TRY_ASSIGN(wish.organisation, register_organisation(api, options.organisation, kind));
  NRM_TRY_ASSIGN(auto made, issue(api, wish, fresh_key()));
  if (!options.issue_certificate.empty())
    NRM_TRY(issue_certificate(api.folder(), options.issue_certificate, made.certificate));
  return made;
}
}  // namespace

int accounts_add(const AccountsAddOptions& options) {
  const auto kind = enum_from<OrganisationKind>(options.kind);
  if (!kind) return fail(Exit::usage, "--kind is one of: " + codes<OrganisationKind>());
  const auto api = Api::open(options.access, "operator");
  if (!api) return fail(api.error());
  const std::string name = options.name.empty() ? options.organisation : options.name;
  if (find_account((*api)->accounts(), name) != nullptr)
    return fail(Exit::usage, "this sandbox has an account \"" + name + "\" already",
                "give the new one another name: --name NAME");
  const auto made = add(**api, options, *kind);
  if (!made) return fail_at_api(made.error(), options.access.dir);
  if ((*api)->sandbox() && !made->token.reveal().empty()) {
    const HeldAccount held{name, made->token, made->organisation,
                           enum_from<Role>(options.role).value()};
    if (const auto kept = keep_tokens((*api)->folder().path(), {held}); !kept)
      return fail(kept.error());
  }
  show(options, *made, (*api)->sandbox());
  return Exit::done;
}

// Only where the gateway's key is: for all others an account tells nothing of its holder.
int accounts_find(const AccountsFindOptions& options) {
  crypto::start();
  const auto folder = Folder::open(options.dir);
  if (!folder) return fail(folder.error());
  const auto text = read_file(folder->file("identity.json"));
  if (!text) return fail(text.error(), "no identity provider is connected");
  json::Document document;
  if (!document.parse_trusted(*text)) return fail(Exit::corrupt, "identity.json is not JSON");
  const std::string issuer(text_of(document.root(), "issuer"));
  const auto hex = folder->secret("keys/gateway/tokens");
  if (!hex) return fail(hex.error());
  const auto key = from_hex(hex->reveal());
  if (!key || key->size() != 32) return fail(Exit::corrupt, "keys/gateway/tokens is broken");
  std::puts(oidc::account_of(*key, issuer, options.subject).text().c_str());
  return Exit::done;
}

int accounts_revoke(const AccountsRevokeOptions& options) {
  if (options.account.empty() == options.certificate.empty())
    return fail(Exit::usage, "name an account, or a certificate with --certificate FILE");
  if (!options.certificate.empty()) {
    const auto folder = Folder::open(options.access.dir);
    if (!folder) return fail(folder.error());
    const auto text = read_file(options.certificate);
    if (!text) return fail(text.error());
    const auto revoked = http::revoke_client_certificate(folder->file("tls"), *text);
    if (!revoked) return fail(revoked.error());
    std::puts("revoked; the gateway reads the list within two seconds");
    return Exit::done;
  }
  if (!AccountId::parse(options.account))
    return fail(Exit::usage, "an account is named by its id, 36 characters");
  const auto api = Api::open(options.access, "operator");
  if (!api) return fail(api.error());
  const auto done = (*api)->post({.target = "/v1/accounts/" + options.account + "/revocation",
                                  .body = {},
                                  .key = {},
                                  .if_match = {}});
  if (!done) return fail_at_api(done.error(), options.access.dir);
  std::puts("revoked; it opens nothing any more");
  return Exit::done;
}
}  // namespace nrm::cli
