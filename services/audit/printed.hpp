// Printed: a table as it leaves: words and numbers in cells, ready for a file format.
// THREAD: any. INVARIANT: the same table gives the same bytes, in every format.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/event/codes.hpp"
#include "services/audit/disclosure_control.hpp"

namespace nrm {
struct Cell {
  std::string text;
  bool number = false;
};

struct Printed {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<Cell>> rows;
  std::vector<std::string> notes;
};

Printed print(const Figures& figures);
Printed print(const PublicTable& table, const DisclosureRule& rule, std::string_view title);

// csv: RFC 4180, exact. csv_bom: for spreadsheets: UTF-8 with a byte order mark, and no cell that
// one would run as a formula. json: one object. xlsx: two sheets, table and code book.
// ERRORS: io_failed (xlsx is written through a temporary file).
Result<std::string> write(const Printed& table, ReleaseFormat format, const Printed& codebook);
std::string_view suffix_of(ReleaseFormat format);  // ".csv"

// workbook.cpp, the one that knows libxlsxwriter.
Result<std::string> write_workbook(const Printed& table, const Printed& codebook);
}  // namespace nrm
