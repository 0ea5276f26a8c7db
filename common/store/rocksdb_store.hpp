// The Store on RocksDB 7.8.3 (Debian 12). Every option that is not RocksDB's default is set, with
// its reason, in rocksdb_opening.cpp.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "common/store/store.hpp"

namespace nrm {
// How much memory a store may take. An auditor's command opens ten stores at once and reads most of
// them from end to end, so it gives each little.
enum class Footprint : bool { service, small };

struct StoreOptions {
  std::string folder;
  bool read_only = false;  // a snapshot beside the process that writes; sees what is synced
  Footprint footprint = Footprint::service;
};

// Opens the folder, making it when it is not there (unless read_only).
// ERRORS: corrupt (a WAL or SST does not check out), io_failed (locked, no right, disk).
Result<std::unique_ptr<Store>> open_rocksdb(const StoreOptions& options);

struct FileFault {
  std::string file;
  std::string what;  // "WAL record at byte 4096: checksum", …
};
// Reads every byte of every SST (whole-file checksums of the MANIFEST) and of every WAL, of the
// MANIFEST and of CURRENT (record by record, to the end). Needs no lock. `live`: another process
// may be writing, so an unfinished record at a file's very end is no fault. What it cannot see:
// README.md.
Result<std::vector<FileFault>> check_files(const std::string& folder, bool live);
}  // namespace nrm
