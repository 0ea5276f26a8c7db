#include "services/cli/figures_page.hpp"

#include <algorithm>

#include "services/audit/methods.hpp"
#include "services/cli/chart.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t bar_width = 32;

// The total of the first measure in each period, when rows have periods and there are some.
std::string line_over_periods(const Figures& figures) {
  if (figures.dimensions.empty()) return {};
  const std::string& first = figures.dimensions[0];
  if (first != "quarter" && first != "month" && first != "year") return {};
  std::map<std::string, std::int64_t> totals;
  for (const FigureRow& row : figures.rows) totals[row.labels[0]] += row.values[0].value_or(0);
  if (totals.size() < 3) return {};
  std::vector<std::int64_t> values;
  std::int64_t most = 0;
  for (const auto& [period, total] : totals) {
    values.push_back(total);
    most = std::max(most, total);
  }
  const unsigned decimals = figures.measures[0].decimals;
  return totals.begin()->first + ' ' + sparkline(values) + ' ' + totals.rbegin()->first +
         "  (the highest: " + figure_text(most, decimals) + ' ' + figures.measures[0].name + ")\n";
}

std::string notes_of(const std::vector<std::string>& notes) {
  std::string out;
  for (const std::string& note : notes) (out += note) += '\n';
  return out;
}
}  // namespace

std::string basis_of(const ReleaseTerms& terms) {
  std::uint64_t records = 0;
  for (const LogPosition& one : terms.known) records += one.size;
  return "as of " + terms.as_of.text() + ", from " + with_commas(records) + " records of " +
         std::to_string(terms.known.size()) + " logs, by " + terms.method.text();
}

std::string page_of(const Figures& figures, const ReleaseTerms& terms) {
  std::vector<std::string> head = figures.dimensions;
  for (const Measure& measure : figures.measures) head.push_back(measure.name);
  const bool drawn = figures.measures.size() == 1;
  if (drawn) head.emplace_back();
  std::int64_t most = 0;
  for (const FigureRow& row : figures.rows) most = std::max(most, row.values[0].value_or(0));
  Table table(head);
  std::vector<std::string> before(figures.dimensions.size());
  for (const FigureRow& row : figures.rows) {
    std::vector<std::string> cells;
    bool same = true;
    for (std::size_t i = 0; i < row.labels.size(); ++i) {
      same = same && row.labels[i] == before[i];
      cells.push_back(same ? "" : row.labels[i]);
    }
    before = row.labels;
    for (std::size_t i = 0; i < row.values.size(); ++i)
      cells.push_back(row.values[i] && figures.measures[i].decimals == 0 && *row.values[i] >= 0
                          ? with_commas(static_cast<std::uint64_t>(*row.values[i]))
                      : row.values[i] ? figure_text(row.values[i], figures.measures[i].decimals)
                                      : "blank");
    if (drawn) cells.push_back(bar(row.values[0].value_or(0), most, bar_width));
    table.add(std::move(cells));
  }
  return figures.title + "\n" + basis_of(terms) + "\n\n" + table.text() +
         line_over_periods(figures) + notes_of(figures.notes);
}

std::string page_of(const Release& release, const ReleaseTerms& terms) {
  Table table(release.table.header);
  for (const auto& row : release.table.rows) {
    std::vector<std::string> cells;
    for (const Cell& cell : row) cells.push_back(cell.text);
    table.add(std::move(cells));
  }
  std::string out = release.table.title + "\n" + basis_of(terms) + "\n\n" + table.text();
  if (const auto& left = release.left_out; left && terms.rule == ReleaseRule::suppressed)
    out += "c: not shown. Of " + std::to_string(left->cells) + " cells " +
           std::to_string(left->primary) + " are below " + std::to_string(terms.threshold) +
           " people, " + std::to_string(left->secondary) +
           " are hidden so that these cannot be computed, " + std::to_string(left->guarded) +
           " so that no difference to an earlier release tells more; counts are multiples of " +
           std::to_string(terms.rounding) + ".\n";
  else if (left)
    out += "k = " + std::to_string(terms.threshold) + ": of " + std::to_string(left->cells) +
           " lines " + std::to_string(left->guarded) + " and of the others " +
           std::to_string(left->secondary) + " values are left out.\n";
  return out + notes_of(release.table.notes);
}
}  // namespace nrm::cli
