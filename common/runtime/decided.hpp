// What was decided, as a record has it: said once, for the step and for who decides again.
#pragma once
#include <utility>

#include "common/step/decision.hpp"

namespace nrm {
inline void put_decided(Result<Decision> decision, Record& record) {
  if (decision) {
    record.events = std::move(decision->events);
    record.clocks = std::move(decision->clocks);
  } else {
    record.rejection = std::move(decision).error();
  }
}
}  // namespace nrm
