// Observer: goes through what is archived, a piece at a time, and says once a day what all logs say
// of the week before: the command ObserveIndicators, which the service asks itself.
//
// Exact: a day is observed when every record dated before its first moment is archived (of each
// log one later is, or its owner has said that none will come), and `known` is that prefix of each
// log with its root. It keeps nothing: at a start the nine weeks that it needs are read again.
// THREAD: the service's loop. OWNERSHIP: borrows store and archive. ERRORS: io_failed, corrupt.
#pragma once
#include <array>
#include <optional>

#include "services/audit/archive.hpp"
#include "services/audit/indicators.hpp"

namespace nrm {
class Observer {
 public:
  // `last`: the day that the audit's log has observed last.
  static Result<std::unique_ptr<Observer>> open(const Store& store, const Archive& archive,
                                                std::optional<Date> last, Instant now);

  // REQUIRES: what the archive has taken is committed.
  Result<std::optional<ObserveIndicators>> turn(Instant now);

 private:
  struct Reading {
    std::string log;
    std::uint64_t next = 0;  // of it, to be read
    bool ahead = false;      // that one is dated on or after the day that is waited for
  };
  Observer(const Store& store, const Archive& archive) : store_(store), archive_(archive) {}
  Result<void> begin_at(Reading& reading, Instant from);
  Result<void> read(Reading& reading, Instant until);
  Result<ObserveIndicators> observe();

  const Store& store_;
  const Archive& archive_;
  std::array<Reading, 5> logs_;
  Date until_;  // the next day to be observed
  IndicatorBook book_;
};

// The last day that the log in this store (the audit's own) says was observed.
Result<std::optional<Date>> last_observed(const Store& store);
}  // namespace nrm
