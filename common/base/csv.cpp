#include "common/base/csv.hpp"

#include <algorithm>

#include "common/base/limits.hpp"
#include "common/base/text.hpp"

namespace nrm::csv {
namespace {
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<Row>> run() {
    std::vector<Row> rows;
    while (at_ < text_.size()) {
      if (rows.size() == limits::csv_rows_max) return fault(Code::too_large, "too many rows");
      Row row{line_, {}};
      NRM_TRY(read_row(row));
      if (!rows.empty() && row.cells.size() != rows.front().cells.size()) {
        line_ = row.line;
        return fault(Code::bad_request, "the row has " + std::to_string(row.cells.size()) +
                                            " cells, the first row has " +
                                            std::to_string(rows.front().cells.size()));
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  Error fault(Code code, std::string detail) const {
    return Error(code, "line " + std::to_string(line_) + ", column " + std::to_string(column_),
                 std::move(detail));
  }
  bool ended() const { return at_ == text_.size(); }

  // Takes CR LF or LF.
  bool take_line_end() {
    const auto rest = text_.substr(at_);
    const std::size_t length = rest.starts_with('\n') ? 1 : rest.starts_with("\r\n") ? 2 : 0;
    at_ += length;
    return length != 0;
  }

  Result<void> read_row(Row& row) {
    for (column_ = 1;; ++column_) {
      if (column_ > limits::csv_cells_per_row_max) return fault(Code::too_large, "too many cells");
      std::string cell;
      const bool quoted = !ended() && text_[at_] == '"';
      NRM_TRY(quoted ? read_quoted(cell) : read_plain(cell));
      row.cells.push_back(std::move(cell));
      if (ended() || take_line_end()) break;
      if (text_[at_] != ',')
        return fault(Code::bad_request,
                     text_[at_] == '\r' ? "a CR without LF" : "text after a closing quote");
      ++at_;
    }
    ++line_;
    return {};
  }

  Result<void> read_plain(std::string& cell) {
    const auto end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
    cell = text_.substr(at_, end - at_);
    at_ = end;
    if (!ended() && text_[at_] == '"')
      return fault(Code::bad_request, "a quote inside a cell that is not quoted");
    return check(cell);
  }

  Result<void> read_quoted(std::string& cell) {
    for (++at_;;) {
      const auto end = text_.find('"', at_);
      if (end == text_.npos) return fault(Code::bad_request, "a quote is never closed");
      cell += text_.substr(at_, end - at_);
      at_ = end + 1;
      if (ended() || text_[at_] != '"') break;
      cell += '"';
      ++at_;
    }
    NRM_TRY(check(cell));
    line_ += static_cast<std::size_t>(std::count(cell.begin(), cell.end(), '\n'));
    return {};
  }

  Result<void> check(const std::string& cell) const {
    if (cell.size() > limits::csv_cell_bytes_max) return fault(Code::too_large, "a cell too long");
    if (!is_clean_text(cell, true))
      return fault(Code::invalid_text, "not UTF-8, or a control character");
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
};
}  // namespace

Result<std::vector<Row>> read(std::string_view text) { return Parser(text).run(); }

void append_cell(std::string& out, std::string_view cell, Guard guard) {
  std::string guarded;
  if (guard == Guard::formulas && !cell.empty() &&
      std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos) {
    guarded = "'" + std::string(cell);
    cell = guarded;
  }
  if (cell.find_first_of(",\"\r\n") == cell.npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_row(std::string& out, std::initializer_list<std::string_view> cells, Guard guard) {
  bool first = true;
  for (const auto cell : cells) {
    if (!first) out += ',';
    first = false;
    append_cell(out, cell, guard);
  }
  out += "\r\n";
}
}  // namespace nrm::csv
