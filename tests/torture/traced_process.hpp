// A child process that is stopped before and after each of its system calls that change a disk or
// speak to somebody. Every such boundary is a place to kill it at, or to let the call fail: crash
// points without a line of product code.
//
// How: ptrace, with a seccomp filter that stops only at the listed calls, so that locks and reads
// run at full speed. All threads are followed. Linux on x86-64.
// THREAD: one, and the same for all calls. OWNERSHIP: owns the process; the destructor kills it.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nrm::torture {
enum class Call : std::uint8_t {
  write,
  sync,  // fsync, fdatasync
  open,  // that may make the file
  rename,
  unlink,
  truncate,
  send
};
std::string call_name(Call call);
std::optional<Call> call_of(long number);  // of a system call

struct Boundary {
  Call call{};
  bool after = false;        // else before
  std::uint64_t number = 0;  // counted from 1 over all boundaries of the process
  pid_t thread = 0;
  long result = 0;           // after
  bool creates = false;      // open: O_CREAT; no others are boundaries
  bool truncates = false;    // open: O_TRUNC
  int file = -1;             // the descriptor, where there is one
  std::string path;          // of the descriptor; of rename, unlink: the name that is given
  std::string to;            // rename
  std::uint64_t length = 0;  // truncate: the new one; else the file's before the call
};

struct Verdict {
  bool kill = false;
  int fail_with = 0;  // errno; before the call only: it is not made
};
using Watch = std::function<Verdict(const Boundary&)>;

struct Ended {
  bool killed = false;  // by a verdict or by the deadline
  bool late = false;    // by the deadline
  int status = 0;       // as of waitpid()
  std::uint64_t boundaries = 0;
  std::chrono::milliseconds took{};
  std::string output;  // what it wrote to its standard output
};

// Runs `command` to its end or its kill. REQUIRES: no other child of this process runs.
// Its standard error goes to the file `errors`. `seconds_max`: a process that hangs is killed, and
// said to be late.
Ended run_traced(const std::vector<std::string>& command, const std::string& errors,
                 const Watch& watch, unsigned seconds_max = 60);
}  // namespace nrm::torture
