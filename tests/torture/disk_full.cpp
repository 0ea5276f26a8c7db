// A disk of a few MiB that fills up. The process ends with 70 and has answered nothing that is not
// durable; when there is space again, it goes on.
#include <sys/mount.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "tests/torture/scenario.hpp"

namespace nrm::torture {
namespace {
constexpr int exit_failed = 70;
constexpr std::uint64_t mib = 1024 * 1024;
constexpr std::uint64_t disk_bytes = 24 * mib;

class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path at) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    const std::string size = "size=" + std::to_string(disk_bytes);
    error_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, size.c_str()) == 0 ? 0 : errno;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (error_ == 0) ::umount2(at_.c_str(), MNT_DETACH);
  }
  int error() const { return error_; }
  // Leaves so much space; without a number, all of it.
  void leave(std::optional<std::uint64_t> bytes) const {
    std::filesystem::remove(at_ / "ballast");
    if (!bytes) return;
    const auto free = std::filesystem::space(at_).available;
    std::ofstream ballast(at_ / "ballast", std::ios::binary);
    const std::string piece(64 * 1024, 'b');
    for (std::uint64_t left = free > *bytes ? free - *bytes : 0; left > 0 && ballast;) {
      const auto now = std::min<std::uint64_t>(left, piece.size());
      ballast.write(piece.data(), static_cast<std::streamsize>(now));
      left -= now;
    }
  }

 private:
  std::filesystem::path at_;
  int error_ = 0;
};

// Until the disk is full, and once more when it no longer is.
std::string fill_and_free(Rounds& rounds, Dice& dice, const SmallDisk& disk,
                          const std::filesystem::path& store, Told& told) {
  const auto errors = (rounds.work() / "errors").string();
  const auto watch = [](const Boundary&) { return Verdict{}; };
  disk.leave(any_magnitude(dice, 3 * mib));
  told.seed = dice();
  const Ended full = run_traced(ledger_command(store, told.seed, 3000), errors, watch);
  rounds.took(full.took);
  told.listen(full.output);
  if (full.late || !WIFEXITED(full.status)) return how_it_ended(full);
  const int code = WEXITSTATUS(full.status);
  if (code != exit_failed && code != 0)
    return "it ended with " + std::to_string(code) + " when the disk was full";
  rounds.count("full disks", code != 0);
  rounds.count("answers before", told.done);
  disk.leave(std::nullopt);
  const Found found = check(store.string(), told, true);
  rounds.count("records", found.place.head);
  told.begin = found.place;
  return found.fault;
}
}  // namespace

Verdicts disk_full(const Options& options) {
  Rounds rounds("disk_full", options);
  while (auto dice = rounds.next()) {
    const SmallDisk disk(rounds.work() / "disk");
    if (disk.error() != 0) {
      std::printf(
          "disk_full: precondition failed: a tmpfs cannot be mounted here (%s); "
          "run it as root with CAP_SYS_ADMIN\n",
          std::strerror(disk.error()));
      return Verdicts::precondition_failed;
    }
    const auto store = rounds.work() / "disk" / "store";
    Told told;
    for (int time = 0; time < 4 && !rounds.out_of_time(); ++time)
      if (const auto fault = fill_and_free(rounds, *dice, disk, store, told); !fault.empty()) {
        const auto kept = rounds.work() / "kept";
        std::filesystem::copy(store, kept, std::filesystem::copy_options::recursive);
        return rounds.broken(fault, kept);
      }
  }
  return rounds.held();
}
}  // namespace nrm::torture
