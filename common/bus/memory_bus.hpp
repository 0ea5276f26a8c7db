// The fake Bus: processes of one test on one thread. A seed decides what is lost, doubled, delayed
// or reordered; a partition cuts two peers.
#pragma once
#include <memory>
#include <string>

#include "common/bus/bus.hpp"

namespace nrm {
struct MemoryNetwork {
  struct Faults {
    int loss_percent = 0, duplicate_percent = 0, delay_percent = 0;
  };
  struct State;
  explicit MemoryNetwork(std::uint64_t seed);
  ~MemoryNetwork();

  // A process that joins under this name (again: the old one is gone, with all its links).
  std::unique_ptr<Bus> join(const std::string& name);
  void set_faults(const Faults& faults);
  void cut(const std::string& one, const std::string& other, bool is_cut);
  // Delivers what is on the way, as the faults allow; true when anything moved.
  bool turn();

  std::shared_ptr<State> state;
};
}  // namespace nrm
