// Items that clients seal to organisations: who may put one down, and who gets a copy back. The
// vault cannot open one; it decides whom it hands the box to, and writes that down first.
#include <algorithm>

#include "services/vault/rules.hpp"

namespace nrm {
namespace {
// Barred, unrelated or not reported yet: it is not there. A broken glass opens none of this.
Result<const Dossier*> find_reported(const VaultRules& rules, const CaseId& subject) {
  NRM_TRY_ASSIGN(const Dossier* dossier, rules.own(subject));
  if (dossier->status != DossierStatus::reported) return nothing_here();
  return dossier;
}

// An item with a copy for the actor's organisation, on a case that it is related to now.
// `keys`: of its copies; none when all are under keys that others may have.
struct Readable {
  const SealedItem& item;
  const Dossier& dossier;
  std::vector<OrganisationKeyId> keys;
};
Result<Readable> find_readable(const VaultRules& rules, const SealedItemId& id) {
  // A person's or guardian's account may be of an organisation that has a copy.
  if (!rules.only(case_workers)) return nothing_here();
  const auto* item = rules.view.find<SealedItem>(id);
  if (item == nullptr) return nothing_here();
  NRM_TRY_ASSIGN(const Dossier* dossier, find_reported(rules, item->subject));
  bool addressed = false;
  Readable out{*item, *dossier, {}};
  for (const SealedCopy& copy : item->copies) {
    if (copy.organisation != rules.actor().organisation) continue;
    const auto* key = rules.view.find<OrganisationKeyFile>(copy.key);
    addressed = true;
    if (key != nullptr && key->revocation != KeyRevocation::compromised)
      out.keys.push_back(copy.key);
  }
  if (!addressed) return nothing_here();
  return out;
}

bool takes_two(const SealedItem& item, const Policy& policy) {
  const SealedRule* rule = policy.sealed_rule(item.class_);
  return rule == nullptr || rule->two_people;  // a class that the pack forgot is not opened easily
}

// The next version of this class by this sender, and whether the sender has a key in force.
std::uint32_t next_version(const View& view, const StoreSealedItem& command, const Actor& sender) {
  std::uint32_t versions = 0;
  view.rows("sealed_item/" + command.subject.text() + '/' + std::string(to_text(command.class_)) +
                '/' + sender.organisation.text() + '/',
            [&](std::string_view, std::string_view) {
              ++versions;
              return true;
            });
  return versions + 1;
}
bool has_key_in_force(const View& view, const OrganisationId& organisation) {
  bool found = false;
  view.rows("key_in_force/" + organisation.text() + '/', [&](std::string_view, std::string_view) {
    found = true;
    return false;
  });
  return found;
}

Result<std::vector<SealedCopy>> find_copies(const StoreSealedItem& command, const View& view) {
  std::vector<SealedCopy> out;
  if (command.keys.empty() || command.keys.size() > limits::sealed_copies_max)
    return Error(Code::out_of_range, "/keys", "1 to 8 boxes, each for one key");
  for (std::size_t i = 0; i < command.keys.size(); ++i) {
    const std::string where = "/keys/" + std::to_string(i);
    const auto* key = view.find<OrganisationKeyFile>(command.keys[i]);
    if (key == nullptr) return Error(Code::not_found, where, "there is no such key");
    if (std::ranges::find(out, command.keys[i], &SealedCopy::key) != out.end())
      return Error(Code::out_of_range, where, "each key once");
    out.push_back({command.keys[i], key->organisation});
  }
  return out;
}

// Of the keys that are not in force: nothing is stored when there is one.
Decision notice_keys(const std::vector<SealedCopy>& copies, const View& view, const Actor& by) {
  Decision decision;
  for (const SealedCopy& copy : copies) {
    const KeyStatus status = view.find<OrganisationKeyFile>(copy.key)->status;
    if (status == KeyStatus::approved) continue;
    decision.emit(key_stream(copy.key),
                  KeyAnomalyNoticed{status == KeyStatus::revoked ? KeyAnomaly::revoked_key
                                                                 : KeyAnomaly::unapproved_key,
                                    by});
  }
  return decision;
}
}  // namespace

Result<Decision> VaultRules::on(const StoreSealedItem& command) const {
  NRM_TRY(only({Role::case_manager, Role::service_provider}));
  NRM_TRY(find_reported(*this, command.subject));
  if (policy.sealed_rule(command.class_) == nullptr)
    return Error(Code::out_of_range, "/class", "this pack seals no such class to organisations");
  NRM_TRY_ASSIGN(auto copies, find_copies(command, view));
  if (auto alarm = notice_keys(copies, view, actor()); !alarm.events.empty()) return alarm;
  if (!has_key_in_force(view, actor().organisation))
    return Error(Code::key_not_approved, "",
                 "your organisation needs a key in force: readers check its signature");
  const std::uint32_t next = next_version(view, command, actor());
  if (command.version != next || next > limits::sealed_versions_max)
    return Error(Code::stale_version, "/version", "the next version is " + std::to_string(next));
  CHECK(command.digest, "the hook took the boxes");
  return Decision().emit(
      item_stream(input.fresh<SealedItemId>(0)),
      SealedItemStored{command.subject, command.class_, command.version, actor().organisation,
                       std::move(copies), *command.digest});
}

Result<Decision> VaultRules::on(const RequestSealedItem& command) const {
  NRM_TRY_ASSIGN(const Readable found, find_readable(*this, command.item));
  if (!takes_two(found.item, policy))
    return Error(Code::not_in_state, "", "one person alone may open this class");
  return Decision().emit(item_stream(command.item),
                         SealedItemRequested{actor(), input.at + two_people_window});
}

Result<Decision> VaultRules::on(const ApproveSealedItem& command) const {
  NRM_TRY_ASSIGN(const Readable found, find_readable(*this, command.item));
  const auto asked = std::ranges::find_if(found.item.pending, [&](const PendingReading& one) {
    return one.by.account == command.account && one.until >= input.at && !one.approved_by &&
           one.by.organisation == actor().organisation;
  });
  if (asked == found.item.pending.end())
    return Error(Code::not_found, "/account", "nobody of this account waits for an approval");
  if (command.account == actor().account)
    return Error(Code::second_person_required, "", "a colleague of the same organisation approves");
  return Decision().emit(item_stream(command.item), SealedItemApproved{actor(), command.account});
}

Result<Decision> VaultRules::on(const OpenSealedItem& command) const {
  NRM_TRY_ASSIGN(const Readable found, find_readable(*this, command.item));
  if (found.keys.empty())
    return Error(Code::key_not_approved, "",
                 "your copy is under a key that others may have; ask the sender to seal it anew");
  std::optional<AccountId> second;
  for (const PendingReading& one : found.item.pending)
    if (one.by.account == actor().account && one.until >= input.at) second = one.approved_by;
  if (takes_two(found.item, policy) && !second)
    return Error(Code::second_person_required, "",
                 "ask first, and let a colleague approve within the hour");
  NRM_TRY_ASSIGN(const bool first, first_opening(found.item.subject, found.dossier));
  SealedItemOpened opened{actor(), command.purpose, found.item.subject, found.keys, second, {}};
  if (first) opened.recipient = actor().organisation;
  Decision decision;
  decision.emit(item_stream(command.item), std::move(opened));
  NRM_TRY(count_opening(found.item.subject, decision));
  return decision;
}
}  // namespace nrm
