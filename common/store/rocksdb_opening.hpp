// RocksDB opened as all our stores are: every option with its reason, errors without keys, no
// exception. Only for rocksdb_store.cpp and rocksdb_files.cpp.
#pragma once
#include <rocksdb/db.h>

#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "common/store/rocksdb_store.hpp"
#include "common/store/wal_check.hpp"

namespace nrm::rocks {
inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t protection_bytes = 8;  // the only size that RocksDB offers

// The records of a log and of the archive: written once, read from one end to the other.
bool read_in_sequence(Family family);
Error error_of(const rocksdb::Status& status, std::string_view doing);

// RocksDB and the standard library may throw (memory, mostly). Nothing leaves these files.
template <class Work>
auto guarded(std::string_view doing, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception&) {
    return Error(Code::io_failed, {}, std::string(doing) + ": an exception");
  }
}

bool is_wal(const LogFault& fault);
std::string text_of(const LogFault& fault);

// An open database, closed at its end.
struct Opened {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // by Family; then RocksDB's "default"

  Opened() = default;
  Opened(Opened&& other) noexcept;
  ~Opened();
};

rocksdb::DBOptions db_options(const StoreOptions& wanted);
rocksdb::Status open(const rocksdb::DBOptions& options, const StoreOptions& wanted, Opened& opened);
// Beside a writer, files that the MANIFEST names may be gone when RocksDB comes to open them.
// `live`: there may be a writer.
rocksdb::Status open_read_only(const rocksdb::DBOptions& options, const StoreOptions& wanted,
                               bool live, Opened& opened);
}  // namespace nrm::rocks
