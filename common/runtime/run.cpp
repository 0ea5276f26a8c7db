#include "common/runtime/run.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "common/base/descriptor.hpp"
#include "common/base/hex.hpp"
#include "common/diag/diag.hpp"
#include "common/diag/pseudonyms.hpp"
#include "common/runtime/permissions.hpp"
#include "common/runtime/rotation.hpp"
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

// A clock that the machine's has left behind: somebody set that one.
void look_at_clock(const Clock& clock, bool& told) {
  constexpr Milliseconds honest = std::chrono::seconds(5);  // what NTP mends after a long outage
  const Milliseconds astray = clock.astray();
  diag::gauge("clock_astray_ms", astray.count());
  const bool set = astray > honest || astray < -honest;
  if (set && !told) diag::warning("clock_was_set", {{"by_ms", astray.count()}});
  told = set;
}

// What the log says last is what signs: during a rotation that may be the next key already.
Result<crypto::Signer> signer_in_force(const Folder& folder, const Store& store, Service service) {
  NRM_TRY_ASSIGN(auto signer, folder.signer(service));
  NRM_TRY_ASSIGN(const auto noted, noted_key(store, KeyUse::log));
  if (!noted || noted->key == key_text(signer.public_key())) return signer;
  NRM_TRY_ASSIGN(auto next, folder.next_signer(service));
  if (next && noted->key == key_text(next->public_key())) return std::move(*next);
  return Error(
      Code::diverged, "",
      "keys/" + std::string(to_text(service)) + "/log is not the key that this log names last");
}

Result<void> tell_own_keys(ServiceLoop& loop, const Folder& folder, Service service) {
  const Process* self = folder.mechanism().find(to_text(service));
  if (self == nullptr) return Error(Code::not_found, "", "mechanism.json does not name us");
  ServiceLoop::OwnKey curve{.use = KeyUse::curve, .key = self->curve_key, .next = {}, .signer = {}};
  if (self->rotates_curve()) curve.next = self->next->curve_key;
  NRM_TRY(loop.own_key(std::move(curve)));
  NRM_TRY_ASSIGN(const auto key, folder.log_key(service));
  ServiceLoop::OwnKey log{.use = KeyUse::log, .key = key_text(key), .next = {}, .signer = {}};
  NRM_TRY_ASSIGN(log.signer, folder.next_signer(service));
  if (log.signer) log.next = key_text(log.signer->public_key());
  return loop.own_key(std::move(log));
}

std::function<void(Link, const wire::Message&, Instant)> to_others(Beside* beside) {
  if (beside == nullptr) return {};
  return [beside](Link link, const wire::Message& message, Instant ticks) {
    beside->on(link, message, ticks);
  };
}

Result<void> turn_beside(ServiceLoop& loop, Beside& beside, Instant now, Instant ticks) {
  NRM_TRY(beside.turn(ticks));
  NRM_TRY_ASSIGN(auto command, beside.asks(now));
  return command ? loop.ask_itself(std::move(*command)) : Result<void>();
}

// Everything between "the parts are open" and the end.
Result<int> turn_until_stopped(ServiceLoop& loop, const Clock& clock, const Clock& ticks,
                               Rotation& rotation, Service service, Beside* beside) {
  NRM_TRY(tell_own_keys(loop, rotation.folder(), service));
  AdoptionWatch packs(rotation.folder().path());
  if (const auto adopted = packs.look()) NRM_TRY(loop.adopt(*adopted));
  diag::info("ready", {{"records", loop.step().head()}});
  bool told = false;
  while (!stop_wanted()) {
    if (rotation.look()) NRM_TRY(tell_own_keys(loop, rotation.folder(), service));
    if (const auto adopted = packs.look()) {
      NRM_TRY(loop.adopt(*adopted));
      diag::info("policy_read", {{"versions", adopted->size()}});
    }
    NRM_TRY(loop.turn(std::chrono::milliseconds(beside == nullptr ? 50 : 10)));
    if (beside != nullptr) NRM_TRY(turn_beside(loop, *beside, clock.now(), ticks.now()));
    look_at_clock(clock, told);
    if (loop.stopped() || (beside != nullptr && beside->stopped())) return 76;
  }
  NRM_TRY(loop.close());
  diag::info("closed", {{"records", loop.step().head()}});
  return 0;
}

