// Replay against the running services of the seeded world: what each service had after its record
// N, while others crashed, clocks jumped and the bus lost messages, is what `nrm audit replay
// --at-record N` folds from the log afterwards; for every N that was looked at.
// One seed again: NRM_SEED=42 build/bin/replay_test
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "common/store/memory_store.hpp"
#include "services/cli/replay.hpp"
#include "tests/support/world.hpp"

namespace nrm::test {
namespace {
using States = std::map<std::string, std::string>;  // key -> stored state

States states_of(const Store& store) {
  States out;
  EXPECT_TRUE(store.scan(Family::state, {}, [&](std::string_view key, std::string_view value) {
    out.emplace(key, value);
    return true;
  }));
  return out;
}

class WorldLogs final : public cli::Logs {
 public:
  explicit WorldLogs(const World& world) : world_(world) {}
  Result<std::uint64_t> head(Service service) override { return log_head(world_.store(service)); }
  Result<void> read(Service service, std::uint64_t from, const Take& take) override {
    return read_log(world_.store(service), from, take);
  }
  Result<bool> refresh() override { return false; }

 private:
  const World& world_;
};

struct Seen {
  Service service{};
  std::uint64_t records = 0;
  States states;
};

std::vector<std::uint64_t> seeds() {
  if (const char* only = std::getenv("NRM_SEED")) return {std::strtoull(only, nullptr, 10)};
  return {1, 2, 3, 4, 5, 6};
}

TEST(ReplayWorld, FoldsWhatTheServiceHadAtEveryRecord) {
  crypto::start();
  std::size_t compared = 0;
  for (const std::uint64_t seed : seeds()) {
    std::vector<Seen> seen;
    World world({.seed = seed, .look = [&](Service service, const Store& store) {
                   const auto records = log_head(store);
                   ASSERT_TRUE(records);
                   if (*records > 0) seen.push_back({service, *records, states_of(store)});
                 }});
    const auto fault = world.run();
    ASSERT_FALSE(fault) << *fault << " seed " << seed;
    WorldLogs logs(world);
    for (const Seen& one : seen) {
      MemoryStore scratch;
      cli::Replay replay(one.service, scratch);
      const auto run = replay.run(logs, {.at = {}, .record = one.records - 1});
      ASSERT_TRUE(run) << run.error().detail;
      ASSERT_EQ(replay.records(), one.records);
      ASSERT_EQ(states_of(scratch), one.states)
          << log_name(one.service) << " after " << one.records << " records, seed " << seed;
      ++compared;
    }
    // The end, in two steps, is the end in one.
    for (const Service service : log_owners) {
      MemoryStore once, twice;
      cli::Replay whole(service, once), halves(service, twice);
      ASSERT_TRUE(whole.run(logs, {}));
      ASSERT_TRUE(halves.run(logs, {.at = {}, .record = whole.records() / 2}));
      ASSERT_TRUE(halves.run(logs, {}));
      EXPECT_EQ(states_of(once), states_of(twice));
      EXPECT_EQ(whole.root(), halves.root());
    }
  }
  EXPECT_GT(compared, 100u);
}

TEST(ReplayWorld, UntilAMomentTakesWhatIsDatedUntilThen) {
  crypto::start();
  World world({.seed = 11});
  ASSERT_FALSE(world.run());
  WorldLogs logs(world);
  std::vector<Instant> dates;
  RecordReader reader;
  ASSERT_TRUE(logs.read(Service::identification, 0, [&](auto, auto bytes) {
    EXPECT_TRUE(reader.open(bytes));
    dates.push_back(reader.at());
    return true;
  }));
  ASSERT_GT(dates.size(), 20u);
  for (std::size_t i = 0; i < dates.size(); i += 7) {
    for (const auto& [until, shift] : {std::pair{dates[i], 0}, {dates[i] - Milliseconds(1), 1}}) {
      MemoryStore scratch;
      cli::Replay replay(Service::identification, scratch);
      ASSERT_TRUE(replay.run(logs, {.at = until, .record = {}}));
      const auto upto = std::ranges::upper_bound(dates, until) - dates.begin();
      EXPECT_EQ(replay.records(), static_cast<std::uint64_t>(upto)) << until.text() << shift;
    }
  }
}

TEST(ReplayWorld, ARecordThatIsNotThereIsSaidAtItsOption) {
  crypto::start();
  World world({.seed = 1, .turns = 40});
  ASSERT_FALSE(world.run());
  WorldLogs logs(world);
  MemoryStore scratch;
  cli::Replay replay(Service::vault, scratch);
  const auto head = logs.head(Service::vault);
  const auto run = replay.run(logs, {.at = {}, .record = *head});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, Code::out_of_range);
  EXPECT_EQ(run.error().where, "--at-record");
  EXPECT_NE(run.error().detail.find(std::to_string(*head - 1)), std::string::npos);
}
}  // namespace
}  // namespace nrm::test
