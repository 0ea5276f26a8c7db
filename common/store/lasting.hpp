// Changes to a folder and its files that RocksDB does not make to last. Internal to common/store.
// THREAD: any. ERRORS: io_failed.
#pragma once
#include <cstdint>
#include <string>

#include "common/base/result.hpp"

namespace nrm {
// Makes the folder (mode 0700) when it is not there; after it, a power cut does not take it back.
Result<void> make_folder_to_last(const std::string& folder);

// Ends the file at `length`, synced.
Result<void> cut_off(const std::string& file, std::uint64_t length);
}  // namespace nrm
