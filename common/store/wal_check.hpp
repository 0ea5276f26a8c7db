// Reads RocksDB's log files (WALs and the MANIFEST) byte by byte, without RocksDB.
//
// RocksDB itself is not strict enough: a length changed in the last 32 KiB of a WAL looks to it
// like the unfinished end of a crash, and zeros where a record begins like preallocation; it drops
// what follows without a word (both provoked in tests/contract/rocksdb_store_test.cpp). And it is
// too strict: a record that a power cut tore, some of its sectors written and some not, has a wrong
// checksum, and RocksDB refuses the whole folder. To tell that from damage, every batch begins with
// a mark: up to which sequence number all was synced when it was written. Internal to common/store.
// THREAD: any. ERRORS: io_failed (a file cannot be read).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace nrm {
struct LogFault {
  std::string file;          // its name in the folder
  std::uint64_t offset = 0;  // where the record that is wrong begins
  std::string what;
  // What a kill or a power cut leaves, and not damage: the file ends inside a record and nothing
  // readable follows; or the record lacks whole sectors and no later one says that it was synced.
  bool unfinished = false;
};

// The log data that each batch begins with (rocksdb::WriteBatch::PutLogData; 9 bytes).
// `synced_until`: the last sequence number that is known to survive a power cut.
std::string write_sync_mark(std::uint64_t synced_until);

// The first fault of one log file's bytes. `file` of the answer is empty.
std::optional<LogFault> find_log_fault(std::string_view bytes);

// The first fault of each WAL of the folder, of CURRENT, and of the MANIFEST that it names.
// A folder without CURRENT but with WALs or SSTs is a fault: RocksDB would begin anew there and
// delete them. A file that goes away while this reads is no fault: its process removed it.
Result<std::vector<LogFault>> find_log_faults(const std::string& folder);

// CRC-32C (Castagnoli, RFC 3720 appendix B.4), continued from `crc`.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);
}  // namespace nrm
