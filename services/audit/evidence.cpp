#include "services/audit/evidence.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "common/event/record.hpp"
#include "common/ledger/tile_folder.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/audit/tiled_store.hpp"

namespace nrm {
namespace {
// Followers first: what they took must be in what is read of the owners afterwards.
constexpr Service reading_order[] = {Service::audit,          Service::closure,
                                     Service::assistance,     Service::referral,
                                     Service::identification, Service::vault};
// False when there is a fault.
bool files_hold(const std::string& folder, const std::string& log, bool live, LogEvidence& out) {
  const std::string name = "store/" + std::filesystem::path(folder).filename().string();
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return true;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder, error))
    ++out.files;
  const auto faults = check_files(folder, live);
  if (!faults) {
    const std::string what = name + ": " + faults.error().detail;
    out.file_faults.push_back({.log = log, .seq = {}, .file = name, .text = what});
    return false;
  }
  for (const FileFault& bad : *faults) {
    const std::string file = name + '/' + std::filesystem::path(bad.file).filename().string();
    const std::string what = file + ": " + bad.what;
    out.file_faults.push_back({.log = log, .seq = {}, .file = file, .text = what});
  }
  return faults->empty();
}
}  // namespace

Result<LogEvidence> evidence_of(const Folder& folder, const std::string& policy_dir, bool live) {
  LogEvidence out;
  for (const Service service : reading_order) {
    LogEvidence::Log& log = out.logs.emplace_back();
    log.service = service;
    log.name = log_name(service);
    log.origin = folder.origin(service);
    log.folder = folder.store(to_text(service));
    if (const auto key = folder.log_key(service)) log.key = *key;
    if (!files_hold(log.folder, log.name, live, out)) {
      log.why_not = "its files are damaged";
      continue;
    }
    auto store =
        open_rocksdb({.folder = log.folder, .read_only = true, .footprint = Footprint::small});
    if (store)
      log.store = std::move(store).value();
    else
      log.why_not = store.error().detail;
  }
  files_hold(folder.store("gateway"), "", live, out);
  // The archive is in the store of the audit's log.
  const auto own = std::ranges::find(out.logs, Service::audit, &LogEvidence::Log::service);
  if (own != out.logs.end() && own->store)
    if (auto store =
            open_rocksdb({.folder = own->folder, .read_only = true, .footprint = Footprint::small}))
      out.archive = std::move(store).value();
  NRM_TRY(out.packs.add_file(folder.file("policy.json")));
  std::error_code error;
  if (const std::string later = folder.file("policy"); std::filesystem::exists(later, error))
    NRM_TRY(out.packs.add_folder(later));  // what it has adopted since
  if (!policy_dir.empty()) NRM_TRY(out.packs.add_folder(policy_dir));
  out.fallback = AdoptedPack{folder.policy(), folder.policy_digest(), folder.file("policy.json")};
  out.names_key = [folder](Service service, const crypto::PublicKey& key) {
    return folder.names_log_key(service, key);
  };
  return out;
}

namespace {
namespace fs = std::filesystem;

// "…/referral/0" is the log "referral/0".
std::string log_of_origin(const std::string& origin) {
  const auto partition = origin.rfind('/');
  if (partition == origin.npos || partition == 0) return {};
  const auto service = origin.rfind('/', partition - 1);
  return service == origin.npos ? std::string() : origin.substr(service + 1);
}

void open_tiles(const std::shared_ptr<const TileFolder>& tiles, LogEvidence::Log& log) {
  const auto vkey = tiles->verifier_key();
  const auto key = vkey ? read_verifier_key(*vkey)
                        : Result<std::pair<std::string, crypto::PublicKey>>(vkey.error());
  if (key) log.key = key->second;
  auto store = TiledStore::open(tiles);
  if (!key)
    log.why_not = key.error().detail;
  else if (!store)
    log.why_not = store.error().detail;
  else
    log.store = std::move(store).value();
}

// Empty: no checkpoint is there, or it says no name.
std::string origin_in(const TileFolder& tiles) {
  const auto note = tiles.checkpoint();
  const auto checkpoint =
      note ? read_checkpoint(note_text(*note)) : Result<Checkpoint>(note.error());
  if (checkpoint) return checkpoint->origin;
  const auto vkey = tiles.verifier_key();
  const auto key = vkey ? read_verifier_key(*vkey)
                        : Result<std::pair<std::string, crypto::PublicKey>>(vkey.error());
  return key ? key->first : std::string();
}
}  // namespace

Result<LogEvidence> evidence_of_export(const std::string& folder, const std::string& policy_dir) {
  LogEvidence out;
  out.kind = LogEvidence::Kind::exported;
  std::map<std::string, std::shared_ptr<const TileFolder>> found;
  std::map<std::string, std::string> origins;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!fs::exists(entry.path() / "checkpoint", error) &&
        !fs::exists(entry.path() / "tile", error))
      continue;
    const auto tiles = std::make_shared<const TileFolder>(entry.path().string());
    const std::string origin = origin_in(*tiles);
    found[log_of_origin(origin)] = tiles;
    origins[log_of_origin(origin)] = origin;
  }
  if (found.empty())
    return Error(
        Code::not_found, "",
        folder + ": no log is here: neither a data folder nor what nrm audit export wrote");
  for (const Service service : reading_order) {
    LogEvidence::Log& log = out.logs.emplace_back();
    log.service = service;
    log.name = log_name(service);
    const auto tiles = found.extract(log.name);
    if (tiles.empty()) {
      log.why_not = "it is not in this export";
      continue;
    }
    log.origin = origins[log.name];
    log.folder = tiles.mapped()->name();
    open_tiles(tiles.mapped(), log);
  }
  for (const auto& [name, tiles] : found)
    out.remark += (out.remark.empty() ? "not looked at: " : ", ") + tiles->name();
  out.names_key = [keys = [&] {
    std::map<Service, crypto::PublicKey> all;
    for (const LogEvidence::Log& log : out.logs)
      if (log.key) all[log.service] = *log.key;
    return all;
  }()](Service service, const crypto::PublicKey& key) {
    const auto one = keys.find(service);
    return one != keys.end() && one->second == key;
  };
  const std::string beside = folder + "/policy";
  if (!policy_dir.empty()) NRM_TRY(out.packs.add_folder(policy_dir));
  if (fs::exists(beside, error)) NRM_TRY(out.packs.add_folder(beside));
  return out;
}
}  // namespace nrm
