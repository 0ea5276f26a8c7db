// What is wrong with a pack: everything at once, each with its place and what to write instead.
//
// A mistake makes read_policy() refuse the pack: a member that no reader takes, a rule that
// contradicts the mechanism (clock_table.hpp), or one that would strand a case: a stage without
// anybody to decide it, a clock without an end, a role that nobody may hold, a quorum that no
// committee reaches. A warning is taken: a calendar that ends soon, a rule that is never used.
//
// INVARIANT: no mistake here if and only if read_policy() takes the pack.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/step/policy.hpp"

namespace nrm {
struct PolicyFinding {
  bool warning = false;
  Error fault;          // where: a JSON pointer into the pack
  std::string instead;  // what to write there; may be empty
};

struct PolicyCheck {
  std::vector<PolicyFinding> findings;  // in the order of the pack's members
  std::optional<Policy> policy;         // none when there is a mistake

  std::size_t mistakes() const;
};
// `today`: warns of a calendar that is over soon.
PolicyCheck check_policy(std::string_view bytes, std::optional<Date> today = std::nullopt);

// Why a mechanism that lives by `now` cannot take `next`: cases that run need what it lacks.
// Places are in `next`.
std::vector<PolicyFinding> check_succession(const Policy& now, const Policy& next);

// What belongs at a JSON pointer of a pack, in words: "one of: hours, calendar_days, …".
std::string wanted_in_policy(std::string_view pointer);
}  // namespace nrm
