// ArchiveSide: fetches checkpoints, tiles and proofs from nrm-audit's archive for those who check
// the logs. It has a bus and a thread of its own: a mirror that fetches a whole log holds up no
// command and no row.
//
//   server thread  --fetch()-->  queue  --turn()-->  FETCH  ..  FETCHED (in pieces)  --> done
//
// At most archive_fetches_max wait or are under way; who comes then, and whom the archive leaves
// without an answer for archive_deadline, is told `unavailable`.
// THREAD: fetch() from any; all else, and every `done` of what was sent, on the one that calls
// turn(). OWNERSHIP: borrows all of Parts.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/clock/clock.hpp"
#include "common/runtime/messages.hpp"

namespace nrm::gateway {
// Two mirrors that fetch 16 files at once each, and some who ask for a receipt.
inline constexpr std::size_t archive_fetches_max = 64;
// The archive answers within its turn of some ten milliseconds; a restart takes a second or two.
inline constexpr Milliseconds archive_deadline = std::chrono::seconds(5);

// Calls `done` once, now or later, on any thread.
using Fetched = std::function<void(Result<std::string>)>;
using FetchArchived = std::function<void(std::string log, std::string what, Fetched done)>;

class ArchiveSide {
 public:
  struct Parts {
    Bus& bus;  // names the peer "audit"
    const Clock& ticks;
  };
  explicit ArchiveSide(Parts parts);

  void fetch(std::string log, std::string what, Fetched done);
  // Sends, waits up to `wait`, takes what came.
  void turn(std::chrono::milliseconds wait);
  // All that waits is told `unavailable`.
  void close();

 private:
  struct Waiting {
    std::string log, what;
    Fetched done;
    std::string got;  // the pieces that came
    Instant until;
  };
  void send();
  bool ask(std::uint64_t number, const Waiting& waiting);
  void take(const wire::Fetched& piece);
  void expire();
  void end(std::uint64_t number, Result<std::string> result);

  Parts parts_;
  const Link link_;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Waiting> under_way_;

  std::mutex mutex_;  // what follows
  std::vector<Waiting> queue_;
  std::size_t waiting_ = 0;  // queued and under way
  bool closed_ = false;
};
}  // namespace nrm::gateway
