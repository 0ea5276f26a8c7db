// Of a pack's inspection: who decides, who may hold a role, what an hour may see.
#include <algorithm>

#include "common/step/policy_inspection.hpp"

namespace nrm {
namespace {
constexpr std::string_view deciders = "/identification/deciders";

std::string stage_on_route(Stage stage, IdentificationRoute route) {
  return "the stage " + std::string(to_text(stage)) + " on the route " +
         std::string(to_text(route));
}

void inspect_committee(PolicyInspection& out, const DeciderRule& rule, const std::string& where) {
  if (rule.kind == DeciderKind::authority) {
    if (rule.quorum != 1 || rule.members)
      out.mistake(Code::out_of_range, where + "/quorum", "one person of an authority decides",
                  "\"quorum\": 1 without \"members\", or \"kind\": \"committee\"");
    return;
  }
  if (!rule.members)
    return out.mistake(Code::missing_field, where + "/members", "a committee has members",
                       "how many it has, at least the quorum");
  if (*rule.members > limits::committee_members_max)
    out.mistake(Code::out_of_range, where + "/members", "a decision has no room for so many votes",
                "at most " + std::to_string(limits::committee_members_max));
  if (rule.quorum == 0 || rule.quorum > *rule.members)
    out.mistake(Code::out_of_range, where + "/quorum",
                "a committee of " + std::to_string(*rule.members) + " never reaches it",
                "1 to " + std::to_string(*rule.members));
  else if (rule.quorum * 2 <= *rule.members)
    out.warn(where + "/quorum", "two parts of the committee could decide at the same time",
             std::to_string(*rule.members / 2 + 1) + " or more");
}

// A stage that somebody can come to and nobody decides is a state without exit.
void inspect_stages(PolicyInspection& out, const IdentificationPolicy& rules) {
  using enum IdentificationRoute;
  if (rules.decider(Stage::first, authority) == nullptr)
    out.mistake(Code::missing_field, std::string(deciders),
                "nobody decides " + stage_on_route(Stage::first, authority) +
                    ", where every report arrives",
                "a rule for it");
  for (const IdentificationRoute route : {authority, board}) {
    if (rules.decider(Stage::first, route) == nullptr) continue;
    for (const Stage stage : {Stage::second, Stage::reconsideration})
      if ((stage != Stage::second || rules.second_stage) && rules.decider(stage, route) == nullptr)
        out.mistake(
            Code::missing_field, std::string(deciders),
            "nobody decides " + stage_on_route(stage, route) + ": a case would stay there for ever",
            "a rule for it");
  }
}

void inspect_deciders(PolicyInspection& out, const IdentificationPolicy& rules) {
  for (std::size_t i = 0; i < rules.deciders.size(); ++i) {
    const DeciderRule& rule = rules.deciders[i];
    const std::string where = item(deciders, i);
    const std::string what = stage_on_route(rule.stage, rule.route);
    if (rules.decider(rule.stage, rule.route) != &rule)
      out.mistake(Code::already_exists, where, what + " has two rules", "leave one of them out");
    if (rule.stage == Stage::second && !rules.second_stage)
      out.mistake(Code::out_of_range, where, "this pack has no second stage",
                  "leave it out, or \"second_stage\": true");
    if (rule.stage != Stage::first && rules.decider(Stage::first, rule.route) == nullptr)
      out.mistake(Code::out_of_range, where, "nobody comes to " + what,
                  "a rule for the first stage on this route");
    if (rule.trusted_partners && rule.stage != Stage::first)
      out.mistake(Code::out_of_range, where + "/trusted_partners",
                  "trusted partners decide a first stage only", "false");
    inspect_committee(out, rule, where);
  }
  inspect_stages(out, rules);
}

void inspect_recovery(PolicyInspection& out, const Policy& policy) {
  const RecoveryRule& recovery = policy.identification.recovery;
  if (recovery.extension_days_max > limits::clock_length_max)
    out.mistake(Code::out_of_range, "/identification/recovery/extension_days_max", "0 to 36500",
                "0 to " + std::to_string(limits::clock_length_max));
  const ExpiryAction wanted =
      policy.identification.second_stage ? ExpiryAction::advance : ExpiryAction::end;
  for (std::size_t i = 0; i < policy.clocks.size(); ++i)
    if (policy.clocks[i].name == ClockName::recovery && policy.clocks[i].expiry &&
        (policy.clocks[i].expiry == ExpiryAction::advance ||
         policy.clocks[i].expiry == ExpiryAction::end) &&
        policy.clocks[i].expiry != wanted)
      out.mistake(Code::out_of_range, item("/clocks", i) + "/expiry",
                  policy.identification.second_stage
                      ? "after the recovery period there is a second stage to come to"
                      : "there is no second stage to go on to",
                  std::string(to_text(wanted)));
}

void inspect_anonymity(PolicyInspection& out, const Policy& policy) {
  const auto& rule = policy.identification.anonymity;
  if (policy.anonymous_route && !rule)
    out.mistake(Code::missing_field, "/identification/anonymity",
                "nothing says when an anonymous notification tells too much",
                "a threshold k and the combinations of fields that it guards");
  if (!policy.anonymous_route && rule)
    out.warn("/identification/anonymity", "never used: this pack has no anonymous route",
             "leave it out, or \"anonymous_route\": true");
  if (!rule) return;
  if (rule->k < 2)
    out.mistake(Code::out_of_range, "/identification/anonymity/k", "one person is not a crowd",
                "2 or more");
  const std::string lists = "/identification/anonymity/combinations";
  for (std::size_t i = 0; i < rule->combinations.size(); ++i) {
    if (rule->combinations[i].empty())
      out.mistake(Code::missing_field, item(lists, i), "a combination of nothing",
                  "fields, as in [\"nationality\", \"region\"]");
    check_once(out, rule->combinations[i], item(lists, i), "this field");
  }
}

bool holds(const Policy& policy, Role role) {
  return std::ranges::any_of(policy.roles, [&](const RoleRule& rule) {
    return rule.role == role && !rule.held_by.empty();
  });
}
}  // namespace

void inspect_identification(PolicyInspection& out, const Policy& policy) {
  const IdentificationPolicy& rules = policy.identification;
  inspect_deciders(out, rules);
  inspect_recovery(out, policy);
  inspect_anonymity(out, policy);
  check_once(out, rules.first_responders, "/identification/first_responders", "this kind");
  for (std::size_t i = 0; i < rules.first_responders.size(); ++i)
    if (holds(policy, Role::first_responder) &&
        !policy.may_hold(Role::first_responder, rules.first_responders[i]))
      out.mistake(Code::out_of_range, item("/identification/first_responders", i),
                  "/roles does not let this kind hold the role first_responder",
                  "the same kinds in both");
  if (rules.contact_attempts_min == 0)
    out.mistake(Code::out_of_range, "/identification/contact_attempts_min",
                "nobody counts as lost who was never called", "1 or more");
  if (rules.episodes_max == 0)
    out.mistake(Code::out_of_range, "/identification/episodes_max",
                "every case has one episode at least", "1 or more");
}

void inspect_roles(PolicyInspection& out, const Policy& policy) {
  for (std::size_t i = 0; i < policy.roles.size(); ++i) {
    const RoleRule& rule = policy.roles[i];
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (policy.roles[earlier].role == rule.role)
        out.mistake(Code::already_exists, item("/roles", i), "this role has a rule already",
                    "one rule for each role");
    if (rule.held_by.empty())
      out.mistake(Code::missing_field, item("/roles", i) + "/held_by",
                  "nobody may hold the role " + std::string(to_text(rule.role)),
                  "kinds of organisations: " + wanted_in_policy("/roles/0/held_by/0"));
    check_once(out, rule.held_by, item("/roles", i) + "/held_by", "this kind");
  }
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Role>>([&](auto d) {
    if (std::ranges::find(policy.roles, d.value, &RoleRule::role) == policy.roles.end())
      out.mistake(Code::missing_field, "/roles",
                  "nobody may hold the role " + std::string(to_text(d.value)),
                  "a rule that names the kinds of organisations that hold it");
  });
  if (policy.services.empty())
    out.mistake(Code::missing_field, "/services", "nobody could be referred to anything",
                wanted_in_policy("/services/0"));
  check_once(out, policy.services, "/services", "this service");
  // Council of Europe Convention, art. 12(1).
  for (const ServiceType owed :
       {ServiceType::safe_accommodation, ServiceType::medical, ServiceType::psychosocial,
        ServiceType::legal_advice, ServiceType::material_assistance, ServiceType::interpretation})
    if (!policy.services.empty() &&
        std::ranges::find(policy.services, owed) == policy.services.end())
      out.warn("/services",
               std::string(to_text(owed)) + " is owed by the Council of Europe Convention, art. 12",
               "add it");
}

void inspect_limits(PolicyInspection& out, const Policy& policy) {
  for (const LimitName name :
       {LimitName::openings_per_account, LimitName::openings_per_organisation,
        LimitName::items_listed_per_account, LimitName::items_listed_per_organisation}) {
    const auto rows = std::ranges::count(policy.access_limits, name, &AccessLimit::name);
    // Packs before version 3 do not have the last one; then it limits nothing.
    const bool needed = name != LimitName::items_listed_per_organisation;
    if (rows > 1 || (rows == 0 && needed))
      out.mistake(rows == 0 ? Code::missing_field : Code::already_exists, "/access_limits",
                  "the limit " + std::string(to_text(name)) + " is needed once",
                  rows == 0 ? "a rule for it" : "leave one of them out");
  }
  for (std::size_t i = 0; i < policy.access_limits.size(); ++i)
    if (const auto most = policy.access_limits[i].per_hour;
        most == 0 || most > limits::access_per_hour_max)
      out.mistake(Code::out_of_range, item("/access_limits", i) + "/per_hour", "1 to 1000000000",
                  "1 to " + std::to_string(limits::access_per_hour_max));
  if (policy.offers_max == 0 || policy.offers_max > limits::offers_per_referral_max)
    out.mistake(Code::out_of_range, "/offers_max", "1 to 50",
                "1 to " + std::to_string(limits::offers_per_referral_max));
  for (std::size_t i = 0; i < policy.sealed_to_organisations.size(); ++i)
    if (policy.sealed_rule(policy.sealed_to_organisations[i].class_) !=
        &policy.sealed_to_organisations[i])
      out.mistake(Code::already_exists, item("/sealed_to_organisations", i),
                  "this class is named twice", "leave one of them out");
}

void inspect_releases(PolicyInspection& out, const Policy& policy) {
  if (!policy.releases) return;
  const auto within = [&out](std::uint32_t value, std::uint32_t least, const char* member) {
    if (value >= least && value <= 1'000) return;
    const std::string range = std::to_string(least) + " to 1000";
    out.mistake(Code::out_of_range, "/releases/" + std::string(member), range, range);
  };
  within(policy.releases->threshold, 3, "threshold");  // of two people each knows the other
  within(policy.releases->rounding, 1, "rounding");
  within(policy.releases->epsilon_per_year.numerator, 1, "epsilon_per_year/numerator");
  within(policy.releases->epsilon_per_year.denominator, 1, "epsilon_per_year/denominator");
}

void inspect_oversight(PolicyInspection& out, const Policy& policy) {
  if (!policy.oversight) return;
  const OversightPolicy& rules = *policy.oversight;
  const auto within = [&out](std::uint32_t value, std::uint32_t least, std::uint32_t most,
                             const char* member) {
    if (value >= least && value <= most) return;
    const std::string range = std::to_string(least) + " to " + std::to_string(most);
    out.mistake(Code::out_of_range, "/oversight/" + std::string(member), range, range);
  };
  within(rules.drop_percent, 1, 100, "drop_percent");
  within(rules.drop_reports_min, 8, 100'000, "drop_reports_min");  // one a week, at least
  within(rules.rate_points, 1, 100, "rate_points");
  within(rules.rate_decisions_min, 1, 100'000, "rate_decisions_min");
  within(rules.breaches_percent, 101, 10'000, "breaches_percent");  // more than before
  within(rules.breaches_min, 2, 100'000, "breaches_min");           // one is no cluster
  within(rules.quiet_days, 1, limits::clock_length_max, "quiet_days");
  within(rules.feedback_days, 0, limits::clock_length_max, "feedback_days");
}
}  // namespace nrm
