#include "services/cli/founding.hpp"

#include "common/runtime/run.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/vault/vault.hpp"

namespace nrm::cli {
namespace {
struct Founding {
  std::string name;  // of the organisation
  OrganisationKind kind{};
  OrganisationId id;
};

std::vector<Founding> organisations_of(const Founders& founders) {
  return {{"Competent authority", OrganisationKind::competent_authority,
           founders.offices.competent_authority},
          {"Case management", OrganisationKind::case_management, founders.offices.case_management},
          {"Operator", OrganisationKind::operator_, founders.operator_},
          {"Auditor", OrganisationKind::auditor, founders.auditor}};
}

std::vector<HeldAccount> accounts_of(const Founders& founders) {
  return {{"competent-authority", random_token(), founders.offices.competent_authority,
           Role::competent_authority},
          {"case-manager", random_token(), founders.offices.case_management, Role::case_manager},
          {"case-manager-2", random_token(), founders.offices.case_management, Role::case_manager},
          {"operator", random_token(), founders.operator_, Role::operator_},
          {"auditor", random_token(), founders.auditor, Role::auditor}};
}

// Asks the step as the gateway would.
class Clerk {
 public:
  Clerk(Step& step, Entropy& entropy, const OrganisationId& operator_, Instant now)
      : step_(step),
        entropy_(entropy),
        actor_{AccountId(entropy.uuid()), operator_, Role::operator_},
        now_(now) {}

  template <class C>
  void ask(const C& command) {
    const std::string data = to_json(command);
    const Uuid key = entropy_.uuid();
    step_.ask({.number = ++asked_,
               .key = std::string(key.bytes.begin(), key.bytes.end()),
               .actor = actor_,
               .expects = std::nullopt,
               .type = C::type,
               .data = data,
               .personal = {}},
              asked_, now_);
  }

  Result<void> commit() {
    NRM_TRY_ASSIGN(const auto committed, step_.commit());
    for (const auto& answered : committed.answers)
      if (answered.answer.rejection) return *answered.answer.rejection;
    return {};
  }

 private:
  Step& step_;
  Entropy& entropy_;
  const Actor actor_;
  const Instant now_;
  std::uint64_t asked_ = 0;
};
}  // namespace

Result<std::vector<HeldAccount>> found(const Folder& folder, const Founders& founders) {
  NRM_TRY_ASSIGN(const auto clock, clock_of(folder));
  NRM_TRY_ASSIGN(const auto signer, folder.signer(Service::vault));
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = folder.store("vault")}));
  const auto entropy = system_entropy();
  const Instant now = clock->now();
  NRM_TRY_ASSIGN(const auto step, Step::open({.core = core_of<Vault>(),
                                              .store = *store,
                                              .entropy = *entropy,
                                              .policy = folder.policy(),
                                              .policy_digest = folder.policy_digest(),
                                              .signer = signer,
                                              .origin = folder.origin(Service::vault),
                                              .sandbox = folder.mechanism().sandbox},
                                             now));
  Clerk clerk(*step, *entropy, founders.operator_, now);
  for (const Founding& one : organisations_of(founders))
    clerk.ask(RegisterOrganisation{*Text<120>::parse(one.name), one.kind, one.id});
  NRM_TRY(clerk.commit());
  auto accounts = accounts_of(founders);
  for (const HeldAccount& one : accounts)
    clerk.ask(IssueAccount{one.organisation, one.role, token_digest(one.token)});
  NRM_TRY(clerk.commit());
  NRM_TRY(step->close());
  NRM_TRY(store->flush());
  return accounts;
}
}  // namespace nrm::cli
