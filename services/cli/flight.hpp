// Flight: many requests under way at once, each tried again with the same key while a service is
// busy or starting again, within a bound.
//
// THREAD: one; answers are handed out on it, in send() and land(). A `done` may send more.
// OWNERSHIP: borrows the client, which must outlive it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "common/http/http.hpp"

namespace nrm::cli {
class Flight {
 public:
  using Done = std::function<void(const Result<http::Answer>&)>;
  Flight(http::Client& client, std::size_t under_way_max)
      : client_(client), under_way_max_(under_way_max) {}
  ~Flight() { land(); }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

  // Waits while as many are under way as may be (not inside a `done`).
  void send(http::Call call, Done done);
  void land();  // until all are back, also what a `done` sent
  // Of the answers that came with 2xx.
  const std::vector<std::chrono::microseconds>& times() const { return times_; }

 private:
  using Ticks = std::chrono::steady_clock;
  struct Leg {
    http::Call call;
    Done done;
    Ticks::time_point give_up;
    std::chrono::milliseconds wait{0};
  };
  using LegPtr = std::shared_ptr<Leg>;
  struct Back {
    LegPtr leg;
    Result<http::Answer> answer;
  };

  void post(const LegPtr& leg);
  void take_one();
  void hand_out(Back back);

  http::Client& client_;
  const std::size_t under_way_max_;
  std::size_t under_way_ = 0;  // sent or resting
  bool handing_out_ = false;
  std::multimap<Ticks::time_point, LegPtr> resting_;  // until they are sent again
  std::vector<std::chrono::microseconds> times_;

  std::mutex mutex_;
  std::condition_variable came_back_;
  std::deque<Back> back_;  // guarded by mutex_
};

// The value below which this part of the times is. Sorts them. 0 when there are none.
std::chrono::microseconds percentile(std::vector<std::chrono::microseconds>& times, double part);
std::string in_milliseconds(std::chrono::microseconds time);  // "3.2 ms"
}  // namespace nrm::cli
