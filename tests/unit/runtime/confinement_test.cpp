// What a confined process can still do, and what kills it. Every case runs in a process of its own.
#include "common/runtime/confinement.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "common/bus/zmq_bus.hpp"
#include "common/crypto/crypto.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr bool enforced = true;
#else
constexpr bool enforced = false;  // see confinement.hpp
#endif

// Ends with 0 when `act` says true.
[[noreturn]] void confined(const std::function<bool()>& act) {
  harden_process();
  if (!confine_calls()) ::_exit(2);
  ::_exit(act() ? 0 : 1);
}

struct Attack {
  const char* name;
  std::function<void()> act;
};
const Attack attacks[] = {
    {"execve", [] { ::execl("/bin/true", "true", static_cast<char*>(nullptr)); }},
    {"execveat", [] { ::syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0); }},
    {"fork", [] { ::syscall(SYS_fork); }},
    {"vfork", [] { ::syscall(SYS_vfork); }},
    {"clone of a process", [] { ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0); }},
    {"ptrace", [] { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"process_vm_readv", [] { ::syscall(SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0); }},
    {"process_vm_writev", [] { ::syscall(SYS_process_vm_writev, 1, nullptr, 0, nullptr, 0, 0); }},
    {"bpf", [] { ::syscall(SYS_bpf, 0, nullptr, 0); }},
    {"userfaultfd", [] { ::syscall(SYS_userfaultfd, 0); }},
    {"io_uring", [] { ::syscall(SYS_io_uring_setup, 1, nullptr); }},
    {"perf_event_open", [] { ::syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }},
    {"mount", [] { ::syscall(SYS_mount, "a", "b", "c", 0, nullptr); }},
    {"unshare", [] { ::unshare(CLONE_NEWUSER); }},
    {"chroot", [] { ::syscall(SYS_chroot, "/"); }},
    {"setuid", [] { ::syscall(SYS_setuid, 0); }},
    {"keyctl", [] { ::syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
    {"init_module", [] { ::syscall(SYS_init_module, nullptr, 0, nullptr); }},
    {"memory that becomes code",
     [] {
       void* page =
           ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
     }},
    {"AF_PACKET", [] { ::socket(AF_PACKET, SOCK_RAW, 0); }},
    {"AF_ALG", [] { ::socket(AF_ALG, SOCK_SEQPACKET, 0); }},
    {"AF_VSOCK", [] { ::socket(AF_VSOCK, SOCK_STREAM, 0); }}};

TEST(Confinement, WhatOnlyAnIntruderNeedsKillsTheProcess) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  for (const Attack& attack : attacks) {
    const auto act = [&] {
      attack.act();
      return true;
    };
    if (enforced) {
      EXPECT_EXIT(confined(act), ::testing::KilledBySignal(SIGSYS), "") << attack.name;
    }
  }
}

TEST(Confinement, AThreadThatWasThereBeforeIsConfinedToo) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto act = [] {
    harden_process();
    std::atomic<bool> go = false;
    std::thread early([&] {
      while (!go) std::this_thread::yield();
      ::syscall(SYS_execve, "/bin/true", nullptr, nullptr);
    });
    if (!confine_calls()) ::_exit(2);
    go = true;
    early.join();
    ::_exit(0);
  };
  if (enforced) {
    EXPECT_EXIT(act(), ::testing::KilledBySignal(SIGSYS), "");
  }
}

TEST(Confinement, WhatNobodyNeedsIsAnsweredAsAnOlderKernelWould) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto act = [] {
    const auto refused = [](long result) { return result == -1 && errno == ENOSYS; };
    return !enforced ||
           (refused(::syscall(SYS_memfd_create, "x", 0)) && refused(::kill(::getppid(), 0)) &&
            refused(::prctl(PR_SET_DUMPABLE, 1)) && refused(::syscall(SYS_inotify_init1, 0)) &&
            ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                MAP_FAILED &&
            ::socket(AF_NETLINK, SOCK_RAW, 0) == -1 && errno == EAFNOSUPPORT);
  };
  EXPECT_EXIT(confined(act), ::testing::ExitedWithCode(0), "");
}

