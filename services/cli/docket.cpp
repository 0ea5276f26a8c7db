#include "services/cli/docket.hpp"

#include <algorithm>

namespace nrm::cli {
namespace {
IntakeRow with_age(IntakeRow row, AgeBand age) {
  row.facts.age_at_exploitation = age;
  row.facts.age_now = age == AgeBand::adult ? AgeBand::adult : AgeBand::unknown;
  return row;
}

// `people` of one age group, spread over the rows as the table's own are. Rows of another age, for
// want of any of this one, have lines behind the table's: no line stands for two rows.
void spread(const Intake& intake, AgeBand age, std::uint64_t people, std::vector<IntakeRow>& out) {
  std::vector<const IntakeRow*> rows;
  for (const IntakeRow& row : intake.rows)
    if (row.facts.age_at_exploitation == age) rows.push_back(&row);
  const std::size_t beyond = rows.empty() ? static_cast<std::size_t>(age) + 1 : 0;
  if (rows.empty())
    for (const IntakeRow& row : intake.rows) rows.push_back(&row);
  const std::size_t last_line = rows.empty() ? 0 : intake.rows.back().line;
  std::uint64_t all = 0, before = 0;
  for (const IntakeRow* row : rows) all += row->people;
  for (const IntakeRow* row : rows) {
    const std::uint64_t upto = before + row->people;
    const auto share = static_cast<std::uint32_t>(upto * people / all - before * people / all);
    before = upto;
    if (share == 0) continue;
    out.push_back(with_age(*row, age));
    out.back().people = share;
    out.back().line += beyond * last_line;
  }
}

std::vector<std::string> in_order(const Roll& roll, AgeBand age) {
  auto out = roll[static_cast<std::size_t>(age)];
  std::ranges::sort(out);
  return out;
}

std::uint64_t count_of(const Intake& intake, AgeBand age) {
  std::uint64_t out = 0;
  for (const IntakeRow& row : intake.rows)
    if (row.facts.age_at_exploitation == age) out += row.people;
  return out;
}
}  // namespace

bool Docket::open(Stage stage, Instant now) const {
  return now >= free_from_ || std::ranges::any_of(rulings_, [&](const auto& one) {
           return one.first.first == stage && now >= one.second.not_before;
         });
}

CarriedOver carried_over(const PublishedPlan& plan, const Intake& intake) {
  CarriedOver out;
  for (const AgeBand age : published_ages) {
    const auto carried = plan.carried_over(age, count_of(intake, age));
    spread(intake, age, carried.positive, out.positive);
    spread(intake, age, carried.undecided, out.undecided);
  }
  return out;
}

std::vector<IntakeRow> notifications(const PublishedPlan& plan, const Intake& intake) {
  std::vector<IntakeRow> out;
  spread(intake, AgeBand::adult, plan.notifications, out);
  return out;
}

void rule_carried_over(Docket& docket, const PublishedPlan& plan, const Roll& positive) {
  for (const AgeBand age : published_ages) {
    std::uint64_t to_confirm = plan.second[static_cast<std::size_t>(age)].positive;
    for (const std::string& id : in_order(positive, age)) {
      docket.rule(Stage::first, id, {Instant{}, true});
      const bool confirmed = to_confirm > 0;
      to_confirm -= confirmed;
      docket.rule(Stage::second, id, {plan.begin(), confirmed});
    }
  }
}

void rule_quarter(Docket& docket, const PublishedPlan& plan, const Roll& undecided,
                  const Roll& reported) {
  for (const AgeBand age : published_ages) {
    const PublishedDecisions& decisions = plan.first[static_cast<std::size_t>(age)];
    // Who has waited longest is decided for sure; among all who are, the ids say how.
    std::vector<std::string> decided = in_order(undecided, age);
    for (const std::string& id : in_order(reported, age))
      if (decided.size() < decisions.total()) decided.push_back(id);
    std::ranges::sort(decided);
    std::uint64_t left = decisions.positive;
    for (const std::string& id : decided) {
      const bool positive = left > 0;
      left -= positive;
      docket.rule(Stage::first, id, {plan.begin(), positive});
    }
  }
}
}  // namespace nrm::cli
