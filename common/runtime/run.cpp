#include "common/runtime/run.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "common/diag/diag.hpp"
#include "common/runtime/service_loop.hpp"
#include "common/store/rocksdb_store.hpp"

namespace nrm {
namespace {
std::atomic<bool> stop_flag = false;
extern "C" void on_stop_signal(int) { stop_flag = true; }

class TickClock final : public Clock {
 public:
  Instant now() const override {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Milliseconds>(since).count()};
  }
};

int exit_code(const Error& error) {
  switch (error.code) {
    case Code::io_failed:
      return 70;
    case Code::unavailable:
      return 69;
    default:
      return 65;
  }
}

int fail(const Error& error) {
  diag::error("stopped", {{"code", row_of(error.code).name}, {"why", error.detail}});
  return exit_code(error);
}

// Everything between "the parts are open" and the end.
Result<int> turn_until_stopped(ServiceLoop& loop) {
  diag::info("ready", {{"records", loop.step().head()}});
  while (!stop_wanted()) {
    NRM_TRY(loop.turn(std::chrono::milliseconds(50)));
    if (loop.stopped()) return 76;
  }
  NRM_TRY(loop.close());
  diag::info("closed", {{"records", loop.step().head()}});
  return 0;
}

Result<int> run(const Core& core, const std::string& path, const MakeHooks& make_hooks) {
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(path));
  NRM_TRY_ASSIGN(const auto clock, clock_of(folder));
  NRM_TRY_ASSIGN(const auto signer, folder.signer(core.service()));
  const std::string name(to_text(core.service()));
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = folder.store(name)}));
  std::vector<std::string> peers;
  for (const Service owner : core.follows()) peers.emplace_back(to_text(owner));
  NRM_TRY_ASSIGN(const ZmqOptions bus_options, folder.bus(name, peers));
  NRM_TRY_ASSIGN(const auto bus, open_zmq(bus_options));
  const auto entropy = system_entropy();
  const auto ticks = tick_clock();
  std::unique_ptr<Hooks> hooks;
  if (make_hooks) {
    NRM_TRY_ASSIGN(hooks, make_hooks(folder, *store, *entropy));
  }
  NRM_TRY_ASSIGN(auto loop, ServiceLoop::open({.step = {.core = core,
                                                        .store = *store,
                                                        .entropy = *entropy,
                                                        .policy = folder.policy(),
                                                        .policy_digest = folder.policy_digest(),
                                                        .signer = signer,
                                                        .origin = folder.origin(core.service()),
                                                        .sandbox = folder.mechanism().sandbox,
                                                        .hooks = hooks.get()},
                                               .bus = *bus,
                                               .clock = *clock,
                                               .ticks = *ticks}));
  return turn_until_stopped(*loop);
}
}  // namespace

std::unique_ptr<Clock> tick_clock() { return std::make_unique<TickClock>(); }

Result<std::unique_ptr<Clock>> clock_of(const Folder& folder) {
  if (!folder.mechanism().sandbox) return system_clock();
  NRM_TRY_ASSIGN(auto clock, open_sandbox_clock(folder.file("sandbox/clock")));
  return std::unique_ptr<Clock>(std::move(clock));
}

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool stop_wanted() { return stop_flag; }

void harden_process() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  umask(077);
}

int run_service(const Core& core, int argc, char** argv, const MakeHooks& make_hooks) {
  diag::start(to_text(core.service()));
  if (argc != 2) {
    std::fprintf(stderr, "usage: nrm-%s DATA_FOLDER\n  (nrm up starts all services of a folder)\n",
                 std::string(to_text(core.service())).c_str());
    return 64;
  }
  harden_process();
  stop_on_signals();
  crypto::start();
  const auto code = run(core, argv[1], make_hooks);
  return code ? *code : fail(code.error());
}
}  // namespace nrm
