#include "common/ledger/merkle.hpp"

#include <algorithm>
#include <bit>

#include "common/store/keys.hpp"

namespace nrm {
namespace {
constexpr std::size_t hash_size = 32;
constexpr std::size_t tile_width = 256;
constexpr unsigned tile_height = 8;
constexpr unsigned levels_max = 64 / tile_height;  // sizes are 64-bit

Error corrupt(const char* what) { return Error(Code::corrupt, "", what); }

// Entries of the unfinished tile at `level` of a tree of `size` leaves.
std::size_t unfinished(std::uint64_t size, unsigned level) {
  return level < levels_max ? (size >> (tile_height * level)) % tile_width : 0;
}

std::string join(const std::vector<Hash>& hashes) {
  std::string out;
  out.reserve(hashes.size() * hash_size);
  for (const Hash& hash : hashes) out += hash.view();
  return out;
}

Hash hash_at(std::string_view hashes, std::size_t i) {
  const auto hash = Hash::from(hashes.substr(i * hash_size, hash_size));
  CHECK(hash.has_value(), "the caller has checked the length");
  return *hash;
}

// The root over a power of two of hashes.
Hash fold(std::vector<Hash> hashes) {
  for (; hashes.size() > 1; hashes.resize(hashes.size() / 2))
    for (std::size_t i = 0; i < hashes.size() / 2; ++i)
      hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
  return hashes.front();
}

// The largest power of two that is smaller than `size`: where RFC 6962 splits.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }
}  // namespace

Hash leaf_hash(std::string_view record) { return crypto::sha256(0x00, record); }
Hash node_hash(const Hash& left, const Hash& right) {
  return crypto::sha256(0x01, left.view(), right.view());
}

std::string tile_key(unsigned level, std::uint64_t index) {
  CHECK(level < levels_max, "a tree has eight tile levels at most");
  std::string key = "t";
  key += static_cast<char>(level);
  keys::append_u64(key, index);
  return key;
}

// --- the growing edge ---------------------------------------------------------------------------

// Adding one leaf is adding one to a binary number: each carry joins two subtrees of one height.
// Every eighth height is a tile level, so its subtree is also an entry of the tile above.
void MerkleTree::append(const Hash& leaf, Batch& out) {
  Hash subtree = leaf;
  for (unsigned height = 0;; ++height) {
    if (height % tile_height == 0) {
      const unsigned level = height / tile_height;
      if (levels_.size() == level) levels_.emplace_back().reserve(tile_width);
      auto& tile = levels_[level];
      tile.push_back(subtree);
      if (tile.size() == tile_width) {
        const std::uint64_t index = (size_ >> height) / tile_width;
        out.put(Family::merkle, tile_key(level, index), join(tile));
        tile.clear();
      }
    }
    if ((size_ >> height & 1) == 0) {
      if (peaks_.size() <= height) peaks_.resize(height + 1);
      peaks_[height] = subtree;
      break;
    }
    subtree = node_hash(peaks_[height], subtree);
  }
  ++size_;
}

Hash MerkleTree::root() const {
  if (size_ == 0) return crypto::sha256("");
  unsigned height = static_cast<unsigned>(std::countr_zero(size_));
  Hash root = peaks_[height];
  while (++height < peaks_.size())
    if (size_ >> height & 1) root = node_hash(peaks_[height], root);
  return root;
}

std::string MerkleTree::frontier() const {
  std::string out;
  std::size_t hashes = 1;
  for (const auto& tile : levels_) hashes += tile.size();
  out.reserve(8 + hashes * hash_size);
  keys::append_u64(out, size_);
  out += root().view();
  for (const auto& tile : levels_)
    for (const Hash& hash : tile) out += hash.view();
  return out;
}

Result<MerkleTree> MerkleTree::load(std::string_view frontier) {
  if (frontier.size() < 8 + hash_size) return corrupt("the tree's frontier is too short");
  MerkleTree tree;
  tree.size_ = keys::read_u64(frontier);
  const Hash root = hash_at(frontier.substr(8), 0);
  std::string_view rest = frontier.substr(8 + hash_size);
  for (unsigned level = 0; level < levels_max && tree.size_ >> (tile_height * level) != 0;
       ++level) {
    const std::size_t count = unfinished(tree.size_, level);
    if (rest.size() < count * hash_size) return corrupt("the tree's frontier is too short");
    auto& tile = tree.levels_.emplace_back();
    tile.reserve(tile_width);
    for (std::size_t i = 0; i < count; ++i) tile.push_back(hash_at(rest, i));
    rest.remove_prefix(count * hash_size);

    // The tile's entries, cut as the bits of their number: the largest subtree comes first.
    auto from = tile.begin();
    tree.peaks_.resize(tile_height * (level + 1));
    for (unsigned bit = tile_height; bit-- > 0;) {
      if ((count >> bit & 1) == 0) continue;
      const auto to = from + (std::ptrdiff_t{1} << bit);
      tree.peaks_[tile_height * level + bit] = fold({from, to});
      from = to;
    }
  }
  if (!rest.empty()) return corrupt("the tree's frontier is too long");
  tree.peaks_.resize(static_cast<std::size_t>(std::bit_width(tree.size_)));
  if (tree.root() != root) return corrupt("the tree's frontier does not add up to its root");
  return tree;
}

// --- proofs -------------------------------------------------------------------------------------

// Hashes of subtrees, from memory and stored tiles; keeps the last stored tile, because one proof
// asks it up to eight times.
class MerkleTree::Subtrees {
 public:
  Subtrees(const MerkleTree& tree, const ReadTile& read) : tree_(tree), read_(read) {}

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
    NRM_TRY(look_at(level, entry / tile_width));
    if ((entry % tile_width + count) * hash_size > tile_.size())
      return corrupt("a tile of the tree has another length than it should");
    std::vector<Hash> entries;
    entries.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      entries.push_back(hash_at(tile_, entry % tile_width + i));
    return fold(std::move(entries));
  }