Result<int> run(const Core& core, const std::string& path, const MakeHooks& make_hooks,
                const OwnPlaces& own_places, const MakeBeside& make_beside) {
  const std::string name(to_text(core.service()));
  NRM_TRY(enter_folder(path, name, own_places));
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(path));
  NRM_TRY_ASSIGN(const auto clock, clock_of(folder));
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = folder.store(name)}));
  NRM_TRY_ASSIGN(const auto signer, signer_in_force(folder, *store, core.service()));
  std::vector<std::string> peers;
  for (const Service owner : core.follows()) peers.emplace_back(to_text(owner));
  for (const Service owner : make_beside.peers)
    if (std::ranges::find(peers, to_text(owner)) == peers.end()) peers.emplace_back(to_text(owner));
  NRM_TRY_ASSIGN(const ZmqOptions bus_options, folder.bus(name, peers));
  NRM_TRY_ASSIGN(const auto bus, open_zmq(bus_options));
  NRM_TRY(share_sockets(path, bus_options));
  Rotation rotation(folder, name, peers, *bus);
  const auto entropy = system_entropy();
  const auto ticks = tick_clock();
  std::unique_ptr<Hooks> hooks;
  if (make_hooks) {
    NRM_TRY_ASSIGN(hooks, make_hooks(folder, *store, *entropy));
  }
  std::unique_ptr<Beside> beside;
  if (make_beside.make) {
    NRM_TRY_ASSIGN(beside, make_beside.make(folder, *store, *bus));
  }
  NRM_TRY_ASSIGN(
      auto loop,
      ServiceLoop::open(
          {.step = {.core = core,
                    .store = *store,
                    .entropy = *entropy,
                    .policy = folder.policy(),
                    .policy_digest = folder.policy_digest(),
                    .signer = signer,
                    .origin = folder.origin(core.service()),
                    .sandbox = folder.mechanism().sandbox,
                    .hooks = hooks.get(),
                    .adopted = folder.adopted()},
           .bus = *bus,
           .clock = *clock,
           .ticks = *ticks,
           .verifier_keys = [&](Service owner) { return verifier_keys(rotation.folder(), owner); },
           .others = to_others(beside.get())}));
  NRM_TRY(confine_calls());
  return turn_until_stopped(*loop, *clock, *ticks, rotation, core.service(), beside.get());
}
}  // namespace

std::unique_ptr<Clock> tick_clock() { return std::make_unique<TickClock>(); }

Result<std::unique_ptr<Clock>> clock_of(const Folder& folder) {
  if (!folder.mechanism().sandbox) return anchored_clock();
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

namespace {
// Folders of older builds have no key: their ids are all one.
Result<void> name_ids(const std::string& path, std::string_view process) {
  const std::string file = path + "/keys/" + std::string(process) + "/log-pseudonyms";
  const auto text = read_file(file, 4'096);
  if (!text && text.error().code == Code::not_found) return {};
  if (!text) return text.error();
  const auto key = from_hex(std::string_view(*text).substr(0, text->find('\n')));
  if (!key || key->size() != 32) return Error(Code::corrupt, "", file + ": is no key");
  diag::name_ids_by([key = *key](std::string_view id) { return log_pseudonym(key, id); });
  return {};
}
}  // namespace

std::string log_pseudonym(std::string_view key, std::string_view id) {
  return '~' + to_hex(crypto::keyed_digest(key, id, 16).substr(0, 8));
}

Result<void> enter_folder(const std::string& path, std::string_view process,
                          const OwnPlaces& own_places) {
  NRM_TRY(check_permissions(path, process));
  NRM_TRY(name_ids(path, process));
  // Made here, for afterwards there is no right to make anything in store/.
  const std::string store = path + "/store/" + std::string(process);
  if (::mkdir(store.c_str(), 0700) != 0 && errno != EEXIST)
    return Error(Code::io_failed, "", store + ": cannot be made: " + std::strerror(errno));
  // It lasts before anything in it is acknowledged; also one that a killed start made.
  if (!sync_folder(path + "/store"))
    return Error(Code::io_failed, "", path + "/store: cannot be synced: " + std::strerror(errno));
  std::vector<OwnPlace> places;
  if (own_places) {
    NRM_TRY_ASSIGN(places, own_places(path));
  }
  NRM_TRY_ASSIGN(const bool enforced, confine_files(path, process, places));
  diag::info("files_confined", {{"enforced", enforced}});
  return {};
}

int run_service(const Core& core, int argc, char** argv, const MakeHooks& make_hooks,
                const OwnPlaces& own_places, const MakeBeside& beside) {
  diag::start(to_text(core.service()));
  if (argc != 2) {
    std::fprintf(stderr, "usage: nrm-%s DATA_FOLDER\n  (nrm up starts all services of a folder)\n",
                 std::string(to_text(core.service())).c_str());
    return 64;
  }
  harden_process();
  stop_on_signals();
  crypto::start();
  const auto code = run(core, argv[1], make_hooks, own_places, beside);
  return code ? *code : fail(code.error());
}
}  // namespace nrm
