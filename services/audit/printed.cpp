#include "services/audit/printed.hpp"

#include "common/base/csv.hpp"
#include "common/base/json.hpp"

namespace nrm {
namespace {
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string csv_text(const Printed& table, csv::Guard guard) {
  std::string out;
  const auto append = [&](std::size_t i, const std::string& cell, bool number) {
    if (i != 0) out += ',';
    csv::append_cell(out, cell, number ? csv::Guard::none : guard);  // -3 is a number
  };
  for (std::size_t i = 0; i < table.header.size(); ++i) append(i, table.header[i], false);
  out += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) append(i, row[i].text, row[i].number);
    out += "\r\n";
  }
  return out;
}

std::string json_text(const Printed& table) {
  std::string out = "{\"title\":";
  json::append_string(out, table.title);
  out += ",\"columns\":[";
  for (const std::string& name : table.header) {
    if (out.back() != '[') out += ',';
    json::append_string(out, name);
  }
  out += "],\"notes\":[";
  for (const std::string& note : table.notes) {
    if (out.back() != '[') out += ',';
    json::append_string(out, note);
  }
  out += "],\"rows\":[";
  for (const auto& row : table.rows) {
    out += out.back() == '[' ? "\n[" : ",\n[";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out += ',';
      if (row[i].number && row[i].text.empty())
        out += "null";
      else if (row[i].number)
        out += row[i].text;
      else
        json::append_string(out, row[i].text);
    }
    out += ']';
  }
  return out + "\n]}\n";
}
}  // namespace

Printed print(const Figures& figures) {
  Printed out{
      .title = figures.title, .header = figures.dimensions, .rows = {}, .notes = figures.notes};
  for (const Measure& measure : figures.measures) out.header.push_back(measure.name);
  for (const FigureRow& row : figures.rows) {
    auto& cells = out.rows.emplace_back();
    for (const std::string& label : row.labels) cells.push_back({label, false});
    for (std::size_t i = 0; i < row.values.size(); ++i)
      cells.push_back({figure_text(row.values[i], figures.measures[i].decimals), true});
  }
  return out;
}

Printed print(const PublicTable& table, const DisclosureRule& rule, std::string_view title) {
  Printed out{.title = std::string(title), .header = {}, .rows = {}, .notes = {}};
  std::string corner;
  for (const std::string& name : table.table.row_names) {
    if (!corner.empty()) corner += " | ";
    corner += name;
  }
  out.header.push_back(corner);
  for (const std::string& label : table.table.columns) out.header.push_back(label);
  out.header.emplace_back("Total");
  for (std::size_t r = 0; r < table.rows(); ++r) {
    auto& cells = out.rows.emplace_back();
    cells.push_back({r < table.table.rows.size() ? table.table.rows[r] : "Total", false});
    for (std::size_t c = 0; c < table.columns(); ++c) {
      std::string text = public_text(table, rule, {r, c});
      const bool number = text != hidden_mark;
      cells.push_back({std::move(text), number});
    }
  }
  return out;
}

std::string_view suffix_of(ReleaseFormat format) {
  switch (format) {
    case ReleaseFormat::json:
      return ".json";
    case ReleaseFormat::xlsx:
      return ".xlsx";
    case ReleaseFormat::csv:
    case ReleaseFormat::csv_bom:
      break;
  }
  return ".csv";
}

Result<std::string> write(const Printed& table, ReleaseFormat format, const Printed& codebook) {
  switch (format) {
    case ReleaseFormat::csv:
      return csv_text(table, csv::Guard::none);
    case ReleaseFormat::csv_bom:
      return std::string(byte_order_mark) + csv_text(table, csv::Guard::formulas);
    case ReleaseFormat::json:
      return json_text(table);
    case ReleaseFormat::xlsx:
      break;
  }
  return write_workbook(table, codebook);
}
}  // namespace nrm
