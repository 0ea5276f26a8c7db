// Microdata: one line per person, in the columns of CTDC's code book and of HTCDS 2.0, made
// k-anonymous: every line is the same as at least k-1 others, in all its columns together.
//
// What makes a line rare is left out value by value, in a fixed order of columns (means of control
// first, gender last), and only of lines that are rare; what is still rare then is left out whole.
// CTDC's own public file uses k = 11 (domain.md, R14).
// "-99" (CTDC) and an empty cell (HTCDS) are missing values: not recorded, not known or left out.
// THREAD: any; functions of their arguments.
#pragma once
#include <span>

#include "services/audit/case_book.hpp"
#include "services/audit/printed.hpp"
#include "services/audit/reports.hpp"

namespace nrm {
struct Variable {
  std::string_view name, meaning, values, source;
  // Columns with the same number are left out together, the highest first; 0: never.
  int leaves = 0;
};
const Variable* find_variable(std::string_view name);  // of either code book; nullptr: of none

enum class CodeBook { ctdc, htcds };
std::span<const Variable> variables(CodeBook book);

struct Anonymised {
  Printed table;
  std::uint64_t people = 0;  // before
  std::uint64_t lines_left_out = 0;
  std::uint64_t values_left_out = 0;
};
// REQUIRES: k >= 1.
Anonymised microdata(const CaseBook& book, const ReportPeriod& period, CodeBook columns,
                     std::uint32_t k);
inline constexpr std::uint32_t microdata_k = 11;  // CTDC's
}  // namespace nrm
