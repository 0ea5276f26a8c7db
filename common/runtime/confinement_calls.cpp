// The filter of system calls, by libseccomp. Three classes; why each call is where it is:
// README.md.
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "common/runtime/confinement.hpp"

namespace nrm {
namespace {
// Names, because libseccomp resolves them for the machine it runs on; one that a machine has not
// is passed over there.
constexpr const char* work[] = {
    // bytes and files
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2",
    "pwritev2", "open", "openat", "close", "close_range", "lseek", "stat", "fstat", "lstat",
    "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2", "readlink",
    "readlinkat", "getdents64", "getcwd", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    "mkdir", "mkdirat", "rmdir", "link", "linkat", "truncate", "ftruncate", "fallocate", "fsync",
    "fdatasync", "sync_file_range", "syncfs", "fadvise64", "readahead", "fcntl", "flock", "dup",
    "dup2", "dup3", "pipe2", "chmod", "fchmod", "fchmodat", "umask", "utimensat",
    // memory; mmap and mprotect are below
    "munmap", "mremap", "brk", "madvise", "mlock", "mlock2", "munlock", "msync", "mincore",
    "membarrier",
    // threads, signals, time; clone is below
    "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "sched_yield",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler", "getcpu", "exit", "exit_group",
    "gettid", "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "nanosleep",
    "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "getrandom",
    "sysinfo", "uname", "getrusage", "times", "getrlimit",
    // waiting
    "eventfd2", "timerfd_create", "timerfd_settime", "timerfd_gettime", "epoll_create1",
    "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "pselect6",
    // the network; socket and socketpair are below
    "bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "getsockopt",
    "setsockopt", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "shutdown"};

// Nothing of ours asks for these, now or in a later version of a library.
constexpr const char* deadly[] = {"execve",
                                  "execveat",
                                  "fork",
                                  "vfork",
                                  "ptrace",
                                  "process_vm_readv",
                                  "process_vm_writev",
                                  "process_madvise",
                                  "kcmp",
                                  "pidfd_getfd",
                                  "bpf",
                                  "userfaultfd",
                                  "perf_event_open",
                                  "io_uring_setup",
                                  "io_uring_enter",
                                  "io_uring_register",
                                  "mount",
                                  "umount2",
                                  "move_mount",
                                  "open_tree",
                                  "fsopen",
                                  "fsmount",
                                  "mount_setattr",
                                  "pivot_root",
                                  "chroot",
                                  "setns",
                                  "unshare",
                                  "open_by_handle_at",
                                  "kexec_load",
                                  "kexec_file_load",
                                  "init_module",
                                  "finit_module",
                                  "delete_module",
                                  "keyctl",
                                  "add_key",
                                  "request_key",
                                  "personality",
                                  "iopl",
                                  "ioperm",
                                  "modify_ldt",
                                  "capset",
                                  "setuid",
                                  "setgid",
                                  "setreuid",
                                  "setregid",
                                  "setresuid",
                                  "setresgid",
                                  "setgroups",
                                  "setfsuid",
                                  "setfsgid",
                                  "settimeofday",
                                  "clock_settime",
                                  "reboot",
                                  "swapon",
                                  "swapoff",
                                  "acct",
                                  "quotactl",
                                  "syslog",
                                  "sethostname",
                                  "setdomainname",
                                  "vhangup"};

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

class Filter {
 public:
  Filter() : filter_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS))) {
    note(filter_ ? 0 : -ENOMEM);
    note(seccomp_attr_set(filter_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    note(seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_TSYNC, 1));
    note(seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));  // a tree, not a list
  }
  template <class... Conditions>
  void rule(std::uint32_t action, const char* call, Conditions... conditions) {
    const int number = seccomp_syscall_resolve_name(call);
    if (number == __NR_SCMP_ERROR || !filter_) return;  // later than this libseccomp: ENOSYS
    const scmp_arg_cmp all[] = {conditions..., {}};
    note(seccomp_rule_add_array(filter_.get(), action, number, sizeof...(conditions), all));
  }
  int load() {
    if (fault_ == 0) note(seccomp_load(filter_.get()));
    return fault_;
  }

 private:
  void note(int result) {
    if (result < 0 && fault_ == 0) fault_ = result;
  }
  std::unique_ptr<void, Release> filter_;
  int fault_ = 0;
};

