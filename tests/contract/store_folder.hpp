// A folder for one test's store, removed after it; and the process that is killed in it.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "common/store/rocksdb_store.hpp"

namespace nrm {
class StoreFolder {
 public:
  StoreFolder() {
    std::string pattern = testing::TempDir() + "/nrm_store_XXXXXX";
    CHECK(::mkdtemp(pattern.data()) != nullptr, "a temporary folder");
    outer_ = pattern;
  }
  StoreFolder(const StoreFolder&) = delete;
  StoreFolder& operator=(const StoreFolder&) = delete;
  ~StoreFolder() { std::filesystem::remove_all(outer_); }

  std::string path() const { return (outer_ / "store").string(); }

 private:
  std::filesystem::path outer_;
};

inline std::unique_ptr<Store> open_store(const std::string& folder, bool read_only = false) {
  auto store = open_rocksdb({folder, read_only});
  CHECK(store.has_value(), "the store opens");
  return std::move(store).value();
}

inline std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  CHECK(out.good(), "the file is written");
}
}  // namespace nrm
