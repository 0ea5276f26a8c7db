#include "services/cli/rehearsal.hpp"

#include "services/cli/progress.hpp"

namespace nrm::cli {
namespace {
// A case takes about four months; who is not done after two years is stuck.
constexpr int days_max = 730;
// Days without a single act: longer than any clock of the packs that a stand-in waits for.
constexpr int quiet_days_max = 60;
constexpr int rounds_per_day_max = 4;
constexpr int closing_each_days = 3;
}  // namespace

bool Rehearsal::over() const {
  return stopped() || quiet_days_ >= quiet_days_max || day_ >= days_max;
}

Result<Rehearsal::Before> Rehearsal::look_around() {
  Before before;
  const auto count = [&](const std::string& token, const char* queue, std::uint64_t& into) {
    scene_.walk(token, std::string("/v1/queues/") + queue, [&into](json::Value) { ++into; });
  };
  for (const Bench& bench : cast_.benches) {
    const std::string& token = bench.voters.front().token;
    if (bench.stage == Stage::first) {
      count(token, "first_stage", before.first_stage);
      continue;
    }
    count(token, "recovery", before.second_stage);
    count(token, "second_stage", before.second_stage);
  }
  count(cast_.manager.token, "closure_checklist", before.closures);
  count(cast_.manager.token, "closure_approval", before.closures);
  scene_.land();
  return before;
}

// One day: everybody looks at their work until nothing more comes of it, then the night passes.
Result<void> Rehearsal::live_a_day() {
  NRM_TRY_ASSIGN(now_, time_.now());
  scene_.set_now(now_);
  const std::uint64_t acts_before = scene_.acts();
  for (int round = 0; round < rounds_per_day_max; ++round) {
    const std::uint64_t before = scene_.acts();
    // Once a day: an hour's listing has a limit, and a quarter's reports wait in one queue.
    if (round == 0) stand_ins_.decide();
    stand_ins_.manage();
    stand_ins_.provide();
    if (day_ % closing_each_days == 0) stand_ins_.close();
    scene_.land();
    if (scene_.acts() == before) break;
    NRM_TRY(time_.rest());
  }
  quiet_days_ = scene_.acts() == acts_before ? quiet_days_ + 1 : 0;
  ++day_;
  NRM_TRY_ASSIGN(now_, time_.advance(days(1)));
  return {};
}

Result<void> Rehearsal::phase(std::string name, std::uint64_t total,
                              const std::function<std::uint64_t()>& reached) {
  if (total == 0) return {};
  Progress progress(std::move(name), total, quiet_);
  while (reached() < total && !over()) {
    NRM_TRY(live_a_day());
    progress.note(scene_.now().date().text());
    progress.to(reached());
  }
  return {};
}

Result<void> Rehearsal::live_until(Instant until, std::string name) {
  NRM_TRY_ASSIGN(now_, time_.now());
  if (now_ >= until || stopped()) return {};
  const auto days_left = [&] { return static_cast<std::uint64_t>((until - now_) / days(1)) + 1; };
  const std::uint64_t total = days_left();
  Progress progress(std::move(name), total, quiet_);
  NRM_TRY(time_.rest());
  while (now_ < until && !stopped()) {
    NRM_TRY(live_a_day());
    progress.note(now_.date().text());
    progress.to(now_ < until ? total - days_left() : total);
  }
  quiet_days_ = 0;  // waiting was what was asked for
  return {};
}

Result<void> Rehearsal::run() {
  NRM_TRY_ASSIGN(now_, time_.now());
  if (stopped()) return {};
  NRM_TRY(time_.rest());
  NRM_TRY_ASSIGN(const Before before, look_around());
  const Tally been = tally_;  // what came of the days before
  NRM_TRY(phase("First-stage decisions", before.first_stage,
                [&] { return tally_.first_stage - been.first_stage; }));
  if (cast_.second_stage)
    NRM_TRY(phase("Recovery, help, second stage",
                  before.second_stage + tally_.positive - been.positive,
                  [&] { return tally_.second_stage - been.second_stage; }));
  NRM_TRY(phase("Closing cases", before.closures, [&] { return tally_.closed - been.closed; }));
  return finish();
}

// The counts above are of a moment, and somebody may have come into a queue after it.
Result<void> Rehearsal::finish() {
  while (!over()) {
    NRM_TRY(time_.rest());
    NRM_TRY_ASSIGN(const Before left, look_around());
    if (left.first_stage + left.second_stage + left.closures == 0) return {};
    NRM_TRY(live_a_day());
  }
  return {};
}
}  // namespace nrm::cli
