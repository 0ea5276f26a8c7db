// Rotation: the keys of a running installation change without a restart.
//
// `nrm keys rotate` writes a second key beside the first and says so in mechanism.json and, for
// those who run, in rotation/mechanism.json (the folder that confined processes may still look
// into). Each process looks there twice a second. Peers accept both keys; the process itself
// listens with both, connects with the new one, and puts every step into its log. `nrm keys retire`
// ends the first one's validity the same way. THREAD: the one that owns the bus.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/runtime/file_watch.hpp"
#include "common/runtime/folder.hpp"

namespace nrm {
// C2SP verifier keys that may sign a log's checkpoints now: two while its key changes.
std::vector<std::string> verifier_keys(const Folder& folder, Service owner);

class Rotation {
 public:
  // What was opened with `folder` for this process and these peers.
  Rotation(Folder folder, std::string process, std::vector<std::string> peers, KeyedBus& bus);
  // Brings the bus up to date when something has changed; true then. What cannot be read or adopted
  // is told once and tried again: the keys that are valid stay so.
  bool look();
  const Folder& folder() const { return folder_; }  // as it is now

 private:
  Result<void> adopt();
  Folder folder_;
  const std::string process_;
  const std::vector<std::string> peers_;
  KeyedBus& bus_;
  FileWatch watch_;
};
}  // namespace nrm
