// RecordReader: one record read from front to back, and no further than somebody asks. Followers
// decode the events they want, replay what folding needs; nobody builds a tree for it. A record
// that was not written exactly as this build writes is read through the tree, to the same effect.
//
//   open → (request | due)? → next, (event)? … → clocks
//
// OWNERSHIP: borrows the bytes given to open() until the next open(). THREAD: one.
// ERRORS: corrupt; unknown_version for an event type that is not in the vocabulary.
// INVARIANT: no member of an event or command is called "events" (tests/unit/event): the place
// where a record's events begin is found without reading what is before it.
#pragma once
#include <deque>
#include <optional>
#include <string_view>

#include "common/base/scan.hpp"
#include "common/event/record.hpp"

namespace nrm {
class RecordReader {
 public:
  Result<void> open(std::string_view bytes);

  std::uint64_t seq() const { return seq_; }
  Instant at() const { return at_; }
  const std::optional<Actor>& actor() const { return actor_; }
  // Of the input, what folding needs.
  struct Request {
    Digest16 key, digest;
  };
  const std::optional<Request>& request() const { return request_; }
  const std::optional<DueNote>& due() const { return due_; }

  // The next event, from the first on; false after the last.
  Result<bool> next();
  std::uint32_t index() const { return index_; }  // of it in this record
  std::string_view type() const { return type_; }
  const StreamKey& stream() const { return stream_; }
  Result<Event> event();  // decoded; at most once for each next()
  // What event() has decoded, also in vain, as it stands: JSON. Good until the next open().
  std::string_view data();

  Result<std::vector<ClockChange>> clocks();  // REQUIRES: next() said false

 private:
  bool scan_head();
  bool scan_input();
  std::optional<bool> scan_next();  // none: otherwise than written here
  Result<void> begin_tree();
  Result<bool> next_in_tree();

  std::string_view bytes_;
  std::uint64_t seq_ = 0;
  Instant at_;
  std::optional<Actor> actor_;
  std::optional<Request> request_;
  std::optional<DueNote> due_;

  std::uint32_t begun_ = 0;  // events that next() has come to
  std::uint32_t index_ = 0;
  bool unread_ = false;  // the data of the event where it stands
  bool ended_ = false;
  std::string_view type_;
  StreamKey stream_;

  std::optional<Scan> scan_;    // none: through the tree
  std::string_view data_text_;  // of the event, straight
  json::Document document_;
  json::Value data_;               // of the event, in the tree
  std::deque<std::string> texts_;  // of such
};
}  // namespace nrm
