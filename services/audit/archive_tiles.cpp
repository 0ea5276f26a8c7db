#include "services/audit/archive_tiles.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/hex.hpp"
#include "common/diag/diag.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/receipt.hpp"
#include "common/runtime/signing.hpp"
#include "common/store/keys.hpp"
#include "services/audit/archive_records.hpp"

namespace nrm {
namespace {
// Tiles made again are written in batches of about two megabytes.
constexpr std::size_t tiles_per_batch = 256;

Error absent(const std::string& what) {
  return Error(Code::not_found, "", what + ": is not there");
}

Result<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (fault != std::errc() || end != text.data() + text.size() || std::to_string(out) != text)
    return Error(Code::not_found, "", "not a number");
  return out;
}

Result<Checkpoint> agreed(const std::string& note) { return read_checkpoint(note_text(note)); }

// The record, proven, for who may have it; `size`: of another checkpoint than the archive's.
Result<std::string> receipt_of(const Store& store, const std::string& log, std::uint64_t seq,
                               std::optional<std::uint64_t> size) {
  const ArchiveTiles tiles(store, log);
  NRM_TRY_ASSIGN(auto record, store.get(Family::archive, keys::archive(log, seq)));
  // It may be on its way here: its owner has it first.
  if (!record) return Error(Code::unavailable, "", "the archive has no such record yet: ask again");
  auto note = tiles.checkpoint();
  const auto checkpoint = note ? agreed(*note) : Result<Checkpoint>(note.error());
  if (!checkpoint || checkpoint->size <= seq)
    return Error(Code::unavailable, "", "no checkpoint covers this record yet: ask again");
  if (!size) size = checkpoint->size;
  if (*size <= seq || *size > checkpoint->size)
    return Error(Code::not_found, "", "the archive has no such checkpoint");
  NRM_TRY_ASSIGN(auto proof, prove_inclusion(seq, *size, hashes_at(tiles, *size)));
  Receipt receipt{.proof = {.extra = {}, .index = seq, .hashes = std::move(proof), .note = *note},
                  .leaf = leaf_hash(*record),
                  .record = std::move(*record),
                  .keys = {}};
  NRM_TRY_ASSIGN(const auto kept, store.get(Family::meta, "keys/" + log));
  if (kept) {
    NRM_TRY_ASSIGN(const LogKeys keys, LogKeys::read(checkpoint->origin, *kept));
    receipt.keys = {verifier_key(checkpoint->origin, keys.at(*size))};
  }
  return write_receipt(std::move(receipt));
}

Result<std::string> consistency_of(const Store& store, const std::string& log,
                                   std::uint64_t old_size) {
  const ArchiveTiles tiles(store, log);
  NRM_TRY_ASSIGN(const std::string note, tiles.checkpoint());
  NRM_TRY_ASSIGN(const Checkpoint checkpoint, agreed(note));
  // No proof there: who has seen more than is here must be told what is here.
  if (old_size > checkpoint.size) return '\n' + note;
  NRM_TRY_ASSIGN(const auto proof,
                 prove_consistency(old_size, checkpoint.size, hashes_at(tiles, checkpoint.size)));
  std::string out;
  for (const Hash& hash : proof) out += to_base64(hash.view()) + '\n';
  return out + '\n' + note;
}
}  // namespace

std::string archived_tile_key(const std::string& log, std::string_view key) {
  return log + '/' + std::string(key);
}

Result<std::string> ArchiveTiles::checkpoint() const {
  NRM_TRY_ASSIGN(auto note, store_.get(Family::meta, "checkpoint/" + log_));
  if (!note) return Error(Code::unavailable, "", "no checkpoint has been heard yet: ask again");
  return std::move(*note);
}

