#include "common/ledger/proofs.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "common/base/check.hpp"

namespace nrm {
namespace {
constexpr std::size_t hash_size = 32;
constexpr std::size_t tile_width = 256;
constexpr unsigned tile_height = 8;

// The largest power of two that is smaller than `size`: where RFC 6962 splits.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

// Hashes of subtrees; keeps the tiles that it has read, because one proof asks for some up to eight
// times.
class Subtrees {
 public:
  explicit Subtrees(const ReadHashes& read) : read_(read) {}

  // RFC 6962, 2.1: the hash over leaves [begin, end), where `begin` is a multiple of the smallest
  // power of two that holds them.
  Result<Hash> over(std::uint64_t begin, std::uint64_t end) {
    std::vector<Hash> complete;  // from left to right, each smaller than the one before
    while (begin != end) {
      const std::uint64_t width = std::bit_floor(end - begin);
      NRM_TRY_ASSIGN(const Hash hash, complete_at(begin, width));
      complete.push_back(hash);
      begin += width;
    }
    Hash hash = complete.back();
    for (std::size_t i = complete.size() - 1; i-- > 0;) hash = node_hash(complete[i], hash);
    return hash;
  }

 private:
  Result<Hash> complete_at(std::uint64_t begin, std::uint64_t width) {
    const auto height = static_cast<unsigned>(std::countr_zero(width));
    const unsigned level = height / tile_height;
    const std::uint64_t entry = begin >> (tile_height * level);
    const std::size_t count = std::size_t{1} << height % tile_height;
    auto found = tiles_.find({level, entry / tile_width});
    if (found == tiles_.end()) {
      NRM_TRY_ASSIGN(std::string tile, read_(level, entry / tile_width));
      found = tiles_.emplace(std::pair(level, entry / tile_width), std::move(tile)).first;
    }
    const std::size_t first = entry % tile_width * hash_size;
    if (first + count * hash_size > found->second.size())
      return Error(Code::corrupt, "", "a tile of the tree has another length than it should");
    return fold_hashes(std::string_view(found->second).substr(first, count * hash_size));
  }

  const ReadHashes& read_;
  std::map<std::pair<unsigned, std::uint64_t>, std::string> tiles_;
};
}  // namespace

Hash fold_hashes(std::string_view hashes) {
  CHECK(hashes.size() % hash_size == 0 && std::has_single_bit(hashes.size() / hash_size),
        "a complete subtree has a power of two of hashes");
  std::vector<Hash> row(hashes.size() / hash_size);
  for (std::size_t i = 0; i < row.size(); ++i)
    row[i] = *Hash::from(hashes.substr(i * hash_size, hash_size));
  for (; row.size() > 1; row.resize(row.size() / 2))
    for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
  return row.front();
}

Result<std::vector<Hash>> prove_inclusion(std::uint64_t index, std::uint64_t size,
                                          const ReadHashes& read) {
  CHECK(index < size, "the leaf is in the tree");
  Subtrees subtrees(read);
  std::vector<Hash> proof;
  for (std::uint64_t begin = 0, end = size; end - begin > 1;) {
    const std::uint64_t middle = begin + split(end - begin);
    const bool left = index < middle;
    NRM_TRY_ASSIGN(const Hash sibling,
                   left ? subtrees.over(middle, end) : subtrees.over(begin, middle));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());  // from the leaf up
  return proof;
}

Result<std::vector<Hash>> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                            const ReadHashes& read) {
  CHECK(old_size <= size, "a tree grows");
  if (old_size == 0) return std::vector<Hash>();
  Subtrees subtrees(read);
  std::vector<Hash> proof;
  std::uint64_t begin = 0, end = size;
  while (end != old_size) {
    const std::uint64_t middle = begin + split(end - begin);
    const bool left = old_size <= middle;
    NRM_TRY_ASSIGN(const Hash sibling,
                   left ? subtrees.over(middle, end) : subtrees.over(begin, middle));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  if (begin != 0) {  // else the old tree is a whole subtree of ours, whose hash the verifier has
    NRM_TRY_ASSIGN(const Hash shared, subtrees.over(begin, end));
    proof.push_back(shared);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<Hash> root_of(std::uint64_t size, const ReadHashes& read) {
  if (size == 0) return crypto::sha256("");
  return Subtrees(read).over(0, size);
}
}  // namespace nrm
