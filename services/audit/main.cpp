// nrm-audit: archives all logs. It decides nothing and has no log of its own; verification and
// statistics read the archive and the logs (nrm audit …).
#include <cstdio>
#include <thread>

#include "common/diag/diag.hpp"
#include "common/runtime/permissions.hpp"
#include "common/runtime/rotation.hpp"
#include "common/runtime/run.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/archive.hpp"

namespace nrm {
namespace {
// One sync for all that comes within this: nobody waits for the archive, and each of its syncs
// holds up those of the services.
constexpr Milliseconds gathered_for{20};

Result<int> run(const std::string& path) {
  NRM_TRY(enter_folder(path, "audit"));
  NRM_TRY_ASSIGN(const Folder folder, Folder::open(path));
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = folder.store("audit")}));
  std::vector<std::string> peers;
  for (const Service service : log_owners) peers.emplace_back(to_text(service));
  NRM_TRY_ASSIGN(const ZmqOptions bus_options, folder.bus("audit", peers));
  NRM_TRY_ASSIGN(const auto bus, open_zmq(bus_options));
  NRM_TRY(share_sockets(path, bus_options));
  std::vector<Archive::Followed> logs;
  for (const Service service : log_owners) {
    NRM_TRY_ASSIGN(const auto key, folder.log_key(service));
    logs.push_back(
        {log_name(service), bus->link_to(to_text(service)), folder.origin(service), key});
  }
  NRM_TRY_ASSIGN(const auto archive, Archive::open(*store, logs));
  NRM_TRY(confine_calls());
  const auto ticks = tick_clock();
  diag::info("ready", {{"records", archive->records()}});
  std::vector<Delivery> came;
  Rotation rotation(folder, "audit", peers, *bus);
  while (!stop_wanted()) {
    rotation.look();
    came.clear();
    bus->receive(std::chrono::milliseconds(50), limits::inbox_messages_max, came);
    if (!came.empty()) {
      std::this_thread::sleep_for(gathered_for);
      bus->receive(Milliseconds(0), limits::inbox_messages_max, came);
    }
    for (const Delivery& delivery : came)
      if (const auto message = wire::read(delivery.frames))
        NRM_TRY(archive->on(delivery.link, *message, ticks->now()));
    NRM_TRY(archive->commit(*bus, ticks->now()));
    if (archive->stopped()) return 76;
  }
  NRM_TRY(store->flush());
  diag::info("closed", {{"records", archive->records()}});
  return 0;
}
}  // namespace
}  // namespace nrm

int main(int argc, char** argv) {
  nrm::diag::start("audit");
  if (argc != 2) {
    std::fprintf(stderr, "usage: nrm-audit DATA_FOLDER\n");
    return 64;
  }
  nrm::harden_process();
  nrm::stop_on_signals();
  nrm::crypto::start();
  const auto code = nrm::run(argv[1]);
  if (code) return *code;
  nrm::diag::error("stopped", {{"code", nrm::row_of(code.error().code).name},
                               {"why", std::string_view(code.error().detail)}});
  return code.error().code == nrm::Code::io_failed ? 70 : 65;
}
