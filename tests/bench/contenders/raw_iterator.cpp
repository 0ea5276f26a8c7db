// The same log, read with RocksDB's own iterator and nothing else: same options, checksums on. Then
// once more with the SHA-256 of each record and nothing else: what no verifier can be faster than.
//
// usage: bench-raw-iterator STORE      prints "records_per_second N", "hashed_per_second N"
#include <openssl/evp.h>
#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/utilities/options_util.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {
struct Pass {
  double records = 0, bytes = 0, seconds = 0;
};

// False: the log cannot be read.
bool read_all(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* log, bool hash, Pass& out) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       EVP_MD_CTX_free);
  const EVP_MD* sha256 = EVP_sha256();
  unsigned char sum[EVP_MAX_MD_SIZE];
  rocksdb::ReadOptions reading;
  reading.fill_cache = false;
  const auto begin = std::chrono::steady_clock::now();
  const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(reading, log));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const rocksdb::Slice value = at->value();
    out.records += 1;
    out.bytes += static_cast<double>(value.size());
    if (!hash) continue;
    EVP_DigestInit_ex(digest.get(), sha256, nullptr);
    EVP_DigestUpdate(digest.get(), value.data(), value.size());
    EVP_DigestFinal_ex(digest.get(), sum, nullptr);
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return at->status().ok();
}
}  // namespace

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

  Pass bare, hashed;
  if (!read_all(*db, log, false, bare) || !read_all(*db, log, true, hashed))
    return std::fprintf(stderr, "it cannot be read\n"), 1;
  std::printf("records_per_second %.0f\nbytes_per_second %.0f\nhashed_per_second %.0f\n",
              bare.records / bare.seconds, bare.bytes / bare.seconds,
              hashed.records / hashed.seconds);
  for (auto* one : handles) db->DestroyColumnFamilyHandle(one);
}
