// AskSide: asks the services on behalf of clients and hears their answers. It has a bus and a
// thread of its own, so that no answer waits behind a commit of the projection (FeedSide).
//
//   server thread  --ask()-->  queue  --turn()-->  one ASK message per service
//                  <--done---  in flight by number  <--  ANSWER
//
// Nothing is sent again from here: after a deadline the client is told `unavailable`, and its retry
// with the same Idempotency-Key finds out what became of it.
// THREAD: ask() from any; all else, and every `done` of what was sent, on the one that calls
// turn(). OWNERSHIP: borrows all of Parts.
#pragma once
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/clock/clock.hpp"
#include "services/gateway/freshness.hpp"
#include "services/gateway/presence.hpp"
#include "services/gateway/question.hpp"

namespace nrm::gateway {
class AskSide {
 public:
  struct Parts {
    Bus& bus;
    const Clock& ticks;
    const Presence& presence;
    Freshness& freshness;
  };
  explicit AskSide(Parts parts);

  void ask(Question question, Answered done);
  // Sends, waits up to `wait`, takes what came and sends what that led to.
  void turn(std::chrono::milliseconds wait);
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
  void send();
  void send_some(Service service, std::vector<Queued>& asks);
  void take(const Delivery& delivery);
  void take_answer(const wire::Answer& answer, Link from);
  void expire(Instant now);

  Parts parts_;
  std::map<Service, Link> links_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, Waiting> in_flight_;
  std::deque<std::pair<Instant, std::uint64_t>> deadlines_;

  std::atomic<std::thread::id> turning_{};  // the thread that takes what came, while it does

  std::mutex mutex_;  // what follows
  std::vector<Queued> queue_;
  bool closed_ = false;
};
}  // namespace nrm::gateway
