#include "services/vault/master_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "common/base/descriptor.hpp"
#include "common/base/hex.hpp"

namespace nrm {
namespace {
class MasterInMemory final : public MasterKey {
 public:
  explicit MasterInMemory(crypto::SecretKey key) : key_(std::move(key)) {}
  Result<std::string> wrap(std::string_view bound, const crypto::SecretKey& key) override {
    return crypto::seal(key_, bound, key.reveal());
  }
  Result<crypto::SecretKey> unwrap(std::string_view bound, std::string_view wrapped) override {
    NRM_TRY_ASSIGN(const auto plain, crypto::open(key_, bound, wrapped));
    return crypto::SecretKey::from(plain.reveal());
  }

 private:
  const crypto::SecretKey key_;
};

// The checks are of the opened file, so that nothing can be put in its place in between.
Result<void> check_private(int file, const std::string& path, bool root_may_own) {
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    return Error(Code::corrupt, "", path + ": the master key is a regular file");
  const bool own = status.st_uid == ::geteuid() || (root_may_own && status.st_uid == 0);
  if (!own)
    return Error(Code::forbidden, "",
                 path + ": somebody else owns the master key (chown " +
                     std::to_string(::geteuid()) + " " + path + ", if it was you who put it here)");
  // A group bit on a credential is its access list (systemd grants the service's user that way).
  const mode_t open_to = root_may_own ? 0037 : 0377;
  if ((status.st_mode & open_to) != 0)
    return Error(
        Code::forbidden, "",
        path + ": the master key must be readable by its owner alone (chmod 0400 " + path + ")");
  return {};
}

Result<crypto::SecretKey> read_private(const std::string& path, bool root_may_own) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file)
    return Error(errno == ENOENT ? Code::not_found : Code::forbidden, "",
                 path + ": the master key cannot be opened: " + std::strerror(errno));
  NRM_TRY(check_private(file.get(), path, root_may_own));
  // Hexadecimal digits of 32 bytes, and the end of the line.
  char text[72];
  const ssize_t got = ::read(file.get(), text, sizeof text);
  std::string_view digits(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  while (digits.ends_with('\n')) digits.remove_suffix(1);
  auto bytes = Sensitive<std::string>(from_hex(digits).value_or(std::string()));
  explicit_bzero(text, sizeof text);
  auto key = crypto::SecretKey::from(bytes.reveal());
  if (!key) return Error(Code::corrupt, "", path + ": a master key is 64 hexadecimal digits");
  return key;
}
}  // namespace

std::unique_ptr<MasterKey> master_in_memory(crypto::SecretKey key) {
  return std::make_unique<MasterInMemory>(std::move(key));
}

Result<crypto::SecretKey> read_master_file(const std::string& path) {
  return read_private(path, false);
}

Result<crypto::SecretKey> read_master_credential(const std::string& name) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder == '\0')
    return Error(Code::not_found, "",
                 "no credentials were handed over: the unit needs LoadCredentialEncrypted=" + name);
  return read_private(std::string(folder) + '/' + name, true);
}
}  // namespace nrm
