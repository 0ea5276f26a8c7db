// Replay: the states of one service as of some moment, folded again from its log in memory. Nothing
// of the derived data on disk is looked at.
#pragma once
#include <functional>
#include <memory>

#include "common/runtime/fold.hpp"
#include "common/store/memory_store.hpp"
#include "services/cli/logs.hpp"

namespace nrm::cli {
class Replay {
 public:
  explicit Replay(const Core& core) : fold_(core, store_, Fold::Stored::nothing) {}

  // All records, or those at and before `until`.
  Result<void> run(const Folder& folder, Service service, std::optional<Instant> until);
  // The folded states: {…} as the core writes them.
  Result<void> each(const std::function<void(const StreamKey&, json::Value)>& take) const;
  std::uint64_t records() const { return records_; }

 private:
  Result<void> flush();

  MemoryStore store_;
  Fold fold_;
  std::uint64_t records_ = 0;
};
}  // namespace nrm::cli
