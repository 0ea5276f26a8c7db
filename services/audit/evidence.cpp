#include "services/audit/evidence.hpp"

#include <filesystem>

#include "common/store/rocksdb_store.hpp"

namespace nrm {
namespace {
constexpr Service reading_order[] = {Service::closure, Service::assistance, Service::referral,
                                     Service::identification, Service::vault};
}  // namespace

Result<Evidence> evidence_of(const Folder& folder, const std::string& policy_dir) {
  Evidence out;
  for (const Service service : reading_order) {
    Evidence::Log& log = out.logs.emplace_back();
    log.service = service;
    log.name = log_name(service);
    log.origin = folder.origin(service);
    log.folder = folder.store(to_text(service));
    if (const auto key = folder.log_key(service)) log.key = *key;
    auto store = open_rocksdb({.folder = log.folder, .read_only = true});
    if (store)
      log.store = std::move(store).value();
    else
      log.why_not = store.error().detail;
  }
  std::error_code error;
  if (std::filesystem::exists(folder.store("audit"), error))
    if (auto store = open_rocksdb({.folder = folder.store("audit"), .read_only = true}))
      out.archive = std::move(store).value();
  out.other_folders = {folder.store("audit"), folder.store("gateway")};
  NRM_TRY(out.packs.add_file(folder.file("policy.json")));
  if (!policy_dir.empty()) NRM_TRY(out.packs.add_folder(policy_dir));
  out.fallback = AdoptedPack{folder.policy(), folder.policy_digest(), folder.file("policy.json")};
  out.names_key = [folder](Service service, const crypto::PublicKey& key) {
    return folder.names_log_key(service, key);
  };
  return out;
}
}  // namespace nrm
