#include "common/ledger/tiled_log.hpp"

#include <algorithm>
#include <array>

#include "common/base/check.hpp"
#include "common/ledger/tile_folder.hpp"

namespace nrm {
namespace {
constexpr std::size_t hash_size = 32;

Error corrupt(const std::string& what) { return Error(Code::corrupt, "", what); }

Error named(const std::string& file, const Error& error) {
  return Error(error.code, error.where, file + ": " + error.detail);
}

std::string_view hash_in(std::string_view hashes, std::uint64_t i) {
  return hashes.substr(i * hash_size, hash_size);
}
}  // namespace

// The authenticated tiles on the way from the root to where a reader stands: one of each level.
class TiledLog::Branch {
 public:
  explicit Branch(const TiledLog& log) : log_(log) {}

  // Borrowed until the next call. REQUIRES: the tree has the tile.
  Result<std::string_view> at(unsigned level, std::uint64_t number) {
    const unsigned width = tile_width_at(log_.size(), static_cast<int>(level), number);
    CHECK(width > 0, "the tree has this tile");
    if (width < tile_width) return std::string_view(log_.edge_[level]);
    Held& held = held_[level];
    if (held.number == number && !held.hashes.empty()) return std::string_view(held.hashes);
    const Tile tile{static_cast<int>(level), number, tile_width};
    NRM_TRY_ASSIGN(std::string hashes, read_hash_tile(*log_.source_, tile));
    CHECK(level + 1 < tile_levels_max, "a full tile has a level above it");
    NRM_TRY_ASSIGN(const auto above, at(level + 1, number / tile_width));
    if (fold_hashes(hashes).view() != hash_in(above, number % tile_width))
      return corrupt(tile_path(tile) + ": does not add up to the signed root");
    held = {number, std::move(hashes)};
    return std::string_view(held.hashes);
  }

