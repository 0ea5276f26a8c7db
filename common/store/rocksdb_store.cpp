#include "common/store/rocksdb_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <filesystem>
#include <fstream>

#include "common/base/limits.hpp"
#include "common/diag/diag.hpp"
#include "common/store/lasting.hpp"
#include "common/store/wal_check.hpp"
#include "common/store/written.hpp"

namespace nrm {
namespace {
constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * 1024;
// Footprint::small: a family's blocks that are asked for again soon, and a batch or two of states.
constexpr std::size_t small_cache = 8 * mib, small_memtables = 16 * mib;
constexpr std::size_t protection_bytes = 8;  // the only size that RocksDB offers
constexpr int exit_software = 70;            // sysexits.h: EX_SOFTWARE

// Status texts name files and offsets, never keys: allow_data_in_errors is off. They go to the
// operator's log; the Error, which may reach a client, says only the kind.
Error error_of(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = status.ToString();
  diag::error("store.failed", {{"doing", doing}, {"status", std::string_view(text)}});
  const Code code = status.IsCorruption() ? Code::corrupt : Code::io_failed;
  return Error(code, {}, std::string(doing) + ": " + text.substr(0, text.find(':')));
}

// RocksDB and the standard library may throw (memory, mostly). Nothing leaves this file.
template <class Work>
auto guarded(std::string_view doing, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception&) {
    return Error(Code::io_failed, {}, std::string(doing) + ": an exception");
  }
}

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

bool read_in_sequence(Family family) { return family == Family::log || family == Family::archive; }

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

struct Opened {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // by Family; then RocksDB's "default"

  Opened() = default;
  Opened(Opened&& other) noexcept
      : db(std::move(other.db)), families(std::exchange(other.families, {})) {}
  ~Opened() {
    if (!db) return;
    for (auto* family : families)
      if (const auto status = db->DestroyColumnFamilyHandle(family); !status.ok())
        diag::warning("store.close_failed");
    if (!db->Close().ok()) diag::warning("store.close_failed");
  }
};

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

// Beside a writer, files that the MANIFEST names may be gone when RocksDB comes to open them.
// `live`: there may be a writer.
rocksdb::Status open_read_only(const rocksdb::DBOptions& options, const StoreOptions& wanted,
                               bool live, Opened& opened) {
  rocksdb::Status status;
  for (int attempts = live ? 5 : 1; attempts > 0; --attempts)
    if (status = open(options, wanted, opened); status.ok()) break;
  return status;
}

class RocksDbStore final : public Store {
 public:
  explicit RocksDbStore(Opened opened)
      : opened_(std::move(opened)), synced_until_(opened_.db->GetLatestSequenceNumber()) {}
  ~RocksDbStore() override { written_.say(); }

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Result<void> scan(Family family, const Range& range, const Take& take,
                    bool reverse) const override;
  Result<void> commit(const Batch& batch, Sync sync) override;
  Result<void> flush() override;

 private:
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return opened_.families[static_cast<std::size_t>(family)];
  }

  Opened opened_;
  Written written_;
  std::uint64_t synced_until_;  // sequence number; recovery has put all that was there into SSTs
  // Kept between commits for its memory; holds nothing. With protection bytes from the start,
  // because adding them later goes over the batch a second time.
  rocksdb::WriteBatch batch_{64 * kib, 0, protection_bytes, 0};
};

Result<std::optional<std::string>> RocksDbStore::get(Family family, std::string_view key) const {
  return guarded("get", [&]() -> Result<std::optional<std::string>> {
    std::string value;
    const auto status = opened_.db->Get(rocksdb::ReadOptions(), handle(family), key, &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return error_of(status, "get");
    return std::optional(std::move(value));
  });
}

Result<void> RocksDbStore::scan(Family family, const Range& range, const Take& take,
                                bool reverse) const {
  return guarded("scan", [&]() -> Result<void> {
    rocksdb::ReadOptions options;  // an iterator is a snapshot of its own
    const rocksdb::Slice from(range.from);
    const rocksdb::Slice to(range.to);
    options.iterate_lower_bound = &from;
    if (!range.to.empty()) options.iterate_upper_bound = &to;
    options.fill_cache = !read_in_sequence(family);  // a replay must not push out the states

    const std::unique_ptr<rocksdb::Iterator> at(opened_.db->NewIterator(options, handle(family)));
    reverse ? at->SeekToLast() : at->Seek(from);
    while (at->Valid() && take(at->key().ToStringView(), at->value().ToStringView()))
      reverse ? at->Prev() : at->Next();
    if (!at->status().ok()) return error_of(at->status(), "scan");
    return {};
  });
}

Result<void> RocksDbStore::commit(const Batch& batch, Sync sync) {
  return guarded("commit", [&]() -> Result<void> {
    batch_.Clear();
    if (!batch_.PutLogData(write_sync_mark(synced_until_)).ok())
      return Error(Code::io_failed, {}, "commit: the batch cannot be built");
    for (const auto& change : batch.changes()) {
      auto* const family = handle(change.family);
      const auto status = change.value ? batch_.Put(family, change.key, *change.value)
                                       : batch_.Delete(family, change.key);
      if (!status.ok()) return Error(Code::io_failed, {}, "commit: the batch cannot be built");
      written_.add(change);
    }
    ++written_.batches;
    written_.synced += sync == Sync::yes;
    rocksdb::WriteOptions options;
    options.sync = sync == Sync::yes;  // the default loses 14 % at a power cut (fact 1)
    const auto status = opened_.db->Write(options, &batch_);
    batch_.Clear();
    if (status.ok() && options.sync) synced_until_ = opened_.db->GetLatestSequenceNumber();
    if (status.ok()) return {};
    Error error = error_of(status, "commit");
    error.code = Code::io_failed;  // whatever the reason: the outcome is unknown
    return error;
  });
}

Result<void> RocksDbStore::flush() {
  return guarded("flush", [&]() -> Result<void> {
    const auto status = opened_.db->Flush(rocksdb::FlushOptions(), opened_.families);
    if (!status.ok()) return error_of(status, "flush");
    return {};
  });
}

bool is_wal(const LogFault& fault) { return fault.file.ends_with(".log"); }

std::string text_of(const LogFault& fault) {
  return std::string(is_wal(fault) ? "WAL" : "MANIFEST") + " record at byte " +
         std::to_string(fault.offset) + ": " + fault.what;
}

// RocksDB may end the process on an SST that is damaged: Debian's build asserts what it reads. So
// no SST is opened before its checksum was seen, and their list is had from the MANIFEST without
// them.
class WithoutTables final : public rocksdb::FileSystemWrapper {
 public:
  WithoutTables() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "WithoutTables"; }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    if (name.ends_with(".sst")) return rocksdb::IOStatus::IOError("not opened to be listed");
    return target()->NewRandomAccessFile(name, options, file, debug);
  }
};

