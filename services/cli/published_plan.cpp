#include "services/cli/published_plan.hpp"

#include <algorithm>
#include <cstdlib>

#include "common/base/csv.hpp"
#include "common/base/limits.hpp"
#include "common/runtime/folder.hpp"

namespace nrm::cli {
namespace {
constexpr const char* age_columns[] = {"Adult (18 or over)", "Child (17 or under)",
                                       "Age not specified or unknown"};

struct QuarterRow {
  std::vector<std::string> head, cells;
  Result<std::uint64_t> number(const std::string& column) const {
    const auto at = std::ranges::find(head, column);
    if (at == head.end())
      return Error(Code::bad_request, "", "there is no column \"" + column + '"');
    const std::string& text = cells[static_cast<std::size_t>(at - head.begin())];
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos)
      return Error(Code::bad_request, "", "no count in column \"" + column + '"');
    return std::strtoull(text.c_str(), nullptr, 10);
  }
};

Result<QuarterRow> read_row(const std::string& file, const std::string& quarter) {
  NRM_TRY_ASSIGN(std::string text, read_file(file, limits::intake_file_bytes_max));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  NRM_TRY_ASSIGN(const auto rows, csv::read(text));
  const std::string year = quarter.substr(0, 4), name = quarter.substr(4);
  for (const auto& row : rows)
    if (row.cells.size() > 2 && row.cells[0] == year && row.cells[1] == name)
      return QuarterRow{rows[0].cells, row.cells};
  return Error(Code::not_found, file, "it has no quarter " + quarter);
}

Result<void> read_stage(const std::string& file, const std::string& quarter,
                        const std::string& words, std::array<PublishedDecisions, 3>& out) {
  NRM_TRY_ASSIGN(const QuarterRow row, read_row(file, quarter));
  for (std::size_t age = 0; age < out.size(); ++age) {
    const std::string column = age_columns[age];
    NRM_TRY_ASSIGN(out[age].positive, row.number(column + " - Positive " + words));
    NRM_TRY_ASSIGN(out[age].negative, row.number(column + " - Negative " + words));
  }
  return {};
}
}  // namespace

PublishedPlan::CarriedOver PublishedPlan::carried_over(AgeBand age, std::uint64_t reported) const {
  const auto group = static_cast<std::size_t>(age);
  CarriedOver out;
  out.undecided = first[group].total() > reported ? first[group].total() - reported : 0;
  // A recovery period is at least as long as most of a quarter: all that the second stage decides
  // was positive before it.
  out.positive = second[group].total();
  return out;
}

Result<PublishedPlan> read_published_plan(const std::string& folder, const std::string& quarter) {
  PublishedPlan out;
  out.quarter = quarter;
  NRM_TRY(read_stage(folder + "/reasonable_grounds.csv", quarter, "reasonable grounds", out.first));
  NRM_TRY(
      read_stage(folder + "/conclusive_grounds.csv", quarter, "conclusive grounds", out.second));
  NRM_TRY_ASSIGN(const QuarterRow notified, read_row(folder + "/duty_to_notify.csv", quarter));
  NRM_TRY_ASSIGN(out.notifications, notified.number("Total"));
  return out;
}
}  // namespace nrm::cli
