#include "services/audit/closed_labels.hpp"

#include <algorithm>

#include "common/event/labels.hpp"
#include "services/audit/quarters.hpp"

namespace nrm {
namespace {
using Labels = std::vector<std::string>;

Labels genders() {
  Labels out;
  for (int i = 0; i <= static_cast<int>(Gender::not_recorded); ++i)
    out.emplace_back(gender_label(static_cast<Gender>(i)));
  return out;
}

Labels periods(std::string_view dimension, const ReleaseTerms& terms) {
  Labels out;
  if (!terms.from || !terms.to) return out;
  const int from = quarter_number(terms.from->text()).value_or(0);
  const int to = quarter_number(terms.to->text()).value_or(-1);
  for (int quarter = from; quarter <= to; ++quarter) {
    const std::string label =
        dimension == "quarter" ? quarter_text(quarter) : std::to_string(quarter / 4);
    if (out.empty() || out.back() != label) out.push_back(label);
  }
  return out;
}

// Empty: not closed.
Labels labels_of(std::string_view dimension, const ReleaseTerms& terms) {
  const bool stages = terms.method.text().find("_stage@") != std::string::npos;
  if (dimension == "quarter" || dimension == "year") return periods(dimension, terms);
  if (dimension == "age" || dimension == "age_at_exploitation")
    return {std::string(age_label(AgeBand::adult)), std::string(age_label(AgeBand::child)),
            std::string(age_label(AgeBand::unknown))};
  if (dimension == "outcome" && stages) return {"positive", "negative"};
  if (dimension == "gender") return genders();
  if (dimension == "first_responder_type")
    return {"Police", "Government agency", "Local Authority", "NGO and third sector",
            std::string(not_specified_label)};
  if (dimension == "status") return {"identified", "presumed", "presumed, declined identification"};
  if (dimension == "form")
    return {"sexual exploitation", "forced labour", "other forms", "several forms", "not known"};
  return {};
}

// All combinations of the labels, joined as cross() joins them.
Result<Labels> combined(const std::vector<Text<32>>& names, const ReleaseTerms& terms) {
  Labels out{""};
  for (const auto& name : names) {
    const Labels labels = labels_of(name.text(), terms);
    if (labels.empty())
      return Error(Code::out_of_range, "/terms/rows",
                   name.text() +
                       ": which labels occur would tell of people; with noise take "
                       "dimensions of fixed labels, and quarters with --from and --to");
    Labels longer;
    for (const std::string& before : out)
      for (const std::string& label : labels)
        longer.push_back(before.empty() ? label : before + " | " + label);
    out = std::move(longer);
  }
  return out;
}
}  // namespace

Result<CrossTable> cross_closed(const Figures& figures, const ReleaseTerms& terms) {
  std::vector<std::string> row_names, column_names;
  for (const auto& name : terms.rows) row_names.push_back(name.text());
  for (const auto& name : terms.columns) column_names.push_back(name.text());
  const CrossTable counted = cross(figures, row_names, column_names);
  CrossTable out{
      .row_names = row_names, .column_names = column_names, .rows = {}, .columns = {}, .cells = {}};
  NRM_TRY_ASSIGN(out.rows, combined(terms.rows, terms));
  NRM_TRY_ASSIGN(out.columns, combined(terms.columns, terms));
  out.cells.assign(out.rows.size(), std::vector<std::int64_t>(out.columns.size()));
  for (std::size_t r = 0; r < counted.rows.size(); ++r)
    for (std::size_t c = 0; c < counted.columns.size(); ++c) {
      const auto row = std::ranges::find(out.rows, counted.rows[r]);
      const auto column = std::ranges::find(out.columns, counted.columns[c]);
      if (row == out.rows.end() || column == out.columns.end())
        return Error(
            Code::out_of_range, "/terms/rows",
            "a label outside the fixed ones: " + counted.rows[r] + ", " + counted.columns[c]);
      out.cells[static_cast<std::size_t>(row - out.rows.begin())]
               [static_cast<std::size_t>(column - out.columns.begin())] += counted.cells[r][c];
    }
  return out;
}
}  // namespace nrm
