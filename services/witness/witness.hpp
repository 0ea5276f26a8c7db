// Witness: cosigns a log's checkpoint when it continues what this witness saw of that log before
// (C2SP tlog-witness). It knows nothing of what logs hold, and nothing of this mechanism: any log
// with Ed25519 checkpoints and an RFC 6962 tree can be witnessed.
//
// INVARIANT: no two checkpoints that this witness ever cosigned contradict each other, whatever
// crashes when: a checkpoint is on disk, synced, before its cosignature leaves.
// THREAD: one at a time; checking and keeping are one step, so that no request overtakes another.
// ERRORS: after add_checkpoint() has failed nothing may be answered any more: end the process. What
// is on disk then is what was there before, or what was not answered; both can be gone on from.
//
// Its memory is a folder with one file for each log, a signed note that anybody can read:
//
//   <log>             the last checkpoint, with the log's signature and the witness's own
//   <log>.fork-<n>    two different checkpoints of size n that the log signed: proof that it lies
//
// <log> is the first half of the SHA-256 of the log's origin, in hex.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.hpp"
#include "common/ledger/add_checkpoint.hpp"
#include "common/ledger/witness_policy.hpp"

namespace nrm {
class Witness {
 public:
  struct Parts {
    std::string folder;
    std::string name;       // its key's
    crypto::Signer signer;  // moved here
    std::vector<WitnessPolicy::Log> logs;
    // Called with the path of the file and its bytes; they are durable when it returns.
    std::function<Result<void>(const std::string& path, const std::string& bytes)> keep;
  };
  struct Answer {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body;
  };
  // ERRORS: corrupt: a kept checkpoint that this witness did not cosign.
  static Result<Witness> open(Parts parts);

  // The answer to one request, as the specification says it, number by number. ERRORS: io_failed.
  Result<Answer> add_checkpoint(std::string_view body, Instant now);

  const NoteKey& key() const { return key_; }
  std::size_t logs() const { return logs_.size(); }

 private:
  struct Log {
    std::vector<NoteKey> keys;  // one of them signs; several while it changes its key
    std::string file;
    Checkpoint latest;    // cosigned; of an empty tree when none was
    std::string note;     // of `latest`, as kept
    Instant cosigned_at;  // time of its cosignature
    std::size_t forks = 0;
  };
  explicit Witness(Parts parts);
  Result<void> remember(Log& log, const std::string& origin);
  Result<Answer> answer_from(Log& log, const AddCheckpoint& request, const Checkpoint& checkpoint,
                             Instant now);
  Result<void> keep_fork(Log& log, const AddCheckpoint& request);

  Parts parts_;
  NoteKey key_;
  std::map<std::string, Log, std::less<>> logs_;  // by origin
};
}  // namespace nrm
