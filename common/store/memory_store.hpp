// The fake Store: maps in memory, with a disk that forgets. For tests and the seeded world.
#pragma once
#include <array>
#include <map>
#include <mutex>

#include "common/store/store.hpp"

namespace nrm {
class MemoryStore final : public Store {
 public:
  MemoryStore();
  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Result<void> scan(Family family, const Range& range, const Take& take,
                    bool reverse) const override;
  Result<void> commit(const Batch& batch, Sync sync) override;
  Result<void> flush() override;

  // The machine loses power: everything after the last synced commit is gone.
  void power_cut();
  // The next commit fails; whether it took effect is as `applied` says (reliability.md, fact 3).
  void fail_next_commit(bool applied);

 private:
  using Table = std::map<std::string, std::string, std::less<>>;
  Table& writable(Family family);
  void apply(const Batch::Change& change);

  mutable std::mutex mutex_;
  // Shared with the scans that run: a commit meanwhile copies the table and leaves them theirs.
  std::array<std::shared_ptr<Table>, family_count> tables_;
  std::vector<Batch::Change> undo_;  // what brings back the last synced state, newest last
  std::optional<bool> fail_applied_;
};
}  // namespace nrm
