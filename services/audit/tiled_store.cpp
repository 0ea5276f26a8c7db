#include "services/audit/tiled_store.hpp"

#include "common/ledger/checkpoint.hpp"
#include "common/store/keys.hpp"

namespace nrm {
namespace {
Tile bundle_at(std::uint64_t size, std::uint64_t number) {
  return {Tile::entries, number, tile_width_at(size, Tile::entries, number)};
}
}  // namespace

Result<std::unique_ptr<TiledStore>> TiledStore::open(std::shared_ptr<const TileSource> source) {
  NRM_TRY_ASSIGN(std::string note, source->checkpoint());
  const auto checkpoint = read_checkpoint(note_text(note));
  if (!checkpoint) return Error(Code::corrupt, "", "checkpoint: is not a signed checkpoint");
  return std::unique_ptr<TiledStore>(
      new TiledStore(std::move(source), std::move(note), checkpoint->size));
}

Result<std::optional<std::string>> TiledStore::get(Family family, std::string_view key) const {
  if (family == Family::meta && key == "checkpoint") return std::optional(note_);
  if (family == Family::log && key.size() == 8) {
    const std::uint64_t seq = keys::read_u64(key);
    if (seq >= size_) return std::optional<std::string>();
    NRM_TRY_ASSIGN(auto bytes, record(seq));
    return std::optional(std::move(bytes));
  }
  if (family == Family::merkle && key.size() == 10 && key[0] == 't') {
    const int level = static_cast<unsigned char>(key[1]);
    const std::uint64_t number = keys::read_u64(key.substr(2));
    const unsigned width = tile_width_at(size_, level, number);
    if (width == 0) return std::optional<std::string>();
    NRM_TRY_ASSIGN(auto hashes, read_hash_tile(*source_, {level, number, width}));
    return std::optional(std::move(hashes));
  }
  return std::optional<std::string>();
}

Result<std::string> TiledStore::record(std::uint64_t seq) const {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t number = seq / tile_width;
  if (number != kept_number_) {
    kept_number_ = UINT64_MAX;
    NRM_TRY_ASSIGN(kept_records_, read_bundle(*source_, bundle_at(size_, number), kept_));
    kept_number_ = number;
  }
  return std::string(kept_records_[seq % tile_width]);
}

Result<void> TiledStore::scan_up(std::uint64_t from, const Take& take) const {
  std::string bytes;
  for (std::uint64_t seq = from; seq < size_;) {
    NRM_TRY_ASSIGN(const auto records,
                   read_bundle(*source_, bundle_at(size_, seq / tile_width), bytes));
    for (std::size_t i = seq % tile_width; i < records.size(); ++i, ++seq)
      if (!take(keys::log(seq), records[i])) return {};
  }
  return {};
}

Result<void> TiledStore::scan(Family family, const Range& range, const Take& take,
                              bool reverse) const {
  if (family != Family::log || size_ == 0) return {};
  if (!reverse) return scan_up(range.from.empty() ? 0 : keys::read_u64(range.from), take);
  for (std::uint64_t seq = size_; seq-- > 0;) {  // the last ones are what is asked for
    NRM_TRY_ASSIGN(const std::string bytes, record(seq));
    if (!take(keys::log(seq), bytes)) return {};
  }
  return {};
}

Result<void> TiledStore::commit(const Batch&, Sync) {
  return Error(Code::forbidden, "", "exported tiles are not written to");
}
}  // namespace nrm
