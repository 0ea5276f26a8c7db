// Recompute: every decision of a log made again, from nothing but its records, the records that
// they name in other logs, and the pack. What a service recorded must be, byte by byte, what its
// rules give; who holds its signing key can write another history, but not another rule.
//
// What is not decided again is counted, never passed over in silence:
//   by_other_rules  of another engine version or another pack than the one here
//   refused_first   a command refused before it was decided, for what is not in any log (a
//   password,
//                   a proof, the form of a personal part); only where `refused_first` says so
//
// THREAD: one. OWNERSHIP: borrows all that it is given.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "common/runtime/fold.hpp"

namespace nrm {
class Recompute {
 public:
  // The record of another log that a note names. ERRORS: not_found, also when it is another record.
  using Named = std::function<Result<const Record*>(const ReceivedNote&)>;
  using RefusedFirst = std::function<bool(const Command&)>;

  // `target`: an empty store, where states go that are too many for memory.
  Recompute(const Core& core, const Policy& policy, Store& target, Named named,
            RefusedFirst refused_first);

  // Decides record `seq` again, then folds it as it was recorded. Gives what differs, in words and
  // without any field's content; empty when nothing does.
  // ERRORS: corrupt (not a record with this number), io_failed.
  Result<std::string> take(std::uint64_t seq, std::string_view bytes);
  // All states, rows, clocks and answered requests of what was taken so far, into `target`.
  Result<void> write();

  struct Counts {
    std::uint64_t decided = 0, by_other_rules = 0, refused_first = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  std::string differs(const Record& recorded, std::string_view bytes);
  std::string differs(const Record& recorded, std::string_view bytes, const CommandNote& note);
  std::string differs(const Record& recorded, std::string_view bytes, const ReceivedNote& note);
  std::string differs(const Record& recorded, std::string_view bytes, const DueNote& note);
  std::string compare(const Record& recorded, std::string_view bytes, Result<Decision> again);

  const Core& core_;
  const Policy& policy_;
  const std::string policy_name_;
  Store& target_;
  Named named_;
  RefusedFirst refused_first_;
  Fold fold_;
  json::Document document_;
  Instant last_at_;
  Counts counts_;
};
}  // namespace nrm
