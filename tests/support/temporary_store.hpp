// A real store (RocksDB) in a folder of its own, gone at the end.
// THREAD: as store.hpp. CHECKs that it opens.
#pragma once
#include <memory>
#include <string>

#include "common/base/check.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::test {
inline std::unique_ptr<Store> open_store(const std::string& folder) {
  auto opened = open_rocksdb({.folder = folder});
  CHECK(opened, "a store opens in a fresh folder");
  return std::move(opened).value();
}

class TemporaryStore {
 public:
  Store& store() { return *store_; }
  const std::string& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_ = TemporaryFolder::in_memory();
  std::unique_ptr<Store> store_ = open_store(folder_.file("store"));
};
}  // namespace nrm::test