// RocksDB with its threads, ZeroMQ with its sockets, keys in locked memory: all of it started
// after the filter is in place.
TEST(Confinement, TheWorkOfAServiceGoesOn) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  char name[] = "/tmp/nrm-confined-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const auto act = [&] {
    crypto::start();
    Batch batch;
    batch.put(Family::meta, "a", "b");
    auto store = open_rocksdb({.folder = folder + "/store"});
    if (!store || !(*store)->commit(batch, Sync::yes) || !(*store)->flush()) return false;
    const CurveKey key = make_curve_key();
    auto bus = open_zmq({"host", "ipc://" + folder + "/socket", key, {}, {}});
    if (!bus) return false;
    std::vector<Delivery> came;
    (*bus)->receive(std::chrono::milliseconds(10), 1, came);
    const auto signer = crypto::Signer::random();
    int seen = 0;
    std::thread([&] { seen = 1; }).join();
    return seen == 1 && crypto::verify(signer.public_key(), "x", signer.sign("x"));
  };
  EXPECT_EXIT(confined(act), ::testing::ExitedWithCode(0), "");
  fs::remove_all(folder);
}

TEST(Confinement, AHardenedProcessLeavesNoCoreAndCannotBeTraced) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto act = [] {
    harden_process();
    rlimit core{1, 1};
    ::getrlimit(RLIMIT_CORE, &core);
    const mode_t mask = ::umask(0);
    const bool good = core.rlim_cur == 0 && core.rlim_max == 0 && mask == 077 &&
                      ::prctl(PR_GET_DUMPABLE) == 0 &&
                      ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
    ::_exit(good ? 0 : 1);
  };
  EXPECT_EXIT(act(), ::testing::ExitedWithCode(0), "");
}

// Holds for root as well, and where all processes have one user: that is what it is for.
TEST(Confinement, AnotherProcesssKeysAndStoreCannotBeOpened) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  char name[] = "/tmp/nrm-landlock-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  for (const char* sub : {"keys/vault", "keys/gateway", "store/vault", "store/gateway", "run"})
    fs::create_directories(folder + "/" + sub);
  for (const char* file : {"mechanism.json", "keys/vault/master", "keys/gateway/curve",
                           "store/vault/CURRENT", "store/gateway/CURRENT"})
    std::ofstream(folder + "/" + file) << "x";
  const auto act = [&] {
    const auto confined_files = confine_files(folder, "gateway");
    if (!confined_files) ::_exit(2);
    const auto opens = [&](const char* file, int flags) {
      const int fd = ::open((folder + "/" + file).c_str(), flags | O_CLOEXEC, 0600);
      if (fd >= 0) ::close(fd);
      return fd >= 0;
    };
    bool good = opens("mechanism.json", O_RDONLY) && opens("keys/gateway/curve", O_RDONLY) &&
                opens("store/gateway/CURRENT", O_RDWR) &&
                opens("store/gateway/new", O_RDWR | O_CREAT) && opens("run/x", O_RDWR | O_CREAT);
    if (*confined_files)  // a kernel with Landlock
      good = good && !opens("keys/vault/master", O_RDONLY) && !opens("keys/vault", O_RDONLY) &&
             !opens("store/vault/CURRENT", O_RDONLY) && !opens("mechanism.json", O_RDWR) &&
             !opens("keys/gateway/new", O_RDWR | O_CREAT) && !opens("new", O_RDWR | O_CREAT) &&
             !opens("keys/gateway/curve", O_RDWR) && ::open("/tmp", O_RDONLY) < 0;
    ::_exit(good ? 0 : 1);
  };
  EXPECT_EXIT(act(), ::testing::ExitedWithCode(0), "");
  fs::remove_all(folder);
}

// With it goes the authority that makes clients' certificates.
TEST(Confinement, TheServersKeyIsTheGatewaysAlone) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  char name[] = "/tmp/nrm-landlock-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  for (const char* sub : {"tls", "store/gateway", "store/closure", "run"})
    fs::create_directories(folder + "/" + sub);
  const std::string key = folder + "/tls/server-key.pem";
  std::ofstream(key) << "x";
  for (const char* process : {"gateway", "closure", "vault", "audit"}) {
    const auto act = [&] {
      const auto there = confine_files(folder, process);
      if (!there) ::_exit(2);
      const bool opens = ::open(key.c_str(), O_RDONLY | O_CLOEXEC) >= 0;
      ::_exit(opens == (!*there || process == std::string_view("gateway")) ? 0 : 1);
    };
    EXPECT_EXIT(act(), ::testing::ExitedWithCode(0), "") << process;
  }
  fs::remove_all(folder);
}
}  // namespace
}  // namespace nrm::test
