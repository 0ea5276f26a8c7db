// RFC 6962, section 2.1, word by word: the model that the real tree is compared with. Slow.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/ledger/merkle.hpp"

namespace nrm::test {
class NaiveTree {
 public:
  void append(const Hash& leaf) { leaves_.push_back(leaf); }
  std::uint64_t size() const { return leaves_.size(); }
  const Hash& leaf(std::uint64_t i) const { return leaves_[i]; }
  Hash root(std::uint64_t size) const { return size == 0 ? crypto::sha256("") : mth(0, size); }

  // PATH(m, D[n])
  std::vector<Hash> path(std::uint64_t m, std::uint64_t n) const { return path(m, 0, n); }
  // PROOF(m, D[n])
  std::vector<Hash> proof(std::uint64_t m, std::uint64_t n) const {
    return subproof(m, 0, n, true);
  }

 private:
  static std::uint64_t split(std::uint64_t n) {
    std::uint64_t k = 1;
    while (k * 2 < n) k *= 2;
    return k;
  }
  // MTH(D[begin : begin + n])
  Hash mth(std::uint64_t begin, std::uint64_t n) const {
    if (n == 1) return leaves_[begin];
    const auto known = known_.find({begin, n});
    if (known != known_.end()) return known->second;
    const std::uint64_t k = split(n);
    const Hash hash = node_hash(mth(begin, k), mth(begin + k, n - k));
    known_.emplace(std::pair(begin, n), hash);
    return hash;
  }
  std::vector<Hash> path(std::uint64_t m, std::uint64_t begin, std::uint64_t n) const {
    if (n == 1) return {};
    const std::uint64_t k = split(n);
    auto out = m < k ? path(m, begin, k) : path(m - k, begin + k, n - k);
    out.push_back(m < k ? mth(begin + k, n - k) : mth(begin, k));
    return out;
  }
  std::vector<Hash> subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t n,
                             bool whole) const {
    if (m == n) return whole ? std::vector<Hash>() : std::vector<Hash>{mth(begin, n)};
    const std::uint64_t k = split(n);
    auto out = m <= k ? subproof(m, begin, k, whole) : subproof(m - k, begin + k, n - k, false);
    out.push_back(m <= k ? mth(begin + k, n - k) : mth(begin, k));
    return out;
  }

  std::vector<Hash> leaves_;
  mutable std::map<std::pair<std::uint64_t, std::uint64_t>, Hash> known_;
};

// A real tree whose full tiles go to a map, and the model beside it.
class GrowingTree {
 public:
  void append(const Hash& leaf) {
    Batch batch;
    tree.append(leaf, batch);
    model.append(leaf);
    for (const auto& change : batch.changes()) {
      CHECK(change.family == Family::merkle && change.value, "a tree writes tiles");
      CHECK(tiles.emplace(change.key, *change.value).second, "a tile is written once");
    }
  }
  MerkleTree::ReadTile reader() {
    return [this](unsigned level, std::uint64_t index) -> Result<std::string> {
      ++reads;
      const auto found = tiles.find(tile_key(level, index));
      if (found == tiles.end()) return Error(Code::io_failed, "", "no such tile");
      return found->second;
    };
  }

  MerkleTree tree;
  NaiveTree model;
  std::map<std::string, std::string> tiles;
  int reads = 0;
};

inline Hash numbered_leaf(std::uint64_t i) { return leaf_hash("record " + std::to_string(i)); }
}  // namespace nrm::test
