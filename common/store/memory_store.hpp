// The fake Store: maps in memory, with a disk that forgets. For tests and the seeded world.
#pragma once
#include <array>
#include <map>

#include "common/store/store.hpp"

namespace nrm {
class MemoryStore final : public Store {
 public:
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
  void apply(std::array<Table, family_count>& tables, const Batch& batch);

  std::array<Table, family_count> now_;
  std::vector<Batch> unsynced_;  // since `synced_`
  std::array<Table, family_count> synced_;
  std::optional<bool> fail_applied_;
};
}  // namespace nrm