 private:
  struct Held {
    std::uint64_t number = 0;
    std::string hashes;
  };
  const TiledLog& log_;
  std::array<Held, tile_levels_max> held_;
};

Result<TiledLog> TiledLog::open(std::shared_ptr<const TileSource> source, const std::string& name,
                                const crypto::PublicKey& key) {
  TiledLog log;
  log.source_ = std::move(source);
  log.key_ = key;
  NRM_TRY_ASSIGN(log.note_, log.source_->checkpoint());
  const auto text = open_note(log.note_, name, key);
  if (!text) return named("checkpoint", text.error());
  auto checkpoint = read_checkpoint(*text);
  if (!checkpoint) return named("checkpoint", checkpoint.error());
  log.checkpoint_ = std::move(*checkpoint);
  if (log.checkpoint_.origin != name) return corrupt("checkpoint: is of another log than its key");
  NRM_TRY(log.add_up());
  return log;
}

Result<TiledLog> TiledLog::open_folder(const std::string& folder) {
  auto source = std::make_shared<TileFolder>(folder);
  NRM_TRY_ASSIGN(const std::string text, source->verifier_key());
  const auto key = read_verifier_key(text);
  if (!key) return named("vkey", key.error());
  return open(std::move(source), key->first, key->second);
}

// The last tile of each level holds, for every set bit of the size, the complete subtree that the
// root is made of.
Result<void> TiledLog::add_up() {
  edge_.resize(tile_levels_max);
  for (int level = 0; level < static_cast<int>(tile_levels_max); ++level) {
    const std::uint64_t number = size() >> (8 * level) >> 8;
    const unsigned width = tile_width_at(size(), level, number);
    if (width == 0) continue;
    NRM_TRY_ASSIGN(edge_[static_cast<std::size_t>(level)],
                   read_hash_tile(*source_, {level, number, width}));
  }
  const auto edge = [&](unsigned level, std::uint64_t) -> Result<std::string> {
    return edge_[level];
  };
  NRM_TRY_ASSIGN(const Hash root, root_of(size(), edge));
  return root == checkpoint_.root ? Result<void>() : Result<void>(culprit());
}

// The root does not add up: which file is it? The first whose entries are not what is below it.
Error TiledLog::culprit() const {
  for (int level = 0; level < static_cast<int>(tile_levels_max); ++level) {
    const std::uint64_t number = size() >> (8 * level) >> 8;
    const unsigned width = tile_width_at(size(), level, number);
    if (width == 0) continue;
    if (const auto built = built_up({level, number, width}, edge_[static_cast<std::size_t>(level)]);
        !built)
      return built.error();
  }
  return corrupt("checkpoint: was signed over another history than these tiles hold");
}

// Whether a tile is what the tiles or records under it give.
Result<void> TiledLog::built_up(const Tile& tile, const std::string& hashes) const {
  std::string bytes;
  std::vector<std::string_view> records;
  if (tile.level == 0) {
    NRM_TRY_ASSIGN(records, read_bundle(*source_, {Tile::entries, tile.number, tile.width}, bytes));
  }
  for (unsigned i = 0; i < tile.width; ++i) {
    if (tile.level == 0) {
      if (leaf_hash(records[i]).view() != hash_in(hashes, i))
        return corrupt(tile_path(tile) + ": has another hash than that of its record " +
                       std::to_string(tile.number * tile_width + i));
      continue;
    }
    const Tile below{tile.level - 1, tile.number * tile_width + i, tile_width};
    NRM_TRY_ASSIGN(const std::string under, read_hash_tile(*source_, below));
    if (fold_hashes(under).view() == hash_in(hashes, i)) continue;
    NRM_TRY(built_up(below, under));
    return corrupt(tile_path(tile) + ": has another hash than that of " + tile_path(below));
  }
  return {};
}

Result<void> TiledLog::read(std::uint64_t from, std::uint64_t to, const Take& take) const {
  CHECK(from <= to && to <= size(), "records that the checkpoint covers");
  Branch branch(*this);
  std::string bytes;
  for (std::uint64_t seq = from; seq < to;) {
    const std::uint64_t number = seq / tile_width;
    const Tile bundle{Tile::entries, number, tile_width_at(size(), Tile::entries, number)};
    NRM_TRY_ASSIGN(const auto hashes, branch.at(0, number));
    NRM_TRY_ASSIGN(const auto records, read_bundle(*source_, bundle, bytes));
    for (std::uint64_t i = seq % tile_width; i < records.size() && seq < to; ++i, ++seq) {
      const Hash leaf = leaf_hash(records[i]);
      if (leaf.view() != hash_in(hashes, i))
        return corrupt(tile_path(bundle) + ": record " + std::to_string(seq) +
                       " is not the one that was signed");
      if (!take(seq, records[i], leaf)) return {};
    }
  }
  return {};
}

Result<void> TiledLog::check_hashes(
    const std::function<void(std::uint64_t, std::uint64_t)>& progress) const {
  Branch branch(*this);
  const std::uint64_t tiles = (size() + tile_width - 1) / tile_width;
  for (std::uint64_t number = 0; number < tiles; ++number) {
    NRM_TRY(branch.at(0, number));
    if (progress) progress(number + 1, tiles);
  }
  return {};
}

Result<std::vector<Hash>> TiledLog::inclusion_proof(std::uint64_t index, const Hash& leaf) const {
  NRM_TRY_ASSIGN(auto proof, prove_inclusion(index, size(), hashes_at(*source_, size())));
  if (!verify_inclusion(leaf, index, size(), proof, checkpoint_.root))
    return corrupt("record " + std::to_string(index) + " is not the one that was signed");
  return proof;
}

Result<std::vector<Hash>> TiledLog::consistency_proof(const Checkpoint& old) const {
  NRM_TRY_ASSIGN(auto proof, prove_consistency(old.size, size(), hashes_at(*source_, size())));
  if (old.origin != checkpoint_.origin ||
      !verify_consistency(old.size, old.root, size(), checkpoint_.root, proof))
    return Error(Code::diverged, "",
                 "this log does not begin as the checkpoint of " + std::to_string(old.size) +
                     " records says");
  return proof;
}
}  // namespace nrm
