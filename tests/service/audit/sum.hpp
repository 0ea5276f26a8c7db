// What rows of figures with these labels add up to.
#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/audit/figures.hpp"

namespace nrm::test {
// `of`: place and label of each dimension that is asked for.
inline std::int64_t sum(const Figures& figures,
                        const std::vector<std::pair<std::size_t, std::string>>& of) {
  std::int64_t out = 0;
  for (const FigureRow& row : figures.rows)
    if (std::ranges::all_of(of,
                            [&](const auto& one) { return row.labels[one.first] == one.second; }))
      out += row.values[0].value_or(0);
  return out;
}
}  // namespace nrm::test
