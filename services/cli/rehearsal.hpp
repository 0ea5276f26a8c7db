// Rehearsal: stand-ins act through the public API, day after sandbox day, until every case has
// reached where the rules lead it, or until a moment.
// REQUIRES: a sandbox. THREAD: one. OWNERSHIP: borrows api, cast and docket.
#pragma once
#include <functional>
#include <optional>

#include "services/cli/sandbox_time.hpp"
#include "services/cli/stand_ins.hpp"

namespace nrm::cli {
class Rehearsal {
 public:
  struct Parts {
    Api& api;
    const Cast& cast;
    const Docket& docket;  // whom the deciders may decide; may grow between the calls
    std::size_t connections;
    bool quiet;
    std::optional<Instant> stop_at = {};  // no day after it is lived
  };
  explicit Rehearsal(const Parts& parts)
      : scene_(parts.api, parts.connections),
        time_(parts.api, parts.cast.operator_.token),
        stand_ins_(scene_, parts.cast, parts.docket, tally_),
        cast_(parts.cast),
        quiet_(parts.quiet),
        stop_at_(parts.stop_at) {}

  // From wherever everybody is.
  Result<void> run();
  // Every day before `until` is lived, whatever there is to do. `name`: what the bar says.
  Result<void> live_until(Instant until, std::string name);
  const Scene& scene() const { return scene_; }
  const Tally& tally() const { return tally_; }
  SandboxTime& time() { return time_; }
  int days_lived() const { return day_; }
  bool stopped() const { return stop_at_ && now_ > *stop_at_; }

 private:
  // How many are in the queues now: what the phases have before them.
  struct Before {
    std::uint64_t first_stage = 0, second_stage = 0, closures = 0;
  };
  Result<Before> look_around();
  Result<void> phase(std::string name, std::uint64_t total,
                     const std::function<std::uint64_t()>& reached);
  Result<void> live_a_day();
  Result<void> finish();
  bool over() const;  // or nobody gets any further

  Scene scene_;
  SandboxTime time_;
  Tally tally_;
  StandIns stand_ins_;
  const Cast& cast_;
  const bool quiet_;
  const std::optional<Instant> stop_at_;
  Instant now_;
  int day_ = 0, quiet_days_ = 0;
};
}  // namespace nrm::cli
