// CSV as in RFC 4180: what statistics offices publish and spreadsheets read.
//
//   file = row *(end row) [end]        end = CR LF, or LF alone (Unix tools write that)
//   row  = cell *("," cell)            every row has as many cells as the first
//   cell = plain | DQUOTE *(any | 2DQUOTE) DQUOTE
//
// Strict: a quote inside a plain cell, text after a closing quote, a bare CR, a row of another
// length and bytes that are not UTF-8 are errors, never guesses. No column names, no types: callers
// know those.
// THREAD: functions of their arguments.
#pragma once
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace nrm::csv {
struct Row {
  std::size_t line = 0;  // the first row's is 1; a quoted cell may span lines
  std::vector<std::string> cells;
};

// ERRORS: bad_request (structure), invalid_text (not UTF-8, control characters), too_large, each
// with `where` = "line 3, column 2", both counted from 1. The text itself is never quoted.
Result<std::vector<Row>> read(std::string_view text);

// Spreadsheets run a cell that starts with = + - @ TAB CR as a formula. `formulas` puts a ' before
// it, so the text is no longer exact: for people's downloads, never for tables that are compared.
enum class Guard { none, formulas };

void append_cell(std::string& out, std::string_view cell, Guard guard = Guard::none);
// Cells with commas between, CR LF at the end, quotes only where the grammar needs them.
void append_row(std::string& out, std::initializer_list<std::string_view> cells,
                Guard guard = Guard::none);
}  // namespace nrm::csv