Result<std::string> ArchiveTiles::read(const Tile& tile) const {
  NRM_TRY_ASSIGN(const auto frontier, store_.get(Family::meta, "tree/" + log_));
  if (!frontier || frontier->size() < 8) return absent(tile_path(tile));
  const std::uint64_t size = keys::read_u64(*frontier);
  const unsigned there = tile_width_at(size, tile.level, tile.number);
  if (tile.width == 0 || tile.width > there) return absent(tile_path(tile));
  if (tile.level == Tile::entries) return entries(tile);
  const auto level = static_cast<unsigned>(tile.level);
  std::string hashes;
  if (there == tile_width) {
    NRM_TRY_ASSIGN(auto stored, store_.get(Family::merkle,
                                           archived_tile_key(log_, tile_key(level, tile.number))));
    if (!stored) return Error(Code::corrupt, "", tile_path(tile) + ": is missing in the archive");
    hashes = std::move(*stored);
  } else {
    NRM_TRY_ASSIGN(const MerkleTree tree, MerkleTree::load(*frontier));
    NRM_TRY_ASSIGN(hashes, tree.tile(level, tile.number, {}));
  }
  hashes.resize(tile.width * std::size_t{32});
  return hashes;
}

Result<std::string> ArchiveTiles::entries(const Tile& tile) const {
  const std::uint64_t first = tile.number * tile_width;
  std::string out;
  unsigned count = 0;
  NRM_TRY(store_.scan(
      Family::archive, {keys::archive(log_, first), keys::archive(log_, first + tile.width)},
      [&](std::string_view, std::string_view record) {
        CHECK(record.size() <= limits::record_bytes_max, "a cursor takes nothing larger");
        out += static_cast<char>(record.size() >> 8);
        out += static_cast<char>(record.size() & 0xff);
        out += record;
        return ++count < tile.width;
      }));
  if (count != tile.width)
    return Error(Code::corrupt, "", tile_path(tile) + ": records are missing in the archive");
  return out;
}

Result<std::string> fetch_archived(const Store& store, const std::string& log,
                                   std::string_view what) {
  if (what == "checkpoint") return ArchiveTiles(store, log).checkpoint();
  if (const auto tile = read_tile_path(what)) return ArchiveTiles(store, log).read(*tile);
  constexpr std::string_view receipt = "receipt/", consistency = "consistency/",
                             records = "records/";
  if (what.starts_with(receipt)) {
    what.remove_prefix(receipt.size());
    const auto slash = what.find('/');
    NRM_TRY_ASSIGN(const std::uint64_t seq, number_in(what.substr(0, slash)));
    std::optional<std::uint64_t> size;
    if (slash != what.npos) {
      NRM_TRY_ASSIGN(size, number_in(what.substr(slash + 1)));
    }
    return receipt_of(store, log, seq, size);
  }
  if (what.starts_with(records)) {
    NRM_TRY_ASSIGN(const std::uint64_t seq, number_in(what.substr(records.size())));
    return archived_records(store, log, seq);
  }
  if (what.starts_with(consistency)) {
    NRM_TRY_ASSIGN(const std::uint64_t size, number_in(what.substr(consistency.size())));
    return consistency_of(store, log, size);
  }
  return Error(Code::not_found, "", "this is no file of a log");
}

Result<void> complete_tiles(Store& store, const std::string& log, const MerkleTree& tree) {
  if (tree.size() < tile_width) return {};
  NRM_TRY_ASSIGN(
      const auto last,
      store.get(Family::merkle, archived_tile_key(log, tile_key(0, tree.size() / tile_width - 1))));
  if (last) return {};
  MerkleTree again;
  Batch tiles, keyed;
  Result<void> written;
  const auto write = [&]() -> Result<void> {
    for (const auto& tile : tiles.changes())
      keyed.put(tile.family, archived_tile_key(log, tile.key), *tile.value);
    tiles.clear();
    NRM_TRY(store.commit(keyed, Sync::no));
    keyed.clear();
    return {};
  };
  NRM_TRY(store.scan(Family::archive, {keys::archive(log, 0), keys::archive(log, tree.size())},
                     [&](std::string_view, std::string_view record) {
                       again.append(leaf_hash(record), tiles);
                       if (tiles.changes().size() >= tiles_per_batch) written = write();
                       return written.has_value();
                     }));
  NRM_TRY(written);
  if (again.size() != tree.size() || again.root() != tree.root())
    return Error(Code::corrupt, "", "the archive's records are not those of its tree");
  NRM_TRY(write());
  diag::info("archive_tiles_made", {{"records", tree.size()}});
  return {};
}
}  // namespace nrm
