// The adapter to libxlsxwriter: Office Open XML workbooks (ECMA-376), streamed and always the same
// for the same table: the date of making is not in them.
#include <xlsxwriter.h>

#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "common/base/owned.hpp"
#include "common/runtime/folder.hpp"
#include "services/audit/printed.hpp"

namespace nrm {
namespace {
// A million rows is what a sheet holds; a table of ours has thousands.
constexpr std::uint64_t workbook_bytes_max = 64 * 1024 * 1024;
constexpr double narrow = 14, wide = 28;

bool put(lxw_worksheet* sheet, const Printed& table) {
  lxw_row_t row = 0;
  bool good = true;
  for (std::size_t c = 0; c < table.header.size(); ++c)
    good &= worksheet_write_string(sheet, row, static_cast<lxw_col_t>(c), table.header[c].c_str(),
                                   nullptr) == LXW_NO_ERROR;
  for (const auto& cells : table.rows) {
    ++row;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const Cell& cell = cells[c];
      const auto column = static_cast<lxw_col_t>(c);
      if (cell.text.empty()) continue;  // blank, not 0
      const lxw_error error =
          cell.number ? worksheet_write_number(sheet, row, column,
                                               std::strtod(cell.text.c_str(), nullptr), nullptr)
                      : worksheet_write_string(sheet, row, column, cell.text.c_str(), nullptr);
      good &= error == LXW_NO_ERROR;
    }
  }
  for (const std::string& note : table.notes)
    good &= worksheet_write_string(sheet, ++row, 0, note.c_str(), nullptr) == LXW_NO_ERROR;
  worksheet_set_column(sheet, 0, 0, wide, nullptr);
  worksheet_set_column(sheet, 1,
                       static_cast<lxw_col_t>(std::max<std::size_t>(table.header.size(), 2) - 1),
                       narrow, nullptr);
  worksheet_freeze_panes(sheet, 1, 0);
  return good;
}

struct TemporaryFile {
  std::string path;
  ~TemporaryFile() {
    if (!path.empty()) ::unlink(path.c_str());
  }
};
}  // namespace

Result<std::string> write_workbook(const Printed& table, const Printed& codebook) {
  const char* folder = std::getenv("TMPDIR");
  TemporaryFile file{std::string(folder == nullptr ? "/tmp" : folder) + "/nrm-XXXXXX"};
  const int made = ::mkstemp(file.path.data());
  if (made < 0) return Error(Code::io_failed, "", file.path + ": cannot be made");
  ::close(made);
  lxw_workbook* book = workbook_new(file.path.c_str());
  if (book == nullptr) return Error(Code::io_failed, "", "a workbook cannot be made");
  lxw_doc_properties properties{};
  std::string title = table.title;
  properties.title = title.data();
  properties.created = 315'532'800;  // 1980-01-01, the first date that a ZIP file knows
  workbook_set_properties(book, &properties);
  bool good = put(workbook_add_worksheet(book, "Figures"), table);
  good &= put(workbook_add_worksheet(book, "Code book"), codebook);
  good &= workbook_close(book) == LXW_NO_ERROR;
  if (!good) return Error(Code::io_failed, "", "a workbook could not be written");
  return read_file(file.path, workbook_bytes_max);
}
}  // namespace nrm
