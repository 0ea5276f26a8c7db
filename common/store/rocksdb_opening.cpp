#include "common/store/rocksdb_opening.hpp"

#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <cstdlib>
#include <utility>

#include "common/base/limits.hpp"
#include "common/diag/diag.hpp"

namespace nrm::rocks {
namespace {
constexpr std::size_t mib = 1024 * 1024;
// Footprint::small: a family's blocks that are asked for again soon, and a batch or two of states.
constexpr std::size_t small_cache = 8 * mib, small_memtables = 16 * mib;
constexpr int exit_software = 70;  // sysexits.h: EX_SOFTWARE

// RocksDB's messages without their arguments, which may be keys: the format is a literal of theirs
// and says enough. No LOG file is written.
class FormatLog final : public rocksdb::Logger {
 public:
  FormatLog() : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, va_list) override { write(format); }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list) override {
    if (level >= rocksdb::InfoLogLevel::WARN_LEVEL && level < rocksdb::InfoLogLevel::HEADER_LEVEL)
      write(format);
  }
  void LogHeader(const char*, va_list) override {}

 private:
  static void write(const char* format) noexcept {
    diag::warning("store.rocksdb", {{"format", std::string_view(format)}});
  }
};

// After an error in the background RocksDB would go read-only, or repair itself and go on. We may
// already have acknowledged what it could not keep, and a failed sync says nothing about what is
// on disk (reliability.md, fact 3). A new process that recovers from the files knows. _Exit, for
// this runs on RocksDB's threads under its locks: destructors would wait for ourselves.
class StopOnError final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    try {
      const std::string text = status->ToString();
      diag::error("store.background_error",
                  {{"reason", static_cast<int>(reason)}, {"status", std::string_view(text)}});
    } catch (const std::exception&) {
      // Out of memory: the exit code has to say it alone.
    }
    std::_Exit(exit_software);
  }
};

std::size_t memtable_bytes(Family family) {
  switch (family) {
    case Family::log:
    case Family::archive:
      return 32 * mib;  // every record's bytes
    case Family::state:
    case Family::rows:
    case Family::sealed:
      return 16 * mib;
    default:
      return 8 * mib;  // small values
  }
}

bool read_by_key(Family family) {
  return family == Family::state || family == Family::idempotency || family == Family::sealed;
}

rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;            // else they are outside of every bound
  table.pin_l0_filter_and_index_blocks_in_cache = true;  // the newest files are asked most
  // In parts of a few KiB: the index of a large file is larger than a shard of the cache, would
  // never stay in it, and was read and unpacked anew for every key (bench-queues at a million
  // cases).
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.max_auto_readahead_size = 2 * mib;  // replays read whole families; it grows up to this
  if (read_in_sequence(family))
    table.block_size = 16 * kib;  // fewer, better compressed blocks (limits.md, section 2)
  else
    table.filter_policy.reset(  // most keys asked for are new: idempotency keys, first states
        rocksdb::NewBloomFilterPolicy(10));

  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = memtable_bytes(family);
  if (read_by_key(family)) {  // as with SSTs: most keys that are asked for are not there
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.05;
  }
  options.compression = family == Family::sealed  // ciphertext does not shrink
                            ? rocksdb::kNoCompression
                            : rocksdb::kLZ4Compression;
  options.force_consistency_checks = true;  // files of a level must not overlap
  options.paranoid_file_checks = true;      // every new SST is read back before it counts
  options.memtable_protection_bytes_per_key = protection_bytes;  // bit flips in memory
  return options;
}
}  // namespace

bool read_in_sequence(Family family) { return family == Family::log || family == Family::archive; }

// Status texts name files and offsets, never keys: allow_data_in_errors is off. They go to the
// operator's log; the Error, which may reach a client, says only the kind.
Error error_of(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = status.ToString();
  diag::error("store.failed", {{"doing", doing}, {"status", std::string_view(text)}});
  const Code code = status.IsCorruption() ? Code::corrupt : Code::io_failed;
  return Error(code, {}, std::string(doing) + ": " + text.substr(0, text.find(':')));
}

