#include "common/store/rocksdb_store.hpp"

#include "common/base/limits.hpp"
#include "common/diag/diag.hpp"
#include "common/store/lasting.hpp"
#include "common/store/rocksdb_opening.hpp"
#include "common/store/written.hpp"

namespace nrm {
using namespace rocks;

namespace {
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
}  // namespace nrm
