#include "common/ledger/merkle.hpp"

#include <algorithm>
#include <bit>

#include "common/ledger/proofs.hpp"
#include "common/store/keys.hpp"

namespace nrm {
namespace {
constexpr std::size_t hash_size = 32;
constexpr std::size_t tile_width = 256;
constexpr unsigned tile_height = 8;
constexpr unsigned levels_max = 64 / tile_height;  // sizes are 64-bit
// Of the frontier, hashes that are written together: a batch of a few records changes one chunk.
constexpr std::size_t chunk_width = 32;
constexpr std::string_view frontier_key = "frontier";

std::string chunk_key(unsigned level, std::size_t chunk) {
  return {'f', static_cast<char>(level), static_cast<char>(chunk)};
}

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
        if (level < put_.size()) put_[level] = 0;
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

    // The tile's entries, cut as the bits of their number: the largest subtree comes first.
    tree.peaks_.resize(tile_height * (level + 1));
    for (unsigned bit = tile_height; bit-- > 0;) {
      if ((count >> bit & 1) == 0) continue;
      const std::size_t bytes = hash_size << bit;
      tree.peaks_[tile_height * level + bit] = fold_hashes(rest.substr(0, bytes));
      rest.remove_prefix(bytes);
    }
  }
  if (!rest.empty()) return corrupt("the tree's frontier is too long");
  tree.peaks_.resize(static_cast<std::size_t>(std::bit_width(tree.size_)));
  if (tree.root() != root) return corrupt("the tree's frontier does not add up to its root");
  return tree;
}

Result<std::optional<MerkleTree>> MerkleTree::stored(const Store& store) {
  NRM_TRY_ASSIGN(auto frontier, store.get(Family::merkle, frontier_key));
  if (!frontier) return std::optional<MerkleTree>();
  constexpr std::size_t head_size = 8 + hash_size;
  const bool in_chunks = frontier->size() == head_size;  // else as earlier builds wrote it
  std::vector<std::size_t> put;
  if (in_chunks) {
    const std::uint64_t size = keys::read_u64(*frontier);
    for (unsigned level = 0; level < levels_max && size >> (tile_height * level) != 0; ++level) {
      const std::size_t count = unfinished(size, level);
      for (std::size_t from = 0; from < count; from += chunk_width) {
        NRM_TRY_ASSIGN(const auto chunk,
                       store.get(Family::merkle, chunk_key(level, from / chunk_width)));
        const std::size_t bytes = std::min(count - from, chunk_width) * hash_size;
        if (!chunk || chunk->size() < bytes) return corrupt("the tree's frontier has a gap");
        frontier->append(*chunk, 0, bytes);
      }
      put.push_back(count);
    }
  }
  NRM_TRY_ASSIGN(MerkleTree tree, load(*frontier));
  tree.put_ = std::move(put);
  return std::optional(std::move(tree));
}

void MerkleTree::put_frontier(Batch& out) {
  std::string head;
  keys::append_u64(head, size_);
  head += root().view();
  out.put(Family::merkle, std::string(frontier_key), std::move(head));
  put_.resize(levels_.size());
  for (unsigned level = 0; level < levels_.size(); ++level) {
    const std::vector<Hash>& tile = levels_[level];
    if (put_[level] == tile.size()) continue;
    for (std::size_t from = put_[level] / chunk_width * chunk_width; from < tile.size();
         from += chunk_width) {
      std::string chunk;
      for (std::size_t i = from; i < std::min(from + chunk_width, tile.size()); ++i)
        chunk += tile[i].view();
      out.put(Family::merkle, chunk_key(level, from / chunk_width), std::move(chunk));
    }
    put_[level] = tile.size();
  }
}

// --- proofs -------------------------------------------------------------------------------------

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
  CHECK(at <= size_, "the tree has been that small");
  return prove_inclusion(index, at, hashes(read));
}

Result<std::vector<Hash>> MerkleTree::consistency_proof(std::uint64_t old_size, std::uint64_t at,
                                                        const ReadTile& read) const {
  CHECK(at <= size_, "the tree has been that small");
  return prove_consistency(old_size, at, hashes(read));
}

Result<Hash> MerkleTree::root_at(std::uint64_t old_size, const ReadTile& read) const {
  CHECK(old_size <= size_, "the tree has been that small");
  return root_of(old_size, hashes(read));
}

MerkleTree::ReadTile MerkleTree::hashes(const ReadTile& read) const {
  return [this, &read](unsigned level, std::uint64_t index) { return tile(level, index, read); };
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
