// nrm rehearse: stand-ins act through the public API, day after sandbox day, until every case has
// reached where the rules lead it.
#include <cstdio>

#include "services/cli/intake_file.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/progress.hpp"
#include "services/cli/sandbox_time.hpp"
#include "services/cli/stand_ins.hpp"
#include "services/cli/summary.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
// A case takes about four months; who is not done after two years is stuck.
constexpr int days_max = 730;
// Days without a single act: longer than any clock of the packs that a stand-in waits for.
constexpr int quiet_days_max = 60;
constexpr int rounds_per_day_max = 4;
constexpr int closing_each_days = 3;

// How many are in the queues now: what the phases have before them.
struct Before {
  std::uint64_t first_stage = 0, second_stage = 0, closures = 0;
};

class Rehearsal {
 public:
  Rehearsal(Api& api, const Cast& cast, const RehearseOptions& options)
      : scene_(api, options.connections),
        time_(api, cast.operator_.token),
        stand_ins_(scene_, cast, tally_),
        cast_(cast),
        quiet_(options.access.json) {}

  Result<void> run();
  const Scene& scene() const { return scene_; }
  const Tally& tally() const { return tally_; }
  int days_lived() const { return day_; }

 private:
  Result<Before> look_around();
  Result<void> phase(std::string name, std::uint64_t total,
                     const std::function<std::uint64_t()>& reached);
  Result<void> live_a_day();
  Result<void> finish();
  bool stuck() const { return quiet_days_ >= quiet_days_max || day_ >= days_max; }

  Scene scene_;
  SandboxTime time_;
  Tally tally_;
  StandIns stand_ins_;
  const Cast& cast_;
  const bool quiet_;
  int day_ = 0, quiet_days_ = 0;
};

Result<Before> Rehearsal::look_around() {
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
  NRM_TRY_ASSIGN(const Instant now, time_.now());
  scene_.set_now(now);
  const std::uint64_t acts_before = scene_.acts();
  for (int round = 0; round < rounds_per_day_max; ++round) {
    const std::uint64_t before = scene_.acts();
    stand_ins_.decide();
    stand_ins_.manage();
    stand_ins_.provide();
    if (day_ % closing_each_days == 0) stand_ins_.close();
    scene_.land();
    if (scene_.acts() == before) break;
    NRM_TRY(time_.rest());
  }
  quiet_days_ = scene_.acts() == acts_before ? quiet_days_ + 1 : 0;
  ++day_;
  NRM_TRY(time_.advance(days(1)));
  return {};
}

Result<void> Rehearsal::phase(std::string name, std::uint64_t total,
                              const std::function<std::uint64_t()>& reached) {
  if (total == 0) return {};
  Progress progress(std::move(name), total, quiet_);
  while (reached() < total && !stuck()) {
    NRM_TRY(live_a_day());
    progress.note(scene_.now().date().text());
    progress.to(reached());
  }
  return {};
}

Result<void> Rehearsal::run() {
  NRM_TRY(time_.rest());
  NRM_TRY_ASSIGN(const Before before, look_around());
  NRM_TRY(phase("First-stage decisions", before.first_stage, [&] { return tally_.first_stage; }));
  if (cast_.second_stage)
    NRM_TRY(phase("Recovery, help, second stage", before.second_stage + tally_.positive,
                  [&] { return tally_.second_stage; }));
  NRM_TRY(phase("Closing cases", before.closures, [&] { return tally_.closed; }));
  return finish();
}

// The counts above are of a moment, and somebody may have come into a queue after it.
Result<void> Rehearsal::finish() {
  for (;;) {
    NRM_TRY(time_.rest());
    NRM_TRY_ASSIGN(const Before left, look_around());
    if (left.first_stage + left.second_stage + left.closures == 0 || stuck()) return {};
    NRM_TRY(live_a_day());
  }
}

int play(Api& api, const RehearseOptions& options, std::uint64_t people) {
  const auto cast = gather_cast(api, people, options.access.json);
  if (!cast) return fail_at_api(cast.error(), options.access.dir);
  Rehearsal rehearsal(api, *cast, options);
  if (const auto played = rehearsal.run(); !played)
    return fail_at_api(played.error(), options.access.dir);
  if (!options.access.json)
    std::printf(
        "%d days lived, %s acts of the stand-ins; %s came too late (a clock or somebody "
        "else was faster)\n",
        rehearsal.days_lived(), with_commas(rehearsal.scene().acts()).c_str(),
        with_commas(rehearsal.scene().outrun()).c_str());
  int code = Exit::done;
  for (const auto& [what, times] : rehearsal.scene().faults()) {
    std::fprintf(stderr, "nrm: not expected, %s times: %s\n", with_commas(times).c_str(),
                 what.c_str());
    code = Exit::refused;
  }
  return code;
}
// The providers are there before the first report, as in life.
int prepare(Api& api, const RehearseOptions& options) {
  const auto text = read_file(options.prepare, limits::intake_file_bytes_max);
  if (!text) return fail(Exit::usage, text.error().detail);
  const auto intake = read_intake(*text);
  if (!intake) return fail(intake.error());
  const auto cast = gather_cast(api, intake->people, options.access.json);
  return cast ? Exit::done : fail_at_api(cast.error(), options.access.dir);
}
}  // namespace

int rehearse(const RehearseOptions& options) {
  const auto api = Api::open(options.access, "operator", options.connections);
  if (!api) return fail(api.error());
  if (!(*api)->sandbox())
    return fail(Error(Code::clock_not_movable, "", "only a sandbox can be rehearsed in"));
  if (!options.prepare.empty()) return prepare(**api, options);
  int code = Exit::done;
  if (!options.summary_only) {
    const auto people = count_reported((*api)->folder());
    if (!people) return fail(people.error());
    code = play(**api, options, *people);
    if (code > Exit::refused) return code;
  }
  const int summed = print_summary((*api)->folder(), options);
  return code != Exit::done ? code : summed;
}
}  // namespace nrm::cli
