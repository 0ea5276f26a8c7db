#include "services/cli/cast.hpp"

#include <algorithm>

#include "services/cli/dice.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/progress.hpp"

namespace nrm::cli {
namespace {
// What is offered, and for how many in a hundred people there are places, over all providers.
struct Trade {
  std::string_view name;
  ServiceType service;
  unsigned places_percent;
  std::size_t providers;
};
constexpr Trade trades[] = {
    {"Safe house", ServiceType::safe_accommodation, 30, 6},
    {"Clinic", ServiceType::medical, 25, 4},
    {"Counselling centre", ServiceType::psychosocial, 25, 4},
    {"Law centre", ServiceType::legal_advice, 25, 3},
    {"Guardianship service", ServiceType::child_protection, 30, 3},
    {"Interpreters", ServiceType::interpretation, 20, 2},
    {"Relief fund", ServiceType::material_assistance, 20, 2},
};

Result<StandIn> office(const Api& api, std::string_view name) {
  const HeldAccount* account = find_account(api.accounts(), name);
  if (account == nullptr)
    return Error(
        Code::not_found, "",
        "this sandbox has no account \"" + std::string(name) + "\"; was it made by nrm init?");
  return StandIn{std::string(name), account->token.reveal()};
}

Result<Bench> bench_of(const Api& api, const DeciderRule& rule) {
  Bench out{rule.stage, rule.route, {}};
  const bool votes = rule.kind == DeciderKind::committee;
  const bool board = rule.office == DecidingOffice::board;
  const std::string name = board ? "board-" : "committee-";
  const std::uint32_t voters = votes ? rule.quorum : 1;
  for (std::uint32_t i = 1; i <= voters; ++i) {
    NRM_TRY_ASSIGN(auto voter, office(api, votes || board ? name + std::to_string(i)
                                                          : std::string("competent-authority")));
    out.voters.push_back(std::move(voter));
  }
  return out;
}

Result<void> seat(const Api& api, Cast& cast) {
  const IdentificationPolicy& rules = api.folder().policy().identification;
  for (const DeciderRule& rule : rules.deciders) {
    if (rule.stage == Stage::reconsideration) continue;
    NRM_TRY_ASSIGN(auto bench, bench_of(api, rule));
    cast.benches.push_back(std::move(bench));
  }
  cast.has_board = rules.decider(Stage::first, IdentificationRoute::board) != nullptr;
  cast.second_stage = rules.second_stage;
  return {};
}

// The provider's own account registers what it does. Half of them take nobody but from some
// regions; together they cover every region with every service.
std::string offering(const Trade& trade, std::size_t number, std::uint64_t people,
                     const Policy& policy) {
  const std::uint64_t places =
      std::max<std::uint64_t>(3, people * trade.places_percent / 100 / trade.providers);
  std::string out = "{\"service\":\"" + std::string(to_text(trade.service)) + '"';
  if (number % 2 == 1) {
    std::vector<Region> regions;
    for (std::size_t i = number / 2 % 2; i < policy.regions.size(); i += 2)
      regions.push_back(policy.regions[i]);
    if (!regions.empty()) out += ",\"regions\":" + to_json(regions);
  }
  return out + ",\"places\":" + std::to_string(places) + '}';
}

Result<void> ensure_offering(Api& api, const HeldAccount& account, const std::string& body,
                             ServiceType service) {
  bool there = false;
  NRM_TRY(each_item(api, "/v1/providers", account.token.reveal(), [&](json::Value item) {
    there |= text_of(item.find("offering"), "service") == to_text(service);
  }));
  if (there) return {};
  NRM_TRY(api.post({.target = "/v1/providers",
                    .body = body,
                    .key = "rehearse-" + account.organisation.text(),
                    .if_match = {}},
                   account.token.reveal()));
  return {};
}
}  // namespace

Result<Cast> gather_cast(Api& api, std::uint64_t people, bool quiet) {
  Cast cast;
  NRM_TRY_ASSIGN(cast.authority, office(api, "competent-authority"));
  NRM_TRY_ASSIGN(cast.manager, office(api, "case-manager"));
  NRM_TRY_ASSIGN(cast.second_manager, office(api, "case-manager-2"));
  NRM_TRY_ASSIGN(cast.operator_, office(api, "operator"));
  if (const auto& appointed = api.folder().policy().appointments)
    cast.management = appointed->case_management;
  NRM_TRY(seat(api, cast));
  const std::vector<ServiceType>& services = api.folder().policy().services;
  std::size_t count = 0;
  for (const Trade& trade : trades)
    if (std::ranges::find(services, trade.service) != services.end()) count += trade.providers;
  const bool known = find_account(api.accounts(), std::string(trades[0].name) + " 1") != nullptr;
  Progress progress("Registering providers", count, quiet || known);
  std::vector<HeldAccount> accounts;
  for (const Trade& trade : trades) {
    if (std::ranges::find(services, trade.service) == services.end()) continue;
    for (std::size_t number = 0; number < trade.providers; ++number) {
      const std::string name = std::string(trade.name) + ' ' + std::to_string(number + 1);
      NRM_TRY_ASSIGN(const auto id,
                     register_organisation(api, name, OrganisationKind::service_provider));
      NRM_TRY_ASSIGN(const auto account,
                     issue_account(api, name, id, Role::service_provider, "rehearse"));
      NRM_TRY(ensure_offering(api, account, offering(trade, number, people, api.folder().policy()),
                              trade.service));
      accounts.push_back(account);
      cast.providers.push_back({name, account.token.reveal()});
      progress.add();
    }
  }
  NRM_TRY(keep_tokens(api.folder().path(), accounts));
  return cast;
}
}  // namespace nrm::cli
