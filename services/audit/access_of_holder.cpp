#include "services/audit/access_of_holder.hpp"

#include <algorithm>

namespace nrm {
bool AccessOfHolder::take(const Record& record) {
  if (record.at > at_) return false;
  for (const Emit& emit : record.events) {
    const SealedItemId item(emit.stream.id);
    if (const auto* registered = get_if<OrganisationRegistered>(&emit.event)) {
      names_[OrganisationId(emit.stream.id)] = registered->name;
    } else if (emit.stream.kind == StreamKind::account) {
      take_account(accounts_, AccountId(emit.stream.id), emit.event, record.at);
    } else if (emit.stream.kind == StreamKind::case_) {
      const CaseId subject(emit.stream.id);
      cases_[subject].take(emit.event, record.at);
      take_opened(subject, emit.event, record, {}, {});
    } else if (const auto* stored = get_if<SealedItemStored>(&emit.event)) {
      const auto same = enum_from<DataClass>(to_text(stored->class_));
      CHECK(same, "each sealed class is a class of fields");
      items_[item] = {stored->subject, *same};
    } else if (const auto known = items_.find(item); known != items_.end()) {
      take_opened(known->second.first, emit.event, record, item, known->second.second);
    }
  }
  return true;
}

void AccessOfHolder::take_opened(const CaseId& subject, const Event& event, const Record& record,
                                 std::optional<SealedItemId> item,
                                 std::optional<DataClass> class_) {
  const auto* dossier = get_if<DossierOpened>(&event);
  const auto* sealed = get_if<SealedItemOpened>(&event);
  if (dossier == nullptr && sealed == nullptr) return;
  const Actor& by = dossier ? dossier->by : sealed->by;
  if (account_ ? by.account != *account_ : by.organisation != *organisation_) return;
  DidSee did{.at = record.at,
             .seq = record.seq,
             .by = by,
             .purpose = dossier ? dossier->purpose : sealed->purpose,
             .classes = {},
             .relation = cases_[subject].relation_of(subject, by, record.at, offices_, accounts_),
             .ground = {},
             .emergency = {},
             .proposal = {},
             .item = item,
             .approved_by = {}};
  if (dossier) {
    did.classes = dossier->classes;
    did.ground = dossier->ground;
    did.emergency = dossier->emergency;
    did.proposal = dossier->proposal;
  } else {
    did.classes = {*class_};
    did.approved_by = sealed->approved_by;
  }
  did_.push_back({subject, std::move(did)});
}

std::vector<HolderAccount> AccessOfHolder::holders() const {
  std::vector<HolderAccount> out;
  for (const auto& [id, account] : accounts_) {
    if (account_ ? id != *account_ : account.organisation != *organisation_) continue;
    out.push_back({.account = id,
                   .organisation = account.organisation,
                   .role = account.role,
                   .since = account.since,
                   .expires = account.expires,
                   .in_force = account.in_force(at_)});
  }
  return out;
}

HolderReport AccessOfHolder::report() const {
  HolderReport out{.at = at_, .accounts = holders(), .could = {}, .did = did_};
  for (const auto& [subject, access] : cases_)
    for (CouldSee way : access.ways(subject, at_, offices_, accounts_)) {
      bool theirs = false;
      way.accounts = 0;
      for (const HolderAccount& one : out.accounts) {
        if (!one.in_force || one.role != way.role || one.organisation != way.organisation) continue;
        if (way.account && *way.account != one.account) continue;
        theirs = true;
        way.accounts += !access.barred(Actor{one.account, one.organisation, one.role});
      }
      if (!theirs) continue;
      way.barred = access.barred(way) || way.accounts == 0;
      if (way.barred) way.accounts = 0;
      out.could.push_back({subject, way});
    }
  return out;
}
}  // namespace nrm
