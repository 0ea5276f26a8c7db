// The feed: how one service follows another's log. The bus may do what it likes.
//
// The owner streams from where a follower says it stands, within its credit, from memory while the
// follower is near the head and from the store otherwise. A follower takes records strictly in
// order; a gap or a long silence makes it ask again. It grants credit only behind its own commits.
// A follower may name event types that it knows and has no use for: of a record with nothing else
// it gets the number, not the bytes. What it does not know it always gets.
// THREAD: the loop thread of the process.
// INVARIANT: a follower that is ahead of the owner, or whose last hash differs, stops for good
// and says so: a rollback or tampering is never repaired by a machine.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "common/bus/bus.hpp"
#include "common/event/codec.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/messages.hpp"

namespace nrm {
// The owner's side: one per service.
class FeedSource {
 public:
  // What the feed needs of the log. Borrowed; lives longer.
  struct Log {
    std::string name;
    std::function<std::uint64_t()> head;
    std::function<Result<Hash>(std::uint64_t seq)> leaf;
    // Records from `seq` on, until `take` returns false.
    std::function<Result<void>(std::uint64_t seq,
                               const std::function<bool(std::string_view)>& take)>
        read;
    std::function<std::string()> checkpoint;
    std::function<Instant()> time;  // no record after this moment is dated before it
    // What the owner was shown of the logs that it follows itself; none without.
    std::function<std::vector<std::string>()> seen{};
    // The proof that the log of `size` records begins with that of `old_size`. REQUIRES:
    // old_size <= size <= head().
    std::function<Result<std::vector<Hash>>(std::uint64_t old_size, std::uint64_t size)> prove{};
  };
  FeedSource(Log log, Bus& bus) : log_(std::move(log)), bus_(bus) {}

  // Answered in the next turn(). `peer`: whose key the link has.
  void on(Link link, const wire::Resume& message, Instant now, std::string_view peer = {});
  void on(Link link, const wire::Credit& message);
  void on(Link link, const wire::Prove& message);
  // A peer was shown a checkpoint by our key that is not of this log: as if it had been refused.
  void contradicted_by(std::string_view peer, std::string_view why);
  // New records are on disk.
  void appended(std::uint64_t first, std::vector<std::string> records);
  // Sends what credit allows, and heartbeats that are due. ERRORS: io_failed from the log.
  Result<void> turn(Instant now);
  std::size_t followers() const { return followers_.size(); }
  // Two peers hold a history that is not this log: it was set back, or changed, and must not be
  // served. One peer alone may lie, and only raises the alarm.
  bool contradicted() const { return contradicting_.size() > 1; }

 private:
  struct Follower {
    std::uint64_t next = 0;    // to be sent
    std::uint64_t credit = 0;  // may be sent below this
    Instant beat;              // last sent
    EventTypeSet skips;        // has no use for
    std::uint64_t untold = 0;  // up to here nothing was for it, and it was not told
    bool greeted = false;      // with a heartbeat
    bool passes(const EventTypeSet& types) const { return skips.any() && (types & ~skips).none(); }
  };
  struct Recent {
    std::string record;
    EventTypeSet types;
  };
  // One message. `even_if_empty`: also when no record of it is for this follower. False when
  // there is nothing to send or the bus is full.
  Result<bool> send_some(Link link, Follower& follower, bool even_if_empty);
  bool send_beat(Link link);  // false: it is not there

  Log log_;
  Bus& bus_;
  std::map<Link, Follower> followers_;
  std::set<std::string, std::less<>> contradicting_;  // peers
  std::vector<std::pair<Link, wire::Prove>> to_prove_;
  std::deque<Recent> recent_;  // the newest records
  std::uint64_t recent_first_ = 0;
  std::size_t recent_bytes_ = 0;
};

// The leaf hash of a record that came, made when somebody asks: most records of a log hold nothing
// that a follower wants.
class LazyLeaf {
 public:
  explicit LazyLeaf(std::string_view record) : record_(record) {}
  operator const Hash&() const {
    if (!leaf_) leaf_ = leaf_hash(record_);
    return *leaf_;
  }

 private:
  std::string_view record_;
  mutable std::optional<Hash> leaf_;
};

// The follower's side: one per followed log.
class FeedCursor {
 public:
  // One record, in order. `leaf` is its hash.
  using Take =
      std::function<Result<void>(std::uint64_t seq, std::string_view record, const LazyLeaf& leaf)>;
  // `skips`: the types that it has no use for; without them it gets every record.
  FeedCursor(std::string log, Link link, std::uint64_t next, const Hash& last,
             std::vector<std::string_view> skips = {});

  // ERRORS: what `take` returns; diverged, too_large.
  Result<void> on(const wire::Records& message, Instant now, const Take& take);
  void on(const wire::Beat& message, Instant now);
  void on(const wire::Refused& message);
  // Nothing of this log is taken any more: it does not check out.
  void stop(std::string_view why);
  // Nothing of this log is taken before the next start: there is no room for it. It stays with its
  // owner, and nothing is lost.
  void hold(std::string_view why);
  bool held() const { return held_; }
  // What came last cannot be used: as if it had been lost on the way.
  void ask_again() { must_ask_ = true; }
  // Asks again after silence; grants credit behind what is committed.
  void turn(Bus& bus, Instant now);
  // What was taken so far is on disk.
  void committed() { committed_ = next_; }

  const std::string& log() const { return log_; }
  Link link() const { return link_; }
  std::uint64_t next() const { return next_; }
  const Hash& last() const { return last_; }
  LogPlace place() const { return {next_, last_}; }
  std::uint64_t owner_head() const { return owner_head_; }
  const std::string& owner_checkpoint() const { return owner_checkpoint_; }
  // Why nothing moves any more: the owner refused ("ahead", "diverged") or a record is bad.
  const std::string& stopped() const { return stopped_; }
  bool heard_since(Instant at) const { return heard_ >= at; }
  // What time it is at the owner, as its last heartbeat told; none when that is too long ago.
  std::optional<Instant> owner_time(Instant ticks) const;
  // Every record of that log that is dated before this has been taken (a watermark).
  Instant taken_until() const { return taken_until_; }

 private:
  std::string log_;
  Link link_;
  std::vector<std::string_view> skips_;
  std::uint64_t next_;
  Hash last_;
  std::uint64_t committed_;
  std::uint64_t granted_ = 0;
  std::uint64_t owner_head_ = 0;
  std::uint64_t promised_head_ = 0;  // with it goes promised_at_
  Instant promised_at_{INT64_MIN};
  Instant taken_until_{INT64_MIN};
  Instant owner_time_;  // at beat_heard_
  std::optional<Instant> beat_heard_;
  std::string owner_checkpoint_;
  std::string stopped_;
  bool held_ = false;
  Instant heard_;
  std::optional<Instant> asked_;
  bool must_ask_ = true;
};
}  // namespace nrm
