#include "common/runtime/permissions.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace nrm {
namespace {
namespace fs = std::filesystem;

enum class Owner : bool { us, us_or_root };

struct Rule {
  mode_t kind;       // S_IFDIR, S_IFREG
  mode_t forbidden;  // permission bits that may not be set
  const char* mend;  // the mode that chmod gets
  Owner owner;
};
// Read by all processes, changed by the owner alone.
constexpr Rule shared_folder{S_IFDIR, 0027, "g-w,o-rwx", Owner::us_or_root};
constexpr Rule shared_file{S_IFREG, 0037, "g-wx,o-rwx", Owner::us_or_root};
constexpr Rule public_folder{S_IFDIR, 0022, "go-w", Owner::us_or_root};
constexpr Rule own_folder{S_IFDIR, 0077, "0700", Owner::us};
constexpr Rule key_file{S_IFREG, 07377, "0400", Owner::us};
constexpr Rule made_key_file{S_IFREG, 07177, "0600", Owner::us};
// All processes of a sandbox read and move its clock.
constexpr Rule clock_file{S_IFREG, 0117, "a-x,o-rw", Owner::us_or_root};
constexpr Rule meeting_place{S_IFDIR, 0007, "o-rwx", Owner::us_or_root};

Error refuse(const std::string& path, const std::string& what, const std::string& mend) {
  return Error(Code::forbidden, "", path + ": " + what + " (mend it with: " + mend + ")");
}

Result<void> check(const std::string& path, const Rule& rule) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0)
    return Error(errno == ENOENT ? Code::not_found : Code::io_failed, "",
                 path + ": cannot be looked at: " + std::strerror(errno));
  if ((status.st_mode & S_IFMT) != rule.kind)
    return refuse(path, rule.kind == S_IFDIR ? "is not a folder" : "is not a plain file of its own",
                  "mv " + path + " elsewhere, and put the real one there");
  const uid_t self = ::geteuid();
  if (status.st_uid != self && (rule.owner == Owner::us || status.st_uid != 0))
    return refuse(path, "belongs to user " + std::to_string(status.st_uid),
                  "chown " + std::to_string(self) + " " + path);
  if ((status.st_mode & rule.forbidden) != 0)
    return refuse(path, "others may do too much with it",
                  std::string("chmod ") + rule.mend + " " + path);
  return {};
}

Result<void> check_if_there(const std::string& path, const Rule& rule) {
  const auto good = check(path, rule);
  if (!good && good.error().code == Code::not_found) return {};
  return good;
}

// In the order of names, so that two runs say the same.
std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder, fault))
    paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  return paths;
}

Result<void> check_files(const std::string& folder, const Rule& rule) {
  for (const std::string& path : entries_of(folder)) NRM_TRY(check(path, rule));
  return {};
}

// Says how the master key is kept, and is none itself (services/vault).
bool is_description(const std::string& path) {
  return path.ends_with("/master.json") || path.ends_with("/shares");
}

// Keys that people put there are 0400; those in folders below, the process makes and destroys.
Result<void> check_keys(const std::string& folder) {
  std::error_code fault;
  NRM_TRY(check(folder, own_folder));
  for (const std::string& path : entries_of(folder)) {
    if (!fs::is_directory(fs::symlink_status(path, fault))) {
      NRM_TRY(check(path, is_description(path) ? made_key_file : key_file));
      continue;
    }
    NRM_TRY(check(path, own_folder));
    NRM_TRY(check_files(path, made_key_file));
  }
  return {};
}

// Where the processes' sockets are. A group that may write there must not take a peer's away.
Result<void> check_meeting_place(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && (status.st_mode & S_IWGRP) != 0 &&
      (status.st_mode & S_ISVTX) == 0)
    return refuse(path, "a member of its group could replace another's socket",
                  "chmod 3770 " + path);
  return check(path, meeting_place);
}
}  // namespace

Result<void> check_permissions(const std::string& folder, std::string_view process) {
  const auto in = [&](std::string_view relative) { return folder + "/" + std::string(relative); };
  const std::string name(process);
  const auto found = check(folder, shared_folder);
  if (!found && found.error().code == Code::not_found)
    return Error(Code::not_found, "",
                 folder + " is not a data folder (make one with: nrm init --dir " + folder + ")");
  NRM_TRY(found);
  for (const char* file : {"mechanism.json", "policy.json", "identity.json"})
    NRM_TRY(check_if_there(in(file), shared_file));
  for (const char* optional : {"identity", "witnesses", "rotation", "policy"}) {
    NRM_TRY(check_if_there(in(optional), shared_folder));
    NRM_TRY(check_files(in(optional), shared_file));
  }
  NRM_TRY(check(in("keys"), shared_folder));
  NRM_TRY(check_keys(in("keys/" + name)));
  NRM_TRY(check(in("store"), shared_folder));
  NRM_TRY(check_if_there(in("store/" + name), own_folder));
  NRM_TRY(check_meeting_place(in("run")));
  NRM_TRY(check_if_there(in("sandbox/clock"), clock_file));
  if (process != "gateway") return {};
  NRM_TRY(check(in("tls"), public_folder));
  return check(in("tls/server-key.pem"), key_file);
}

Result<void> share_socket(const std::string& folder, std::string_view endpoint) {
  constexpr std::string_view scheme = "ipc://";
  struct stat place {};
  if (!endpoint.starts_with(scheme) || ::stat((folder + "/run").c_str(), &place) != 0 ||
      (place.st_mode & S_IWGRP) == 0)
    return {};
  const std::string socket(endpoint.substr(scheme.size()));
  if (::chmod(socket.c_str(), 0660) != 0)
    return Error(Code::io_failed, "", socket + ": cannot be shared: " + std::strerror(errno));
  return {};
}

Result<void> share_sockets(const std::string& folder, const ZmqOptions& options) {
  NRM_TRY(share_socket(folder, options.listen));
  return options.next ? share_socket(folder, options.next->listen) : Result<void>();
}
}  // namespace nrm
