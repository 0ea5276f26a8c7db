#include "services/vault/open_master.hpp"

#include <filesystem>

#include "common/base/hex.hpp"
#include "common/runtime/described_file.hpp"
#include "services/vault/unseal.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code fault;
  return fs::exists(path, fault);
}

template <class T>
Result<T> read_own(const std::string& path) {
  NRM_TRY_ASSIGN(const std::string text, read_file(path, 64 * 1024));
  return read_described<T>(path, text, limits::key_shares_max);
}

// Whether one of the two is in the other, links followed.
bool overlap(const std::string& one, const std::string& other) {
  std::error_code fault;
  std::string a = fs::weakly_canonical(one, fault), b = fs::weakly_canonical(other, fault);
  for (std::string* path : {&a, &b})
    if (!path->ends_with('/')) *path += '/';
  return fault || a.starts_with(b) || b.starts_with(a);
}

Result<std::unique_ptr<MasterKey>> in_memory(Result<crypto::SecretKey> key) {
  if (!key) return key.error();
  return master_in_memory(std::move(key).value());
}

Result<std::unique_ptr<MasterKey>> unseal(const Folder& folder, const std::function<bool()>& stop) {
  NRM_TRY_ASSIGN(const auto checks, read_own<ShareChecks>(folder.file("keys/vault/shares")));
  NRM_TRY_ASSIGN(auto key, wait_for_shares(folder.file("run/unseal.sock"), checks, stop));
  // The shares have proved themselves.
  const std::string file = folder.file("keys/vault/master");
  if (exists(file)) NRM_TRY(destroy_file(file));
  return master_in_memory(std::move(key));
}

Result<void> write_fresh_key(const std::string& path) {
  if (exists(path)) return {};  // an earlier run came this far
  const auto key = crypto::SecretKey::random();
  std::string text;
  text.reserve(80);  // never moved: a copy could not be wiped
  for (std::size_t i = 0; i < key.reveal().size(); ++i) text += to_hex(key.reveal().substr(i, 1));
  text += '\n';
  const Sensitive<std::string> line(std::move(text));
  return write_file(path, line.reveal(), 0400);
}

Result<void> write_place(const Folder& folder, const MasterPlace& place) {
  return write_file(folder.file("keys/vault/master.json"), to_json(place) + '\n', 0600);
}
}  // namespace

Result<MasterPlace> read_master_place(const std::string& folder) {
  const std::string path = folder + "/keys/vault/master.json";
  if (!exists(path)) return MasterPlace{};
  NRM_TRY_ASSIGN(MasterPlace place, read_own<MasterPlace>(path));
  if (place.kind == MasterKind::token &&
      !(place.module && place.token && place.key && place.pin_file))
    return Error(Code::missing_field, "", path + ": a token needs module, token, key and pin_file");
  return place;
}

namespace {
Result<std::vector<OwnPlace>> places_of(const MasterPlace& place, const std::string& folder) {
  if (place.kind != MasterKind::token) return std::vector<OwnPlace>();
  std::vector<OwnPlace> out{{place.module->text(), false}};
  for (const Text<200>& path : place.paths) out.push_back({path.text(), true});
  if (place.paths.empty()) out.push_back({"/var/lib/softhsm", true});
  for (const OwnPlace& one : out)
    if (!fs::path(one.path).is_absolute() || overlap(one.path, folder))
      return Error(Code::out_of_range, "/paths",
                   folder + "/keys/vault/master.json: " + one.path +
                       " is not an absolute path outside the data folder");
  return out;
}
}  // namespace

Result<std::vector<OwnPlace>> token_places(const std::string& folder) {
  NRM_TRY_ASSIGN(const MasterPlace place, read_master_place(folder));
  return places_of(place, folder);
}

Result<std::unique_ptr<MasterKey>> open_token_of(const Folder& folder, const MasterPlace& place) {
  NRM_TRY_ASSIGN(const auto pin, folder.secret(place.pin_file->text()));
  return open_token({place.module->text(), place.token->text(), place.key->text()}, pin);
}

Result<std::unique_ptr<MasterKey>> open_master(const Folder& folder,
                                               const std::function<bool()>& stop) {
  if (exists(folder.file("keys/vault/master.next")))
    return Error(Code::corrupt, "",
                 "the master key was being replaced when something stopped it: nrm vault rewrap "
                 "--dir " +
                     folder.path() + " goes on where it was");
  NRM_TRY_ASSIGN(const MasterPlace place, read_master_place(folder.path()));
  switch (place.kind) {
    case MasterKind::file:
      return in_memory(read_master_file(folder.file("keys/vault/master")));
    case MasterKind::credential:
      return in_memory(read_master_credential(credential_name));
    case MasterKind::shares:
      return unseal(folder, stop);
    case MasterKind::token:
      return open_token_of(folder, place);
  }
  return Error(Code::corrupt, "", "keys/vault/master.json names no place");
}

Result<std::vector<Share>> split_master(const Folder& folder, std::uint32_t shares,
                                        std::uint32_t threshold) {
  if (threshold < 2 || threshold > shares || shares > limits::key_shares_max)
    return Error(Code::out_of_range, "--threshold",
                 "at least 2, and no more than there are shares");
  NRM_TRY_ASSIGN(const auto key, read_master_file(folder.file("keys/vault/master")));
  auto out = split_key(key, shares, threshold);
  const std::vector<Share>& parts = out;
  NRM_TRY(write_file(folder.file("keys/vault/shares"), to_json(checks_of(parts, threshold, key)),
                     0600));
  NRM_TRY(write_place(folder, {.kind = MasterKind::shares}));
  return out;
}

Result<void> move_master(const Folder& folder, MasterKey* present, const MasterMove& move) {
  const std::string epochs = folder.file("keys/vault/epochs");
  NRM_TRY(EpochKeys::check_unused(epochs));
  NRM_TRY(places_of(move.to, folder.path()));
  const std::string file = folder.file("keys/vault/master");
  const std::string next_file =
      move.to.kind == MasterKind::credential ? move.handed_over : file + ".next";
  std::unique_ptr<MasterKey> next;
  if (move.to.kind == MasterKind::token) {
    NRM_TRY_ASSIGN(const auto pin, folder.secret(move.to.pin_file->text()));
    const TokenPlace place{move.to.module->text(), move.to.token->text(), move.to.key->text()};
    const auto made = make_token_key(place, pin);
    if (!made && made.error().code != Code::already_exists) return made.error();
    NRM_TRY_ASSIGN(next, open_token(place, pin));
  } else {
    NRM_TRY(write_fresh_key(next_file));
    NRM_TRY_ASSIGN(next, in_memory(read_master_file(next_file)));
  }
  NRM_TRY(EpochKeys::rewrap(epochs, present, *next));
  NRM_TRY(write_place(folder, move.to));
  if (exists(file)) NRM_TRY(destroy_file(file));
  if (move.to.kind != MasterKind::file) return {};
  std::error_code fault;
  fs::rename(next_file, file, fault);
  if (fault) return Error(Code::io_failed, "", file + ": " + fault.message());
  return {};
}
}  // namespace nrm
