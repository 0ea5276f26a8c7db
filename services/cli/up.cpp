// nrm up: runs all processes of a data folder until SIGTERM or SIGINT.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <thread>

#include "common/base/descriptor.hpp"
#include "common/diag/diag.hpp"
#include "common/http/http.hpp"
#include "common/runtime/run.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/cli/supervisor.hpp"

namespace nrm::cli {
namespace {
using std::chrono::milliseconds;
using Ticks = std::chrono::steady_clock;

// In the order of starting; stopped the other way round: nobody is asked for what has gone.
constexpr std::string_view names[] = {"vault",   "identification", "referral", "assistance",
                                      "closure", "audit",          "gateway"};
constexpr milliseconds look_each{50}, probe_each{100}, stop_grace{15'000};
constexpr std::chrono::seconds ready_within{120};  // a crash's WAL is read back in between

// One `nrm up` at a time for a folder.
class Lock {
 public:
  explicit Lock(const std::string& path)
      : path_(path), file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}

  Result<void> take() {
    if (!file_) return Error(Code::io_failed, "", path_ + " cannot be opened");
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
      const auto holder = read_file(path_, 64);
      std::string pid = holder ? *holder : std::string("unknown");
      while (!pid.empty() && pid.back() == '\n') pid.pop_back();
      return Error(Code::unavailable, "", "this folder is up already (process " + pid + ")");
    }
    const std::string self = std::to_string(::getpid()) + '\n';
    if (::ftruncate(file_.get(), 0) != 0 ||
        ::pwrite(file_.get(), self.data(), self.size(), 0) != static_cast<ssize_t>(self.size()))
      return Error(Code::io_failed, "", path_ + " cannot be written");
    return {};
  }

 private:
  const std::string path_;
  const Descriptor file_;
};

Result<std::vector<Program>> find_programs() {
  std::vector<Program> out;
  for (const std::string_view name : names) {
    const std::string path = program_folder() + "/nrm-" + std::string(name);
    if (::access(path.c_str(), X_OK) == 0)
      out.push_back({std::string(name), path});
    else
      return Error(Code::not_found, "", path + " is not there: build all programs first");
  }
  return out;
}

// Somebody else on our port would only show as a gateway that ends again and again.
Result<void> check_port(std::uint32_t port) {
  const Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!probe) return Error(Code::io_failed, "", "no socket can be made");
  const int yes = 1;
  ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno == EADDRINUSE)
    return Error(Code::unavailable, "",
                 "port " + std::to_string(port) + " is in use by another program");
  return {};
}

// Another port for this folder, from now on.
Result<void> move_port(const std::string& dir, const Folder& folder, std::uint16_t port) {
  Mechanism mechanism = folder.mechanism();
  mechanism.http_port = port;
  const std::string path = dir + "/mechanism.json";
  return write_like(path, to_json(mechanism) + '\n', path);  // whoever may read it now
}

class Readiness {
 public:
  static Result<Readiness> open(const Folder& folder) {
    Readiness out;
    NRM_TRY_ASSIGN(out.client_,
                   http::connect({.port = static_cast<std::uint16_t>(folder.mechanism().http_port),
                                  .authority_file = folder.file("tls/ca.pem"),
                                  .connections = 1,
                                  .deadline = milliseconds(1'000)}));
    return out;
  }
  bool look(Ticks::time_point now) {
    if (now < next_) return false;
    const auto answer = client_->call({.target = "/readyz"});
    next_ = Ticks::now() + probe_each;
    return answer && answer->status == 200;
  }

 private:
  std::unique_ptr<http::Client> client_;
  Ticks::time_point next_{};
};

int supervise(const Folder& folder, const std::vector<Program>& programs, bool quiet) {
  Supervisor supervisor(folder.path(), programs);
  auto readiness = Readiness::open(folder);
  if (!readiness) return fail(readiness.error());
  const auto began = Ticks::now();
  bool ready = false, warned = false;
  while (!stop_wanted()) {
    const auto now = Ticks::now();
    if (const int code = supervisor.reap(now); code != 0) {
      supervisor.stop(stop_grace);
      return fail(static_cast<Exit>(code), "a process refused to run on; all were stopped",
                  "see the last lines of " + folder.file("logs/*.log") +
                      ", then: nrm audit verify --dir " + folder.path());
    }
    supervisor.start_due(now);
    if (!ready && readiness->look(now)) {
      ready = true;
      if (!quiet) {
        std::printf("ready: https://127.0.0.1:%u  (folder %s, stop with Ctrl-C)\n",
                    folder.mechanism().http_port, folder.path().c_str());
        std::fflush(stdout);
      }
    }
    if (!ready && !warned && now - began > ready_within) {
      warned = true;
      fail(Exit::nobody_there, "not ready yet after two minutes; still trying",
           "see " + folder.file("logs/*.log"));
    }
    std::this_thread::sleep_for(look_each);
  }
  supervisor.stop(stop_grace);
  if (!quiet) std::puts("stopped");
  return Exit::done;
}
}  // namespace

int up(const UpOptions& options) {
  const std::string dir = absolute_folder(options.dir);
  crypto::start();
  auto folder = Folder::open(dir);
  if (!folder)
    return fail(folder.error().code == Code::not_found ? Exit::usage : Exit::corrupt,
                folder.error().detail);
  const auto programs = find_programs();
  if (!programs) return fail(Exit::usage, programs.error().detail);
  harden_process();
  stop_on_signals();
  Lock lock(dir + "/run/up.lock");
  if (const auto taken = lock.take(); !taken)
    return fail(taken.error(), "stop that one first, or name another folder with --dir");
  if (options.port != 0 && options.port != folder->mechanism().http_port) {
    if (const auto moved = move_port(dir, *folder, options.port); !moved)
      return fail(moved.error());
    folder = Folder::open(dir);
    if (!folder) return fail(folder.error());
  }
  if (const auto free = check_port(folder->mechanism().http_port); !free)
    return fail(free.error(), "stop it, or choose another one: nrm up --port N");
  return supervise(*folder, *programs, options.quiet);
}
}  // namespace nrm::cli
