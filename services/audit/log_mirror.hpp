// A mirror of a log that somebody else serves (C2SP tlog-tiles): a folder as `nrm audit export`
// makes it, brought up to date tile by tile, and never to another history.
//
//   1  the checkpoint, signed by the log's key; consistent with the one that the folder has, or
//      nothing is fetched: a rollback and a split view end here
//   2  the tiles and entries that are missing, each into place as a whole; who is interrupted goes
//   on
//      where it stopped, and what is there is not asked for again
//   3  what came adds up to the signed root, and every new record to its leaf
//   4  `vkey` and `checkpoint`, last: a reader beside it never sees a checkpoint without its tiles
//
// THREAD: one; a folder has one mirror at a time. ERRORS: corrupt: a file does not check out; the
// detail begins with its name; diverged: another history than the folder's, with both checkpoints
// in the detail; io_failed; what the remote says.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "common/ledger/note.hpp"
#include "common/ledger/tiled_log.hpp"

namespace nrm {
// Where a log is fetched from.
class RemoteLog {
 public:
  using Take = std::function<Result<void>(const Tile& tile, std::string bytes)>;
  virtual ~RemoteLog() = default;
  virtual Result<std::string> checkpoint() = 0;
  // In any order; ends with the first error, its own or that of `take`.
  virtual Result<void> tiles(const std::vector<Tile>& wanted, const Take& take) = 0;
  // RFC 6962, 2.1.2, from the log of `size` records to that of its checkpoint: the note and the
  // proof. A checkpoint that is smaller comes without.
  struct Continuation {
    std::vector<Hash> proof;
    std::string note;
  };
  virtual Result<Continuation> consistency(std::uint64_t size) = 0;
};
Result<RemoteLog::Continuation> read_continuation(std::string_view text);

struct MirrorOptions {
  std::string folder;  // made when it is not there; 0700: entries are confidential
  // Keys that the log may be signed with: the one in the folder's `vkey` first, then one that the
  // log has adopted since. At least one.
  std::vector<NoteKey> keys;
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;  // tiles
};
struct Mirrored {
  Checkpoint before, now;
  std::uint64_t files = 0;  // that were fetched
};
Result<Mirrored> mirror_log(RemoteLog& remote, const MirrorOptions& options);

// Whether `now` continues `before`, by the proof. ERRORS: diverged, saying which of a rollback and
// another history it is, and what to keep; corrupt: no good note of any of the keys.
Result<Checkpoint> continued(const Checkpoint& before, const RemoteLog::Continuation& now,
                             const std::vector<NoteKey>& keys);
}  // namespace nrm
