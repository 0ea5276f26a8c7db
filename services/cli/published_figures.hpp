// What was published of a quarter's decisions beside what follows from the logs: R3, R4 and R5,
// cell by cell, for the columns that are published.
#pragma once
#include <string>
#include <vector>

#include "common/runtime/folder.hpp"
#include "services/audit/case_book.hpp"
#include "services/cli/published_plan.hpp"

namespace nrm::cli {
struct PublishedCell {
  std::string report, age, outcome;  // "R3", "Adult (18 or over)", "positive"; of R5 no outcome
  std::int64_t published = 0, computed = 0;
  bool equal() const { return published == computed; }
};
// By the reports of services/audit alone.
std::vector<PublishedCell> compare_published(const PublishedPlan& plan, const CaseBook& book);

// Of everything that is recorded about who was reported and decided. ERRORS: of read_log().
Result<CaseBook> read_decisions(const Folder& folder);

std::string published_text(const PublishedPlan& plan, const std::vector<PublishedCell>& cells);
// {"quarter":"2023Q3","different_cells":0,"cells":[…]}
std::string published_json(const PublishedPlan& plan, const std::vector<PublishedCell>& cells);
}  // namespace nrm::cli
