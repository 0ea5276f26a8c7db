// Docket: whom a rehearsal's deciders may decide, from when on, and how. Whoever has no ruling is
// decided as the dice fall, from the day on which the list is free.
//
// Of a quarter whose published decisions are followed, each person has a ruling before anybody
// acts:
//   carried over, positive   first stage positive before the quarter; second stage in it
//   carried over, undecided  first stage in the quarter
//   reported in the quarter  as many as the tables have decisions for; the others after it
// Who is who follows from the ids of the cases, so that a second run rules the same.
// THREAD: one.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "services/cli/intake_file.hpp"
#include "services/cli/published_plan.hpp"

namespace nrm::cli {
struct Ruling {
  Instant not_before{};
  std::optional<bool> positive{};  // none: as the dice fall
};

class Docket {
 public:
  explicit Docket(Instant free_from = {}) : free_from_(free_from) {}
  void rule(Stage stage, std::string id, Ruling ruling) {
    rulings_[{stage, std::move(id)}] = ruling;
  }
  Ruling ruling(Stage stage, const std::string& id) const {
    const auto found = rulings_.find({stage, id});
    return found == rulings_.end() ? Ruling{free_from_, std::nullopt} : found->second;
  }
  // Whether anybody may be decided at this stage by then, whoever it is.
  bool open(Stage stage, Instant now) const;

 private:
  const Instant free_from_;
  std::map<std::pair<Stage, std::string>, Ruling> rulings_;
};

// Who must be there besides those whom the quarter's table counts, as rows to report. The tables
// say no more of them than their age: the rest is as in the quarter's own table, in its
// proportions.
struct CarriedOver {
  std::vector<IntakeRow> positive, undecided;
};
CarriedOver carried_over(const PublishedPlan& plan, const Intake& intake);
std::vector<IntakeRow> notifications(const PublishedPlan& plan, const Intake& intake);

// Ids of cases, by age group. Their order, which says who comes first, is that of the ids: a
// folder's own, and the same whenever it is asked again.
using Roll = std::array<std::vector<std::string>, 3>;
// Of those who were carried over, positive; and of those whom the quarter decides first.
void rule_carried_over(Docket& docket, const PublishedPlan& plan, const Roll& positive);
void rule_quarter(Docket& docket, const PublishedPlan& plan, const Roll& undecided,
                  const Roll& reported);
}  // namespace nrm::cli
