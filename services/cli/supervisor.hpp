// Supervisor: keeps the processes of one data folder running. Starts them in order, starts again
// what died with a back-off, stops all in the opposite order, and ends them with itself.
//
// THREAD: one. INVARIANT: no child outlives the supervisor (PR_SET_PDEATHSIG).
#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace nrm::cli {
struct Program {
  std::string name;  // "vault"; its program is nrm-vault
  std::string path;
};

class Supervisor {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // In the order of starting. `dir`: the data folder, given to each as its argument.
  Supervisor(std::string dir, const std::vector<Program>& programs);
  ~Supervisor();  // stops what still runs
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Starts what is due. What cannot be started (a full disk, no process to be had) is tried again
  // later, like what ended: the others run on.
  void start_due(Time now);
  // Takes note of who ended. The exit code of one that must not be started again, or 0.
  int reap(Time now);
  // In the opposite order: SIGTERM, then SIGKILL for who does not end in `grace`.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Child {
    Program program;
    pid_t pid = 0;  // 0: does not run
    int failures = 0;
    Time started{}, due{};
  };
  Result<void> start(Child& child, Time now);
  void ended(Child& child, int status, Time now);
  std::chrono::milliseconds put_off(Child& child, Time now);  // returns for how long
  std::string pid_file(const Child& child) const;

  const std::string dir_;
  std::vector<Child> children_;
};
}  // namespace nrm::cli
