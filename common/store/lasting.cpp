#include "common/store/lasting.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "common/base/descriptor.hpp"

namespace nrm {
Result<void> make_folder_to_last(const std::string& folder) {
  namespace fs = std::filesystem;
  const fs::path path = fs::absolute(folder).lexically_normal();
  const fs::path parent =
      path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  fs::create_directories(parent);
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST && fs::is_directory(path)) return {};
    return Error(Code::io_failed, {}, "the store's folder cannot be made");
  }
  // RocksDB syncs what is in the folder, not that the folder is there.
  if (!sync_folder(parent))
    return Error(Code::io_failed, {}, "the store's folder cannot be synced");
  return {};
}

Result<void> cut_off(const std::string& file, std::uint64_t length) {
  const Descriptor held(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!held || ::ftruncate(held.get(), static_cast<off_t>(length)) != 0 || ::fsync(held.get()) != 0)
    return Error(Code::io_failed, {}, "a file's unfinished end cannot be cut off");
  return {};
}
}  // namespace nrm
