// Archive: every record of every log, kept outside the services that wrote them, as the exact
// bytes. It follows the logs like any service and checks what it is told: numbers are dense, each
// log's hash tree grows to exactly the checkpoints that its owner signs, and to those that the
// owner showed to its peers (gossip.hpp).
//
//   Family::archive  (log, seq) -> record bytes
//   Family::merkle   (log, level, index) -> full tile of the log's hash tree
//   Family::meta     "archived/<log>" (its place), "tree/<log>" (frontier), "checkpoint/<log>"
//                    (last that agreed), "keys/<log>" (that sign it, as its records say)
//
// It also answers what is asked of it over the bus (wire::Fetch): checkpoints, tiles and proofs of
// what it keeps, so that no service does that work (archive_tiles.hpp).
//
// THREAD: one. ERRORS: io_failed, corrupt. INVARIANT: what is archived is never changed; a log that
// contradicts it stops (stopped()), for people to look at.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/ledger/checkpoint.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/feed.hpp"
#include "common/runtime/gossip.hpp"
#include "common/runtime/signing.hpp"
#include "common/store/store.hpp"

namespace nrm {
class Archive {
 public:
  struct Followed {
    std::string log;
    Link link{};
    std::string origin;       // of its checkpoints
    crypto::PublicKey key{};  // of a log that names none itself
  };
  static Result<std::unique_ptr<Archive>> open(Store& store, const std::vector<Followed>& logs);

  Result<void> on(Link link, const wire::Message& message, Instant ticks);
  // Writes what came, synced, and grants credit; then answers what was asked.
  Result<void> commit(Bus& bus, Instant ticks);
  bool stopped() const;
  std::uint64_t records() const;
  // Of one log. REQUIRES: it is archived.
  std::uint64_t size(const std::string& log) const { return kept(log).tree.size(); }
  // Every record of it that is dated before this is here.
  Instant taken_until(const std::string& log) const { return kept(log).cursor.taken_until(); }
  // REQUIRES: size <= size(log), and what was taken is committed.
  Result<Hash> root_at(const std::string& log, std::uint64_t size) const;

 private:
  struct Kept {
    FeedCursor cursor;
    std::string origin;
    LogKeys keys;
    MerkleTree tree;
    // Over more records than are here yet. Its signature is checked when they are: one of them may
    // name the key.
    std::optional<Checkpoint> awaited;
    std::string awaited_note;
    std::string agreed_note;
    bool moved = false;
  };
  const Kept& kept(const std::string& log) const;
  explicit Archive(Store& store) : store_(store) {}
  Result<void> take(Kept& kept, std::uint64_t seq, std::string_view bytes, const Hash& leaf);
  void expect(Kept& kept, const std::string& note);
  void compare(Kept& kept);
  void take_gossip(const Kept& from, const wire::Message& message, Instant ticks);
  void answer(Bus& bus);
  static bool is_signed(const Kept& kept, const std::string& note, const Checkpoint& checkpoint);

  Store& store_;
  std::vector<Kept> logs_;
  std::optional<Gossip> gossip_;
  Batch batch_;
  struct Asked {
    Link link;
    wire::Fetch fetch;
  };
  std::deque<Asked> asked_;
};
}  // namespace nrm