bool is_wal(const LogFault& fault) { return fault.file.ends_with(".log"); }

std::string text_of(const LogFault& fault) {
  return std::string(is_wal(fault) ? "WAL" : "MANIFEST") + " record at byte " +
         std::to_string(fault.offset) + ": " + fault.what;
}

Opened::Opened(Opened&& other) noexcept
    : db(std::move(other.db)), families(std::exchange(other.families, {})) {}

Opened::~Opened() {
  if (!db) return;
  for (auto* family : families)
    if (const auto status = db->DestroyColumnFamilyHandle(family); !status.ok())
      diag::warning("store.close_failed");
  if (!db->Close().ok()) diag::warning("store.close_failed");
}

rocksdb::DBOptions db_options(const StoreOptions& wanted) {
  rocksdb::DBOptions options;
  options.create_if_missing = !wanted.read_only;
  options.create_missing_column_families = !wanted.read_only;  // a first start may have been cut

  // Safety. See README.md and reliability.md, section 1.3.
  options.wal_recovery_mode =  // the default drops acknowledged records silently (fact 2)
      rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.manual_wal_flush = false;                  // families could part after a WAL error
  options.max_bgerror_resume_count = 0;              // never repair behind our back
  options.paranoid_checks = true;                    // an error is an error
  options.verify_sst_unique_id_in_manifest = true;   // a swapped SST is refused
  options.track_and_verify_wals_in_manifest = true;  // a missing or short closed WAL is refused
  options.recycle_log_file_num = 0;                  // old records could be replayed
  options.file_checksum_gen_factory =                // a checksum over every byte of an SST
      rocksdb::GetFileChecksumGenCrc32cFactory();
  options.listeners = {std::make_shared<StopOnError>()};

  // Secrecy.
  options.db_host_id = "";  // else the host's name is in every SST
  options.info_log = std::make_shared<FormatLog>();
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;  // without NDEBUG: DEBUG_LEVEL

  // Bounds. A reader beside a writer holds all SSTs open: the writer may delete them meanwhile.
  options.max_open_files = wanted.read_only ? -1 : limits::store_open_files_max;
  options.max_background_jobs = 2;  // two cores; from 8 on 7.8 can misorder a retried flush
  options.db_write_buffer_size =
      wanted.footprint == Footprint::small ? small_memtables : limits::store_memtables_bytes;
  options.max_total_wal_size = limits::store_wal_bytes_max;
  options.max_manifest_file_size = limits::store_manifest_bytes_max;
  options.bytes_per_sync = 1 * mib;      // SSTs trickle out, so that commits need not wait
  options.stats_dump_period_sec = 0;     // nobody would read it
  options.stats_persist_period_sec = 0;  // as above
  return options;
}

rocksdb::Status open(const rocksdb::DBOptions& options, const StoreOptions& wanted,
                     Opened& opened) {
  const auto cache = rocksdb::NewLRUCache(
      wanted.footprint == Footprint::small ? small_cache : limits::store_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto family = static_cast<Family>(i);
    families.emplace_back(std::string(family_name(family)), family_options(family, cache));
  }
  // RocksDB insists on it. It stays empty.
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, family_options(Family::meta, cache));

  rocksdb::DB* db = nullptr;
  const auto status =
      wanted.read_only
          ? rocksdb::DB::OpenForReadOnly(options, wanted.folder, families, &opened.families, &db)
          : rocksdb::DB::Open(options, wanted.folder, families, &opened.families, &db);
  opened.db.reset(db);
  return status;
}

rocksdb::Status open_read_only(const rocksdb::DBOptions& options, const StoreOptions& wanted,
                               bool live, Opened& opened) {
  rocksdb::Status status;
  for (int attempts = live ? 5 : 1; attempts > 0; --attempts)
    if (status = open(options, wanted, opened); status.ok()) break;
  return status;
}
}  // namespace nrm::rocks
