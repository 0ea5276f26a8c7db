// What a pack says about closing a case: what must be done first, who is visited afterwards, and
// how long data is kept. How long its clocks run is in Policy::clocks.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <vector>

#include "common/event/codes.hpp"

namespace nrm {
struct RetentionRule {
  RetentionCategory category{};
  std::uint32_t days = 0;  // after closing
  Text<200> source;
};
BOOST_DESCRIBE_STRUCT(RetentionRule, (), (category, days, source))

struct ClosurePolicy {
  std::vector<Obligation> checklist;          // what stands in the way of closing
  bool unmet_needs = false;                   // are recorded when closure is asked for
  std::vector<std::uint32_t> follow_up_days;  // after closing; ascending
  std::vector<ClosureReason> followed_up;     // the reasons after which the person is visited
  std::vector<RetentionRule> retention;       // a category without a row: Policy::retention_days
  Text<200> source;

  const RetentionRule* retention_rule(RetentionCategory category) const {
    for (const RetentionRule& rule : retention)
      if (rule.category == category) return &rule;
    return nullptr;
  }
};
BOOST_DESCRIBE_STRUCT(ClosurePolicy, (),
                      (checklist, unmet_needs, follow_up_days, followed_up, retention, source))
}  // namespace nrm
