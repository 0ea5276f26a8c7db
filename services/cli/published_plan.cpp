#include "services/cli/published_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "common/base/csv.hpp"
#include "common/base/limits.hpp"
#include "common/runtime/folder.hpp"
#include "services/audit/quarters.hpp"

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;

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

// "…_2023_q3.csv": 2023Q3; anything else is no table of a quarter.
std::string quarter_of_file(const std::string& name) {
  constexpr std::string_view ending = "_2023_q3.csv";
  if (name.size() <= ending.size() || !name.ends_with(".csv")) return {};
  const std::string_view tail = std::string_view(name).substr(name.size() - ending.size());
  std::string out = std::string(tail.substr(1, 4)) + 'Q' + tail[7];
  const bool shaped = tail[0] == '_' && tail[5] == '_' && tail[6] == 'q' && quarter_number(out);
  return shaped ? out : std::string();
}

std::vector<std::pair<std::string, std::string>> referral_files(const std::string& folder) {
  std::vector<std::pair<std::string, std::string>> out;  // quarter, path
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (const auto quarter = quarter_of_file(at->path().filename().string()); !quarter.empty())
      out.emplace_back(quarter, at->path().string());
  std::ranges::sort(out);
  return out;
}

Result<QuarterRow> read_row(const std::string& file, const std::string& quarter) {
  NRM_TRY_ASSIGN(std::string text, read_file(file, limits::intake_file_bytes_max));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  NRM_TRY_ASSIGN(const auto rows, csv::read(text));
  const std::string year = quarter.substr(0, 4), name = quarter.substr(4);
  for (const auto& row : rows)
    if (row.cells.size() > 2 && row.cells[0] == year && row.cells[1] == name)
      return QuarterRow{rows[0].cells, row.cells};
  std::string first, last;
  for (const auto& row : rows)
    if (row.cells.size() > 2 && quarter_number(row.cells[0] + row.cells[1])) {
      if (first.empty()) first = row.cells[0] + row.cells[1];
      last = row.cells[0] + row.cells[1];
    }
  return Error(Code::not_found, file,
               "it has no quarter " + quarter +
                   (first.empty() ? std::string() : "; it has " + first + " to " + last));
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

Instant PublishedPlan::begin() const {
  return end_of_quarter(*quarter_number(quarter) - 1) + Milliseconds(1);
}
Instant PublishedPlan::end() const { return end_of_quarter(*quarter_number(quarter)); }

PublishedPlan::CarriedOver PublishedPlan::carried_over(AgeBand age, std::uint64_t reported) const {
  const auto group = static_cast<std::size_t>(age);
  CarriedOver out;
  out.undecided = first[group].total() > reported ? first[group].total() - reported : 0;
  // A recovery period is at least as long as most of a quarter: all that the second stage decides
  // was positive before it.
  out.positive = second[group].total();
  return out;
}

std::vector<std::string> published_quarters(const std::string& folder) {
  std::vector<std::string> out;
  for (auto& [quarter, file] : referral_files(folder)) out.push_back(std::move(quarter));
  return out;
}

Result<std::string> published_referrals(const std::string& folder, const std::string& quarter) {
  for (auto& [of, file] : referral_files(folder))
    if (of == quarter) return std::move(file);
  std::string there;
  for (const std::string& one : published_quarters(folder))
    (there += there.empty() ? "" : ", ") += one;
  return Error(Code::not_found, folder,
               "there is no table of referrals of " + quarter +
                   (there.empty() ? std::string() : "; there are those of " + there));
}

Result<PublishedPlan> read_published_plan(const std::string& folder, const std::string& quarter) {
  if (!quarter_number(quarter))
    return Error(Code::bad_request, quarter, "not a quarter, as in 2023Q3");
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
