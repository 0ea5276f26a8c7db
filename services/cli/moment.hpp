// Moments and cases as people name them to the audit commands.
#pragma once
#include <optional>
#include <string>

#include "services/cli/logs.hpp"

namespace nrm::cli {
// A day (to its end) or an instant; none when `text` is empty. ERRORS: invalid_date, at `option`.
Result<std::optional<Instant>> read_moment(const std::string& option, const std::string& text);
// A case by its id, or by the reference in its report. ERRORS: not_found; of the log.
Result<Uuid> find_subject(Logs& logs, const std::string& text);
}  // namespace nrm::cli
