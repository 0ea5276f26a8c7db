// FeedSide: follows the logs of all services into the rows that clients read. It has a bus and a
// thread of its own: its commits hold up nobody's command (AskSide).
//
// THREAD: status() from any; all else on the one that calls turn(), where reads that waited for
// the rows go on, too. OWNERSHIP: borrows all of Parts.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/clock/forward_clock.hpp"
#include "common/runtime/gossip.hpp"
#include "common/runtime/projection.hpp"
#include "services/gateway/chronicle.hpp"
#include "services/gateway/freshness.hpp"
#include "services/gateway/presence.hpp"
#include "services/gateway/witnessed.hpp"

namespace nrm::gateway {
class FeedSide {
 public:
  struct Parts {
    Store& store;
    Bus& bus;
    const Clock& ticks;
    Presence& presence;
    Freshness& freshness;
    ForwardClock* expiry = nullptr;  // is told of the time of records
    // Keys that may sign a log's checkpoints now (C2SP verifier keys); none: none is believed.
    std::function<std::vector<std::string>(Service)> verifier_keys = {};
    WitnessedLogs* witnessed = nullptr;  // made durable here
  };
  // Asks the owner of a log for the proof that its first `size` records begin with the first
  // `old_size`. `done`: once, on the feed thread; `unavailable` after 4 s. THREAD: any.
  void prove(const std::string& log, std::uint64_t old_size, std::uint64_t size,
             std::function<void(Result<std::vector<Hash>>)> done);
  // ERRORS: io_failed, corrupt (what is stored cannot be read).
  static Result<std::unique_ptr<FeedSide>> open(Parts parts);

  struct LogStatus {
    std::string log;
    std::uint64_t head = 0;  // records that the owner has, as last heard
    std::uint64_t next = 0;  // records that the rows have
    bool heard = false;      // in the last 5 s
    std::string stopped;     // why the owner refused to go on; empty: it did not
    // The newest checkpoint whose signature is good, and the key that says so; empty: none yet.
    std::string checkpoint, verifier_key;

    // Whether rows are to be waited for: they are on their way, or its owner may yet say so.
    bool is_awaited(bool owner_may_be_away) const {
      return stopped.empty() && (heard ? next < head : !owner_may_be_away);
    }
  };
  std::vector<LogStatus> status() const;
  // Whether the rows have what the logs had when this process heard of them. Always, unless they
  // are made anew. THREAD: any.
  bool caught_up() const { return caught_up_; }

  // Waits up to `wait` and takes what came. Every 20 ms, and at once when somebody waits for the
  // rows: commits, publishes, releases who waited.
  // ERRORS: io_failed (the outcome of a commit is unknown: end the process), corrupt.
  Result<void> turn(std::chrono::milliseconds wait);

 private:
  explicit FeedSide(Parts parts);
  Result<void> take(const Delivery& delivery, Instant now);
  void take_gossip(const Delivery& delivery, const wire::Message& message, Instant now);
  bool is_owner(Link link, const wire::Message& message) const;
  void publish(Instant now);
  struct Head {
    std::string heard;                    // the last note, good or not
    std::vector<std::string> refused_by;  // verifier keys that it is not by; empty: it was good
    std::uint64_t size = 0;
    std::string checkpoint, verifier_key;
  };
  void look_at(Head& head, Service owner, const std::string& note) const;

  Parts parts_;
  Chronicle chronicle_;
  std::unique_ptr<Projection> projection_;
  std::optional<Gossip> gossip_;
  std::optional<Instant> committed_;  // when, last
  std::vector<Head> heads_{std::size(log_owners)};

  struct Question {
    wire::Prove asked;
    std::function<void(Result<std::vector<Hash>>)> done;
    Instant since, sent;
  };
  void ask_owners(Instant now);
  void take_proof(const wire::Proof& proof);
  std::vector<Question> asked_;

  std::atomic<bool> caught_up_{true};

  mutable std::mutex mutex_;  // what follows
  std::vector<Question> to_ask_;
  std::vector<LogStatus> status_;
};
}  // namespace nrm::gateway
