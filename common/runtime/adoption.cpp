#include "common/runtime/adoption.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "common/crypto/crypto.hpp"
#include "common/diag/diag.hpp"
#include "common/runtime/folder.hpp"

namespace nrm {
namespace {
constexpr std::string_view noted_key_name = "policies";

Error corrupt(std::string why) { return Error(Code::corrupt, "", std::move(why)); }

Result<PolicyAdoptions> read_list(const std::string& what, std::string_view text) {
  json::Document document;
  PolicyAdoptions out;
  Reading reading(Unknown::ignore);
  if (!document.parse_strict(text, limits::policy_bytes_max) ||
      !read_json(document.root(), out, reading) || out.adopted.size() > adoptions_max)
    return corrupt(what + " is not a list of adopted packs");
  return out;
}

Result<std::shared_ptr<const Policy>> read_adopted(const std::string& folder,
                                                   const PolicyAdopted& adoption) {
  const std::string path = folder + '/' + adopted_pack_file(adoption.policy_digest);
  const auto bytes = read_file(path, limits::policy_bytes_max);
  if (!bytes) return corrupt(path + " cannot be read: bring back " + adoption.policy);
  if (crypto::sha256(*bytes).hex() != adoption.policy_digest)
    return corrupt(path + ": these are not the bytes that were adopted");
  auto policy = read_policy(*bytes);
  if (!policy) return corrupt(path + policy.error().where + ": " + policy.error().detail);
  if (policy->name() != adoption.policy || !policy->appointments)
    return corrupt(path + " is not the adopted " + adoption.policy);
  return std::make_shared<const Policy>(std::move(policy).value());
}

// Empty: there is none.
std::string stamp_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? FileWatch::stamp_of(status) : std::string();
}
}  // namespace

const AdoptedPolicy* PolicyHistory::in_force(Instant moment) const {
  for (auto one = later_.rbegin(); one != later_.rend(); ++one)
    if (one->adoption.from <= moment) return &*one;
  return nullptr;
}

const Policy& PolicyHistory::at(Instant moment) const {
  const AdoptedPolicy* found = in_force(moment);
  return found == nullptr ? *first_ : *found->policy;
}

const std::string& PolicyHistory::name_at(Instant moment) const {
  const AdoptedPolicy* found = in_force(moment);
  return found == nullptr ? first_name_ : found->adoption.policy;
}

bool PolicyHistory::has(std::string_view digest) const {
  return std::ranges::any_of(
      later_, [&](const AdoptedPolicy& one) { return one.adoption.policy_digest == digest; });
}

PolicyAdoptions PolicyHistory::adoptions() const {
  PolicyAdoptions out;
  for (const AdoptedPolicy& one : later_) out.adopted.push_back(one.adoption);
  return out;
}

std::string adopted_pack_file(std::string_view digest) {
  return "policy/" + std::string(digest) + ".json";
}

Result<std::vector<AdoptedPolicy>> read_adoptions(const std::string& folder) {
  std::vector<AdoptedPolicy> out;
  const std::string path = folder + '/' + std::string(adoptions_file);
  const auto text = read_file(path, limits::policy_bytes_max);
  if (!text && text.error().code == Code::not_found) return out;
  if (!text) return text.error();
  NRM_TRY_ASSIGN(PolicyAdoptions list, read_list(path, *text));
  for (PolicyAdopted& adoption : list.adopted) {
    NRM_TRY_ASSIGN(auto policy, read_adopted(folder, adoption));
    out.push_back({std::move(adoption), std::move(policy)});
  }
  return out;
}

Result<PolicyAdoptions> noted_policies(const Store& store) {
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::meta, noted_key_name));
  return stored ? read_list("the mark of adopted packs", *stored) : PolicyAdoptions();
}

void put_noted_policies(const PolicyAdoptions& noted, Batch& batch) {
  batch.put(Family::meta, std::string(noted_key_name), to_json(noted));
}

std::optional<std::vector<AdoptedPolicy>> AdoptionWatch::look() {
  if (!watch_.due() || !watch_.is_new(stamp_of(folder_ + '/' + std::string(adoptions_file))))
    return std::nullopt;
  auto adopted = read_adoptions(folder_);
  if (!adopted) {
    if (watch_.tells()) diag::error("policy_not_read", {{"why", adopted.error().detail}});
    return std::nullopt;
  }
  watch_.taken();
  return std::move(*adopted);
}
}  // namespace nrm
