// Receipts and verifier keys as files (receipt.cpp).
#pragma once
#include <string>
#include <vector>

#include "common/ledger/note.hpp"
#include "services/cli/api.hpp"

namespace nrm::cli {
// Verifier keys, one a line; lines that begin with # are comments. A log's `vkey` is such a file.
// ERRORS: corrupt; not_found.
Result<std::vector<NoteKey>> read_keys_file(const std::string& path);

// Fetches a receipt, checks it against the keys that it names, writes it (0600), and looks whether
// the log continues what this person's nrm saw of it before (seen.hpp). ERRORS: diverged: it does
// not; the receipt is kept all the same.
Result<void> keep_receipt(Api& api, const std::string& target, const std::string& file);
}  // namespace nrm::cli
