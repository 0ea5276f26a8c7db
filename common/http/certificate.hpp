// A certificate for development, tests and one machine: `nrm init` makes one.
#pragma once
#include <string>

#include "common/base/result.hpp"

namespace nrm::http {
// Writes into `folder` (made when missing): ca.pem, which clients trust; server.pem, for
// 127.0.0.1, ::1 and localhost, P-256, 825 days; server-key.pem, mode 0400. The authority's key is
// forgotten: nobody can issue a second certificate under it. To renew, make all three again.
// ERRORS: already_exists (one of the files is there); io_failed.
Result<void> make_development_certificate(const std::string& folder);
}  // namespace nrm::http
