// Kills a process that runs already at one of its calls that change a disk or speak to somebody:
// the same boundaries as run_traced() has, for a process that somebody else started.
// THREAD: any; waits only for what the calling thread attached. Needs the right to trace (root).
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace nrm::torture {
struct Killed {
  bool attached = false;  // else it was gone, or may not be traced
  bool killed = false;    // else it ended by itself, or the time was over: it runs on
  std::string where;      // "before write"
};
// SIGKILL at the `number`-th boundary from now.
Killed kill_at_boundary(pid_t process, std::uint64_t number, std::chrono::seconds time);
}  // namespace nrm::torture
