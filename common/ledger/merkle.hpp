// The hash tree over one log: RFC 6962, section 2.1 (leaf = H(0x00 || record), node = H(0x01 || l
// || r)), kept as C2SP tlog-tiles keeps it: full tiles of 256 hashes, and a frontier.
//
// Pure: storage is a function that reads a stored tile, and a Batch that receives full ones.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/crypto.hpp"
#include "common/store/store.hpp"

namespace nrm {
Hash leaf_hash(std::string_view record);
Hash node_hash(const Hash& left, const Hash& right);

// A growing tree. Holds the hashes of the unfinished tile of each level (at most 255 each), and the
// hash of one complete subtree per set bit of its size, so that append and root are a few hashes.
// THREAD: none of its own.
class MerkleTree {
 public:
  MerkleTree() = default;

  // The tree as stored. ERRORS: corrupt (a wrong length, hashes that do not add up to the root).
  static Result<MerkleTree> load(std::string_view frontier);
  std::string frontier() const;  // grammar in README.md
  // The frontier as put_frontier() left it in Family::merkle; none: nothing was put.
  // ERRORS: as load(); io_failed.
  static Result<std::optional<MerkleTree>> stored(const Store& store);
  // What of the frontier differs from what was put or read last: a kilobyte for a record or two,
  // where all of it is eight on average. REQUIRES: the batch is committed before the next call.
  void put_frontier(Batch& out);

  // Appends a leaf; a tile that becomes full goes to `out` (Family::merkle).
  void append(const Hash& leaf, Batch& out);

  std::uint64_t size() const { return size_; }
  Hash root() const;  // of the empty tree: SHA-256 of nothing

  // Reads the stored tile (level, index): 256 hashes, 8,192 bytes. Asked for full tiles only, which
  // must be committed by then.
  using ReadTile = std::function<Result<std::string>(unsigned level, std::uint64_t index)>;
  // The hashes of a tile, full or not. Entry i is the hash of the complete subtree of 256^level
  // leaves number `index * 256 + i`. REQUIRES: the tile has an entry.
  Result<std::string> tile(unsigned level, std::uint64_t index, const ReadTile& read) const;

  // RFC 6962, 2.1.1 and 2.1.2: for this tree, or as it was when it had `at` leaves.
  // REQUIRES: index < at; old_size <= at; at <= size. ERRORS: what `read` says; corrupt.
  Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, const ReadTile& read) const {
    return inclusion_proof(index, size_, read);
  }
  Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, std::uint64_t at,
                                            const ReadTile& read) const;
  Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size, const ReadTile& read) const {
    return consistency_proof(old_size, size_, read);
  }
  Result<std::vector<Hash>> consistency_proof(std::uint64_t old_size, std::uint64_t at,
                                              const ReadTile& read) const;
  Result<Hash> root_at(std::uint64_t old_size, const ReadTile& read) const;

 private:
  ReadTile hashes(const ReadTile& read) const;  // of any tile, full or not

  std::uint64_t size_ = 0;
  std::vector<std::vector<Hash>> levels_;  // the unfinished tile of each tile level
  std::vector<std::size_t> put_;           // hashes of each that are stored
  std::vector<Hash> peaks_;  // [h]: the complete subtree of 2^h leaves, where bit h of size is set
};
std::string tile_key(unsigned level, std::uint64_t index);  // "t" level:1 index:8

// RFC 9162, 2.1.3.2 and 2.1.4.2 (the same algorithm as RFC 6962's, written out).
bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      const std::vector<Hash>& proof, const Hash& root);
bool verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                        const Hash& root, const std::vector<Hash>& proof);
}  // namespace nrm
