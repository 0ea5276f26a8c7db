#include "services/vault/epochs.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <vector>

#include "common/runtime/folder.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;

std::string bound_to(std::uint32_t epoch) { return "nrm-vault-2/epoch/" + std::to_string(epoch); }

constexpr const char* credentials_name = "credentials";
std::string bound_to_credentials() { return "nrm-vault-2/credentials"; }

Error failed(const std::string& path, const char* what) {
  return Error(Code::io_failed, "", path + ": " + what + ": " + std::strerror(errno));
}

Result<void> sync(const std::string& folder) {
  if (!sync_folder(folder)) return failed(folder, "cannot be synced");
  return {};
}

// The epoch that a file is the key of; 0: it is none.
std::uint32_t epoch_of(const std::string& name) {
  std::uint32_t epoch = 0;
  const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), epoch);
  return fault == std::errc() && end == name.data() + name.size() ? epoch : 0;
}

Result<std::vector<std::uint32_t>> epochs_in(const std::string& folder) {
  std::vector<std::uint32_t> out;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder, fault)) {
    const std::string name = entry.path().filename().string();
    if (const auto epoch = epoch_of(name); epoch != 0)
      out.push_back(epoch);
    else if (name.ends_with(".tmp"))  // a crash came before it had its name: nothing needs it
      NRM_TRY(destroy_file(entry.path().string()));
  }
  if (fault) return Error(Code::io_failed, "", folder + ": " + fault.message());
  return out;
}

// What `wrapped` wraps; another master is the fault that people can mend.
Result<crypto::SecretKey> unwrapped(MasterKey& master, const std::string& path,
                                    const std::string& bound) {
  NRM_TRY_ASSIGN(const std::string wrapped, read_file(path, 4'096));
  auto key = master.unwrap(bound, wrapped);
  if (key || key.error().code != Code::corrupt) return key;
  return Error(Code::corrupt, "",
               path +
                   ": this master key does not open it. Is it the right one? After a rewrap "
                   "that did not end: nrm vault rewrap");
}

// In the place of `path`, by `next`; nothing to do when an earlier run came this far.
Result<void> rewrap_file(const std::string& path, const std::string& bound, MasterKey* present,
                         MasterKey& next) {
  NRM_TRY_ASSIGN(const std::string wrapped, read_file(path, 4'096));
  if (next.unwrap(bound, wrapped)) return {};
  if (present == nullptr)
    return Error(Code::not_found, "", path + ": the master that opens it is missing");
  NRM_TRY_ASSIGN(const auto key, present->unwrap(bound, wrapped));
  NRM_TRY_ASSIGN(const std::string fresh, next.wrap(bound, key));
  return write_file(path, fresh, 0400);
}

// One process at a time: a vault that runs, or a rewrap.
Result<Descriptor> lock_folder(const std::string& folder) {
  std::error_code fault;
  if (!fs::is_directory(folder, fault)) {
    fs::create_directories(fs::path(folder).parent_path(), fault);
    if (::mkdir(folder.c_str(), 0700) != 0) return failed(folder, "cannot be made");
    NRM_TRY(sync(fs::path(folder).parent_path().string()));
  }
  Descriptor held(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!held) return failed(folder, "cannot be opened");
  if (::flock(held.get(), LOCK_EX | LOCK_NB) == 0) return held;
  return Error(Code::unavailable, "",
               folder + ": the vault runs and has these keys; stop it first");
}
}  // namespace

Result<void> destroy_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  // Its owner may not write a key file, but may change that.
  if (!file && errno == EACCES && ::chmod(path.c_str(), 0600) == 0)
    file = Descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return failed(path, "cannot be opened to be destroyed");
  struct stat status {};
  bool gone = ::fstat(file.get(), &status) == 0;
  for (off_t at = 0; gone && at < status.st_size;) {
    const auto noise = crypto::SecretKey::random();
    const auto size =
        std::min<std::size_t>(noise.reveal().size(), static_cast<std::size_t>(status.st_size - at));
    const ssize_t put = ::pwrite(file.get(), noise.reveal().data(), size, at);
    gone = put > 0;
    at += put;
  }
  gone = gone && ::fsync(file.get()) == 0;
  if (!gone || ::unlink(path.c_str()) != 0) return failed(path, "cannot be destroyed");
  return sync(fs::path(path).parent_path().string());
}

Result<std::unique_ptr<EpochKeys>> EpochKeys::open(const std::string& folder,
                                                   std::unique_ptr<MasterKey> master) {
  NRM_TRY_ASSIGN(Descriptor lock, lock_folder(folder));
  std::unique_ptr<EpochKeys> out(new EpochKeys(folder, std::move(master), std::move(lock)));
  NRM_TRY(out->read_all());
  return out;
}

std::string EpochKeys::path(std::uint32_t epoch) const {
  return folder_ + '/' + std::to_string(epoch);
}

Result<void> EpochKeys::read_all() {
  NRM_TRY_ASSIGN(const auto epochs, epochs_in(folder_));
  for (const std::uint32_t epoch : epochs) {
    NRM_TRY_ASSIGN(auto key, unwrapped(*master_, path(epoch), bound_to(epoch)));
    keys_.emplace(epoch, std::move(key));
  }
  return {};
}

const crypto::SecretKey* EpochKeys::find(std::uint32_t epoch) const {
  const auto found = keys_.find(epoch);
  return found == keys_.end() ? nullptr : &found->second;
}

Result<void> EpochKeys::make(std::uint32_t epoch) {
  if (keys_.contains(epoch)) return {};
  auto key = crypto::SecretKey::random();
  NRM_TRY_ASSIGN(const std::string wrapped, master_->wrap(bound_to(epoch), key));
  NRM_TRY(write_file(path(epoch), wrapped, 0400));
  keys_.emplace(epoch, std::move(key));
  return {};
}

Result<void> EpochKeys::destroy(std::uint32_t epoch) {
  if (!keys_.contains(epoch)) return {};
  NRM_TRY(destroy_file(path(epoch)));
  keys_.erase(epoch);
  return {};
}

Result<crypto::SecretKey> EpochKeys::credentials() {
  const std::string file = folder_ + '/' + credentials_name;
  std::error_code fault;
  if (fs::exists(file, fault)) return unwrapped(*master_, file, bound_to_credentials());
  if (fault) return Error(Code::io_failed, "", file + ": " + fault.message());
  auto key = crypto::SecretKey::random();
  NRM_TRY_ASSIGN(const std::string wrapped, master_->wrap(bound_to_credentials(), key));
  NRM_TRY(write_file(file, wrapped, 0400));
  return key;
}

Result<void> EpochKeys::check_unused(const std::string& folder) {
  NRM_TRY(lock_folder(folder));
  return {};
}

Result<void> EpochKeys::rewrap(const std::string& folder, MasterKey* present, MasterKey& next) {
  NRM_TRY_ASSIGN(Descriptor lock, lock_folder(folder));
  const EpochKeys held(folder, nullptr, std::move(lock));
  NRM_TRY_ASSIGN(const auto epochs, epochs_in(folder));
  for (const std::uint32_t epoch : epochs)
    NRM_TRY(rewrap_file(held.path(epoch), bound_to(epoch), present, next));
  const std::string credentials = folder + '/' + credentials_name;
  std::error_code fault;
  if (fs::exists(credentials, fault))
    NRM_TRY(rewrap_file(credentials, bound_to_credentials(), present, next));
  if (fault) return Error(Code::io_failed, "", credentials + ": " + fault.message());
  return {};
}
}  // namespace nrm
