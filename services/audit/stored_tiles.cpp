#include "services/audit/stored_tiles.hpp"

#include "common/ledger/tiles.hpp"

namespace nrm {
namespace {
Error corrupt(const std::string& what) { return Error(Code::corrupt, "", what); }
}  // namespace

Result<StoredTiles> StoredTiles::of(const Store& store, LogEvidence::Kind kind) {
  StoredTiles out;
  out.store_ = &store;
  out.kind_ = kind;
  if (kind == LogEvidence::Kind::exported) {
    NRM_TRY_ASSIGN(const auto note, store.get(Family::meta, "checkpoint"));
    if (!note) return corrupt("checkpoint is missing");
    NRM_TRY_ASSIGN(const Checkpoint checkpoint, read_checkpoint(note_text(*note)));
    out.size_ = checkpoint.size;
    return out;
  }
  auto edge = MerkleTree::stored(store);
  if (!edge) return corrupt("the stored hash tree does not check out");
  if (!*edge) return corrupt("the hash tree is missing");
  out.edge_ = std::move(**edge);
  out.size_ = out.edge_.size();
  return out;
}

Result<std::string> StoredTiles::tile(unsigned level, std::uint64_t number) const {
  const std::uint64_t full = (size_ >> (8 * level)) / tile_width;
  if (kind_ == LogEvidence::Kind::data_folder && number >= full)
    return number == full && size_ >> (8 * level) != 0
               ? edge_.tile(level, number, {})
               : Result<std::string>(corrupt("the hash tree ends before this tile"));
  NRM_TRY_ASSIGN(auto stored, store_->get(Family::merkle, tile_key(level, number)));
  if (!stored) return corrupt(file(level, number, tile_width) + " is missing");
  return std::move(*stored);
}

std::string StoredTiles::file(unsigned level, std::uint64_t number, std::uint64_t width) const {
  std::string out = "tile/" + std::to_string(level) + '/' + tile_path(number);
  if (width < tile_width) out += ".p/" + std::to_string(width);
  return out;
}
}  // namespace nrm
