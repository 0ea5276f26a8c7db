// DecidedLog: one pass over one service's log that decides everything again (common/runtime/
// recompute.hpp) and, where the stored fold ends, compares the states, rows and clocks with it.
// THREAD: one. OWNERSHIP: borrows the stores and the pack.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "common/runtime/rebuild.hpp"
#include "common/runtime/recompute.hpp"

namespace nrm {
struct RecordFault {
  std::optional<std::uint64_t> seq;
  std::string text;
};

class DecidedLog {
 public:
  // The store that has a log, by its name; nullptr when nobody can read it.
  using Owner = std::function<const Store*(const std::string& log)>;
  struct Parts {
    Service service{};
    const Store& log;
    Recompute::Pack pack;
    Owner owner;
    bool stored_states = true;  // the store has states to compare with; an export has none
    std::uint64_t from = 0;     // goes on from here: what `scratch` has is of the records before
    Recompute::Start start{};
    bool keep = false;  // leaves the states in `scratch` for a later run
  };
  explicit DecidedLog(Parts parts);

  // `scratch`: a store where states go that are too many for memory; empty unless `from`.
  void check(Store& scratch, const Progress& progress = {});

  // Records that the stored fold covers; none: it ends before those that were read.
  std::optional<std::uint64_t> refolded() const { return refolded_; }
  const Recompute::Counts& counts() const { return counts_; }
  const PolicyAdoptions& adopted() const { return adopted_; }
  Instant last_at() const { return last_at_; }
  std::uint32_t last_engine() const { return last_engine_; }
  const std::vector<RecordFault>& fold_faults() const { return fold_faults_; }
  const std::vector<RecordFault>& decision_faults() const { return decision_faults_; }

 private:
  Result<void> take_all(Store& scratch, const Progress& progress);
  Result<void> compare(Recompute& again, const Store& scratch);
  Result<const Record*> named(const ReceivedNote& note);

  const Parts parts_;
  const std::string name_;
  std::optional<std::uint64_t> refolded_;
  Recompute::Counts counts_;
  PolicyAdoptions adopted_;
  Instant last_at_;
  std::uint32_t last_engine_ = 0;
  std::vector<RecordFault> fold_faults_, decision_faults_;
  std::string named_log_, named_hash_;  // of named_record_, the last one asked for
  Record named_record_;
};
}  // namespace nrm
