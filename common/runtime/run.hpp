// run_service(): what every service's main() is. Opens folder, store, bus and clock, turns the loop
// until SIGTERM or SIGINT, closes in order.
//
// Usage of every service binary: nrm-<service> DATA_FOLDER
// Exit codes: 0 stopped as asked; 64 usage; 65 the folder or store does not check out;
// 69 the address is in use; 70 a write failed (outcome unknown; the supervisor starts it again);
// 76 a feed was refused: somebody's history differs.
#pragma once
#include <functional>
#include <memory>

#include "common/runtime/confinement.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/messages.hpp"
#include "common/runtime/step.hpp"

namespace nrm {
// Makes the hooks of a service that has some; gets the folder and the opened store.
using MakeHooks = std::function<Result<std::unique_ptr<Hooks>>(const Folder&, Store&, Entropy&)>;

// What a service needs outside its data folder; asked before anything else is opened.
using OwnPlaces = std::function<Result<std::vector<OwnPlace>>(const std::string& folder)>;

// A second part of a service's process, on its loop's thread, over its bus and in its store: the
// archive in the audit's.
class Beside {
 public:
  virtual ~Beside() = default;
  virtual void on(Link link, const wire::Message& message, Instant ticks) = 0;
  // After every turn of the loop. ERRORS: the process must end.
  virtual Result<void> turn(Instant ticks) = 0;
  virtual bool stopped() const = 0;  // somebody's history differs: alarm
  // What the service is to be asked by its own process, if anything: a command without an actor.
  // ERRORS: as turn().
  virtual Result<std::optional<Command>> asks(Instant now) {
    (void)now;
    return std::optional<Command>();
  }
};
struct MakeBeside {
  std::vector<Service> peers;  // whom it talks to, beside those that the core follows
  std::function<Result<std::unique_ptr<Beside>>(const Folder&, Store&, Bus&)> make;
};

int run_service(const Core& core, int argc, char** argv, const MakeHooks& make_hooks = {},
                const OwnPlaces& own_places = {}, const MakeBeside& beside = {});

// What the processes share beside the loop: the clock of a folder, and "stop" from a signal.
Result<std::unique_ptr<Clock>> clock_of(const Folder& folder);
std::unique_ptr<Clock> tick_clock();  // steady time, for silence and heartbeats
void stop_on_signals();               // SIGTERM, SIGINT
bool stop_wanted();
// What log lines call this id (common/diag/pseudonyms.hpp). `key`: of
// keys/<process>/log-pseudonyms, the same for all processes of a folder.
std::string log_pseudonym(std::string_view key, std::string_view id);
// Before any thread: whose the files are is checked, and only this process's part of the folder can
// be opened from here on. ERRORS: forbidden, not_found, io_failed.
Result<void> enter_folder(const std::string& path, std::string_view process,
                          const OwnPlaces& own_places = {});
}  // namespace nrm
