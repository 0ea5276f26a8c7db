#include "common/runtime/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "common/base/hex.hpp"
#include "common/event/record.hpp"
#include "common/ledger/checkpoint.hpp"

namespace nrm {
namespace {
Error file_error(const std::string& path, const char* what) {
  const Code code = errno == ENOENT ? Code::not_found : Code::io_failed;
  return Error(code, "", path + ": " + what + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};
}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, "cannot be opened");
  std::string out;
  char buffer[65'536];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path, "cannot be read");
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > bytes_max) return Error(Code::too_large, "", path + ": is too large");
  }
}

Result<void> write_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string fresh = path + ".tmp";
  ::unlink(fresh.c_str());
  {
    const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) return file_error(fresh, "cannot be made");
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t put = ::write(file.get(), bytes.data() + at, bytes.size() - at);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return file_error(fresh, "cannot be written");
      at += static_cast<std::size_t>(put);
    }
    if (::fsync(file.get()) != 0) return file_error(fresh, "cannot be synced");
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return file_error(path, "cannot be replaced");
  auto folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) return file_error(folder, "cannot be synced");
  return {};
}

const Process* Mechanism::find(std::string_view process) const {
  const auto found = std::ranges::find_if(
      processes, [&](const Process& candidate) { return candidate.name.text() == process; });
  return found == processes.end() ? nullptr : &*found;
}

Result<Folder> Folder::open(const std::string& path) {
  Folder folder;
  folder.path_ = path;
  auto text = read_file(folder.file("mechanism.json"));
  if (!text)
    return Error(text.error().code, "",
                 path + " is not a data folder (make one with: nrm init --dir " + path + ")");
  json::Document document;
  Reading reading(Unknown::refuse, limits::policy_list_items_max);
  if (!document.parse_strict(*text) || !read_json(document.root(), folder.mechanism_, reading))
    return Error(Code::corrupt, "", folder.file("mechanism.json") + " does not check out");
  NRM_TRY_ASSIGN(const std::string pack, read_file(folder.file("policy.json")));
  NRM_TRY_ASSIGN(folder.policy_, read_policy(pack));
  if (!folder.policy_.appointments)
    return Error(Code::missing_field, "/appointments", folder.file("policy.json"));
  folder.policy_digest_ = crypto::sha256(pack).hex();
  return folder;
}

std::string Folder::origin(Service service) const {
  return mechanism_.name.text() + "/" + log_name(service);
}

Result<Sensitive<std::string>> Folder::secret(std::string_view relative) const {
  const std::string path = file(relative);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return file_error(path, "cannot be read");
  if ((status.st_mode & 077) != 0)
    return Error(Code::forbidden, "",
                 path + ": others can read this key (chmod 0400 " + path + ")");
  NRM_TRY_ASSIGN(std::string text, read_file(path, 4'096));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return Sensitive<std::string>(std::move(text));
}

Result<ZmqOptions> Folder::bus(std::string_view process,
                               const std::vector<std::string>& peers) const {
  const Process* self = mechanism_.find(process);
  if (self == nullptr)
    return Error(Code::not_found, "", "mechanism.json names no process " + std::string(process));
  ZmqOptions options;
  options.name = process;
  options.listen = self->endpoint;
  options.key.public_key = self->curve_key;
  NRM_TRY_ASSIGN(const auto key, secret("keys/" + std::string(process) + "/curve"));
  options.key.secret_key = key.reveal();
  for (const std::string& name : peers) {
    const Process* peer = mechanism_.find(name);
    if (peer == nullptr || peer->endpoint.empty())
      return Error(Code::not_found, "", "mechanism.json has no address of " + name);
    options.connect.push_back({name, peer->endpoint, peer->curve_key});
  }
  for (const Process& other : mechanism_.processes)
    if (&other != self) options.allow[other.curve_key] = other.name.text();
  return options;
}

Result<crypto::Signer> Folder::signer(Service service) const {
  NRM_TRY_ASSIGN(const auto seed, secret("keys/" + std::string(to_text(service)) + "/log"));
  const auto bytes = from_hex(seed.reveal());
  if (!bytes) return Error(Code::corrupt, "", "a log key file is not hexadecimal");
  return crypto::Signer::from_seed(*bytes);
}

Result<crypto::PublicKey> Folder::log_key(Service service) const {
  const Process* process = mechanism_.find(to_text(service));
  if (process == nullptr) return Error(Code::not_found, "", "no such process");
  NRM_TRY_ASSIGN(const auto named, read_verifier_key(process->log_key));
  return named.second;
}
}  // namespace nrm
