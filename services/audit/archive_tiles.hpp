// What the archive keeps of one log, as tiles (C2SP tlog-tiles) and proofs: the last checkpoint
// that agreed with it, hash tiles, entries. It is what the API serves under /v1/logs/<log>/, read
// from the archive so that the log's owner is not slowed.
//
//   "checkpoint"            the note
//   "tile/…"                a tile or bundle (common/ledger/tiles.hpp), full or partial
//   "records/<seq>"         records from that one on (archive_records.hpp)
//   "receipt/<seq>"         a receipt of that record (common/ledger/receipt.hpp), with the record
//   "receipt/<seq>/<size>"  likewise, for a checkpoint over so many records that somebody else has
//                           (a quorum cosigned it): its note is not here, whoever asks puts it in
//   "consistency/<size>"    the proof that the log of so many records is how the checkpoint's
//   begins,
//                           one base64 hash a line, a blank line, and the note; only
//                           the note for more records than the checkpoint has
//
// THREAD: any; reads beside the writing archive. ERRORS: not_found; unavailable: no checkpoint
// covers that record yet, ask again within a second or two; io_failed, corrupt.
#pragma once
#include <string>

#include "common/ledger/merkle.hpp"
#include "common/ledger/tiles.hpp"
#include "common/store/store.hpp"

namespace nrm {
class ArchiveTiles final : public TileSource {
 public:
  ArchiveTiles(const Store& store, std::string log) : store_(store), log_(std::move(log)) {}
  std::string name() const override { return "the archive of " + log_; }
  Result<std::string> read(const Tile& tile) const override;
  Result<std::string> checkpoint() const override;

 private:
  Result<std::string> entries(const Tile& tile) const;
  const Store& store_;
  const std::string log_;
};

Result<std::string> fetch_archived(const Store& store, const std::string& log,
                                   std::string_view what);

std::string archived_tile_key(const std::string& log, std::string_view key);  // of tile_key()
// An archive that an earlier build began has no tiles: they are made from its records, once.
// ERRORS: io_failed; corrupt: the records are not those of the tree.
Result<void> complete_tiles(Store& store, const std::string& log, const MerkleTree& tree);
}  // namespace nrm
