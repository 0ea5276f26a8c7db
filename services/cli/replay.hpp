// Replay: the states of one service as of some moment, folded again from its log. Nothing of the
// derived data on disk is looked at.
//
// Memory does not grow with the log, nor with the number of streams: states are folded into a store
// of their own (`scratch`), at most `states_held_max` of them wait in memory.
// THREAD: one. OWNERSHIP: borrows the scratch store, which must be empty.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "common/ledger/merkle.hpp"
#include "common/runtime/fold.hpp"
#include "services/cli/logs.hpp"

namespace nrm::cli {
// Where a replay ends; neither: at the end of the log.
struct ReplayEnd {
  std::optional<Instant> at;            // records at and before it
  std::optional<std::uint64_t> record;  // this one and all before it
};

class Replay {
 public:
  Replay(Service service, Store& scratch);

  // Goes on from where it stands. `told`: records so far, now and then; false stops.
  // ERRORS: out_of_range (no such record; at "--at-record"), corrupt, those of the logs.
  using Told = std::function<bool(std::uint64_t records)>;
  Result<void> run(Logs& logs, const ReplayEnd& end, const Told& told = {});
  // One record: the next. What it changed is in the scratch store when write() returns.
  Result<void> take(std::uint64_t seq, std::string_view bytes);
  Result<void> write();

  // The folded states by stream: { version, clocks?, state }. REQUIRES: written, as run() does.
  using Take = std::function<void(const StreamKey&, json::Value)>;
  Result<void> each(const Take& take) const;
  // The `status` of a stream; empty: it has none, or is not there. REQUIRES: as above.
  Result<std::string> status(const StreamKey& stream) const;
  // Whether it is this case's, or one of a referral, a withdrawal, … of it. REQUIRES: as above.
  Result<bool> concerns(const StreamKey& stream, const Uuid& subject) const;

  Service service() const { return service_; }
  std::uint64_t records() const { return records_; }
  // Of the last record; and the hash tree over all of them, as their owner's checkpoints sign it.
  Instant at() const { return at_; }
  Hash root() const { return tree_.root(); }

 private:
  Result<std::string> member(const StreamKey& stream, std::string_view name) const;

  const Service service_;
  Store& store_;
  Fold fold_;
  MerkleTree tree_;
  Batch tiles_;  // not kept
  std::uint64_t records_ = 0;
  Instant at_;
  RecordReader reader_;
};
}  // namespace nrm::cli
