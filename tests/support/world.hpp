// World: all services of an installation on one thread. Real deciders, real step, feeds and
// sealing; fakes for bus, store and clock. A seed decides everything: what people do, what the bus
// loses, doubles, delays and reorders, who crashes when, and how time jumps.
//
// Checked while it runs: a follower is never ahead of its owner's durable log; what was answered is
// still there after a crash. Checked at the end, when the network is whole again:
//   - every acknowledged command is in its log exactly once, with the hash that was answered
//   - every follower took every event of an owner's log once, in order (I-8 to I-11)
//   - a mirror that followed all logs has exactly their bytes
//   - folding the log again gives the stored states, rows and clocks (I-17)
//   - the conservation rule (services/audit/conservation.hpp)
// THREAD: one. No GoogleTest in here.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/event/codes.hpp"
#include "common/store/store.hpp"
#include "tests/support/consent_watch.hpp"

namespace nrm::test {
struct WorldOptions {
  std::uint64_t seed = 1;
  int people = 12;
  int turns = 600;          // with faults
  int turns_to_heal = 400;  // at most, without
  // People talk about consents all the time, links to the vault are down for a while, and what it
  // would open is compared with an oracle (consent_watch.hpp).
  bool consents = false;
  // After some turns: a service's store, with all that it holds in memory written to it.
  std::function<void(Service, const Store&)> look = {};
};

struct WorldSummary {
  std::uint64_t records = 0;
  std::uint64_t crashes = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t rejected = 0;
  std::uint64_t closed_cases = 0;
  ConsentCounts consents;
  std::string trace;  // a digest of all logs: the same seed gives the same one
};

class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();
  // The first broken promise, in words; none when all hold.
  std::optional<std::string> run();
  const WorldSummary& summary() const;
  const Store& store(Service service) const;  // of a service; also after run()

 private:
  struct State;
  std::unique_ptr<State> state_;
};
}  // namespace nrm::test
