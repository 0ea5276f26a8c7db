// BusSide: the gateway's half that speaks to the services. Asks on behalf of clients, hears the
// answers, and follows all logs into the projection.
//
//   server thread  --ask()-->  queue  --turn()-->  one ASK message per service
//                  <--done---  in flight by number  <--  ANSWER
//
// Nothing is sent again from here: after a deadline the client is told `unavailable`, and its retry
// with the same Idempotency-Key finds out what became of it.
// THREAD: ask() and status() from any; all else, and every `done`, on the thread that calls turn().
#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/clock/clock.hpp"
#include "common/runtime/projection.hpp"
#include "services/gateway/chronicle.hpp"
#include "services/gateway/freshness.hpp"
#include "services/gateway/question.hpp"

namespace nrm::gateway {
class BusSide {
 public:
  struct Parts {
    Store& store;
    Bus& bus;
    const Clock& ticks;
    Freshness& freshness;
  };
  static Result<std::unique_ptr<BusSide>> open(Parts parts);

  void ask(Question question, Answered done);

  struct LogStatus {
    std::string log;
    std::uint64_t head = 0;  // records that the owner has, as last heard
    std::uint64_t next = 0;  // records that the rows have
    bool heard = false;      // in the last 5 s
    std::string stopped;     // why the owner refused to go on; empty: it did not
  };
  std::vector<LogStatus> status() const;

  // Sends, waits up to `wait`, takes what came, commits, releases who waited.
  // ERRORS: io_failed (the outcome of a commit is unknown: end the process), corrupt.
  Result<void> turn(std::chrono::milliseconds wait);
  // Nothing more is answered: all that waits is told `unavailable`.
  void close();

 private:
  struct Waiting {
    Service service{};
    Instant until;
    Answered done;
  };
  struct Queued {
    Question question;
    Answered done;
  };
  explicit BusSide(Parts parts);
  void send();
  bool is_up(Service service, Instant now) const;
  void send_some(Service service, std::vector<Queued>& asks);
  Result<void> take(const Delivery& delivery, Instant now);
  void take_answer(const wire::Answer& answer, Link from);
  void expire(Instant now);
  void publish(Instant now);
  bool is_owner(Link link, const wire::Message& message) const;

  Parts parts_;
  Chronicle chronicle_;
  std::unique_ptr<Projection> projection_;
  std::map<Service, Link> links_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, Waiting> in_flight_;
  std::deque<std::pair<Instant, std::uint64_t>> deadlines_;

  mutable std::mutex mutex_;  // what follows
  std::vector<Queued> queue_;
  bool closed_ = false;
  std::vector<LogStatus> status_;
};
}  // namespace nrm::gateway
