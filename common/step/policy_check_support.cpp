// Of a pack's inspection: support, closing, and how long data is kept.
#include <algorithm>

#include "common/step/policy_inspection.hpp"

namespace nrm {
namespace {
// What a rule promises needs its time.
void needs_clock(PolicyInspection& out, const Policy& policy, ClockName clock,
                 const std::string& where) {
  if (policy.rule(clock) == nullptr)
    out.mistake(Code::missing_field, "/clocks",
                where + " needs the clock " + std::string(to_text(clock)), "a rule for it");
}

void inspect_incidents(PolicyInspection& out, const SupportPolicy& rules) {
  const std::string list = "/support/incidents";
  const bool always = std::ranges::any_of(rules.incidents, [](const IncidentRule& rule) {
    return rule.from == IncidentSeverity::minor && !rule.told.empty();
  });
  if (!always)
    out.mistake(Code::missing_field, list, "nobody is told of a minor incident",
                R"({"from": "minor", "told": ["state_owner"]})");
  for (std::size_t i = 0; i < rules.incidents.size(); ++i) {
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (rules.incidents[earlier].from == rules.incidents[i].from)
        out.mistake(Code::already_exists, item(list, i), "this severity has a rule already",
                    "one rule for each severity");
    check_once(out, rules.incidents[i].told, item(list, i) + "/told", "this party");
  }
}

bool has_somebody_to_visit(ClosureReason reason) {
  return reason != ClosureReason::died && reason != ClosureReason::merged_duplicate &&
         reason != ClosureReason::opened_in_error && reason != ClosureReason::anonymous_only;
}

void inspect_visits(PolicyInspection& out, const ClosurePolicy& rules) {
  const auto& visits = rules.follow_up_days;
  for (std::size_t i = 0; i < visits.size(); ++i)
    if (visits[i] == 0 || visits[i] > limits::clock_length_max ||
        (i > 0 && visits[i] <= visits[i - 1]))
      out.mistake(Code::out_of_range, item("/closure/follow_up_days", i),
                  "visits are so many days after closing, each later than the one before",
                  "as in [90, 180, 365]");
  check_once(out, rules.followed_up, "/closure/followed_up", "this reason");
  for (std::size_t i = 0; i < rules.followed_up.size(); ++i)
    if (!has_somebody_to_visit(rules.followed_up[i]))
      out.mistake(Code::out_of_range, item("/closure/followed_up", i),
                  "nobody is there to be visited", "leave it out");
  if (visits.empty() != rules.followed_up.empty())
    out.warn(visits.empty() ? "/closure/followed_up" : "/closure/follow_up_days",
             "never used: one of days and reasons is empty", "both, or none");
}
}  // namespace

void inspect_support(PolicyInspection& out, const Policy& policy) {
  const SupportPolicy& rules = policy.support;
  check_once(out, rules.needs_minimum, "/support/needs_minimum", "this service");
  check_once(out, rules.child_notices, "/support/child_notices", "this body");
  inspect_incidents(out, rules);
  if (!rules.child_notices.empty())
    needs_clock(out, policy, ClockName::child_notice, "/support/child_notices");
  if (rules.guardian_required)
    needs_clock(out, policy, ClockName::guardian, "/support/guardian_required");
  if (rules.move_on_after_positive || rules.move_on_extension_days_max > 0)
    needs_clock(out, policy, ClockName::move_on, "moving on");
  if (rules.move_on_extension_days_max > limits::clock_length_max)
    out.mistake(Code::out_of_range, "/support/move_on_extension_days_max", "0 to 36500",
                "0 to " + std::to_string(limits::clock_length_max));
}

void inspect_closure(PolicyInspection& out, const Policy& policy) {
  const ClosurePolicy& rules = policy.closure;
  check_once(out, rules.checklist, "/closure/checklist", "this obligation");
  for (const Obligation owed : {Obligation::identification_running, Obligation::referral_open,
                                Obligation::support_running, Obligation::person_not_informed})
    if (std::ranges::find(rules.checklist, owed) == rules.checklist.end())
      out.warn("/closure/checklist",
               std::string(to_text(owed)) + " would be no obstacle to closing", "add it");
  inspect_visits(out, rules);
  for (std::size_t i = 0; i < rules.retention.size(); ++i) {
    const std::string where = item("/closure/retention", i);
    if (rules.retention_rule(rules.retention[i].category) != &rules.retention[i])
      out.mistake(Code::already_exists, where, "this category has a rule already",
                  "one rule for each category");
    if (rules.retention[i].days == 0 || rules.retention[i].days > limits::clock_length_max)
      out.mistake(Code::out_of_range, where + "/days", "1 to 36500",
                  "1 to " + std::to_string(limits::clock_length_max));
  }
}
}  // namespace nrm
