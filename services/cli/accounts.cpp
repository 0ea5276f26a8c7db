// nrm accounts add: an organisation, if it is new, and one more account of it.
#include <cstdio>

#include "services/cli/codes.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/registry.hpp"

namespace nrm::cli {
namespace {
Result<HeldAccount> add(Api& api, const std::string& organisation, OrganisationKind kind, Role role,
                        const std::string& name, const std::string& subject) {
  NRM_TRY_ASSIGN(const OrganisationId id, register_organisation(api, organisation, kind));
  if (subject.empty()) return issue_account(api, name, id, role, fresh_key());
  NRM_TRY_ASSIGN(const std::string case_id, find_case_id(api, subject));
  return issue_account(api, name, id, role, fresh_key(), case_id);
}
}  // namespace

int accounts_add(const AccountsAddOptions& options) {
  const auto kind = enum_from<OrganisationKind>(options.kind);
  if (!kind) return fail(Exit::usage, "--kind is one of: " + codes<OrganisationKind>());
  const auto role = enum_from<Role>(options.role);
  if (!role) return fail(Exit::usage, "--role is one of: " + codes<Role>());
  const auto api = Api::open(options.access, "operator");
  if (!api) return fail(api.error());
  const std::string name = options.name.empty() ? options.organisation : options.name;
  if (find_account((*api)->accounts(), name) != nullptr)
    return fail(Exit::usage, "this sandbox has an account \"" + name + "\" already",
                "give the new one another name: --name NAME");
  const auto account = add(**api, options.organisation, *kind, *role, name, options.subject);
  if (!account) return fail_at_api(account.error(), options.access.dir);
  if ((*api)->sandbox())
    if (const auto kept = keep_tokens((*api)->folder().path(), {*account}); !kept)
      return fail(kept.error());
  const std::string token = account->token.reveal();
  if (options.access.json)
    std::printf("{\"organisation\":\"%s\",\"role\":\"%s\",\"token\":\"%s\"}\n",
                account->organisation.text().c_str(), options.role.c_str(), token.c_str());
  else if ((*api)->sandbox())
    std::printf("%s (%s): use it with --as \"%s\"\n", options.organisation.c_str(),
                options.role.c_str(), name.c_str());
  else
    std::printf("token of %s (%s), shown this once:\n%s\n", options.organisation.c_str(),
                options.role.c_str(), token.c_str());
  return Exit::done;
}
}  // namespace nrm::cli