  Result<void> look_at(unsigned level, std::uint64_t index) {
    if (!tile_.empty() && level_ == level && index_ == index) return {};
    NRM_TRY_ASSIGN(tile_, tree_.tile(level, index, read_));
    level_ = level;
    index_ = index;
    return {};
  }

  const MerkleTree& tree_;
  const ReadTile& read_;
  unsigned level_ = 0;
  std::uint64_t index_ = 0;
  std::string tile_;
};

Result<std::string> MerkleTree::tile(unsigned level, std::uint64_t index,
                                     const ReadTile& read) const {
  CHECK(level < levels_.size(), "the tree is not that high");
  const std::uint64_t full_tiles = (size_ >> (tile_height * level)) / tile_width;
  CHECK(index <= full_tiles, "the level has no such tile");
  if (index == full_tiles) return join(levels_[level]);
  NRM_TRY_ASSIGN(std::string hashes, read(level, index));
  if (hashes.size() != tile_width * hash_size)
    return corrupt("a full tile of the tree has 256 hashes");
  return hashes;
}

Result<std::vector<Hash>> MerkleTree::inclusion_proof(std::uint64_t index, std::uint64_t at,
                                                      const ReadTile& read) const {
  CHECK(index < at && at <= size_, "the leaf is in the tree");
  Subtrees subtrees(*this, read);
  std::vector<Hash> proof;
  for (std::uint64_t begin = 0, end = at; end - begin > 1;) {
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

Result<std::vector<Hash>> MerkleTree::consistency_proof(std::uint64_t old_size, std::uint64_t at,
                                                        const ReadTile& read) const {
  CHECK(old_size <= at && at <= size_, "a tree grows");
  if (old_size == 0) return std::vector<Hash>();
  Subtrees subtrees(*this, read);
  std::vector<Hash> proof;
  std::uint64_t begin = 0, end = at;
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

Result<Hash> MerkleTree::root_at(std::uint64_t old_size, const ReadTile& read) const {
  CHECK(old_size <= size_, "the tree has been that small");
  if (old_size == 0) return crypto::sha256("");
  return Subtrees(*this, read).over(0, old_size);
}

// --- verification -------------------------------------------------------------------------------

bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      const std::vector<Hash>& proof, const Hash& root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (sn == 0) return false;  // the proof is too long
    if ((fn & 1) != 0 || fn == sn) {
      hash = node_hash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      hash = node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

bool verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                        const Hash& root, const std::vector<Hash>& proof) {
  if (old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty() && old_root == crypto::sha256("");
  // An old tree that is a whole subtree stands at the head of the path itself.
  const bool whole = std::has_single_bit(old_size);
  if (!whole && proof.empty()) return false;
  std::uint64_t fn = old_size - 1, sn = size - 1;
  while ((fn & 1) != 0) fn >>= 1, sn >>= 1;
  Hash old_hash = whole ? old_root : proof.front(), hash = old_hash;
  for (std::size_t i = whole ? 0 : 1; i < proof.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      old_hash = node_hash(proof[i], old_hash);
      hash = node_hash(proof[i], hash);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      hash = node_hash(hash, proof[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && old_hash == old_root && hash == root;
}
}  // namespace nrm
