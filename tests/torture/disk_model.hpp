// DiskModel: what of a folder a power cut must leave, and what it may leave.
//
// It is told of each file made, renamed, removed, cut and synced, in order, and so knows for each
// file how far it was synced, and which names are in the folder since the folder itself was synced.
// A cut keeps what was synced; of the rest it keeps anything: see Loss. Files that were removed are
// kept alive by a second link, because their removal may be what the cut takes back.
//
// Not modelled: a disk that lies about a sync; loss of the folder itself; files written other than
// by appending (RocksDB appends only).
// THREAD: one. OWNERSHIP: makes and removes the folder `links` beside the folder that it watches.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/torture/traced_process.hpp"

namespace nrm::torture {
using Dice = std::mt19937_64;

// What happens to bytes that were written and not synced.
enum class Loss : std::uint8_t {
  all,      // none of them is there
  none,     // all are there: a kill
  tail,     // each file ends anywhere in them
  zeros,    // the length is there, but from a sector or a write on the bytes are not
  sectors,  // of 512 bytes: each is there or zero
  pages,    // of 4 KiB: as above
};
inline constexpr std::size_t loss_count = 6;
std::string loss_name(Loss loss);

class DiskModel {
 public:
  // All that is in `folder` now counts as synced. Both are on one file system.
  DiskModel(std::filesystem::path folder, std::filesystem::path links);
  ~DiskModel();
  DiskModel(const DiskModel&) = delete;
  DiskModel& operator=(const DiskModel&) = delete;

  void see(const Boundary& boundary);
  // A state that a power cut now could leave, in a fresh folder `image`. Says what was lost.
  std::string cut(const std::filesystem::path& image, Loss loss, Dice& dice) const;

 private:
  struct File {
    std::filesystem::path link;       // keeps it alive
    std::uint64_t synced = 0;         // bytes
    std::vector<std::uint64_t> ends;  // of the writes: lengths that it had
  };
  struct Change {      // of the folder's names
    std::string from;  // none: made
    std::string to;    // none: removed
    std::size_t file = 0;
  };
  using Names = std::map<std::string, std::size_t>;  // -> files_

  std::size_t add(const std::string& name, std::uint64_t synced);
  std::string name_of(const std::string& path) const;  // empty: not in the folder
  void apply(Names& names, const Change& change) const;
  void made(const std::string& name, bool emptied);
  void synced(const Boundary& before);
  Names names_after_cut(Loss loss, Dice& dice) const;

  std::filesystem::path folder_;
  std::filesystem::path links_;
  std::vector<File> files_;
  Names now_;
  Names synced_;
  std::vector<Change> changes_;  // from synced_ to now_
  struct Syncing {
    std::size_t file = 0;
    bool folder = false;
    std::size_t reach = 0;  // bytes, or changes of the folder, there when it began
  };
  std::map<pid_t, Syncing> syncing_;
};
}  // namespace nrm::torture
