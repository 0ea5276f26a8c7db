// Confinement: what a process of ours gives up for good, so that whoever takes it over has little.
// In code, because an operator may not use the systemd units (reliability.md, 1.6, "Run time").
//
//   harden_process()   first of all: no core dumps, no tracing, no new privileges, umask 077
//   confine_files()    before any thread: nothing but its own part of the data folder (Landlock)
//   confine_calls()    after start-up, all threads: the system calls of its work (seccomp)
//
// None of them can be undone by the process. Build with a sanitizer: confine_calls() does nothing,
// for those runtimes need calls of their own.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace nrm {
void harden_process();

// A place outside the data folder that one process needs besides.
struct OwnPlace {
  std::string path;  // absolute; what is not there needs no right
  bool writes = false;
};

// What is not named here cannot be opened, not even as root: another process's keys and store
// least of all. True when the kernel enforces it; false when it has no Landlock (before 5.13, or
// not in its list of security modules).
// ERRORS: io_failed. THREAD: the only one; threads made later inherit it.
Result<bool> confine_files(const std::string& folder, std::string_view process,
                           const std::vector<OwnPlace>& places = {});

// Calls beyond what RocksDB, ZeroMQ, Asio and the C library need are answered ENOSYS, as an older
// kernel would, so that a library falls back; those that only an intruder needs (execve, ptrace,
// mount, a new process, executable memory, other address families …) kill the process.
// ERRORS: unavailable (a kernel without seccomp: nothing runs unconfined).
Result<void> confine_calls();
}  // namespace nrm
