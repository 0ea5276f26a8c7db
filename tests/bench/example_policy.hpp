// The policy by which the benchmarks of single hops decide.
#pragma once
#include "common/step/policy.hpp"

namespace nrm {
inline Policy an_example_policy() {
  Policy policy;
  policy.clocks = {{.name = ClockName::first_stage,
                    .kind = ClockKind::target,
                    .unit = ClockUnit::working_days,
                    .length = 5}};
  policy.regions = {*Region::parse("XX-N")};
  policy.appointments = Appointments{};
  return policy;
}
}  // namespace nrm
