// Fold: the states of one service as of now, the rows and clocks that follow from them, and what
// of it is not in the store yet. The step, projections and rebuild all fold through this class, so
// that replay cannot differ from the first time.
//
// THREAD: one. OWNERSHIP: borrows Core and Store. A state stays decoded while it is hot (LRU).
// INVARIANT: after flush() the store holds exactly what a rebuild of the log gives.
//
//   state value = { version, clocks: [ { name, due } … ], state }
#pragma once
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/step/decider.hpp"
#include "common/store/keys.hpp"
#include "common/store/store.hpp"

namespace nrm {
class Fold final : public View {
 public:
  Fold(const Core& core, const Store& store) : core_(core), store_(store) {}

  // Applies one event to its stream's state. Streams of kinds that the core does not keep are
  // passed over (LogOpened).
  // Rows are looked at only in settle(): between two events of one record a state may be half-way.
  void apply(const StreamKey& stream, const Event& event, Instant at);
  void settle();
  // All that a record of this service's own log changes: what replay does, and nothing else.
  void apply(const Record& record);
  // The same for a replay, where nobody looks at rows in between: they are made in flush(), once.
  void replay(const Record& record);
  void set_clock(const ClockChange& change);
  // Whether this clock still runs out at that instant.
  bool runs(const StreamKey& stream, ClockName name, Instant due) const;

  // Puts all that changed since the last flush into `out`.
  void flush(Batch& out);

  std::uint64_t version(const StreamKey& stream) const override;
  void rows(std::string_view prefix,
            const std::function<bool(std::string_view, std::string_view)>& take) const override;

 protected:
  const StateBox* state(const StreamKey& stream) const override;

 private:
  struct Entry {
    std::unique_ptr<StateBox> box;
    std::uint64_t version = 0;
    std::vector<std::pair<ClockName, Instant>> clocks;
    std::vector<std::pair<std::string, std::string>> rows;  // as last computed, sorted
    bool rows_known = false;
    bool touched = false;
    bool changed = false;
    std::list<StreamKey>::iterator used;
  };

  Entry* load(const StreamKey& stream) const;  // nullptr when the stream has no event
  Entry& make(const StreamKey& stream);
  void read_entry(const StreamKey& stream, std::string_view bytes, Entry& entry) const;
  void write_entry(const StreamKey& stream, const Entry& entry, std::string& out) const;
  void update_rows(const StreamKey& stream, Entry& entry);
  void evict();

  const Core& core_;
  const Store& store_;
  mutable std::unordered_map<StreamKey, Entry> entries_;
  mutable std::list<StreamKey> recent_;  // front = used last
  mutable json::Document document_;
  // Entries stay where they are until evict(), which comes after both are emptied.
  std::vector<std::pair<StreamKey, Entry*>> touched_;  // since settle()
  std::vector<std::pair<StreamKey, Entry*>> changed_;  // since flush()
  std::map<std::string, std::optional<std::string>, std::less<>> row_changes_;
  std::map<std::string, bool, std::less<>> due_changes_;  // key -> set or cleared
};
}  // namespace nrm
