// Disclosure control of one public table: nobody can be counted out of it.
//
//   threshold   a count of 1 to k-1 people is not shown (0 is: nobody is nobody)
//   secondary   further cells, totals among them, are not shown, so that no hidden one can be
//               computed from the rest: what an attacker knows of a hidden cell is an interval at
//               least k wide, even if nothing were rounded
//   rounding    what is shown is a multiple of the base, nearest, half up
//
// The pattern is found greedily, rectangle by rectangle (the hypercube method: Repsilber 1994;
// Giessing, "Handbook on Statistical Disclosure Control", 4.4), and every hidden cell is then
// audited exactly: in a table with totals the feasible interval of a cell is a maximum flow in the
// graph of rows and columns (Gusfield, "A Graph Theoretic Approach to Statistical Data Security",
// SIAM J. Comput. 17, 1988). Hidden cells of all kinds look alike.
//
// Not covered: that all people of a row are in one column (a group's attribute), and what an
// attacker knows of single people beforehand.
// THREAD: any; functions of their arguments. Deterministic: the same table gives the same bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "services/audit/figures.hpp"

namespace nrm {
struct DisclosureRule {
  std::uint32_t threshold = 10;
  std::uint32_t rounding = 10;
};

enum class Shown : std::uint8_t { yes, small, secondary, guarded };

// A cross table with its totals: the last row and the last column.
struct PublicTable {
  CrossTable table;
  std::vector<std::vector<std::int64_t>> values;  // exact; never leaves
  std::vector<std::vector<Shown>> shown;

  std::size_t rows() const { return values.size(); }
  std::size_t columns() const { return values.empty() ? 0 : values[0].size(); }
  std::uint32_t count(Shown what) const;
};
using CellPlace = std::pair<std::size_t, std::size_t>;  // row, column, totals included

PublicTable with_totals(const CrossTable& table);

// What follows of a cell from everything that is shown, exactly.
struct Feasible {
  std::int64_t low = 0;
  std::optional<std::int64_t> high;  // none: no bound
};
// REQUIRES: the cell is not shown. `enough`: the search ends when the interval is that wide.
Feasible feasible(const PublicTable& table, CellPlace cell, std::int64_t enough = INT64_MAX);

// `guarded`: cells that must be hidden besides (differencing.hpp).
// ERRORS: too_large (more than cells_max).
inline constexpr std::size_t public_cells_max = 4'096;  // a page that people read has hundreds
Result<PublicTable> protect(const CrossTable& table, const DisclosureRule& rule,
                            const std::set<CellPlace>& guarded = {});

std::int64_t rounded(std::int64_t value, std::uint32_t base);
inline constexpr std::string_view hidden_mark = "c";  // "confidential", as Eurostat marks it
// What is printed in a cell: the rounded count, or the mark.
std::string public_text(const PublicTable& table, const DisclosureRule& rule, CellPlace cell);
}  // namespace nrm
