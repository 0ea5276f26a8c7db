#include "common/runtime/rotation.hpp"

#include <sys/stat.h>

#include <utility>

#include "common/diag/diag.hpp"
#include "common/runtime/permissions.hpp"

namespace nrm {
namespace {

// Empty: there is none, or an interrupted `nrm keys` left it behind mechanism.json, which is
// written first and was read at start.
std::string stamp_of(const Folder& folder) {
  struct stat status {
  }, first{};
  if (::stat(folder.file(rotation_file).c_str(), &status) != 0 ||
      ::stat(folder.file("mechanism.json").c_str(), &first) != 0 ||
      std::pair(status.st_mtim.tv_sec, status.st_mtim.tv_nsec) <
          std::pair(first.st_mtim.tv_sec, first.st_mtim.tv_nsec))
    return {};
  return FileWatch::stamp_of(status);
}
}  // namespace

std::vector<std::string> verifier_keys(const Folder& folder, Service owner) {
  const Process* process = folder.mechanism().find(to_text(owner));
  if (process == nullptr) return {};
  std::vector<std::string> out{process->log_key};
  if (process->rotates_log()) out.push_back(process->next->log_key);
  return out;
}

Rotation::Rotation(Folder folder, std::string process, std::vector<std::string> peers,
                   KeyedBus& bus)
    : folder_(std::move(folder)),
      process_(std::move(process)),
      peers_(std::move(peers)),
      bus_(bus) {}

bool Rotation::look() {
  if (!watch_.due() || !watch_.is_new(stamp_of(folder_))) return false;
  if (const auto adopted = adopt(); !adopted) {
    if (watch_.tells()) diag::error("keys_not_read", {{"why", adopted.error().detail}});
    return false;
  }
  watch_.taken();
  diag::info("keys_read");
  return true;
}

Result<void> Rotation::adopt() {
  NRM_TRY_ASSIGN(Mechanism fresh, read_mechanism(folder_.file(rotation_file)));
  if (fresh.name != folder_.mechanism().name)
    return Error(Code::corrupt, "", "rotation/mechanism.json is another installation's");
  const Folder changed = folder_.with(std::move(fresh));
  NRM_TRY_ASSIGN(const ZmqOptions options, changed.bus(process_, peers_));
  NRM_TRY(bus_.adopt(options));
  folder_ = changed;
  return share_sockets(folder_.path(), options);
}
}  // namespace nrm
