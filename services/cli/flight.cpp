#include "services/cli/flight.hpp"

#include <algorithm>
#include <cstdio>

#include "services/cli/api.hpp"

namespace nrm::cli {
namespace {
using std::chrono::milliseconds;
constexpr milliseconds wait_first{50}, wait_max{2'000};
// A service that was killed is back in seconds; reading a long WAL back takes its time.
constexpr std::chrono::seconds give_up_after{120};
}  // namespace

void Flight::send(http::Call call, Done done) {
  if (!handing_out_)
    while (under_way_ >= under_way_max_) take_one();
  ++under_way_;
  post(std::make_shared<Leg>(
      Leg{std::move(call), std::move(done), Ticks::now() + give_up_after, milliseconds(0)}));
}

void Flight::land() {
  while (under_way_ > 0) take_one();
}

void Flight::post(const LegPtr& leg) {
  client_.post(leg->call, [this, leg](Result<http::Answer> answer) {
    // Notified under the lock: once it is free, the flight may have landed and be gone.
    const std::lock_guard lock(mutex_);
    back_.push_back({leg, std::move(answer)});
    came_back_.notify_one();
  });
}

void Flight::take_one() {
  const auto now = Ticks::now();
  while (!resting_.empty() && resting_.begin()->first <= now) {
    post(resting_.begin()->second);
    resting_.erase(resting_.begin());
  }
  const auto until = resting_.empty() ? now + wait_max : resting_.begin()->first;
  std::unique_lock lock(mutex_);
  if (!came_back_.wait_until(lock, until, [this] { return !back_.empty(); })) return;
  Back back = std::move(back_.front());
  back_.pop_front();
  lock.unlock();
  hand_out(std::move(back));
}

void Flight::hand_out(Back back) {
  Leg& leg = *back.leg;
  const auto now = Ticks::now();
  if (is_worth_retrying(back.answer) && now < leg.give_up) {
    leg.wait = leg.wait.count() == 0 ? wait_first : std::min(leg.wait * 2, wait_max);
    resting_.emplace(now + leg.wait, back.leg);
    return;
  }
  --under_way_;
  if (back.answer && back.answer->status / 100 == 2) times_.push_back(back.answer->took);
  const bool outer = std::exchange(handing_out_, true);
  leg.done(back.answer);
  handing_out_ = outer;
}

std::chrono::microseconds percentile(std::vector<std::chrono::microseconds>& times, double part) {
  if (times.empty()) return std::chrono::microseconds(0);
  std::ranges::sort(times);
  const auto last = static_cast<double>(times.size() - 1);
  return times[static_cast<std::size_t>(last * part)];
}

std::string in_milliseconds(std::chrono::microseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", static_cast<double>(time.count()) / 1000.0);
  return text;
}
}  // namespace nrm::cli
