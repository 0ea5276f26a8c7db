// What a pack says about support: which needs are always looked at, who is told of an incident,
// what a child's case needs, how long moving on may take. How long its clocks run is in
// Policy::clocks.
#pragma once
#include <boost/describe/class.hpp>
#include <vector>

#include "common/event/codes.hpp"

namespace nrm {
BOOST_DEFINE_ENUM_CLASS(TellParty, state_owner, providers, overseer)
// Who is told of an incident that is at least so severe.
struct IncidentRule {
  IncidentSeverity from{};
  std::vector<TellParty> told;
};
BOOST_DESCRIBE_STRUCT(IncidentRule, (), (from, told))

struct SupportPolicy {
  std::vector<ServiceType> needs_minimum;  // an assessment says something about each of them
  std::vector<IncidentRule> incidents;
  std::vector<ChildBody> child_notices;          // told at the same time, each acknowledged
  bool guardian_required = false;                // before a child's best interests are determined
  bool move_on_after_positive = false;           // begins with a positive second-stage decision
  std::uint32_t move_on_extension_days_max = 0;  // of one extension; 0: none
  Text<200> source;
};
BOOST_DESCRIBE_STRUCT(SupportPolicy, (),
                      (needs_minimum, incidents, child_notices, guardian_required,
                       move_on_after_positive, move_on_extension_days_max, source))
}  // namespace nrm
