#include "common/step/policy_check.hpp"

#include <algorithm>

#include "common/base/json.hpp"
#include "common/step/policy_inspection.hpp"

namespace nrm {
namespace {
// One pointer is the other, or above it.
bool related(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return b.starts_with(a) && (a.size() == b.size() || b[a.size()] == '/');
}

// The item of a list that a place is in: its other members say nothing either.
std::string_view whole_item(std::string_view where) {
  for (auto at = where.find('/'); at != where.npos; at = where.find('/', at + 1))
    if (at + 1 < where.size() && where[at + 1] >= '0' && where[at + 1] <= '9')
      return where.substr(0, where.find('/', at + 1));
  return where;
}

void inspect(PolicyInspection& out, const Policy& policy, std::optional<Date> today) {
  if (policy.version == 0)
    out.mistake(Code::out_of_range, "/version", "versions count from 1", "1");
  inspect_clocks(out, policy);
  inspect_calendar(out, policy, today);
  inspect_roles(out, policy);
  inspect_identification(out, policy);
  inspect_referral(out, policy);
  inspect_support(out, policy);
  inspect_closure(out, policy);
  inspect_limits(out, policy);
  inspect_releases(out, policy);
  inspect_oversight(out, policy);
}

// In the order of the pack's members; within one of them as they were found.
void put_in_order(std::vector<PolicyFinding>& findings) {
  const auto place = [](const PolicyFinding& one) {
    using Members = boost::describe::describe_members<Policy, boost::describe::mod_public>;
    std::size_t at = 0, found = 0;
    boost::mp11::mp_for_each<Members>([&](auto d) {
      ++at;
      if (related(one.fault.where, '/' + std::string(code_name(d.name)))) found = at;
    });
    return found;
  };
  std::ranges::stable_sort(findings, {}, place);
}

void sort_days(Policy& policy) {
  std::ranges::sort(policy.holidays);
  for (RegionalHolidays& local : policy.regional_holidays) std::ranges::sort(local.days);
}
}  // namespace

std::size_t PolicyCheck::mistakes() const {
  return static_cast<std::size_t>(std::ranges::count(findings, false, &PolicyFinding::warning));
}

PolicyCheck check_policy(std::string_view bytes, std::optional<Date> today) {
  PolicyCheck out;
  json::Document document;
  if (const auto good = document.parse_strict(bytes, limits::policy_bytes_max); !good) {
    out.findings.push_back({false, good.error(), ""});
    return out;
  }
  Policy policy;
  Reading reading(Unknown::refuse, limits::policy_list_items_max);
  read_json(document.root(), policy, reading);
  PolicyInspection found;
  for (const Error& fault : reading.faults())
    found.mistake(fault.code, fault.where, fault.detail, wanted_in_policy(fault.where));
  if (document.root().kind() == json::Kind::object) {
    // What was not read says nothing about the rest; nor does anything above or below it.
    PolicyInspection rules;
    inspect(rules, policy, today);
    for (PolicyFinding& one : rules.findings())
      if (std::ranges::none_of(reading.faults(), [&](const Error& fault) {
            return related(whole_item(fault.where), one.fault.where);
          }))
        found.findings().push_back(std::move(one));
  }
  if (reading.faults().size() == limits::field_errors_max)
    found.warn("", "there may be more: the reader stops after so many", "mend these first");
  out.findings = std::move(found.findings());
  put_in_order(out.findings);
  if (out.mistakes() != 0) return out;
  sort_days(policy);
  out.policy = std::move(policy);
  return out;
}

Result<Policy> read_policy(std::string_view bytes) {
  PolicyCheck check = check_policy(bytes);
  if (check.policy) return std::move(*check.policy);
  return std::move(std::ranges::find(check.findings, false, &PolicyFinding::warning)->fault);
}

std::vector<PolicyFinding> check_succession(const Policy& now, const Policy& next) {
  PolicyInspection out;
  if (next.pack != now.pack)
    out.mistake(Code::out_of_range, "/pack", "this mechanism lives by another pack",
                now.pack.text());
  if (next.version <= now.version)
    out.mistake(Code::out_of_range, "/version", "a new version has a higher number",
                std::to_string(now.version + 1) + " or more");
  for (const ClockRule& rule : now.clocks)
    if (next.rule(rule.name, rule.urgency.value_or(Urgency::routine)) == nullptr)
      out.mistake(Code::missing_field, "/clocks",
                  "the clock " + std::string(to_text(rule.name)) + " may be running",
                  "keep it; it may be as long as you like");
  for (const Region& region : now.regions)
    if (!next.has_region(region))
      out.mistake(Code::missing_field, "/regions",
                  "the region " + region.text() + " is named by cases and providers", "keep it");
  for (const DeciderRule& rule : now.identification.deciders)
    if (next.identification.decider(rule.stage, rule.route) == nullptr)
      out.mistake(Code::missing_field, "/identification/deciders",
                  "cases may wait for the stage " + std::string(to_text(rule.stage)) +
                      " on the route " + std::string(to_text(rule.route)),
                  "keep a rule for it");
  if (now.appointments && !now.appointments->board)
    for (std::size_t i = 0; i < next.identification.deciders.size(); ++i)
      if (next.identification.deciders[i].office == DecidingOffice::board)
        out.mistake(Code::out_of_range, item("/identification/deciders", i) + "/office",
                    "this mechanism was founded without a board: nobody would decide",
                    "competent_authority; or make a new data folder with this pack");
  for (const SealedRule& rule : now.sealed_to_organisations)
    if (next.sealed_rule(rule.class_) == nullptr)
      out.mistake(Code::missing_field, "/sealed_to_organisations",
                  "items of the class " + std::string(to_text(rule.class_)) + " are sealed already",
                  "keep it");
  return std::move(out.findings());
}
}  // namespace nrm
