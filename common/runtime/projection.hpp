// Projection: rows of other services' logs, for a process that decides nothing (the gateway's
// lists). It folds received events with a Core's evolve() and rows(); it has no log of its own.
// Everything here can be dropped: the logs are followed again from record 0.
//
// THREAD: take() and commit() on one thread; reads go to the Store, from any.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/runtime/feed.hpp"
#include "common/runtime/fold.hpp"

namespace nrm {
class Projection {
 public:
  // A record as it was read. Borrows its bytes.
  struct Told {
    struct Emitted {
      StreamKey stream;
      std::string_view type;
      std::string_view data;  // JSON, also of a type that is not known here
    };
    std::uint64_t seq = 0;
    Instant at;
    std::optional<Actor> actor;
    std::vector<Emitted> events;
  };
  // What else a record puts into the batch (a timeline).
  using Also = std::function<void(const std::string& log, const Told& record, Batch& batch)>;

  struct Followed {
    Service service{};
    Link link{};
  };
  // Reads the cursors; starts at record 0 for logs it has not seen, and for all of them when
  // another version folded what is stored: then nothing of that is left.
  static Result<std::unique_ptr<Projection>> open(const Core& core, Store& store,
                                                  const std::vector<Followed>& logs, Also also);

  // Messages for it: records, beats, refusals. Others are passed over.
  // What its owner may not say is left out; a log whose record is none stops, and only it.
  Result<void> on(const wire::Message& message, Instant ticks);
  // Writes what came (not synced: a lost tail is followed again) and grants credit.
  Result<void> commit(Bus& bus, Instant ticks);

  const std::vector<FeedCursor>& cursors() const { return cursors_; }
  // open() found what another version folded, also of an earlier process, and whose work it is has
  // not said yet that all logs are followed to their ends again.
  bool made_anew() const { return made_anew_; }
  void followed_again();
  // Nothing of this log is taken any more: its owner showed two histories.
  void stop(std::string_view log, std::string_view why);

 private:
  Projection(const Core& core, Store& store, Also also);
  Result<void> take(std::size_t index, std::uint64_t seq, std::string_view bytes);

  const Core& core_;
  Store& store_;
  Also also_;
  Fold fold_;
  std::vector<FeedCursor> cursors_;
  std::vector<EventTypeSet> emits_;  // of their owners
  std::vector<bool> moved_;
  bool made_anew_ = false;
  Batch batch_;
  RecordReader record_;
};
}  // namespace nrm
