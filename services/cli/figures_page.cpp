#include "services/cli/figures_page.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

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

// Whole; 0 when it is hidden, blank, or no number.
std::int64_t number_of(const Cell& cell) {
  return cell.number ? std::strtoll(cell.text.c_str(), nullptr, 10) : 0;
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

std::string page_of(const Figures& figures, const ReleaseTerms& terms, bool drawn) {
  std::vector<std::string> head = figures.dimensions;
  for (const Measure& measure : figures.measures) head.push_back(measure.name);
  if (drawn) head.push_back(figures.measures.size() == 1 ? "" : figures.measures[0].name);
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
         (drawn ? line_over_periods(figures) : std::string()) + notes_of(figures.notes);
}

std::string page_of(const Release& release, const ReleaseTerms& terms, bool drawn) {
  std::vector<std::string> head = release.table.header;
  if (drawn) head.push_back(head.back());
  std::int64_t most = 0;
  for (const auto& row : release.table.rows) most = std::max(most, number_of(row.back()));
  Table table(std::move(head));
  for (const auto& row : release.table.rows) {
    std::vector<std::string> cells;
    for (const Cell& cell : row) cells.push_back(cell.text);
    if (drawn) cells.push_back(bar(number_of(row.back()), most, bar_width));
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

std::string chart_of(const std::vector<ReferralCell>& cells) {
  constexpr std::size_t nationalities_shown = 10;
  constexpr std::pair<const char*, std::string ReferralCell::*> columns[] = {
      {"first responder type", &ReferralCell::first_responder_type},
      {"exploitation", &ReferralCell::exploitation},
      {"age at exploitation", &ReferralCell::age_at_exploitation},
      {"gender", &ReferralCell::gender},
      {"nationality", &ReferralCell::nationality}};
  std::string out;
  for (const auto& [name, column] : columns) {
    std::map<std::string, std::uint64_t> sums;
    for (const ReferralCell& cell : cells) sums[cell.*column] += cell.people;
    std::vector<std::pair<std::string, std::uint64_t>> rows(sums.begin(), sums.end());
    std::ranges::stable_sort(rows, std::greater(), &std::pair<std::string, std::uint64_t>::second);
    if (rows.empty()) continue;
    const std::size_t all = rows.size();
    if (column == &ReferralCell::nationality) rows.resize(std::min(all, nationalities_shown));
    Table table({name, "people", ""});
    for (const auto& [label, people] : rows)
      table.add({label, with_commas(people),
                 bar(static_cast<std::int64_t>(people),
                     static_cast<std::int64_t>(rows.front().second), bar_width)});
    out += '\n' + table.text();
    if (rows.size() < all) out += "  … and " + std::to_string(all - rows.size()) + " more\n";
  }
  return out;
}
}  // namespace nrm::cli
