// The same log, read with RocksDB's own iterator and nothing else: same options, checksums on.
//
// usage: bench-raw-iterator STORE      prints "records_per_second N"
#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/utilities/options_util.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

int main(int count, char** arguments) {
  if (count != 2) return std::fprintf(stderr, "usage: bench-raw-iterator STORE\n"), 64;
  rocksdb::DBOptions options;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  auto status = rocksdb::LoadLatestOptions({}, arguments[1], &options, &families);
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  options.info_log_level = rocksdb::InfoLogLevel::HEADER_LEVEL;
  options.max_open_files = -1;
  rocksdb::DB* db = nullptr;
  if (status.ok())
    status = rocksdb::DB::OpenForReadOnly(options, arguments[1], families, &handles, &db);
  if (!status.ok()) return std::fprintf(stderr, "%s\n", status.ToString().c_str()), 1;
  const std::unique_ptr<rocksdb::DB> owner(db);
  rocksdb::ColumnFamilyHandle* log = nullptr;
  for (auto* one : handles)
    if (one->GetName() == "log") log = one;
  if (log == nullptr) return std::fprintf(stderr, "the store has no log\n"), 1;

  const auto begin = std::chrono::steady_clock::now();
  std::size_t records = 0, bytes = 0;
  rocksdb::ReadOptions reading;
  reading.fill_cache = false;
  {
    const std::unique_ptr<rocksdb::Iterator> at(db->NewIterator(reading, log));
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      ++records;
      for (const char c : at->value().ToStringView().substr(0, 1)) bytes += c != 0;
      bytes += at->value().size();
    }
    if (!at->status().ok()) return std::fprintf(stderr, "it cannot be read\n"), 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("records_per_second %.0f\nbytes_per_second %.0f\n",
              static_cast<double>(records) / took.count(),
              static_cast<double>(bytes) / took.count());
  for (auto* one : handles) db->DestroyColumnFamilyHandle(one);
}
