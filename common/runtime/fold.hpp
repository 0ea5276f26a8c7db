// Fold: the states of one service as of now, what follows from them (rows, clocks) and which
// requests were answered; and what of it is not in the store yet. The step, projections and rebuild
// all fold through this class, so that replay cannot differ from the first time.
//
// THREAD: one. OWNERSHIP: borrows Core and Store. A state stays decoded while it is hot (LRU).
// INVARIANT: after flush() the store holds exactly what a rebuild of the log gives. Before it every
// question here is answered as if it did: what is not written yet lies over what is stored.
//
//   state value        = { version, clocks: [ { name, due } … ], state }
//   idempotency value  = digest of the request:16, number of its record:8
#pragma once
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/base/limits.hpp"
#include "common/event/record_reader.hpp"
#include "common/step/decider.hpp"
#include "common/store/keys.hpp"
#include "common/store/store.hpp"

namespace nrm {
class Fold final : public View {
 public:
  using Take = std::function<bool(std::string_view key, std::string_view value)>;

  // `stored`: whether the store may hold states already; a replay into a new one need not look.
  enum class Stored : bool { nothing, something };
  // `hot_max`: states kept decoded after a flush.
  Fold(const Core& core, const Store& store, Stored stored = Stored::something,
       std::size_t hot_max = limits::cached_states_max)
      : core_(core), store_(store), stored_(stored), hot_max_(hot_max) {}

  // Applies one event to its stream's state. Streams of kinds that the core does not keep are
  // passed over (LogOpened). Rows are looked at only when somebody asks for them, or in flush():
  // between two events of one record a state may be half-way.
  void apply(const StreamKey& stream, const Event& event, Instant at);
  // All that a record of this service's own log changes.
  void apply(const Record& record);
  // The same from the bytes of record `seq`. ERRORS: corrupt; unknown_version.
  Result<void> replay(std::uint64_t seq, std::string_view bytes);
  void set_clock(const ClockChange& change);
  // Whether the stream is as the client saw it. ERRORS: stale_version.
  Result<void> is_at(const Expectation& expected) const;
  // Whether this clock still runs out at that instant.
  bool runs(const StreamKey& stream, ClockName name, Instant due) const;
  // The running clocks in order of time, until `take` returns false.
  void clocks(const std::function<bool(const keys::DueKey&)>& take) const;

  // Which request came with this key, and the number of its record.
  struct Earlier {
    Digest16 digest;
    std::uint64_t seq = 0;
  };
  std::optional<Earlier> earlier(const Digest16& key) const;

  // Puts all that changed since the last flush into `out`.
  void flush(Batch& out);
  std::size_t changed() const { return changed_.size(); }  // streams, since the last flush

  std::uint64_t version(const StreamKey& stream) const override;
  void rows(std::string_view prefix, const Take& take) const override;

 protected:
  const StateBox* state(const StreamKey& stream) const override;

 private:
  using RowList = std::vector<std::pair<std::string, std::string>>;
  using Clocks = std::vector<std::pair<ClockName, Instant>>;  // sorted
  struct Entry {
    std::unique_ptr<StateBox> box;
    std::uint64_t version = 0;
    Clocks clocks;
    Clocks clocks_seen;  // by settle_clocks()
    RowList rows;        // as last computed, sorted
    bool rows_known = false;
    bool touched = false;
    bool clocks_touched = false;
    bool changed = false;
    std::list<StreamKey>::iterator used;
  };
  // Of one key since the last flush; without `value` it is gone. What came and went in between
  // never meets the store.
  struct Change {
    std::optional<std::string> value;
    bool stored = false;  // the store has the key
  };
  using Changes = std::map<std::string, Change, std::less<>>;

  Entry* load(const StreamKey& stream) const;  // nullptr when the stream has no event
  Entry& make(const StreamKey& stream);
  bool scan_entry(const StreamKey& stream, std::string_view bytes, Entry& entry) const;
  void parse_entry(const StreamKey& stream, std::string_view bytes, Entry& entry) const;
  void write_entry(const StreamKey& stream, const Entry& entry, std::string& out) const;
  void settle() const;
  void update_rows(const StreamKey& stream, Entry& entry) const;
  void settle_clocks() const;
  // Shared with whoever walks it: another look, from within the walk, may empty the cache.
  // nullptr: too many to keep.
  std::shared_ptr<const RowList> stored_rows(std::string_view prefix) const;
  using Source = std::function<void(const Take&)>;  // gives pairs in key order
  static void overlay(const Source& stored, const Changes& changes, std::string_view prefix,
                      const Take& take);
  Source scan_of(Family family, std::string_view prefix) const;
  static void put(Family family, Changes& changes, Batch& out);
  void evict();

  const Core& core_;
  const Store& store_;
  Stored stored_;
  const std::size_t hot_max_;
  mutable std::unordered_map<StreamKey, Entry> entries_;
  mutable std::list<StreamKey> recent_;  // front = used last
  mutable json::Document document_;
  RecordReader record_;
  // Entries stay where they are until evict(), which comes after both are emptied.
  mutable std::vector<std::pair<StreamKey, Entry*>> touched_;         // since settle()
  mutable std::vector<std::pair<StreamKey, Entry*>> clocks_touched_;  // since settle_clocks()
  std::vector<std::pair<StreamKey, Entry*>> changed_;                 // since flush()
  mutable Changes row_changes_;
  // By prefix; until flush().
  mutable std::map<std::string, std::shared_ptr<const RowList>, std::less<>> stored_rows_;
  mutable Changes due_changes_;
  std::vector<std::pair<Digest16, Earlier>> answered_;            // since flush(); by key
  mutable std::unordered_map<Digest16, Earlier> answered_index_;  // of the first of them
};
}  // namespace nrm
