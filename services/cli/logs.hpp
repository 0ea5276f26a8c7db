// Logs of a data folder, read beside the processes that write them.
#pragma once
#include <functional>

#include "common/event/record.hpp"
#include "common/runtime/folder.hpp"

namespace nrm::cli {

// Every record in order, until `take` returns false. A service that was never started has none.
// ERRORS: corrupt; not_found (no store).
Result<void> read_log(const Folder& folder, Service service,
                      const std::function<bool(const Record&)>& take);
}  // namespace nrm::cli
