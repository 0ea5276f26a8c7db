// A log read from its tiles alone, nothing of it believed: the checkpoint's signature, the tiles
// against the signed root, the records against the tiles. What an auditor has who does not trust
// whoever served or stored them. The first use is a folder that `nrm audit export` wrote.
//
//   NRM_TRY_ASSIGN(const TiledLog log, TiledLog::open_folder("out/identification-0"));
//   NRM_TRY(log.read(0, log.size(), [&](std::uint64_t seq, std::string_view record, const Hash&)
//   {…}));
//
// INVARIANT: a record that read() hands out is the one that the checkpoint's root covers at that
// number. MEMORY: one bundle of entries and one tile of each level, whatever the log's size.
// THREAD: any number at once on disjoint or equal ranges, if the source allows it (TileFolder
// does). ERRORS: corrupt, and what the source says. The detail begins with the path of the faulty
// file: "tile/entries/003: record 777 is not the one that was signed".
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/ledger/checkpoint.hpp"
#include "common/ledger/tiles.hpp"

namespace nrm {
class TiledLog {
 public:
  // `name`, `key`: who must have signed the checkpoint, which is also its origin. Reads the last
  // tile of each level and adds the root up from them.
  static Result<TiledLog> open(std::shared_ptr<const TileSource> source, const std::string& name,
                               const crypto::PublicKey& key);
  // By the key in the folder's own file `vkey`: whether that is the log's, the caller must know
  // (verifier_key() is what was used).
  static Result<TiledLog> open_folder(const std::string& folder);

  const Checkpoint& checkpoint() const { return checkpoint_; }
  std::uint64_t size() const { return checkpoint_.size; }
  const std::string& note() const { return note_; }  // with all its signatures
  const crypto::PublicKey& key() const { return key_; }
  std::string verifier_key() const { return nrm::verifier_key(checkpoint_.origin, key_); }
  const TileSource& source() const { return *source_; }

  // Records [from, to) in order, until `take` returns false. REQUIRES: from <= to <= size().
  using Take = std::function<bool(std::uint64_t seq, std::string_view record, const Hash& leaf)>;
  Result<void> read(std::uint64_t from, std::uint64_t to, const Take& take) const;
  // Every hash tile, against the signed root, without the records. `progress` in tiles.
  Result<void> check_hashes(
      const std::function<void(std::uint64_t done, std::uint64_t of)>& progress = {}) const;

  // RFC 6962, of this checkpoint: they fit it by construction, or corrupt.
  Result<std::vector<Hash>> inclusion_proof(std::uint64_t index, const Hash& leaf) const;
  // REQUIRES: old.size <= size(). ERRORS: diverged: `old` is not how this log begins.
  Result<std::vector<Hash>> consistency_proof(const Checkpoint& old) const;

 private:
  class Branch;
  TiledLog() = default;
  Result<void> add_up();
  Error culprit() const;
  Result<void> built_up(const Tile& tile, const std::string& hashes) const;

  std::shared_ptr<const TileSource> source_;
  std::string note_;
  Checkpoint checkpoint_;
  crypto::PublicKey key_{};
  std::vector<std::string> edge_;  // [level]: the partial tile's hashes, as the root covers them
};
}  // namespace nrm
