#include "tests/torture/traced_process.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <map>

#include "common/base/check.hpp"

namespace nrm::torture {
namespace {
struct Watched {
  long number;
  Call call;
};
constexpr Watched watched[] = {
    {SYS_write, Call::write},   {SYS_pwrite64, Call::write},  {SYS_writev, Call::write},
    {SYS_fsync, Call::sync},    {SYS_fdatasync, Call::sync},  {SYS_openat, Call::open},
    {SYS_rename, Call::rename}, {SYS_renameat, Call::rename}, {SYS_renameat2, Call::rename},
    {SYS_unlink, Call::unlink}, {SYS_unlinkat, Call::unlink}, {SYS_ftruncate, Call::truncate},
    {SYS_sendto, Call::send},   {SYS_sendmsg, Call::send}};

void stop_at_watched_calls() {
  std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const auto& one : watched) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<__u32>(one.number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    ::_exit(126);
}

std::string path_of(pid_t thread, int file) {
  char path[PATH_MAX];
  const std::string link = "/proc/" + std::to_string(thread) + "/fd/" + std::to_string(file);
  const auto size = ::readlink(link.c_str(), path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

std::uint64_t length_of(pid_t thread, int file) {
  struct ::stat facts {};
  const std::string link = "/proc/" + std::to_string(thread) + "/fd/" + std::to_string(file);
  return ::stat(link.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

// A text in the memory of the process; page by page, as the next page may not be there.
std::string text_at(pid_t thread, std::uint64_t at) {
  std::string out;
  while (out.size() < PATH_MAX) {
    std::array<char, 256> piece;
    const std::size_t wanted = std::min<std::size_t>(piece.size(), 4096 - at % 4096);
    const iovec here{piece.data(), wanted}, there{reinterpret_cast<void*>(at), wanted};
    const auto got = ::process_vm_readv(thread, &here, 1, &there, 1, 0);
    if (got <= 0) break;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    const auto end = bytes.find('\0');
    out += bytes.substr(0, end);
    if (end != std::string_view::npos) break;
    at += static_cast<std::uint64_t>(got);
  }
  return out;
}

Boundary read_call(pid_t thread, Call call, const user_regs_struct& registers) {
  Boundary out{.call = call, .thread = thread, .path = {}, .to = {}};
  const auto number = static_cast<long>(registers.orig_rax);
  switch (call) {
    case Call::write:
    case Call::send:
    case Call::sync:
    case Call::truncate:
      out.file = static_cast<int>(registers.rdi);
      out.path = path_of(thread, out.file);
      out.length = call == Call::truncate ? registers.rsi : length_of(thread, out.file);
      break;
    case Call::open:
      out.path = text_at(thread, registers.rsi);
      out.creates = (registers.rdx & O_CREAT) != 0;
      out.truncates = (registers.rdx & O_TRUNC) != 0;
      break;
    case Call::rename:
      out.path = text_at(thread, number == SYS_rename ? registers.rdi : registers.rsi);
      out.to = text_at(thread, number == SYS_rename ? registers.rsi : registers.r10);
      break;
    case Call::unlink:
      out.path = text_at(thread, number == SYS_unlink ? registers.rdi : registers.rsi);
      break;
  }
  return out;
}

volatile sig_atomic_t deadline_passed = 0;

class Tracer {
 public:
  Tracer(const Watch& watch, pid_t process) : watch_(watch), process_(process) {}

  Ended run() {
    int status = 0;
    for (;;) {
      const pid_t thread = ::waitpid(-1, &status, __WALL);
      if (thread < 0 && errno == EINTR) {
        if (deadline_passed) {
          ended_.late = true;
          kill();
        }
        continue;
      }
      CHECK(thread > 0, "the process is waited for until its end");
      if (WIFEXITED(status) || WIFSIGNALED(status)) {
        inside_.erase(thread);
        if (thread != process_) continue;
        ended_.status = status;
        return std::move(ended_);
      }
      if (WIFSTOPPED(status)) on_stop(thread, status);
    }
  }

 private:
  void kill() {
    ended_.killed = true;
    ::kill(process_, SIGKILL);
  }

  void on_stop(pid_t thread, int status) {
    const int signal = WSTOPSIG(status);
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
      before(thread);
    } else if (signal == (SIGTRAP | 0x80)) {
      after(thread);
    } else {
      // Of a new thread the first stop, and ptrace's own events, are not for the process.
      const bool ours = signal == SIGSTOP || signal == SIGTRAP;
      ::ptrace(PTRACE_CONT, thread, nullptr, ours ? 0 : signal);
    }
  }

  void before(pid_t thread) {
    user_regs_struct registers{};
    if (::ptrace(PTRACE_GETREGS, thread, nullptr, &registers) != 0) return;  // it is being killed
    const auto call = call_of(static_cast<long>(registers.orig_rax));
    CHECK(call, "the filter stops at watched calls only");
    Boundary boundary = read_call(thread, *call, registers);
    if (boundary.call == Call::open && !boundary.creates) {  // to read: changes nothing
      ::ptrace(PTRACE_CONT, thread, nullptr, 0);
      return;
    }
    boundary.number = ++ended_.boundaries;
    const Verdict verdict = watch_(boundary);
    if (verdict.kill) return kill();
    if (verdict.fail_with != 0) {
      registers.orig_rax = static_cast<unsigned long long>(-1);  // no such call: nothing is done
      ::ptrace(PTRACE_SETREGS, thread, nullptr, &registers);
    }
    inside_[thread] = {std::move(boundary), verdict.fail_with};
    ::ptrace(PTRACE_SYSCALL, thread, nullptr, 0);
  }

  void after(pid_t thread) {
    user_regs_struct registers{};
    if (::ptrace(PTRACE_GETREGS, thread, nullptr, &registers) != 0) return;
    const auto found = inside_.find(thread);
    CHECK(found != inside_.end(), "a call ends that has begun");
    auto [boundary, fail_with] = std::move(found->second);
    inside_.erase(found);
    if (fail_with != 0) {
      registers.rax = static_cast<unsigned long long>(-static_cast<long long>(fail_with));
      ::ptrace(PTRACE_SETREGS, thread, nullptr, &registers);
    }
    boundary.after = true;
    boundary.number = ++ended_.boundaries;
    boundary.result = static_cast<long>(registers.rax);
    if (boundary.call == Call::open && boundary.result >= 0)
      boundary.path = path_of(thread, static_cast<int>(boundary.result));
    if (watch_(boundary).kill) return kill();
    ::ptrace(PTRACE_CONT, thread, nullptr, 0);
  }

  const Watch& watch_;
  const pid_t process_;
  std::map<pid_t, std::pair<Boundary, int>> inside_;  // calls that have begun, and how to fail them
  Ended ended_;
};

pid_t start(const std::vector<std::string>& command, int output, int errors) {
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t process = ::fork();
  CHECK(process >= 0, "a process");
  if (process != 0) return process;
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  ::raise(SIGSTOP);
  stop_at_watched_calls();
  ::execv(words[0], words.data());
  ::_exit(127);
}

std::string read_all(int file) {
  std::string out;
  std::array<char, 65536> piece;
  for (ssize_t got; (got = ::read(file, piece.data(), piece.size())) > 0;)
    out.append(piece.data(), static_cast<std::size_t>(got));
  return out;
}
}  // namespace

std::optional<Call> call_of(long number) {
  for (const auto& one : watched)
    if (one.number == number) return one.call;
  return std::nullopt;
}

std::string call_name(Call call) {
  constexpr const char* names[] = {"write", "sync", "open", "rename", "unlink", "truncate", "send"};
  return names[static_cast<std::size_t>(call)];
}

Ended run_traced(const std::vector<std::string>& command, const std::string& errors,
                 const Watch& watch, unsigned seconds_max) {
  int ends[2];
  CHECK(::pipe2(ends, O_CLOEXEC) == 0, "a pipe");
  // Nobody reads while it runs: all that it says must fit.
  CHECK(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) >= 0, "a large pipe");
  const int error_file =
      ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  CHECK(error_file >= 0, "a file for what it says of errors");
  const pid_t process = start(command, ends[1], error_file);
  ::close(ends[1]);
  ::close(error_file);
  int status = 0;
  CHECK(::waitpid(process, &status, 0) == process && WIFSTOPPED(status), "it stops to be traced");
  CHECK(::ptrace(PTRACE_SETOPTIONS, process, nullptr,
                 PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) == 0,
        "ptrace is allowed here");
  deadline_passed = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { deadline_passed = 1; };
  ::sigaction(SIGALRM, &action, nullptr);  // without SA_RESTART: waitpid() returns
  ::alarm(seconds_max);
  ::ptrace(PTRACE_CONT, process, nullptr, 0);
  const auto begun = std::chrono::steady_clock::now();
  Ended ended = Tracer(watch, process).run();
  ::alarm(0);
  ended.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  ended.output = read_all(ends[0]);
  ::close(ends[0]);
  return ended;
}
}  // namespace nrm::torture
