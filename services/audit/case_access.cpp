#include "services/audit/case_access.hpp"

#include <algorithm>

namespace nrm {
namespace {
bool contains(const auto& list, const auto& one) {
  return std::ranges::find(list, one) != list.end();
}

// A record from before the age was in it: an adult was not sealed without this consent.
bool is_safeguarded(const DossierSealed& sealed) {
  if (sealed.age_now) return *sealed.age_now != AgeBand::adult;
  return std::ranges::none_of(sealed.consents, [](const Consent& one) {
    return one.purpose == ConsentPurpose::identification && one.given;
  });
}
}  // namespace

void take_account(KnownAccounts& accounts, const AccountId& id, const Event& event, Instant at) {
  if (const auto* issued = get_if<AccountIssued>(&event))
    accounts[id] = {issued->organisation, issued->role, false,
                    issued->subject,      at,           issued->expires};
  else if (holds<AccountRevoked>(event))
    accounts[id].revoked = true;
}

void CaseAccess::take(const Event& event, Instant at) {
  if (const auto* sealed = get_if<DossierSealed>(&event)) {
    sealed_ = at;
    safeguarded_ = is_safeguarded(*sealed);
    reporter_ = sealed->organisation;
    for (const Consent& one : sealed->consents) note_consent(consents_, one);
  } else if (holds<DossierAbandoned>(event) || holds<CaseErased>(event)) {
    sealed_.reset();  // its keys are gone
  } else if (const auto* recorded = get_if<ConsentRecorded>(&event)) {
    note_consent(consents_, recorded->consent);
  } else if (const auto* service = get_if<SupportRelationNoted>(&event)) {
    take_service(*service, at);
  } else if (const auto* reported = get_if<DossierReported>(&event)) {
    if (reported->decider) decider_ = reported->decider;
  } else if (const auto* decides = get_if<DeciderNoted>(&event)) {
    decider_ = decides->decider;
  } else if (const auto* safeguarding = get_if<SafeguardingNoted>(&event)) {
    safeguarded_ = safeguarding->safeguarded;
  } else if (const auto* handed_over = get_if<DossierHandedOver>(&event)) {
    owner_ = handed_over->owner;
    owner_since_ = at;
  } else if (const auto* appointed = get_if<GuardianAppointed>(&event)) {
    guardians_[appointed->account] = at;
  } else if (const auto* ended = get_if<GuardianshipEnded>(&event)) {
    guardians_.erase(ended->account);
  } else if (const auto* conflict = get_if<ConflictDeclared>(&event)) {
    out_.push_back(conflict->account);
  } else if (const auto* denied = get_if<AccessDenied>(&event)) {
    if (denied->account) out_.push_back(*denied->account);
    if (denied->organisation) out_of_.push_back(*denied->organisation);
  } else if (const auto* lifted = get_if<DenialLifted>(&event)) {
    if (lifted->account) std::erase(out_, *lifted->account);
    if (lifted->organisation) std::erase(out_of_, *lifted->organisation);
  } else if (const auto* glass = get_if<BreakGlassStarted>(&event)) {
    glass_.push_back({glass->emergency, glass->ground, glass->by, at, glass->until});
  }
}

// The end of a service may be noted before its beginning: then the beginning is nothing any more.
// Of no organisation it is noted of all: the case was closed, or is open again.
void CaseAccess::take_service(const SupportRelationNoted& noted, Instant at) {
  if (noted.organisation.nil()) {
    closed_ = !noted.in_force;
    for (Service& service : services_) service.since = at;
    return;
  }
  const auto running = std::ranges::find(services_, noted.organisation, &Service::organisation);
  const auto ended = std::ranges::find(ended_, noted.organisation);
  if (noted.in_force && ended != ended_.end())
    ended_.erase(ended);
  else if (noted.in_force)
    services_.push_back({noted.organisation, at});
  else if (running != services_.end())
    services_.erase(running);
  else
    ended_.push_back(noted.organisation);
}

std::vector<CouldSee> CaseAccess::ways(const CaseId& subject, Instant now, const Offices& offices,
                                       const KnownAccounts& accounts) const {
  std::vector<CouldSee> out;
  if (!known()) return out;
  out.push_back({AccessGround::reporter, reporter_, {}, Role::first_responder, *sealed_, {}});
  out.push_back({AccessGround::competent_authority,
                 decider_.value_or(offices.authority),
                 {},
                 Role::competent_authority,
                 *sealed_,
                 {}});
  out.push_back(
      {AccessGround::case_management, offices.management, {}, Role::case_manager, *sealed_, {}});
  // The state owner keeps its relation to a case that another case management has.
  if (owner_ && *owner_ != offices.management)
    out.push_back({AccessGround::handed_over, *owner_, {}, Role::case_manager, owner_since_, {}});
  std::vector<OrganisationId> seen;
  for (const Service& service : services_) {
    if (closed_ || contains(seen, service.organisation)) continue;
    seen.push_back(service.organisation);
    out.push_back({AccessGround::service_in_force,
                   service.organisation,
                   {},
                   Role::service_provider,
                   service.since,
                   {}});
  }
  for (const auto& [id, account] : accounts)
    if (account.role == Role::person && account.subject == subject)
      out.push_back(
          {AccessGround::the_person, account.organisation, id, Role::person, account.since, {}});
  for (const auto& [id, since] : guardians_)
    if (const auto account = accounts.find(id); account != accounts.end())
      out.push_back(
          {AccessGround::guardian, account->second.organisation, id, Role::guardian, since, {}});
  for (const Glass& glass : glass_)
    if (now < glass.until)
      out.push_back({AccessGround::break_glass, glass.by.organisation, glass.by.account,
                     glass.by.role, glass.since, glass.until});
  return out;
}

bool CaseAccess::barred(const CouldSee& way) const {
  return contains(out_of_, way.organisation) || (way.account && contains(out_, *way.account));
}

bool CaseAccess::barred(const Actor& actor) const {
  return contains(out_of_, actor.organisation) || contains(out_, actor.account);
}

std::uint32_t CaseAccess::accounts_with(const CouldSee& way, Instant now,
                                        const KnownAccounts& accounts) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(accounts, [&](const auto& one) {
    const auto& [id, account] = one;
    return account.in_force(now) && account.organisation == way.organisation &&
           account.role == way.role && (!way.account || *way.account == id) && !contains(out_, id);
  }));
}

