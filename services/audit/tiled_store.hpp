// TiledStore: exported tiles behind the face of a store that may only be read, so that whoever
// folds, decides again or checks rules does not ask whether a log came from RocksDB or from files.
//
//   log     the records of the bundles, as they are in the files: nothing is compared with the
//           tiles here (the layers `tiles` and `checkpoints` do), so that a fault is named where it
//           is
//   merkle  hash tiles by tile_key(): as many hashes as the checkpoint covers
//   meta    "checkpoint"
//
// Every other family is empty. THREAD: any. ERRORS: those of the source; each detail begins with
// the file's path. commit() refuses.
#pragma once
#include <memory>
#include <mutex>

#include "common/ledger/tiles.hpp"
#include "common/store/store.hpp"

namespace nrm {
class TiledStore final : public Store {
 public:
  // ERRORS: of the checkpoint: missing, or not one. Its signature is not looked at.
  static Result<std::unique_ptr<TiledStore>> open(std::shared_ptr<const TileSource> source);

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Result<void> scan(Family family, const Range& range, const Take& take,
                    bool reverse = false) const override;
  Result<void> commit(const Batch& batch, Sync sync) override;
  Result<void> flush() override { return {}; }

 private:
  TiledStore(std::shared_ptr<const TileSource> source, std::string note, std::uint64_t size)
      : source_(std::move(source)), note_(std::move(note)), size_(size) {}
  Result<std::string> record(std::uint64_t seq) const;
  Result<void> scan_up(std::uint64_t from, const Take& take) const;

  const std::shared_ptr<const TileSource> source_;
  const std::string note_;
  const std::uint64_t size_;
  // The bundle that get() asked last: who looks up causes goes up a log.
  mutable std::mutex mutex_;
  mutable std::string kept_;
  mutable std::vector<std::string_view> kept_records_;
  mutable std::uint64_t kept_number_ = UINT64_MAX;
};
}  // namespace nrm
