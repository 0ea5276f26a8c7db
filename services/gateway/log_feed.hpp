// LogFeed: the records of all logs as one stream of CloudEvents for auditors, from any position,
// filtered. Pure: who uses it says what the archive has and brings it.
//
// What a reader may rely on (etcd's words for a watch):
//   ordered      the records of one log come by number; and an effect after its cause, also between
//                logs; besides, by time as far as was known
//   unique       each record once, however often the reader resumes at the last cursor it has
//   reliable     none is left out between two cursors, none of a record alone: a record comes whole
//   resumable    every event's cursor is a position in all logs; resuming there goes on behind it
//   bookmarkable a bookmark says how far the feed has come where nothing matched
// Nothing is ever compacted: a log keeps all its records, so no position is too old.
//
// A position is "<vault>.<identification>.<referral>.<assistance>.<closure>": the number of the
// next record of each. The event is the record and not what happened in it: a record is what is
// numbered, hashed and proven (`leafhash` is its leaf of RFC 6962), and its events share actor and
// cause. `data` is the record's exact bytes, the last member: SHA-256 of a zero byte and them is
// the leaf. A record of a refused command holds no event: it has `refused`, the rejection's code,
// and is found as if it held one of refused_type. MEMORY: one stretch of the archive per log
// (archived_stretch_bytes and a record), no queue: who reads slowly asks later. THREAD: one at a
// time.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.hpp"
#include "common/event/record.hpp"

namespace nrm::gateway {
using FeedPlace = std::array<std::uint64_t, std::size(log_owners)>;  // in the order of log_owners
std::string place_text(const FeedPlace& place);
std::optional<FeedPlace> read_feed_place(std::string_view text);

inline constexpr std::string_view refused_type = "nrm.command.refused.v1";

struct FeedFilter {
  std::vector<Service> services;   // none: all
  std::vector<std::string> types;  // of events that a record holds, refused_type; none: all
  std::optional<Uuid> subject;     // the case

  bool follows(Service service) const;
};
// "service", "type" and "case" of a query. ERRORS: unknown_code, bad_request.
Result<FeedFilter> read_feed_filter(std::string_view services, std::string_view types,
                                    std::string_view subject);

class LogFeed {
 public:
  // Whose case a stream belongs to. It must know every stream of the records below the ends.
  using SubjectOf = std::function<std::optional<Uuid>(const StreamKey&)>;
  LogFeed(const FeedPlace& from, FeedFilter filter, SubjectOf subject_of);

  // Records below these numbers may be told: they are in the rows. Ends never go back.
  void reach(const FeedPlace& ends) { ends_ = ends; }
  // What the feed needs next of the archive; nothing while it has some of every log.
  struct Want {
    Service service{};
    std::uint64_t from = 0;
  };
  std::vector<Want> wants() const;
  // What came for a Want; of something that is not wanted any more, nothing happens.
  // ERRORS: corrupt.
  Result<void> put(const Want& want, std::string stretch);

  struct Event {
    std::string cursor;
    std::string json;
  };
  // The next record that matches. None: more must be brought, or there is none yet, or so many
  // passed by that somebody should be told where the feed is.
  std::optional<Event> next();
  // Where the feed is, as an event; `caught_up`: there was nothing more when it was made.
  Event bookmark(Instant now) const;
  bool caught_up() const { return all_taken() && wants().empty(); }
  // What was brought is no record, or another one: nothing more is told. The archive is at fault.
  bool broken() const { return broken_; }
  const FeedPlace& place() const { return place_; }
  std::uint64_t passed() const { return passed_; }  // since the last event or bookmark
  void marked() { passed_ = 0; }

 private:
  struct Held {  // the rest of a stretch
    std::string bytes;
    std::size_t at = 0;
    // Of the record that stands there.
    Instant time;
    std::optional<std::pair<std::size_t, std::uint64_t>> cause;  // log, number
    bool known = false;
    std::string_view record() const;
    bool empty() const { return at == bytes.size(); }
  };
  bool follows(std::size_t log) const { return filter_.follows(log_owners[log]); }
  bool all_taken() const;
  bool look(std::size_t log);
  bool may_go(const Held& held) const;
  bool matches(json::Value record) const;
  bool is_of_case(const StreamKey& stream) const;
  bool is_of_case(json::Value stream) const;
  Event event_of(std::size_t log, std::string_view record) const;

  FeedPlace place_, ends_{};
  const FeedFilter filter_;
  const SubjectOf subject_of_;
  std::array<Held, std::size(log_owners)> held_;
  std::uint64_t passed_ = 0;
  bool broken_ = false;
  json::Document document_;
};
}  // namespace nrm::gateway
