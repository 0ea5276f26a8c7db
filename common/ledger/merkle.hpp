// The hash tree over one log: RFC 6962, section 2.1 (leaf = H(0x00 || record), node = H(0x01 || l
// || r)), kept as C2SP tlog-tiles keeps it: full tiles of 256 hashes, and a frontier.
//
// Pure: storage is a function that reads a stored tile, and a Batch that receives full ones.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/crypto.hpp"
#include "common/store/store.hpp"

namespace nrm {
Hash leaf_hash(std::string_view record);
Hash node_hash(const Hash& left, const Hash& right);

// A growing tree. Holds the hashes of the unfinished tile of each level: at most 255 per level.
class MerkleTree {
 public:
  MerkleTree() = default;

  // The tree as stored: the frontier entry, and a full tile's hashes read by `tile`.
  static Result<MerkleTree> load(std::string_view frontier);
  std::string frontier() const;

  // Appends a leaf; a tile that becomes full goes to `out` (Family::merkle).
  void append(const Hash& leaf, Batch& out);

  std::uint64_t size() const { return size_; }
  Hash root() const;  // of the empty tree: SHA-256 of nothing

  // Hash of the complete subtree `index` of height `level * 8` is entry `index % 256` of tile
  // (level, index / 256); unfinished tiles are answered from memory.
  using ReadTile = std::function<Result<std::string>(unsigned level, std::uint64_t index)>;

  // RFC 6962, 2.1.1 and 2.1.2. REQUIRES: index < size; old_size <= size.
  Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, const ReadTile& read) const;
  Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size, const ReadTile& read) const;
  Result<Hash> root_at(std::uint64_t old_size, const ReadTile& read) const;

 private:
  std::uint64_t size_ = 0;
  std::vector<std::vector<Hash>> levels_;  // unfinished tile per tile level
};
std::string tile_key(unsigned level, std::uint64_t index);

// RFC 9162, 2.1.3.2 and 2.1.4.2 (the same algorithm as RFC 6962's, written out).
bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      const std::vector<Hash>& proof, const Hash& root);
bool verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                        const Hash& root, const std::vector<Hash>& proof);
}  // namespace nrm
