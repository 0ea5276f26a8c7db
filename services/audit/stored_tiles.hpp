// StoredTiles: the hash tiles that a store or an export has for one log, full or not; nothing of
// them is believed. THREAD: one. OWNERSHIP: borrows the store.
#pragma once
#include <string>

#include "common/ledger/merkle.hpp"
#include "services/audit/evidence.hpp"

namespace nrm {
class StoredTiles {
 public:
  StoredTiles() = default;
  // ERRORS: corrupt (no tree there, or one that does not add up), io_failed.
  static Result<StoredTiles> of(const Store& store, LogEvidence::Kind kind);

  std::uint64_t size() const { return size_; }  // of the tree
  // Whole hashes of 32 bytes, at least as many as the tree has there.
  Result<std::string> tile(unsigned level, std::uint64_t number) const;
  // Where it is, for people.
  std::string file(unsigned level, std::uint64_t number, std::uint64_t width) const;

 private:
  const Store* store_ = nullptr;
  LogEvidence::Kind kind_{};
  std::uint64_t size_ = 0;
  MerkleTree edge_;  // of a data folder: the tiles that are not full
};
}  // namespace nrm
