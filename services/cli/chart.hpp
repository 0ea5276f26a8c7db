// Charts in a terminal: bars and a line of small columns, of Unicode's block elements.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace nrm::cli {
// As long as value/most of `width` characters, in eighths of one; at least a sliver of what is not
// 0.
std::string bar(std::int64_t value, std::int64_t most, std::size_t width);
// One column per value, from nothing to the largest of them.
std::string sparkline(const std::vector<std::int64_t>& values);
}  // namespace nrm::cli
