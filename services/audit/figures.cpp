#include "services/audit/figures.hpp"

#include <algorithm>

#include "common/base/csv.hpp"
#include "common/base/json.hpp"

namespace nrm {
std::string figure_text(Figure value, unsigned decimals) {
  if (!value) return {};
  std::string digits = std::to_string(*value < 0 ? -*value : *value);
  if (decimals > 0) {
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, ".");
  }
  return *value < 0 ? '-' + digits : digits;
}

namespace {
void append_cells(std::string& out, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) out += ',';
    csv::append_cell(out, cells[i]);
  }
  out += "\r\n";
}
}  // namespace

std::string csv_of(const Figures& figures) {
  std::string out;
  std::vector<std::string> cells = figures.dimensions;
  for (const Measure& measure : figures.measures) cells.push_back(measure.name);
  append_cells(out, cells);
  for (const FigureRow& row : figures.rows) {
    cells = row.labels;
    for (std::size_t i = 0; i < row.values.size(); ++i)
      cells.push_back(figure_text(row.values[i], figures.measures[i].decimals));
    append_cells(out, cells);
  }
  return out;
}

std::string json_of(const Figures& figures) {
  std::string out = "{\"method\":";
  json::append_string(out, figures.method);
  out += ",\"title\":";
  json::append_string(out, figures.title);
  out += ",\"notes\":[";
  for (const std::string& note : figures.notes) {
    if (out.back() != '[') out += ',';
    json::append_string(out, note);
  }
  out += "],\"rows\":[";
  for (const FigureRow& row : figures.rows) {
    out += out.back() == '[' ? "\n{" : ",\n{";
    for (std::size_t i = 0; i < row.labels.size(); ++i) {
      if (i != 0) out += ',';
      json::append_string(out, figures.dimensions[i]);
      out += ':';
      json::append_string(out, row.labels[i]);
    }
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      if (i != 0 || !row.labels.empty()) out += ',';
      json::append_string(out, figures.measures[i].name);
      const std::string text = figure_text(row.values[i], figures.measures[i].decimals);
      out += ':' + (text.empty() ? std::string("null") : text);
    }
    out += '}';
  }
  return out + "\n]}\n";
}

std::uint64_t Spread::count() const {
  std::uint64_t sum = 0;
  for (const auto& [value, times] : counts_) sum += times;
  return sum;
}

std::int64_t Spread::total() const {
  std::int64_t sum = 0;
  for (const auto& [value, times] : counts_) sum += value * static_cast<std::int64_t>(times);
  return sum;
}

std::optional<std::int64_t> Spread::twice_median() const {
  const std::uint64_t all = count();
  if (all == 0) return std::nullopt;
  const std::uint64_t low = (all - 1) / 2, high = all / 2;  // equal when there is one middle
  std::uint64_t before = 0;
  std::optional<std::int64_t> first;
  for (const auto& [value, times] : counts_) {
    before += times;
    if (!first && before > low) first = value;
    if (before > high) return *first + value;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Spread::mean(unsigned decimals) const {
  const auto all = static_cast<std::int64_t>(count());
  if (all == 0) return std::nullopt;
  std::int64_t scaled = total();
  for (unsigned i = 0; i < decimals; ++i) scaled *= 10;
  const std::int64_t doubled = 2 * scaled + all;  // half up: floor((2s + n) / 2n)
  const std::int64_t divisor = 2 * all;
  return doubled >= 0 ? doubled / divisor : -((-doubled + divisor - 1) / divisor);
}

namespace {
std::string joined(const FigureRow& row, const std::vector<std::size_t>& dimensions) {
  std::string out;
  for (const std::size_t i : dimensions) {
    if (!out.empty()) out += " | ";
    out += row.labels[i];
  }
  return out;
}

std::vector<std::size_t> places_of(const std::vector<std::string>& all,
                                   const std::vector<std::string>& names) {
  std::vector<std::size_t> out;
  for (const std::string& name : names)
    if (const auto found = std::ranges::find(all, name); found != all.end())
      out.push_back(static_cast<std::size_t>(found - all.begin()));
  return out;
}

std::size_t place_in(std::vector<std::string>& labels, const std::string& label) {
  const auto found = std::ranges::find(labels, label);
  if (found != labels.end()) return static_cast<std::size_t>(found - labels.begin());
  labels.push_back(label);
  return labels.size() - 1;
}
}  // namespace

CrossTable cross(const Figures& figures, const std::vector<std::string>& rows,
                 const std::vector<std::string>& columns) {
  CrossTable out{
      .row_names = rows, .column_names = columns, .rows = {}, .columns = {}, .cells = {}};
  const auto down = places_of(figures.dimensions, rows);
  const auto across = places_of(figures.dimensions, columns);
  for (const FigureRow& row : figures.rows) {
    const std::size_t r = place_in(out.rows, joined(row, down));
    const std::size_t c = place_in(out.columns, joined(row, across));
    if (out.cells.size() <= r) out.cells.resize(r + 1);
    for (auto& line : out.cells) line.resize(std::max(line.size(), out.columns.size()));
    if (!row.values.empty() && row.values[0]) out.cells[r][c] += *row.values[0];
  }
  return out;
}
}  // namespace nrm
