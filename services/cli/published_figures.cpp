#include "services/cli/published_figures.hpp"

#include <algorithm>

#include "common/base/json_text.hpp"
#include "common/event/labels.hpp"
#include "services/audit/methods.hpp"
#include "services/audit/quarters.hpp"
#include "services/audit/reports.hpp"
#include "services/cli/logs.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {

// Over all rows of this age and outcome, whoever decided. By column: an authority that nobody
// registered has the same label as an unknown age.
std::int64_t sum_of(const Figures& figures, const std::string& age, const std::string& outcome) {
  std::int64_t out = 0;
  for (const FigureRow& row : figures.rows) {
    const auto has = [&](std::string_view dimension, const std::string& label) {
      const auto at = std::ranges::find(figures.dimensions, dimension);
      return label.empty() ||
             (at != figures.dimensions.end() &&
              row.labels[static_cast<std::size_t>(at - figures.dimensions.begin())] == label);
    };
    if (has("age", age) && has("outcome", outcome)) out += row.values[0].value_or(0);
  }
  return out;
}

std::string number(std::int64_t value) { return with_commas(static_cast<std::uint64_t>(value)); }

std::size_t different(const std::vector<PublishedCell>& cells) {
  return static_cast<std::size_t>(
      std::ranges::count_if(cells, [](const PublishedCell& one) { return !one.equal(); }));
}
}  // namespace

std::vector<PublishedCell> compare_published(const PublishedPlan& plan, const CaseBook& book) {
  const int quarter = *quarter_number(plan.quarter);
  const auto computed = [&](std::string_view code) {
    return compute(*method_of(code), book, ReportPeriod{quarter, quarter});
  };
  std::vector<PublishedCell> out;
  const auto stage = [&](const std::string& code, const auto& decisions) {
    const Figures figures = computed(code);
    for (const AgeBand age : published_ages) {
      const std::string label(age_label(age));
      const PublishedDecisions& one = decisions[static_cast<std::size_t>(age)];
      for (const auto& [outcome, count] :
           {std::pair("positive", one.positive), std::pair("negative", one.negative)})
        out.push_back({code, label, outcome, static_cast<std::int64_t>(count),
                       sum_of(figures, label, outcome)});
    }
  };
  stage("R3", plan.first);
  stage("R4", plan.second);
  out.push_back({"R5",
                 {},
                 {},
                 static_cast<std::int64_t>(plan.notifications),
                 sum_of(computed("R5"), {}, {})});
  return out;
}

Result<CaseBook> read_decisions(const Folder& folder) {
  CaseBook book(Instant{INT64_MAX});
  for (const Service service : {Service::vault, Service::identification})
    NRM_TRY(read_log(folder, service, [&](const Record& record) {
      book.take(record);
      return true;
    }));
  return book;
}

std::string published_text(const PublishedPlan& plan, const std::vector<PublishedCell>& cells) {
  Table table({"report", "age", "outcome", "published", "computed", ""});
  for (const PublishedCell& one : cells)
    table.add({one.report + ' ' + std::string(method_of(one.report)->title), one.age, one.outcome,
               number(one.published), number(one.computed), one.equal() ? "" : "DIFFERS"});
  const std::size_t wrong = different(cells);
  return "\nDecisions of " + plan.quarter + ", published and computed from the logs: " +
         (wrong == 0 ? std::string("EQUAL, cell by cell")
                     : "DIFFERENT in " + std::to_string(wrong) + " cells") +
         '\n' + table.text();
}

std::string published_json(const PublishedPlan& plan, const std::vector<PublishedCell>& cells) {
  std::string out = "{\"quarter\":\"" + plan.quarter +
                    "\",\"different_cells\":" + std::to_string(different(cells)) + ",\"cells\":[";
  for (const PublishedCell& one : cells) {
    if (out.back() != '[') out += ',';
    out += "{\"report\":\"" + one.report + "\",\"age\":";
    json::append_string(out, one.age);
    out += ",\"outcome\":\"" + one.outcome + "\",\"published\":" + std::to_string(one.published) +
           ",\"computed\":" + std::to_string(one.computed) + '}';
  }
  return out + "]}";
}
}  // namespace nrm::cli
