// The clocks that the mechanism has, one row each: whose decider sets it, after which events, what
// happens when it runs out, what can stop it for a while, and whether a pack must give it a length.
//
// A pack says how long; what a clock does is the deciders' doing. So a pack that promises another
// start or another end than the code has is refused (policy_check.hpp), and scripts of the
// deciders that disagree with a row fail a test (tests/service/clock_table_test.cpp).
//
// A new clock: a code at the end of ClockName (event/codes.hpp), a row here, a rule in every pack
// that needs one.
#pragma once
#include <span>
#include <string_view>

#include "common/step/policy.hpp"

namespace nrm {
enum class ClockNeed : std::uint8_t {
  every_pack,  // a case would wait for ever without it
  may,         // without it the service's README says what is done instead
  own,         // of the mechanism alone: no pack gives it a length
};

struct ClockRow {
  ClockName name{};
  std::span<const Service> set_by;
  std::span<const std::string_view> starts;  // types of events
  std::span<const ExpiryAction> expiry;      // a pack names one of these
  std::span<const PauseCause> pauses;        // a pack may name some of these
  ClockNeed need{};
};

std::span<const ClockRow> clock_table();
const ClockRow* clock_row(ClockName name);  // nullptr: a clock that nobody described yet
}  // namespace nrm
