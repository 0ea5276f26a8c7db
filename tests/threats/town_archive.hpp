// The archive of a town, asked in place: the real one, brought up to date before each answer.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/store/memory_store.hpp"
#include "services/audit/archive.hpp"

namespace nrm::test {
class TownArchive {
 public:
  struct Owner {
    std::string log, origin;
    std::function<std::string()> checkpoint;
    const Store* store = nullptr;
    crypto::PublicKey key{};
  };
  explicit TownArchive(std::vector<Owner> owners);
  Result<std::string> fetch(const std::string& log, const std::string& what);

 private:
  void catch_up();
  std::vector<Owner> owners_;
  std::vector<std::uint64_t> next_;
  const std::unique_ptr<Store> store_ = std::make_unique<MemoryStore>();
  std::unique_ptr<Archive> archive_;
};
}  // namespace nrm::test
