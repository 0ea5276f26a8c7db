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
class DecidedLog {
 public:
  // The store that has a log, by its name; nullptr when nobody can read it.
  using Owner = std::function<const Store*(const std::string& log)>;
  DecidedLog(Service service, const Store& log, Recompute::Pack pack, Owner owner);

  // `scratch`: an empty store, where states go that are too many for memory.
  void check(Store& scratch, const Progress& progress = {});

  std::uint64_t refolded() const { return refolded_; }  // records that the stored fold covers
  const Recompute::Counts& counts() const { return counts_; }
  const std::vector<std::string>& fold_faults() const { return fold_faults_; }
  const std::vector<std::string>& decision_faults() const { return decision_faults_; }

 private:
  Result<void> take_all(Store& scratch, const Progress& progress);
  Result<void> compare(Recompute& again, const Store& scratch);
  Result<const Record*> named(const ReceivedNote& note);

  const Service service_;
  const std::string name_;
  const Store& log_;
  const Recompute::Pack pack_;
  const Owner owner_;
  std::uint64_t refolded_ = 0;
  Recompute::Counts counts_;
  std::vector<std::string> fold_faults_, decision_faults_;
  std::string named_log_, named_hash_;  // of named_record_, the last one asked for
  Record named_record_;
};
}  // namespace nrm