// The same table as ways(), for one actor.
std::optional<AccessGround> CaseAccess::relation_of(const CaseId& subject, const Actor& actor,
                                                    Instant now, const Offices& offices,
                                                    const KnownAccounts& accounts) const {
  using enum AccessGround;
  if (!known() || barred(actor)) return std::nullopt;
  const auto account = accounts.find(actor.account);
  const Role role = actor.role;
  if (role == Role::first_responder && actor.organisation == reporter_) return reporter;
  if (role == Role::competent_authority &&
      actor.organisation == decider_.value_or(offices.authority))
    return competent_authority;
  if (role == Role::case_manager && actor.organisation == offices.management)
    return case_management;
  if (role == Role::case_manager && owner_ == actor.organisation) return handed_over;
  if (role == Role::service_provider && !closed_ &&
      std::ranges::find(services_, actor.organisation, &Service::organisation) != services_.end())
    return service_in_force;
  if (role == Role::person && account != accounts.end() && account->second.role == Role::person &&
      account->second.subject == subject)
    return the_person;
  if (role == Role::guardian && account != accounts.end() && guardians_.contains(actor.account))
    return guardian;
  const bool broken = std::ranges::any_of(
      glass_, [&](const Glass& glass) { return glass.by == actor && now < glass.until; });
  return broken ? std::optional(break_glass) : std::nullopt;
}

std::optional<EmergencyGround> CaseAccess::open_glass(const Actor& actor,
                                                      const EmergencyId& emergency,
                                                      Instant now) const {
  for (const Glass& glass : glass_)
    if (glass.emergency == emergency && glass.by == actor && now < glass.until) return glass.ground;
  return std::nullopt;
}
}  // namespace nrm
