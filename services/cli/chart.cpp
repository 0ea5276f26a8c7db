#include "services/cli/chart.hpp"

#include <algorithm>

namespace nrm::cli {
namespace {
constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr const char* columns[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
}  // namespace

std::string bar(std::int64_t value, std::int64_t most, std::size_t width) {
  if (value <= 0 || most <= 0) return {};
  const auto parts = std::max<std::int64_t>(
      1, std::min(value, most) * static_cast<std::int64_t>(width) * 8 / most);
  std::string out;
  for (std::int64_t i = 0; i < parts / 8; ++i) out += "█";
  return out + eighths[parts % 8];
}

std::string sparkline(const std::vector<std::int64_t>& values) {
  std::int64_t most = 0;
  for (const std::int64_t value : values) most = std::max(most, value);
  std::string out;
  for (const std::int64_t value : values)
    out +=
        value <= 0 || most == 0 ? columns[0] : columns[std::max<std::int64_t>(1, value * 8 / most)];
  return out;
}
}  // namespace nrm::cli