scmp_arg_cmp is(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// Threads, never processes. clone3 hides its flags in memory: ENOSYS, and glibc takes clone.
void allow_threads(Filter& filter) {
  filter.rule(SCMP_ACT_ALLOW, "clone", masked(0, CLONE_THREAD, CLONE_THREAD));
  filter.rule(SCMP_ACT_KILL_PROCESS, "clone", masked(0, CLONE_THREAD, 0));
  // abort() and raise(), of ourselves.
  filter.rule(SCMP_ACT_ALLOW, "tgkill", is(0, static_cast<std::uint64_t>(::getpid())));
  // libzmq sets what is set already when it starts a thread, and aborts when it cannot.
  filter.rule(SCMP_ACT_ALLOW, "sched_setscheduler", is(1, SCHED_OTHER));
  filter.rule(SCMP_ACT_ALLOW, "prctl", is(0, PR_SET_NAME));
  filter.rule(SCMP_ACT_ALLOW, "prctl", is(0, PR_GET_NAME));
  // Reading a limit; no new one.
  filter.rule(SCMP_ACT_ALLOW, "prlimit64", is(2, 0));
}

// Written or executed, never both, and nothing becomes code any more. A library that wants a
// plug-in now (NSS) is refused and goes on without; memory that was written never becomes code.
void allow_memory(Filter& filter) {
  filter.rule(SCMP_ACT_ALLOW, "mmap", masked(2, PROT_EXEC, 0));
  filter.rule(SCMP_ACT_ERRNO(EACCES), "mmap", masked(2, PROT_EXEC, PROT_EXEC));
  filter.rule(SCMP_ACT_ALLOW, "mprotect", masked(2, PROT_EXEC, 0));
  filter.rule(SCMP_ACT_KILL_PROCESS, "mprotect", masked(2, PROT_EXEC, PROT_EXEC));
}

void allow_sockets(Filter& filter) {
  for (const char* call : {"socket", "socketpair"}) {
    for (const int family : {AF_UNIX, AF_INET, AF_INET6})
      filter.rule(SCMP_ACT_ALLOW, call, is(0, static_cast<std::uint64_t>(family)));
    // getaddrinfo() asks the kernel for our addresses and goes on without.
    filter.rule(SCMP_ACT_ERRNO(EAFNOSUPPORT), call, is(0, AF_NETLINK));
    for (int family = 0; family < AF_MAX; ++family)
      if (family != AF_UNIX && family != AF_INET && family != AF_INET6 && family != AF_NETLINK)
        filter.rule(SCMP_ACT_KILL_PROCESS, call, is(0, static_cast<std::uint64_t>(family)));
  }
  const std::uint64_t requests[] = {FIONBIO, FIONREAD, TCGETS, FS_IOC_GETVERSION};
  for (const std::uint64_t request : requests)
    filter.rule(SCMP_ACT_ALLOW, "ioctl", masked(1, 0xffffffff, request & 0xffffffff));
}
}  // namespace

Result<void> confine_calls() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return {};
#else
  Filter filter;
  for (const char* call : work) filter.rule(SCMP_ACT_ALLOW, call);
  for (const char* call : deadly) filter.rule(SCMP_ACT_KILL_PROCESS, call);
  allow_threads(filter);
  allow_memory(filter);
  allow_sockets(filter);
  if (const int fault = filter.load(); fault != 0)
    return Error(Code::unavailable, "",
                 std::string("the kernel refuses a filter of system calls (seccomp): ") +
                     std::strerror(-fault));
  return {};
#endif
}
}  // namespace nrm
