#include "common/runtime/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "common/base/descriptor.hpp"
#include "common/base/hex.hpp"
#include "common/event/record.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/runtime/described_file.hpp"
#include "common/runtime/roles.hpp"

namespace nrm {
namespace {
Error file_error(const std::string& path, const char* what) {
  const Code code = errno == ENOENT ? Code::not_found : Code::io_failed;
  return Error(code, "", path + ": " + what + ": " + std::strerror(errno));
}
}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return file_error(path, "cannot be opened");
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
    if (!file) return file_error(fresh, "cannot be made");
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
  if (!sync_folder(folder)) return file_error(folder, "cannot be synced");
  return {};
}

const Process* Mechanism::find(std::string_view process) const {
  const auto found = std::ranges::find_if(
      processes, [&](const Process& candidate) { return candidate.name.text() == process; });
  return found == processes.end() ? nullptr : &*found;
}

Result<Mechanism> read_mechanism(const std::string& path) {
  NRM_TRY_ASSIGN(const std::string text, read_file(path));
  return read_described<Mechanism>(path, text, limits::policy_list_items_max);
}

namespace {
bool has_board(const Policy& policy) {
  return std::ranges::any_of(policy.identification.deciders, [](const DeciderRule& rule) {
    return rule.office == DecidingOffice::board;
  });
}
}  // namespace

Result<Folder> Folder::open(const std::string& path) {
  Folder folder;
  folder.path_ = path;
  auto mechanism = read_mechanism(folder.file("mechanism.json"));
  if (!mechanism && mechanism.error().code == Code::corrupt) return mechanism.error();
  if (!mechanism)
    return Error(mechanism.error().code, "",
                 path + " is not a data folder (make one with: nrm init --dir " + path + ")");
  folder.mechanism_ = std::move(*mechanism);
  if (const auto& edge = folder.mechanism_.edge)
    if (const auto good = check(*edge); !good)
      return Error(
          good.error().code, good.error().where,
          folder.file("mechanism.json") + " at " + good.error().where + ": " + good.error().detail);
  NRM_TRY_ASSIGN(const std::string pack, read_file(folder.file("policy.json")));
  NRM_TRY_ASSIGN(folder.policy_, read_policy(pack));
  if (!folder.policy_.appointments)
    return Error(Code::missing_field, "/appointments", folder.file("policy.json"));
  if (has_board(folder.policy_) && !folder.policy_.appointments->board)
    return Error(Code::missing_field, "/appointments/board", folder.file("policy.json"));
  folder.policy_digest_ = crypto::sha256(pack).hex();
  NRM_TRY_ASSIGN(folder.adopted_, read_adoptions(path));
  return folder;
}

const Policy& Folder::policy_at(Instant moment) const {
  const Policy* found = &policy_;
  for (const AdoptedPolicy& one : adopted_)
    if (one.adoption.from <= moment) found = one.policy.get();
  return *found;
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
  if (self->rotates_curve()) {
    NRM_TRY_ASSIGN(const auto next, secret("keys/" + std::string(process) + "/curve.next"));
    options.next = {self->next->endpoint, {self->next->curve_key, next.reveal()}};
  }
  for (const std::string& name : peers) {
    const Process* peer = mechanism_.find(name);
    if (peer == nullptr || peer->endpoint.empty())
      return Error(Code::not_found, "", "mechanism.json has no address of " + name);
    const bool rotates = peer->rotates_curve();
    options.connect.push_back({name, rotates ? peer->next->endpoint : peer->endpoint,
                               rotates ? peer->next->curve_key : peer->curve_key});
  }
  for (const Process& other : mechanism_.processes) {
    // The archive in the audit's process follows the audit's own log.
    if (!may_connect(other.name.text(), process, mechanism_.sandbox)) continue;
    options.allow[other.curve_key] = other.name.text();
    if (other.rotates_curve()) options.allow[other.next->curve_key] = other.name.text();
  }
  return options;
}

Folder Folder::with(Mechanism mechanism) const {
  Folder out = *this;
  out.mechanism_ = std::move(mechanism);
  return out;
}

Result<crypto::Signer> Folder::read_signer(const std::string& relative) const {
  NRM_TRY_ASSIGN(const auto seed, secret(relative));
  const auto bytes = from_hex(seed.reveal());
  if (!bytes) return Error(Code::corrupt, "", "a log key file is not hexadecimal");
  return crypto::Signer::from_seed(*bytes);
}

Result<crypto::Signer> Folder::signer(Service service) const {
  return read_signer("keys/" + std::string(to_text(service)) + "/log");
}

Result<std::optional<crypto::Signer>> Folder::next_signer(Service service) const {
  const Process* process = mechanism_.find(to_text(service));
  if (process == nullptr || !process->rotates_log()) return std::optional<crypto::Signer>();
  NRM_TRY_ASSIGN(auto signer, read_signer("keys/" + process->name.text() + "/log.next"));
  return std::optional(std::move(signer));
}

bool Folder::names_log_key(Service service, const crypto::PublicKey& key) const {
  const Process* process = mechanism_.find(to_text(service));
  if (process == nullptr) return false;
  const auto is = [&](const std::string& named) {
    const auto known = read_verifier_key(named);
    return known && known->second == key;
  };
  return is(process->log_key) || (process->rotates_log() && is(process->next->log_key));
}

Result<crypto::PublicKey> Folder::log_key(Service service) const {
  const Process* process = mechanism_.find(to_text(service));
  if (process == nullptr) return Error(Code::not_found, "", "no such process");
  NRM_TRY_ASSIGN(const auto named, read_verifier_key(process->log_key));
  return named.second;
}
}  // namespace nrm
