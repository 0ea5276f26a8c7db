// Sessions of local accounts at a terminal: password and code are asked for, never in arguments,
// which every process of the machine can read.
// ERRORS: of the API: its code, title and fields; of the way there: unavailable, timeout.
#pragma once
#include <string>

#include "common/runtime/folder.hpp"

namespace nrm::cli {
// The token of a new session.
Result<std::string> open_session(const Folder& folder, const std::string& account);
}  // namespace nrm::cli
