// What a pack says about oversight: from when on a change is a warning, and how often a survivor is
// asked. How long the clocks of complaints and warnings run is in Policy::clocks.
#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>

#include "common/base/text.hpp"

namespace nrm {
// A week is compared with a week of the eight before it, on average. Small numbers vary by chance:
// each rule has a floor below which it says nothing.
struct OversightPolicy {
  std::uint32_t drop_percent = 60;      // so much fewer reports of a source: reports_dropped
  std::uint32_t drop_reports_min = 16;  // of the eight weeks before, together
  std::uint32_t rate_points = 25;       // the share of positive decisions moved by so many points
  std::uint32_t rate_decisions_min = 10;  // in the week; and of the weeks before, together
  std::uint32_t breaches_percent = 200;   // of a week before: breaches_clustered
  std::uint32_t breaches_min = 5;         // in the week
  std::uint32_t quiet_days = 28;     // before the same thing is warned of again
  std::uint32_t feedback_days = 90;  // between two answers of one person
  Text<200> source;                  // why these numbers
};
BOOST_DESCRIBE_STRUCT(OversightPolicy, (),
                      (drop_percent, drop_reports_min, rate_points, rate_decisions_min,
                       breaches_percent, breaches_min, quiet_days, feedback_days, source))
}  // namespace nrm
