// Adoption: a running mechanism takes a new version of its pack from a moment on.
//
//   policy.json            the version of record 0 of every log; never changed
//   policy/<digest>.json   every adopted version, the first one too, by SHA-256 of its bytes
//   policy/adopted         which of them are in force from when, oldest first (PolicyAdoption)
//
// `nrm policy adopt` writes both; each service looks twice a second and puts PolicyAdopted into its
// log. A record is decided by the last version that its log had adopted before it and whose moment
// is not after the record's time: a function of the log alone, so an auditor gets the same. What
// runs keeps the end that it was given: a due time is an instant, and no rule moves it.
//
// THREAD: values; AdoptionWatch: the one that looks. OWNERSHIP: packs are shared, never changed.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/codec.hpp"
#include "common/event/events.hpp"
#include "common/runtime/file_watch.hpp"
#include "common/step/policy.hpp"
#include "common/store/store.hpp"

namespace nrm {
inline constexpr std::string_view adoptions_file = "policy/adopted";
// A new version every week for a year; each is checked at every start.
inline constexpr std::size_t adoptions_max = 52;

struct AdoptedPolicy {
  PolicyAdopted adoption;
  std::shared_ptr<const Policy> policy;
};

struct PolicyAdoptions {  // of the file, and of meta "policies"
  std::vector<PolicyAdopted> adopted;
};
BOOST_DESCRIBE_STRUCT(PolicyAdoptions, (), (adopted))

// Which version decides: what one log has adopted so far, in its order.
class PolicyHistory {
 public:
  // `first`: of record 0; it must live as long as this.
  explicit PolicyHistory(const Policy& first) : first_(&first), first_name_(first.name()) {}
  void take(AdoptedPolicy adopted) { later_.push_back(std::move(adopted)); }
  const Policy& at(Instant moment) const;
  const std::string& name_at(Instant moment) const;  // "uk@5"
  bool has(std::string_view digest) const;
  PolicyAdoptions adoptions() const;

 private:
  const AdoptedPolicy* in_force(Instant moment) const;  // nullptr: the first
  const Policy* first_;
  std::string first_name_;
  std::vector<AdoptedPolicy> later_;
};

// What the folder has adopted beside policy.json, oldest first; nothing in an older folder.
// ERRORS: corrupt: a pack that is not there, has another digest or name, or does not read.
Result<std::vector<AdoptedPolicy>> read_adoptions(const std::string& folder);
std::string adopted_pack_file(std::string_view digest);  // "policy/<digest>.json"

// Of a service's store: what its log says.
Result<PolicyAdoptions> noted_policies(const Store& store);
void put_noted_policies(const PolicyAdoptions& noted, Batch& batch);

// Looks whether the folder has another version. What cannot be read is told once and tried again;
// what is in force stays so.
class AdoptionWatch {
 public:
  explicit AdoptionWatch(std::string folder) : folder_(std::move(folder)) {}
  // All that the folder has, when that has changed or was never looked at.
  std::optional<std::vector<AdoptedPolicy>> look();

 private:
  const std::string folder_;
  FileWatch watch_;
};
}  // namespace nrm
