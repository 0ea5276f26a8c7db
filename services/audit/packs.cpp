#include "services/audit/packs.hpp"

#include <filesystem>

#include "common/crypto/crypto.hpp"
#include "common/event/codec.hpp"
#include "common/runtime/folder.hpp"
#include "common/store/keys.hpp"

namespace nrm {
Result<std::optional<OpenedUnder>> opened_under(const Store& log) {
  NRM_TRY_ASSIGN(const auto bytes, log.get(Family::log, keys::log(0)));
  if (!bytes) return std::optional<OpenedUnder>();
  json::Document document;
  NRM_TRY(document.parse_trusted(*bytes));
  NRM_TRY_ASSIGN(const Record record, read_record(document.root()));
  for (const Emit& emit : record.events)
    if (const auto* opened = get_if<LogOpened>(&emit.event))
      return std::optional(OpenedUnder{opened->policy, opened->policy_digest});
  return std::optional<OpenedUnder>();
}

Result<void> Packs::add_file(const std::string& path) {
  NRM_TRY_ASSIGN(const std::string bytes, read_file(path));
  auto policy = read_policy(bytes);
  if (!policy) {
    Error fault = policy.error();
    fault.detail = path + fault.where + ": " + fault.detail;
    return fault;
  }
  packs_.push_back(std::make_unique<AdoptedPack>(
      AdoptedPack{std::move(policy).value(), crypto::sha256(bytes).hex(), path}));
  return {};
}

Result<void> Packs::add_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator files(folder, error);
  if (error) return Error(Code::not_found, "", folder + ": " + error.message());
  for (const auto& file : files)
    if (file.path().extension() == ".json") NRM_TRY(add_file(file.path()));
  return {};
}

const AdoptedPack* Packs::find(const OpenedUnder& opened) const {
  for (const auto& pack : packs_)
    if (pack->digest == opened.digest && pack->policy.name() == opened.policy) return pack.get();
  return nullptr;
}

const AdoptedPack* Packs::find(std::string_view digest) const {
  for (const auto& pack : packs_)
    if (pack->digest == digest) return pack.get();
  return nullptr;
}

std::string Packs::wanted(const OpenedUnder& opened) {
  return "its rules are not here: ask for the adopted pack " + opened.policy +
         ", the policy.json with SHA-256 " + opened.digest +
         ", put it into a folder and name that with --policy-dir";
}
}  // namespace nrm
