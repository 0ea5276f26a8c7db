#include "tests/torture/attached_process.hpp"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "tests/torture/traced_process.hpp"

namespace nrm::torture {
namespace {
constexpr auto look_again_after = std::chrono::microseconds(200);

class Attached {
 public:
  // All threads, those that begin meanwhile as well.
  bool attach(pid_t process) {
    const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
    for (bool found = true; found;) {
      found = false;
      std::error_code gone;
      for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
        const pid_t thread = std::atoi(task.path().filename().c_str());
        if (threads_.contains(thread)) continue;
        constexpr long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE;
        if (::ptrace(PTRACE_SEIZE, thread, nullptr, options) != 0) continue;
        threads_.insert(thread);
        ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
        found = true;
      }
    }
    return !threads_.empty();
  }

  Killed run(pid_t process, std::uint64_t number, std::chrono::seconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    Killed out{.attached = true, .where = {}};
    for (std::uint64_t count = 0; !threads_.empty();) {
      int status = 0;
      const pid_t thread = ::waitpid(-1, &status, __WALL | __WNOTHREAD | WNOHANG);
      if (thread < 0 && errno != EINTR) break;
      if (thread <= 0) {
        // Nothing now: looking again is simpler than to be woken, and as exact.
        if (std::chrono::steady_clock::now() > until) leaving_ = true;
        if (leaving_) interrupt();
        std::this_thread::sleep_for(look_again_after);
        continue;
      }
      if (!WIFSTOPPED(status)) {
        threads_.erase(thread);
        continue;
      }
      threads_.insert(thread);
      if (WSTOPSIG(status) == (SIGTRAP | 0x80) && !out.killed && is_boundary(thread, out.where) &&
          ++count == number) {
        ::kill(process, SIGKILL);
        out.killed = true;
        continue;
      }
      go_on(thread, status);
    }
    return out;
  }

 private:
  void interrupt() {
    for (const pid_t thread : threads_) ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
  }

  bool is_boundary(pid_t thread, std::string& where) {
    __ptrace_syscall_info facts{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof facts, &facts) <= 0) return false;
    if (facts.op == PTRACE_SYSCALL_INFO_ENTRY) {
      const auto call = call_of(static_cast<long>(facts.entry.nr));
      if (!call || *call == Call::open) return false;
      inside_[thread] = *call;
      where = "before " + call_name(*call);
      return true;
    }
    const auto began = inside_.extract(thread);
    if (began.empty()) return false;
    where = "after " + call_name(began.mapped());
    return true;
  }

  void go_on(pid_t thread, int status) {
    const int signal = WSTOPSIG(status);
    const bool event = status >> 16 != 0;  // a new thread, or our interruption
    const int passed = event || signal == SIGTRAP || signal == (SIGTRAP | 0x80) ? 0 : signal;
    if (leaving_) {
      ::ptrace(PTRACE_DETACH, thread, nullptr, passed);
      threads_.erase(thread);
    } else {
      ::ptrace(PTRACE_SYSCALL, thread, nullptr, passed);
    }
  }

  std::set<pid_t> threads_;
  std::map<pid_t, Call> inside_;
  bool leaving_ = false;
};
}  // namespace

Killed kill_at_boundary(pid_t process, std::uint64_t number, std::chrono::seconds time) {
  Attached attached;
  if (!attached.attach(process)) return {};
  return attached.run(process, number, time);
}
}  // namespace nrm::torture
