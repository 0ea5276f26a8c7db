// Written: what this process wrote, said once, when the store closes. `nrm bench` gives a contender
// the same. Internal to common/store. THREAD: the one that commits.
#pragma once
#include <array>
#include <cstdint>

#include "common/store/store.hpp"

namespace nrm {
struct Written {
  std::uint64_t batches = 0, synced = 0;
  struct Changes {
    std::uint64_t puts = 0, erased = 0, key_bytes = 0, value_bytes = 0;
  };
  std::array<Changes, family_count> families{};

  void add(const Batch::Change& change);
  void say() const;
};
}  // namespace nrm
