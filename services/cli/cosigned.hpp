// What witnesses have cosigned of an installation's logs, read in its gateway's store.
#pragma once
#include <map>
#include <string>

#include "common/runtime/folder.hpp"

namespace nrm::cli {
// Notes by log; a log that no quorum has cosigned yet is not in it. May be asked while the gateway
// runs: read it before the logs, so that they are no shorter. ERRORS: corrupt, io_failed.
Result<std::map<std::string, std::string>> cosigned_notes(const Folder& folder);
// Puts it beside a log that was exported or fetched, unless that has fewer records.
Result<void> put_cosigned(const std::string& folder, const std::string& note,
                          std::uint64_t records);
}  // namespace nrm::cli
