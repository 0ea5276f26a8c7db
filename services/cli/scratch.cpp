#include "services/cli/scratch.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace nrm::cli {
namespace {
namespace fs = std::filesystem;
// What nobody would call an export or a mirror; and what is inside says it too.
constexpr std::string_view prefix = ".nrm-scratch-", mark = "/made-for-one-command";
constexpr std::size_t name_length = prefix.size() + 6;  // mkdtemp()
constexpr int attempts_max = 8;  // each time another command took ours for one that is left

// None: it is somebody else's, or in use.
Descriptor locked(const std::string& path) {
  struct stat status {};
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder || ::fstat(folder.get(), &status) != 0 || status.st_uid != ::geteuid() ||
      status.st_nlink == 0 || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0)
    return Descriptor(-1);
  return folder;
}

bool is_there(const std::string& path, const Descriptor& folder) {
  struct stat named {
  }, held{};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(folder.get(), &held) == 0 &&
         named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

// Of commands that were killed: the kernel has let go of their locks.
void remove_left(const std::string& parent) {
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(parent, fault)) {
    const std::string path = entry.path().string();
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || name.size() != name_length) continue;
    if (!fs::exists(path + std::string(mark), fault)) continue;
    if (const Descriptor held = locked(path)) fs::remove_all(path, fault);
  }
}
}  // namespace

std::optional<Scratch> Scratch::make_in(const std::string& parent) {
  remove_left(parent);
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    std::string path = parent + '/' + std::string(prefix) + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return std::nullopt;
    Descriptor lock = locked(path);
    if (!lock || !is_there(path, lock)) continue;
    if (!std::ofstream(path + std::string(mark))) return std::nullopt;
    return Scratch(std::move(path), std::move(lock));
  }
  return std::nullopt;
}

Result<Scratch> Scratch::make(const std::string& parent) {
  if (!parent.empty())
    if (auto made = make_in(parent)) return std::move(*made);
  std::error_code fault;
  const auto temporary = fs::temp_directory_path(fault);
  const std::string last = fault ? "/tmp" : temporary.string();
  if (auto made = make_in(last)) return std::move(*made);
  return Error(Code::io_failed, "", last + ": no folder can be made here; TMPDIR says where to");
}

Scratch::~Scratch() {
  std::error_code fault;
  if (!path_.empty()) fs::remove_all(path_, fault);
}

Scratch::Scratch(Scratch&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
}  // namespace nrm::cli
