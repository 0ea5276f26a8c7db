#include "services/audit/access.hpp"

#include <algorithm>

namespace nrm {
namespace {
bool contains(const auto& list, const auto& one) {
  return std::ranges::find(list, one) != list.end();
}

// What is sealed has the name of a class of fields; only the organisations' keys open it.
DataClass class_of(const SealedItemStored& stored) {
  const auto same = enum_from<DataClass>(to_text(stored.class_));
  CHECK(same, "each sealed class is a class of fields");
  return *same;
}
}  // namespace

void AccessAccounts::take(const Emit& emit, Instant at) {
  if (const auto* registered = std::get_if<OrganisationRegistered>(&emit.event))
    names_[OrganisationId(emit.stream.id)] = registered->name;
  if (emit.stream.kind != StreamKind::account) return;
  const AccountId id(emit.stream.id);
  if (const auto* issued = std::get_if<AccountIssued>(&emit.event))
    accounts_[id] = {issued->organisation, issued->role, false,
                     issued->subject,      at,           issued->expires};
  else if (std::holds_alternative<AccountRevoked>(emit.event))
    accounts_[id].revoked = true;
}

// --- one case -----------------------------------------------------------------------------------

void CaseAccess::take(const CaseId& subject, const SealedItemId& item, DataClass class_,
                      const SealedItemOpened& opened, const Record& record,
                      const AccessAccounts& accounts) {
  did_.push_back({.at = record.at,
                  .seq = record.seq,
                  .by = opened.by,
                  .purpose = opened.purpose,
                  .classes = {class_},
                  .relation = relation_of(subject, opened.by, record.at, accounts),
                  .ground = {},
                  .emergency = {},
                  .proposal = {},
                  .item = item,
                  .approved_by = opened.approved_by});
}

void CaseAccess::take(const CaseId& subject, const Event& event, const Record& record,
                      const AccessAccounts& accounts) {
  if (const auto* sealed = std::get_if<DossierSealed>(&event)) {
    sealed_ = record.at;
    reporter_ = sealed->organisation;
    for (const Consent& one : sealed->consents) note_consent(consents_, one);
  } else if (std::holds_alternative<DossierAbandoned>(event)) {
    sealed_.reset();  // its keys are gone
  } else if (const auto* recorded = std::get_if<ConsentRecorded>(&event)) {
    note_consent(consents_, recorded->consent);
  } else if (const auto* service = std::get_if<SupportRelationNoted>(&event)) {
    take_service(*service, record.at);
  } else if (const auto* appointed = std::get_if<GuardianAppointed>(&event)) {
    guardians_[appointed->account] = record.at;
  } else if (const auto* ended = std::get_if<GuardianshipEnded>(&event)) {
    guardians_.erase(ended->account);
  } else if (const auto* conflict = std::get_if<ConflictDeclared>(&event)) {
    out_.push_back(conflict->account);
  } else if (const auto* denied = std::get_if<AccessDenied>(&event)) {
    if (denied->account) out_.push_back(*denied->account);
    if (denied->organisation) out_of_.push_back(*denied->organisation);
  } else if (const auto* lifted = std::get_if<DenialLifted>(&event)) {
    if (lifted->account) std::erase(out_, *lifted->account);
    if (lifted->organisation) std::erase(out_of_, *lifted->organisation);
  } else if (const auto* glass = std::get_if<BreakGlassStarted>(&event)) {
    glass_.push_back({AccessGround::break_glass, glass->by.organisation, glass->by.account,
                      glass->by.role, record.at, glass->until});
  } else if (const auto* opened = std::get_if<DossierOpened>(&event)) {
    did_.push_back({record.at,
                    record.seq,
                    opened->by,
                    opened->purpose,
                    opened->classes,
                    relation_of(subject, opened->by, record.at, accounts),
                    opened->ground,
                    opened->emergency,
                    opened->proposal,
                    {},
                    {}});
  }
}

// The end of a service may be noted before its beginning: then the beginning is nothing any more.
void CaseAccess::take_service(const SupportRelationNoted& noted, Instant at) {
  const auto running =
      std::ranges::find(services_, noted.organisation, &std::pair<OrganisationId, Instant>::first);
  const auto ended = std::ranges::find(ended_, noted.organisation);
  if (noted.in_force && ended != ended_.end())
    ended_.erase(ended);
  else if (noted.in_force)
    services_.emplace_back(noted.organisation, at);
  else if (running != services_.end())
    services_.erase(running);
  else
    ended_.push_back(noted.organisation);
}

std::vector<CouldSee> CaseAccess::ways(const CaseId& subject, Instant now,
                                       const AccessAccounts& accounts) const {
  std::vector<CouldSee> out;
  if (!sealed_) return out;
  const auto& [authority, management] = offices_;
  out.push_back({AccessGround::reporter, reporter_, {}, Role::first_responder, *sealed_, {}});
  out.push_back(
      {AccessGround::competent_authority, authority, {}, Role::competent_authority, *sealed_, {}});
  out.push_back({AccessGround::case_management, management, {}, Role::case_manager, *sealed_, {}});
  std::vector<OrganisationId> seen;
  for (const auto& [organisation, since] : services_) {
    if (contains(seen, organisation)) continue;
    seen.push_back(organisation);
    out.push_back(
        {AccessGround::service_in_force, organisation, {}, Role::service_provider, since, {}});
  }
  for (const auto& [id, account] : accounts.all())
    if (account.role == Role::person && account.subject == subject)
      out.push_back(
          {AccessGround::the_person, account.organisation, id, Role::person, account.since, {}});
  for (const auto& [id, since] : guardians_)
    if (const auto account = accounts.all().find(id); account != accounts.all().end())
      out.push_back(
          {AccessGround::guardian, account->second.organisation, id, Role::guardian, since, {}});
  for (const CouldSee& glass : glass_)
    if (now < *glass.until) out.push_back(glass);
  return out;
}

bool CaseAccess::bars(const AccountId& account) const { return contains(out_, account); }

bool CaseAccess::barred(const CouldSee& way) const {
  return contains(out_of_, way.organisation) || (way.account && bars(*way.account));
}

// A relation comes before the glass, which serves where there is none.
std::optional<AccessGround> CaseAccess::relation_of(const CaseId& subject, const Actor& actor,
                                                    Instant now,
                                                    const AccessAccounts& accounts) const {
  for (const CouldSee& way : ways(subject, now, accounts)) {
    const bool theirs =
        way.account ? *way.account == actor.account : way.organisation == actor.organisation;
    if (theirs && way.role == actor.role && !barred(way) && !bars(actor.account)) return way.ground;
  }
  return std::nullopt;
}

std::vector<CouldSee> CaseAccess::could(const CaseId& subject, Instant at,
                                        const AccessAccounts& accounts) const {
  auto out = ways(subject, at, accounts);
  for (CouldSee& way : out) {
    way.barred = barred(way);
    if (way.barred) continue;
    way.accounts =
        static_cast<std::uint32_t>(std::ranges::count_if(accounts.all(), [&](const auto& one) {
          const auto& [id, account] = one;
          return account.in_force(at) && account.organisation == way.organisation &&
                 account.role == way.role && (!way.account || *way.account == id) && !bars(id);
        }));
  }
  return out;
}

// --- asked by case ------------------------------------------------------------------------------

bool AccessHistory::take(const Record& record) {
  if (record.at > at_) return false;
  for (const Emit& emit : record.events) {
    accounts_.take(emit, record.at);
    const SealedItemId item(emit.stream.id);
    if (emit.stream == case_stream(subject_)) {
      case_.take(subject_, emit.event, record, accounts_);
    } else if (const auto* stored = std::get_if<SealedItemStored>(&emit.event)) {
      if (stored->subject == subject_) items_[item] = class_of(*stored);
    } else if (const auto* opened = std::get_if<SealedItemOpened>(&emit.event)) {
      if (const auto known = items_.find(item); known != items_.end())
        case_.take(subject_, item, known->second, *opened, record, accounts_);
    }
  }
  return true;
}

AccessReport AccessHistory::report() const {
  return {subject_, at_, case_.could(subject_, at_, accounts_), case_.did(), case_.consents()};
}

// --- asked by account or organisation -----------------------------------------------------------

CaseAccess& AccessOfHolder::case_of(const CaseId& subject) {
  return cases_.try_emplace(subject, offices_).first->second;
}

bool AccessOfHolder::take(const Record& record) {
  if (record.at > at_) return false;
  for (const Emit& emit : record.events) {
    accounts_.take(emit, record.at);
    const SealedItemId item(emit.stream.id);
    if (emit.stream.kind == StreamKind::case_) {
      const CaseId subject(emit.stream.id);
      case_of(subject).take(subject, emit.event, record, accounts_);
    } else if (const auto* stored = std::get_if<SealedItemStored>(&emit.event)) {
      items_[item] = {stored->subject, class_of(*stored)};
    } else if (const auto* opened = std::get_if<SealedItemOpened>(&emit.event)) {
      if (const auto known = items_.find(item); known != items_.end()) {
        const auto& [subject, class_] = known->second;
        case_of(subject).take(subject, item, class_, *opened, record, accounts_);
      }
    }
  }
  return true;
}

bool AccessOfHolder::holds(const AccountId& id, const AccessAccounts::Account& account) const {
  return (!account_ || *account_ == id) &&
         (!organisation_ || *organisation_ == account.organisation);
}

HolderReport AccessOfHolder::report() const {
  HolderReport out{.at = at_, .accounts = {}, .could = {}, .did = {}};
  for (const auto& [id, account] : accounts_.all())
    if (holds(id, account))
      out.accounts.push_back({id, account.organisation, account.role, account.since,
                              account.expires, account.in_force(at_)});
  // Whether some account of theirs had this way in.
  const auto theirs = [&](const CaseAccess& access, const CouldSee& way) {
    return std::ranges::any_of(out.accounts, [&](const HolderAccount& one) {
      return one.in_force && one.role == way.role && one.organisation == way.organisation &&
             (!way.account || *way.account == one.account) && !access.bars(one.account);
    });
  };
  const auto listed = [&](const CouldSee& way) {
    return std::ranges::any_of(out.accounts, [&](const HolderAccount& one) {
      return one.in_force && one.role == way.role && one.organisation == way.organisation &&
             (!way.account || *way.account == one.account);
    });
  };
  for (const auto& [subject, access] : cases_) {
    for (CouldSee way : access.could(subject, at_, accounts_)) {
      if (!listed(way)) continue;
      way.barred = way.barred || !theirs(access, way);
      out.could.push_back({subject, way});
    }
    for (const DidSee& one : access.did()) {
      const bool own = (!account_ || *account_ == one.by.account) &&
                       (!organisation_ || *organisation_ == one.by.organisation);
      if (own) out.did.push_back({subject, one});
    }
  }
  std::ranges::stable_sort(out.did, {}, [](const HolderOpening& one) { return one.opening.seq; });
  return out;
}
}  // namespace nrm
