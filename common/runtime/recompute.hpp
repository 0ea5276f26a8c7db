// Recompute: every decision of a log made again, from nothing but its records, the records that
// they name in other logs, and the pack. What a service recorded must be, byte by byte, what its
// rules give; who holds its signing key can write another history, but not another rule.
//
// What is not decided again is counted, never passed over in silence:
//   by_older_rules  of an earlier engine version whose rules are not kept; no later record may go
//                   back to one
//   refused_first   a command that was refused before it was decided, for what is in no log (the
//                   form of a personal part, the proof of a key, a password)
//   cause_unread    what it took is in a log that cannot be read
//   after_fault     after a record that the rules do not give: the states are not theirs any more,
//                   and deciders trust their states
// What is not seen here at all: an input that was never taken, or taken twice. The conservation
// rule looks for what that leaves behind.
//
// THREAD: one. OWNERSHIP: borrows all that it is given.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "common/runtime/adoption.hpp"
#include "common/runtime/fold.hpp"

namespace nrm {
class Recompute {
 public:
  // The record of another log that a note names. ERRORS: not_found, also when it is another record;
  // unavailable: nobody can read that log.
  using Named = std::function<Result<const Record*>(const ReceivedNote&)>;
  // Whether a command lacks what the service adds to it before it decides (Hooks::before), or could
  // have been refused there; such a command must have been refused.
  enum class Beside : std::uint8_t { nothing, perhaps, missing };
  using Look = std::function<Beside(const Command&)>;

  // The rules of an earlier engine, which decide on states that today's rules fold; nullptr: they
  // are not kept.
  using Golden = std::function<const Core*(std::uint32_t engine)>;

  struct Pack {
    const Policy& policy;  // of record 0
    std::string digest;
    // A later version that the log adopts, by the digest of its bytes; nullptr: it is not here.
    std::function<std::shared_ptr<const Policy>(const std::string& digest)> adopted = {};
    // What the log has adopted before the first record that is taken.
    std::vector<AdoptedPolicy> before = {};
  };
  struct Asks {
    Named named;
    Look beside;
    Golden golden = [](std::uint32_t) { return nullptr; };
  };
  // Where an earlier run ended.
  struct Start {
    Instant at;  // of the record before
    std::uint32_t engine = 0;
    Fold::Stored stored = Fold::Stored::nothing;  // something: of the records before, in `target`
    std::uint32_t newest = engine_version;        // no record may name a later engine
  };
  // `target`: a store, empty but for `start`, where states go that are too many for memory.
  Recompute(const Core& core, const Pack& pack, Store& target, Asks asks, const Start& start);

  // Decides record `seq` again, then folds it, until the first fault. Gives what differs, in words
  // and without any field's content; empty when nothing does. ERRORS: corrupt (not a record with
  // this number), io_failed.
  Result<std::string> take(std::uint64_t seq, std::string_view bytes);
  // All states, rows, clocks and answered requests of what was taken so far, into `target`.
  Result<void> write();

  struct Counts {
    std::uint64_t decided = 0, by_older_rules = 0, refused_first = 0, cause_unread = 0,
                  after_fault = 0;
    std::uint64_t by_golden_rules = 0;  // of the decided: by the rules kept of an earlier engine
  };
  const Counts& counts() const { return counts_; }
  // What the log has adopted so far: `before` of a run that goes on from here.
  const PolicyHistory& policies() const { return policies_; }
  bool sound() const { return sound_; }  // else nothing was folded from the first fault on
  Instant last_at() const { return last_at_; }
  std::uint32_t last_engine() const { return last_engine_; }

 private:
  std::string differs(const Record& recorded, std::string_view bytes);
  std::string differs(const Record& recorded, std::string_view bytes, const OpenedNote& note);
  std::string differs(const Record& recorded, std::string_view bytes, const CommandNote& note);
  std::string differs(const Record& recorded, std::string_view bytes, const ReceivedNote& note);
  std::string differs(const Record& recorded, std::string_view bytes, const DueNote& note);
  std::string adopts(const PolicyAdopted& adoption);
  std::string compare(const Record& recorded, std::string_view bytes, Result<Decision> again);

  const Core& core_;
  const Pack pack_;
  PolicyHistory policies_;
  Store& target_;
  const Asks asks_;
  const std::uint32_t newest_;
  const Core* rules_;  // that decided the record at hand
  Fold fold_;
  json::Document document_;
  Instant last_at_;
  std::uint32_t last_engine_;
  bool sound_ = true;  // no fault so far
  Counts counts_;
};
}  // namespace nrm