// The SSTs that the MANIFEST names, whatever else is damaged.
rocksdb::Status list_ssts(const std::string& folder, bool live,
                          std::vector<rocksdb::LiveFileMetaData>& ssts) {
  static const std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(std::make_shared<WithoutTables>());
  const StoreOptions wanted{folder, true};
  auto options = db_options(wanted);
  options.env = env.get();
  options.paranoid_checks = false;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
  // WALs stay tracked: without it RocksDB 7.8 writes the MANIFEST to forget a missing one, and of
  // a reader that aborts (db_impl_open.cc, Recover()).
  Opened opened;
  const auto status = open_read_only(options, wanted, live, opened);
  if (status.ok())
    opened.db->GetLiveFilesMetaData(&ssts);
  else
    diag::warning("store.ssts_not_checked");
  return status;
}

// The whole-file checksum of one SST against the MANIFEST's. `live`: a file that is gone was
// compacted away meanwhile.
std::optional<FileFault> check_sst(const rocksdb::LiveFileMetaData& sst, bool live) {
  const std::string name = sst.relative_filename;
  std::ifstream file(sst.directory + "/" + name, std::ios::binary);
  if (!file) {
    if (live && !std::filesystem::exists(sst.directory + "/" + name)) return std::nullopt;
    return FileFault{name, "SST: it is missing or cannot be opened"};
  }
  const auto checksum = rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator(
      {name, sst.file_checksum_func_name});
  if (!checksum || sst.file_checksum_func_name != checksum->Name())
    return FileFault{name, "SST: the MANIFEST has no checksum for it"};
  std::string bytes(1 * mib, '\0');
  while (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())), file.gcount() > 0)
    checksum->Update(bytes.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return FileFault{name, "SST: it cannot be read"};
  checksum->Finalize();
  if (checksum->GetChecksum() != sst.file_checksum)
    return FileFault{name, "SST: the checksum of the whole file"};
  return std::nullopt;
}
}  // namespace

Result<std::unique_ptr<Store>> open_rocksdb(const StoreOptions& wanted) {
  return guarded("open", [&]() -> Result<std::unique_ptr<Store>> {
    if (!wanted.read_only) NRM_TRY(make_folder_to_last(wanted.folder));
    // Before RocksDB, which drops the rest of a WAL when a length is wrong near its end.
    NRM_TRY_ASSIGN(const auto faults, find_log_faults(wanted.folder));
    auto options = db_options(wanted);
    for (const auto& fault : faults) {
      if (!fault.unfinished) return Error(Code::corrupt, {}, fault.file + ": " + text_of(fault));
      // All before it was found whole just now, so nothing but the unsynced end can be dropped.
      options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
      if (!is_wal(fault) && !wanted.read_only)
        NRM_TRY(cut_off(wanted.folder + "/" + fault.file, fault.offset));
    }
    Opened opened;
    const auto status = wanted.read_only ? open_read_only(options, wanted, true, opened)
                                         : open(options, wanted, opened);
    if (!status.ok()) return error_of(status, "open");
    return std::unique_ptr<Store>(new RocksDbStore(std::move(opened)));
  });
}

Result<std::vector<FileFault>> check_files(const std::string& folder, bool live) {
  return guarded("check", [&]() -> Result<std::vector<FileFault>> {
    NRM_TRY_ASSIGN(const auto log_faults, find_log_faults(folder));
    std::vector<FileFault> faults;
    for (const auto& fault : log_faults)
      if (!live || !fault.unfinished) faults.push_back({fault.file, text_of(fault)});

    std::vector<rocksdb::LiveFileMetaData> ssts;
    auto status = list_ssts(folder, live, ssts);
    for (const auto& sst : ssts)
      if (auto fault = check_sst(sst, live)) faults.push_back(std::move(*fault));
    // What a service would meet. Where a file has been named, this would only repeat it.
    if (status.ok() && faults.empty()) {
      const StoreOptions wanted{folder, true};
      Opened opened;
      status = open_read_only(db_options(wanted), wanted, live, opened);
    }
    if (!status.ok() && faults.empty())
      faults.push_back({"", "does not open: " + status.ToString()});
    return faults;
  });
}
}  // namespace nrm
