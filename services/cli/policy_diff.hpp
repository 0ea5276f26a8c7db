// What differs between two packs, as people say it: a clock's length, a holiday more, a decider
// less. Lists whose items have names (clocks by name and urgency, deciders by stage and route, …)
// are compared item by item; lists of codes and days as sets.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/base/codec.hpp"
#include "common/step/policy.hpp"

namespace nrm::cli {
struct PolicyDifference {
  std::string part;                   // "clocks"
  std::string what;                   // "answer_offer urgent, length"; empty: the part itself
  std::optional<std::string> before;  // none: only in the second
  std::optional<std::string> after;   // none: only in the first
};
BOOST_DESCRIBE_STRUCT(PolicyDifference, (), (part, what, before, after))

// In the order of the packs' members. Empty: they say the same.
std::vector<PolicyDifference> differences(const Policy& a, const Policy& b);
// One line each, under the names of the parts: "~" changed, "+" only in b, "-" only in a.
std::string text_of_differences(const std::vector<PolicyDifference>& all);
}  // namespace nrm::cli
