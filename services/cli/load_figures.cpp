#include "services/cli/load_figures.hpp"

#include "services/cli/flight.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
constexpr std::string_view file_name = "run/last-load.json";
}

std::string describe(const LoadFigures& figures) {
  const auto ms = [](std::uint64_t us) { return in_milliseconds(std::chrono::microseconds(us)); };
  return with_commas(figures.taken_in) + " of " + with_commas(figures.people) +
         " people are in the log, each with a receipt: " +
         with_commas(figures.taken_in * 1000 / std::max<std::uint64_t>(figures.took_ms, 1)) +
         " reports a second, p50 " + ms(figures.p50_us) + ", p99 " + ms(figures.p99_us);
}

Result<void> keep_figures(const Folder& folder, const LoadFigures& figures) {
  return write_file(folder.file(file_name), to_json(figures) + '\n', 0600);
}

std::optional<LoadFigures> last_figures(const Folder& folder) {
  const auto text = read_file(folder.file(file_name), 4'096);
  json::Document document;
  if (!text || !document.parse_trusted(*text)) return std::nullopt;
  auto figures = from_json<LoadFigures>(document.root(), Unknown::ignore);
  return figures ? std::optional(*figures) : std::nullopt;
}
}  // namespace nrm::cli
