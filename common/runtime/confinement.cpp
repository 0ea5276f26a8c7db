#include "common/runtime/confinement.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/descriptor.hpp"

namespace nrm {
namespace {
// Landlock has no wrappers in Debian 12's C library (landlock(7)).
constexpr std::uint64_t read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t file_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
// All of the first version: reading, writing, making and removing anything, and executing.
constexpr std::uint64_t all_rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
constexpr std::uint64_t work_rights =
    all_rights & ~(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM);

class Ruleset {
 public:
  Ruleset() : rules_(make()) {}
  bool there() const { return static_cast<bool>(rules_); }

  // What is not there needs no right.
  Result<void> allow(const std::string& path, std::uint64_t rights) {
    const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!place && errno == ENOENT) return {};
    struct stat status {};
    if (place && ::fstat(place.get(), &status) == 0 && !S_ISDIR(status.st_mode))
      rights &= file_rights;  // the others are about what is in a folder
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = rights;
    beneath.parent_fd = place.get();
    if (!place || ::syscall(SYS_landlock_add_rule, rules_.get(), LANDLOCK_RULE_PATH_BENEATH,
                            &beneath, 0) != 0)
      return Error(Code::io_failed, "", path + ": no rule: " + std::strerror(errno));
    return {};
  }
  Result<void> enforce() {
    if (::syscall(SYS_landlock_restrict_self, rules_.get(), 0) != 0)
      return Error(Code::io_failed, "", std::string("Landlock: ") + std::strerror(errno));
    return {};
  }

 private:
  static int make() {
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = all_rights;
    return static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  }

  Descriptor rules_;
};
}  // namespace

void harden_process() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::umask(077);
}

Result<bool> confine_files(const std::string& folder, std::string_view process,
                           const std::vector<OwnPlace>& places) {
  Ruleset rules;
  if (!rules.there()) {
    if (errno == ENOSYS || errno == EOPNOTSUPP) return false;
    return Error(Code::io_failed, "", std::string("Landlock: ") + std::strerror(errno));
  }
  // Libraries, certificates, names of hosts, random bytes, what the C library asks of /proc.
  for (const char* system :
       {"/etc", "/usr", "/lib", "/lib64", "/proc", "/sys", "/run/systemd", "/run/credentials"})
    NRM_TRY(rules.allow(system, read_rights));
  NRM_TRY(rules.allow("/dev", read_rights | LANDLOCK_ACCESS_FS_WRITE_FILE));
  const std::string name(process);
  // rotation/ and policy/ are read again while the process runs, and their files are replaced:
  // hence folders.
  for (const std::string& shared :
       {std::string("mechanism.json"), std::string("policy.json"), std::string("identity.json"),
        std::string("identity"), std::string("witnesses"), std::string("rotation"),
        std::string("policy"), "keys/" + name})
    NRM_TRY(rules.allow(folder + "/" + shared, read_rights));
  // The server's key, and the one that makes clients' certificates: of who answers HTTPS.
  if (process == "gateway" || process == "witness")
    NRM_TRY(rules.allow(folder + "/tls", read_rights));
  NRM_TRY(rules.allow(folder + "/sandbox/clock", file_rights));
  for (const std::string& own : {"store/" + name, std::string("run")})
    NRM_TRY(rules.allow(folder + "/" + own, work_rights));
  // Only the vault makes and destroys keys of its own (of epochs; a master that shares replace).
  if (process == "vault") NRM_TRY(rules.allow(folder + "/keys/vault", work_rights));
  for (const OwnPlace& place : places)
    NRM_TRY(rules.allow(place.path, place.writes ? work_rights : read_rights));
  NRM_TRY(rules.enforce());
  return true;
}
}  // namespace nrm
