// CaseHistory: one case across all logs, in order of cause: each record that is about it, why it
// came about, which clocks it set, met or let run out, and by how much somebody was late.
//
// A record is about the case when an event of it is on the case's stream, on a stream that belongs
// to the case (referral, withdrawal, broken glass, proposal, sealed item), or names the case; or
// when a command about it was refused. Read as JSON, so that what a later build wrote is told too.
// Organisations are named by their registered names, people never: by role and organisation.
// THREAD: one. OWNERSHIP: keeps copies. MEMORY: of one case, and of the organisations' names.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "common/event/record.hpp"

namespace nrm {
// running: not due, or not known to have run out. met: done before it was due. moved: set anew
// before. stopped: it became pointless before it was due. elapsed: it ran its course, as it should
// (a period, a window). unanswered: it ran out in silence, and the mechanism went on without the
// answer. late: it ran out, and the duty was done afterwards. overdue: it ran out, and is not done.
BOOST_DEFINE_ENUM_CLASS(ClockFate, running, met, moved, stopped, elapsed, unanswered, late, overdue)

struct CaseClock {  // one run of a clock
  std::string log;
  StreamKey stream;
  std::string name;  // of ClockName
  Instant since, due;
  std::string policy;  // in force when it was set
  ClockFate fate = ClockFate::running;
  std::optional<Instant> ended;  // when it was met, moved, stopped or ran out
  std::optional<Instant> done;   // when the duty was done after all
  // How long after it was due; of an overdue one, so far.
  std::optional<Milliseconds> late_by(Instant as_of) const;
};

struct CaseEvent {
  std::uint32_t index = 0;  // in its record
  std::string type;
  StreamKey stream;
  std::string data;  // JSON, as recorded
};

BOOST_DEFINE_ENUM_CLASS(CauseKind, command, received, due, opened)

// A refused command among events: no log has an event of this type, the record is its proof.
inline constexpr std::string_view refused_command_type = "nrm.command.refused.v1";

struct CaseEntry {  // one record
  std::string log;
  std::uint64_t seq = 0;
  Instant at;
  std::optional<Actor> actor;
  CauseKind why{};
  // command: its type. received: "identification/0 1.0", record and event. due: the clock's name.
  std::string cause;
  std::vector<CaseEvent> events;
  std::string refused;             // code of the rejection; then there are no events
  std::string rejection;           // JSON, as recorded: code, where in the command, detail
  std::vector<std::size_t> set;    // clocks that it set; numbers in CaseStory::clocks
  std::vector<std::size_t> ended;  // that it met, moved, stopped, let run out, or did too late
  std::string policy;
  std::uint32_t engine = 0;
};

struct CaseStory {
  Uuid subject;
  std::string reference;                             // of its report; empty: there is none
  Instant as_of;                                     // the latest record of any log that was read
  std::map<std::string, std::string> organisations;  // id -> registered name
  std::vector<CaseEntry> entries;
  std::vector<CaseClock> clocks;
};

class CaseHistory {
 public:
  // `until`: later records are passed over.
  explicit CaseHistory(const Uuid& subject, std::optional<Instant> until = std::nullopt);

  // REQUIRES: log after log, each in order, the vault's first. False: this log's later records do
  // not count. ERRORS: corrupt (not a record).
  Result<bool> take(const std::string& log, std::string_view bytes);
  // In order of cause: within a log by number, an effect after its cause, else by time.
  CaseStory story() const;

 private:
  bool may_concern(std::string_view bytes) const;
  bool concerns(const StreamKey& stream, json::Value data);
  CaseEntry entry_of(const std::string& log, json::Value record) const;

  struct ClockChangeNote {
    StreamKey stream;
    std::string name;
    std::optional<Instant> due;
  };
  struct Taken {
    CaseEntry entry;
    std::vector<ClockChangeNote> changes;
    std::optional<StreamKey> ran_out;  // whose clock `cause` is
  };
  static void follow_clocks(const Taken& taken, CaseStory& story, CaseEntry& entry);

  const std::string id_;
  const std::optional<Instant> until_;
  CaseStory story_;
  std::vector<std::string> related_;  // ids of streams that belong to the case
  std::map<std::string, std::vector<Taken>> logs_;
  json::Document document_;
};
}  // namespace nrm
