#include "services/cli/supervisor.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ranges>
#include <thread>

#include "common/base/descriptor.hpp"
#include "common/diag/diag.hpp"
#include "common/runtime/folder.hpp"

namespace nrm::cli {
namespace {
using std::chrono::milliseconds;
constexpr milliseconds back_off_first{100}, back_off_max{10'000};
// Who ran this long had recovered; its next failure is a first one again.
constexpr std::chrono::seconds recovered_after{60};

milliseconds back_off(int failures) {
  milliseconds out = back_off_first;
  for (int i = 1; i < failures && out < back_off_max; ++i) out *= 2;
  return std::min(out, back_off_max);
}

// run_service(): the folder or store does not check out; wrong usage; a history differs. Starting
// again would not help, and might hide it.
bool is_final(int code) { return code == 64 || code == 65 || code == 76; }

// Between fork and exec: nothing but system calls.
[[noreturn]] void become(const char* program, const char* dir, int log, pid_t supervisor) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(1);  // it ended before the line above
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  // Ctrl-C goes to the whole group of the terminal; the supervisor says in which order to stop.
  ::setpgid(0, 0);
  ::execl(program, program, dir, static_cast<char*>(nullptr));
  ::_exit(127);
}
}  // namespace

Supervisor::Supervisor(std::string dir, const std::vector<Program>& programs)
    : dir_(std::move(dir)) {
  for (const Program& program : programs) children_.push_back({.program = program});
}

Supervisor::~Supervisor() { stop(milliseconds(0)); }

std::string Supervisor::pid_file(const Child& child) const {
  return dir_ + "/run/" + child.program.name + ".pid";
}

void Supervisor::start_due(Time now) {
  for (Child& child : children_) {
    if (child.pid != 0 || child.due > now) continue;
    if (const auto started = start(child, now); !started)
      diag::error("process_not_started", {{"process", std::string_view(child.program.name)},
                                          {"why", started.error().detail},
                                          {"starts_again_in_ms", put_off(child, now).count()}});
  }
}

Result<void> Supervisor::start(Child& child, Time now) {
  const std::string path = dir_ + "/logs/" + child.program.name + ".log";
  const Descriptor log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log) return Error(Code::io_failed, "", path + ": " + std::strerror(errno));
  const pid_t self = ::getpid(), pid = ::fork();
  if (pid == 0) become(child.program.path.c_str(), dir_.c_str(), log.get(), self);
  if (pid < 0) return Error(Code::io_failed, "", std::string("fork: ") + std::strerror(errno));
  child.pid = pid;
  child.started = now;
  // For people who look; nothing reads it.
  const auto written = write_file(pid_file(child), std::to_string(pid) + '\n', 0600);
  if (!written) diag::warning("pid_file_not_written", {{"why", written.error().detail}});
  return {};
}

milliseconds Supervisor::put_off(Child& child, Time now) {
  const milliseconds wait = back_off(++child.failures);
  child.due = now + wait;
  return wait;
}

int Supervisor::reap(Time now) {
  int final_code = 0;
  for (Child& child : children_) {
    int status = 0;
    if (child.pid == 0 || ::waitpid(child.pid, &status, WNOHANG) != child.pid) continue;
    ended(child, status, now);
    if (WIFEXITED(status) && is_final(WEXITSTATUS(status))) final_code = WEXITSTATUS(status);
  }
  return final_code;
}

void Supervisor::ended(Child& child, int status, Time now) {
  child.pid = 0;
  ::unlink(pid_file(child).c_str());
  if (now - child.started > recovered_after) child.failures = 0;
  const milliseconds wait = put_off(child, now);
  const std::string_view process = child.program.name;
  if (WIFSIGNALED(status))
    diag::warning(
        "process_ended",
        {{"process", process}, {"signal", WTERMSIG(status)}, {"starts_again_in_ms", wait.count()}});
  else if (is_final(WEXITSTATUS(status)))
    diag::error("process_refused", {{"process", process}, {"exit", WEXITSTATUS(status)}});
  else
    diag::warning("process_ended", {{"process", process},
                                    {"exit", WEXITSTATUS(status)},
                                    {"starts_again_in_ms", wait.count()}});
}

void Supervisor::stop(milliseconds grace) {
  for (Child& child : children_ | std::views::reverse) {
    if (child.pid == 0) continue;
    ::kill(child.pid, SIGTERM);
    const auto until = std::chrono::steady_clock::now() + grace;
    int status = 0;
    while (::waitpid(child.pid, &status, WNOHANG) != child.pid) {
      if (std::chrono::steady_clock::now() >= until) {
        ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, &status, 0);
        break;
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    child.pid = 0;
    ::unlink(pid_file(child).c_str());
  }
}
}  // namespace nrm::cli
