#include "services/cli/founding.hpp"

#include <algorithm>

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

std::string numbered(std::string_view name, std::size_t number) {
  return std::string(name) + std::to_string(number);
}

// NGOs where the pack lets them decide, authorities where it does not.
OrganisationKind kind_of_deciders(const Policy& policy) {
  return policy.may_hold(Role::competent_authority, OrganisationKind::ngo)
             ? OrganisationKind::ngo
             : OrganisationKind::competent_authority;
}

// A board for people who decline the authorities is none of them (Georgia); a committee that stands
// after them on their own route is (Ireland).
OrganisationKind kind_of_board(const Policy& policy) {
  const bool apart =
      policy.identification.decider(Stage::first, IdentificationRoute::board) != nullptr;
  return apart ? kind_of_deciders(policy) : OrganisationKind::competent_authority;
}

std::vector<Founding> organisations_of(const Founders& founders, const Policy& policy) {
  std::vector<Founding> out{
      {"Competent authority", OrganisationKind::competent_authority,
       founders.offices.competent_authority},
      {"Case management", OrganisationKind::case_management, founders.offices.case_management},
      {"Operator", OrganisationKind::operator_, founders.operator_},
      {"Auditor", OrganisationKind::auditor, founders.auditor}};
  if (founders.offices.board)
    out.push_back({"Board", kind_of_board(policy), *founders.offices.board});
  std::size_t number = 0;
  for (const OrganisationId& partner : founders.offices.trusted_partners)
    out.push_back({numbered("Trusted partner ", ++number), kind_of_deciders(policy), partner});
  return out;
}

// The most that a committee of this office has; 0 where one person decides.
std::uint32_t members_of(const Policy& policy, DecidingOffice office) {
  std::uint32_t most = 0;
  for (const DeciderRule& rule : policy.identification.deciders)
    if (rule.office == office && rule.kind == DeciderKind::committee)
      most = std::max(most, rule.members.value_or(0));
  return most;
}

// Members of committees vote in person, so each has an account.
void append_deciders(std::vector<HeldAccount>& out, const Founders& founders,
                     const Policy& policy) {
  const auto add = [&out](std::string name, const OrganisationId& organisation) {
    out.push_back({std::move(name), random_token(), organisation, Role::competent_authority});
  };
  for (std::uint32_t i = 1; i <= members_of(policy, DecidingOffice::competent_authority); ++i)
    add(numbered("committee-", i), founders.offices.competent_authority);
  if (founders.offices.board)
    for (std::uint32_t i = 1; i <= std::max(1u, members_of(policy, DecidingOffice::board)); ++i)
      add(numbered("board-", i), *founders.offices.board);
  std::size_t number = 0;
  for (const OrganisationId& partner : founders.offices.trusted_partners)
    add(numbered("trusted-partner-", ++number), partner);
}

std::vector<HeldAccount> accounts_of(const Founders& founders, const Policy& policy) {
  std::vector<HeldAccount> out{
      {"competent-authority", random_token(), founders.offices.competent_authority,
       Role::competent_authority},
      {"case-manager", random_token(), founders.offices.case_management, Role::case_manager},
      {"case-manager-2", random_token(), founders.offices.case_management, Role::case_manager},
      {"operator", random_token(), founders.operator_, Role::operator_},
      {"auditor", random_token(), founders.auditor, Role::auditor}};
  append_deciders(out, founders, policy);
  return out;
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

Appointments appointments_of(const Policy& policy, const OrganisationId& overseer,
                             const std::function<OrganisationId()>& fresh) {
  Appointments out{.competent_authority = fresh(),
                   .case_management = fresh(),
                   .overseer = overseer,
                   .board = std::nullopt,
                   .trusted_partners = {}};
  for (const DeciderRule& rule : policy.identification.deciders) {
    if (rule.office == DecidingOffice::board && !out.board) out.board = fresh();
    if (rule.trusted_partners && out.trusted_partners.empty())
      out.trusted_partners = {fresh(), fresh()};
  }
  return out;
}

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
  for (const Founding& one : organisations_of(founders, folder.policy()))
    clerk.ask(RegisterOrganisation{*Text<120>::parse(one.name), one.kind, one.id});
  NRM_TRY(clerk.commit());
  auto accounts = accounts_of(founders, folder.policy());
  for (const HeldAccount& one : accounts)
    clerk.ask(IssueAccount{one.organisation, one.role, token_digest(one.token)});
  NRM_TRY(clerk.commit());
  NRM_TRY(step->close());
  NRM_TRY(store->flush());
  return accounts;
}
}  // namespace nrm::cli
