#include "services/audit/access.hpp"

#include <algorithm>

namespace nrm {
namespace {
bool contains(const auto& list, const auto& one) {
  return std::ranges::find(list, one) != list.end();
}
}  // namespace

bool AccessHistory::take(const Record& record) {
  if (record.at > at_) return false;
  for (const Emit& emit : record.events) {
    if (const auto* registered = std::get_if<OrganisationRegistered>(&emit.event))
      names_[OrganisationId(emit.stream.id)] = registered->name;
    if (emit.stream.kind == StreamKind::account)
      take_account(AccountId(emit.stream.id), emit.event, record.at);
    if (emit.stream == case_stream(subject_)) take_case(emit.event, record);
    if (emit.stream.kind == StreamKind::item)
      take_item(SealedItemId(emit.stream.id), emit.event, record);
  }
  return true;
}

// What is sealed has the name of a class of fields; only the organisations' keys open it.
void AccessHistory::take_item(const SealedItemId& id, const Event& event, const Record& record) {
  if (const auto* stored = std::get_if<SealedItemStored>(&event)) {
    if (stored->subject != subject_) return;
    const auto same = enum_from<DataClass>(to_text(stored->class_));
    CHECK(same, "each sealed class is a class of fields");
    items_[id] = *same;
  } else if (const auto* opened = std::get_if<SealedItemOpened>(&event)) {
    const auto item = items_.find(id);
    if (item == items_.end()) return;
    did_.push_back({.at = record.at,
                    .seq = record.seq,
                    .by = opened->by,
                    .purpose = opened->purpose,
                    .classes = {item->second},
                    .relation = relation_of(opened->by, record.at),
                    .ground = {},
                    .emergency = {},
                    .proposal = {},
                    .item = id,
                    .approved_by = opened->approved_by});
  }
}

void AccessHistory::take_account(const AccountId& id, const Event& event, Instant at) {
  if (const auto* issued = std::get_if<AccountIssued>(&event))
    accounts_[id] = {issued->organisation, issued->role, false, issued->subject, at};
  else if (std::holds_alternative<AccountRevoked>(event))
    accounts_[id].revoked = true;
}

void AccessHistory::take_case(const Event& event, const Record& record) {
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
  } else if (const auto* handed_over = std::get_if<DossierHandedOver>(&event)) {
    owner_ = {handed_over->owner, record.at};
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
                    relation_of(opened->by, record.at),
                    opened->ground,
                    opened->emergency,
                    opened->proposal,
                    {},
                    {}});
  }
}

// The end of a service may be noted before its beginning: then the beginning is nothing any more.
void AccessHistory::take_service(const SupportRelationNoted& noted, Instant at) {
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

std::vector<CouldSee> AccessHistory::ways(Instant now) const {
  std::vector<CouldSee> out;
  if (!known()) return out;
  out.push_back({AccessGround::reporter, reporter_, {}, Role::first_responder, *sealed_, {}});
  out.push_back(
      {AccessGround::competent_authority, authority_, {}, Role::competent_authority, *sealed_, {}});
  out.push_back({AccessGround::case_management, management_, {}, Role::case_manager, *sealed_, {}});
  // The state owner keeps its relation to a case that another case management has.
  if (owner_ && owner_->first != management_)
    out.push_back(
        {AccessGround::handed_over, owner_->first, {}, Role::case_manager, owner_->second, {}});
  std::vector<OrganisationId> seen;
  for (const auto& [organisation, since] : services_) {
    if (contains(seen, organisation)) continue;
    seen.push_back(organisation);
    out.push_back(
        {AccessGround::service_in_force, organisation, {}, Role::service_provider, since, {}});
  }
  for (const auto& [id, account] : accounts_)
    if (account.role == Role::person && account.subject == subject_)
      out.push_back(
          {AccessGround::the_person, account.organisation, id, Role::person, account.since, {}});
  for (const auto& [id, since] : guardians_)
    if (const auto account = accounts_.find(id); account != accounts_.end())
      out.push_back(
          {AccessGround::guardian, account->second.organisation, id, Role::guardian, since, {}});
  for (const CouldSee& glass : glass_)
    if (now < *glass.until) out.push_back(glass);
  return out;
}

bool AccessHistory::barred(const CouldSee& way) const {
  return contains(out_of_, way.organisation) || (way.account && contains(out_, *way.account));
}

std::uint32_t AccessHistory::accounts_with(const CouldSee& way) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(accounts_, [&](const auto& one) {
    const auto& [id, account] = one;
    return !account.revoked && account.organisation == way.organisation &&
           account.role == way.role && (!way.account || *way.account == id) && !contains(out_, id);
  }));
}

// A relation comes before the glass, which serves where there is none.
std::optional<AccessGround> AccessHistory::relation_of(const Actor& actor, Instant now) const {
  for (const CouldSee& way : ways(now)) {
    const bool theirs =
        way.account ? *way.account == actor.account : way.organisation == actor.organisation;
    if (theirs && way.role == actor.role && !barred(way) && !contains(out_, actor.account))
      return way.ground;
  }
  return std::nullopt;
}

AccessReport AccessHistory::report() const {
  AccessReport out{subject_, at_, ways(at_), did_, consents_};
  for (CouldSee& way : out.could) {
    way.barred = barred(way);
    way.accounts = way.barred ? 0 : accounts_with(way);
  }
  return out;
}
}  // namespace nrm
