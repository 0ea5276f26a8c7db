// PublishedPlan: what a statistics office published about one quarter's decisions, as work to do:
// how many people are to be decided, positive and negative, at which stage, of which age group.
//
//   reasonable_grounds.csv   first stage; conclusive_grounds.csv: second stage
//   duty_to_notify.csv       anonymous notifications
//
// What a quarter decides was mostly reported before it, and what it reports is mostly decided
// later: so people are *carried over*. The plan says how many must have been reported before the
// quarter, and how many of them must have a positive first stage by then, for its decisions to be
// possible. ERRORS: bad_request (not such a table), not_found (a quarter that it does not have).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/event/codes.hpp"

namespace nrm::cli {
// The age groups of these tables, in the order in which PublishedPlan holds them.
inline constexpr AgeBand published_ages[] = {AgeBand::adult, AgeBand::child, AgeBand::unknown};

struct PublishedDecisions {
  std::uint64_t positive = 0, negative = 0;
  std::uint64_t total() const { return positive + negative; }
  bool operator==(const PublishedDecisions&) const = default;
};

struct PublishedPlan {
  std::string quarter;                              // "2023Q3"
  std::array<PublishedDecisions, 3> first, second;  // by AgeBand
  std::uint64_t notifications = 0;
  Instant begin() const;  // of the quarter
  Instant end() const;    // its last millisecond

  // Of an age group: reported before the quarter, and decided positive before it.
  struct CarriedOver {
    std::uint64_t undecided = 0;  // first stage comes in the quarter
    std::uint64_t positive = 0;   // second stage comes in the quarter
  };
  // `reported`: in the quarter, of this age group. REQUIRES: at most what the first stage needs is
  // taken from them; who is left over is decided after the quarter.
  CarriedOver carried_over(AgeBand age, std::uint64_t reported) const;
};

// Quarters of which a folder has the table of referrals ("…_2023_q3.csv"), oldest first.
std::vector<std::string> published_quarters(const std::string& folder);
// That table. ERRORS: not_found.
Result<std::string> published_referrals(const std::string& folder, const std::string& quarter);

// `folder`: with the three files, as the United Kingdom's data package has them.
Result<PublishedPlan> read_published_plan(const std::string& folder, const std::string& quarter);
}  // namespace nrm::cli
