#include "services/cli/sandbox_time.hpp"

#include <algorithm>
#include <thread>

namespace nrm::cli {
namespace {
using Ticks = std::chrono::steady_clock;
using std::chrono::milliseconds;
// A service looks at its clocks at least every 50 ms (service_loop.hpp): two looks that see the
// same, this far apart, mean that nothing more came of the last step.
constexpr milliseconds look_each{70}, rest_within{120'000};
constexpr int equal_looks = 2;

// Records of all logs; none while somebody is behind or away.
std::optional<std::int64_t> records_at_rest(json::Value status) {
  std::int64_t sum = 0;
  for (const json::Value log : status.find("logs")) {
    const json::Value connected = log.find("connected");
    if (!connected || !connected.boolean() || number_of(log, "behind") != 0) return std::nullopt;
    sum += number_of(log, "head");
  }
  return sum;
}

// In the largest unit that says it exactly.
std::string duration_text(Milliseconds by) {
  struct Unit {
    char letter;
    std::int64_t ms;
  };
  constexpr Unit units[] = {{'d', 86'400'000}, {'h', 3'600'000}, {'m', 60'000}};
  for (const Unit& unit : units)
    if (by.count() % unit.ms == 0) return std::to_string(by.count() / unit.ms) + unit.letter;
  return std::to_string(by.count() / 1'000) + 's';
}

Result<Instant> read_now(const http::Answer& answer) {
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  const auto now = Instant::parse(text_of(read.root(), "now"));
  if (!now) return Error(Code::internal, "", "the gateway's answer has no time");
  return *now;
}
}  // namespace

Result<Instant> SandboxTime::now() {
  NRM_TRY_ASSIGN(const auto answer, api_.get("/v1/sandbox/clock", token_));
  return read_now(answer);
}

Result<Instant> SandboxTime::advance(Milliseconds by) {
  NRM_TRY_ASSIGN(Instant reached, now());
  while (by.count() > 0) {
    const Milliseconds step = std::min(by, days(1));
    NRM_TRY_ASSIGN(const auto answer,
                   api_.post({.target = "/v1/sandbox/clock",
                              .body = "{\"advance\":\"" + duration_text(step) + "\"}",
                              .key = {},
                              .if_match = {}},
                             token_));
    NRM_TRY_ASSIGN(reached, read_now(answer));
    by -= step;
    NRM_TRY(rest());
  }
  return reached;
}

Result<void> SandboxTime::rest() {
  const auto until = Ticks::now() + rest_within;
  std::optional<std::int64_t> last;
  int equal = 0;
  while (Ticks::now() < until) {
    std::this_thread::sleep_for(look_each);
    NRM_TRY_ASSIGN(const auto answer, api_.get("/v1/status", token_));
    NRM_TRY_ASSIGN(const Read read, read_answer(answer));
    const auto records = records_at_rest(read.root());
    equal = records && records == last ? equal + 1 : 0;
    if (equal >= equal_looks - 1 && records) return {};
    last = records;
  }
  return Error(Code::timeout, "", "the services do not come to rest");
}
}  // namespace nrm::cli
