// WitnessedLogs: of each log the last checkpoint that a quorum of witnesses cosigned, durable, and
// since when there has been none. What receipts, exports and GET /v1/logs show.
//
//   meta "witnessed/<log>"    common/ledger/witnessed_log.hpp
//   meta "unwitnessed/<log>"  since when this store has been there without one
//
// THREAD: flush() on the one that commits to the store; all else from any.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/ledger/witnessed_log.hpp"

namespace nrm::gateway {
class WitnessedLogs {
 public:
  // `now`: of the world, which is what witnesses sign. `fresh_for`: how long a quorum's word counts
  // as of now.
  static Result<std::unique_ptr<WitnessedLogs>> open(Store& store, Instant now,
                                                     Milliseconds fresh_for);
  // A quorum's word; shown when flush() has made it durable. An older one than is known is left.
  void keep(WitnessedLog one);
  // What the last round said of a log, for people: who cosigned, who is missing.
  void say(const std::string& log, std::string said);
  Result<void> flush();

  std::optional<WitnessedLog> latest(std::string_view log) const;
  std::string said(std::string_view log) const;
  // None: a quorum has cosigned within `fresh_for`.
  std::optional<Instant> unwitnessed_since(std::string_view log, Instant now) const;

 private:
  WitnessedLogs(Store& store, Milliseconds fresh_for) : store_(store), fresh_for_(fresh_for) {}
  struct Log {
    Instant since;  // first looked at
    std::optional<WitnessedLog> kept, waiting;
    std::string said;
  };
  Store& store_;
  const Milliseconds fresh_for_;
  mutable std::mutex mutex_;
  std::map<std::string, Log, std::less<>> logs_;
};
}  // namespace nrm::gateway
