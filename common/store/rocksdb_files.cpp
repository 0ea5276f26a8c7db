// Every byte of a store's files, looked at before RocksDB opens any of them (README.md, "What
// `check_files` sees").
#include <rocksdb/file_checksum.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <fstream>

#include "common/diag/diag.hpp"
#include "common/store/rocksdb_opening.hpp"

namespace nrm {
using namespace rocks;

namespace {
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
  options.skip_stats_update_on_db_open = true;  // else it asks each SST, and complains of each
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
  std::string bytes(1024 * 1024, '\0');
  while (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())), file.gcount() > 0)
    checksum->Update(bytes.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return FileFault{name, "SST: it cannot be read"};
  checksum->Finalize();
  if (checksum->GetChecksum() != sst.file_checksum)
    return FileFault{name, "SST: the checksum of the whole file"};
  return std::nullopt;
}
}  // namespace

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
