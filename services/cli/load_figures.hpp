// How fast the last load of a folder was; kept beside it for the summary of a rehearsal.
#pragma once
#include <cstdint>
#include <string>

#include "common/base/codec.hpp"
#include "common/runtime/folder.hpp"

namespace nrm::cli {
struct LoadFigures {
  std::uint64_t people = 0, taken_in = 0;
  std::uint64_t fresh = 0;  // of those taken in, who were not in the log before
  std::uint64_t took_ms = 0;
  std::uint64_t p50_us = 0, p99_us = 0;  // from request to answer
};
BOOST_DESCRIBE_STRUCT(LoadFigures, (), (people, taken_in, fresh, took_ms, p50_us, p99_us))

std::string describe(const LoadFigures& figures);  // one or two lines
Result<void> keep_figures(const Folder& folder, const LoadFigures& figures);
std::optional<LoadFigures> last_figures(const Folder& folder);
}  // namespace nrm::cli
