#include <algorithm>

#include "services/vault/vault.hpp"

namespace nrm {
namespace {
void add_once(auto& list, const auto& one) {
  if (std::ranges::find(list, one) == list.end()) list.push_back(one);
}

// A record from before the age was in it: an adult was not sealed without this consent.
bool is_safeguarded(const DossierSealed& sealed) {
  if (sealed.age_now) return *sealed.age_now != AgeBand::adult;
  return std::ranges::none_of(sealed.consents, [](const Consent& one) {
    return one.purpose == ConsentPurpose::identification && one.given;
  });
}

void note(Dossier& state, const DossierSealed& e) {
  state.status = DossierStatus::sealed;
  state.reporter = e.organisation;
  state.safeguarded = is_safeguarded(e);
  state.classes = e.classes;
  for (const Consent& consent : e.consents) note_consent(state.consents, consent);
}
void note(Dossier& state, const ConsentRecorded& e) { note_consent(state.consents, e.consent); }
void note(Dossier& state, const DossierOpened& e) { add_once(state.recipients, e.by.organisation); }
void note(Dossier& state, const DossierReported& e) {
  state.status = DossierStatus::reported;
  state.decider = e.decider;
}
void note(Dossier& state, const DeciderNoted& e) { state.decider = e.decider; }
void note(Dossier& state, const DossierAbandoned&) {
  state.status = DossierStatus::abandoned;
  state.classes.clear();
}
// A beginning takes away an end that came before it (README.md, "Beginnings and ends"). What is
// noted of no organisation is noted of all: the case is closed, or open again. The counts stay, for
// the word of each end still comes.
void note(Dossier& state, const SupportRelationNoted& e) {
  if (e.organisation.nil()) {
    state.closed = e.in_force ? std::nullopt : std::optional(true);
    return;
  }
  if (e.in_force) add_once(state.recipients, e.organisation);
  auto& awaited = e.in_force ? state.ended : state.supporters;
  auto& others = e.in_force ? state.supporters : state.ended;
  if (const auto found = std::ranges::find(awaited, e.organisation); found != awaited.end())
    awaited.erase(found);
  else
    others.push_back(e.organisation);
}
void note(Dossier& state, const DossierHandedOver& e) { state.owner = e.owner; }
void note(Dossier& state, const SafeguardingNoted& e) { state.safeguarded = e.safeguarded; }
void note(Dossier& state, const GuardianAppointed& e) { add_once(state.guardians, e.account); }
void note(Dossier& state, const GuardianshipEnded& e) { std::erase(state.guardians, e.account); }
void note(Dossier& state, const ConflictDeclared& e) { add_once(state.conflicted, e.account); }
void note(Dossier& state, const AccessDenied& e) {
  add_once(state.denials, Denial{e.account, e.organisation});
}
void note(Dossier& state, const DenialLifted& e) {
  std::erase(state.denials, Denial{e.account, e.organisation});
  if (e.account) std::erase(state.conflicted, *e.account);
}
void note(Dossier& state, const BreakGlassStarted& e) {
  const Instant started = e.until - std::chrono::minutes(limits::break_glass_minutes);
  std::erase_if(state.broken, [&](const BrokenGlass& one) { return one.until <= started; });
  state.broken.push_back({e.emergency, e.by.account, e.ground, e.until});
}

void note(Dossier& state, const ErasureRequested& e) {
  state.erasure = Erasure{e.by, e.ground, e.emergency, std::nullopt};
}
void note(Dossier& state, const ErasureConfirmed& e) {
  if (state.erasure) state.erasure->erase_at = e.erase_at;
}
void note(Dossier& state, const ErasureCancelled&) { state.erasure.reset(); }
void note(Dossier& state, const CaseErased&) {
  state.status = DossierStatus::erased;
  state.classes.clear();
  state.erasure.reset();
}

void note(KeyLedger& state, const KeyEpochBegun& e) { state = {e.epoch, e.until}; }

void note(OrganisationFile& state, const OrganisationRegistered& e) {
  state.name = e.name;
  state.sort = e.kind;
}
void note(OrganisationFile& state, const OrganisationOpened& e) { state.opened.add(e.at); }

// Again for one of an identity provider whose role has changed: what was counted stays counted.
void note(AccountFile& state, const AccountIssued& e) {
  state.organisation = e.organisation;
  state.role = e.role;
  state.subject = e.subject;
  state.sort = e.kind;
  state.expires = e.expires;
}
void note(AccountFile& state, const AccountRevoked&) { state.revoked = true; }
void note(AccountFile& state, const AccountOpened& e) { state.opened.add(e.at); }
void note(AccountFile& state, const AccessAnomaly& e) {
  (e.kind == AnomalyKind::openings ? state.openings_alarm : state.listing_alarm) = e.at;
  state.anomaly = true;
}
void note(AccountFile& state, const AnomalyReviewed&) { state.anomaly = false; }
void note(AccountFile& state, const SessionOpened& e) {
  state.failures = 0;
  state.locked_until.reset();
  state.sessions.push_back({e.token_digest, e.until});
  if (state.sessions.size() > limits::sessions_per_account_max)
    state.sessions.erase(state.sessions.begin());
}
void note(AccountFile& state, const SessionEnded& e) {
  std::erase_if(state.sessions,
                [&](const auto& one) { return one.token_digest == e.token_digest; });
}
void note(AccountFile& state, const PasswordChanged&) {
  state.failures = 0;
  state.locked_until.reset();
  state.sessions.clear();
}
void note(AccountFile& state, const SessionRefused& e) {
  state.failures = e.failures;
  state.locked_until = e.locked_until;
}

void note(Withdrawal& state, const WithdrawalNotified& e) {
  state = {WithdrawalStatus::notified, e.subject, e.recipient, e.due};
}
void note(Withdrawal& state, const WithdrawalOverdue&) { state.status = WithdrawalStatus::overdue; }
void note(Withdrawal& state, const WithdrawalAcknowledged&) {
  state.status = WithdrawalStatus::acknowledged;
}

void note(Emergency& state, const EmergencyReviewOpened& e) {
  state = {ReviewStatus::awaited, e.subject, e.overseer, e.due};
}
void note(Emergency& state, const EmergencyReviewOverdue&) { state.status = ReviewStatus::overdue; }
void note(Emergency& state, const EmergencyReviewed&) { state.status = ReviewStatus::reviewed; }

void note(Proposal& state, const OpeningProposed& e) {
  state = {ProposalStatus::proposed, e.subject, e.by, e.purpose, e.classes, e.approve_by};
}
void note(Proposal& state, const OpeningApproved& e) {
  state.status = ProposalStatus::approved;
  state.until = e.until;
}
void note(Proposal& state, const ProposalUsed&) { state.status = ProposalStatus::used; }
void note(Proposal& state, const ProposalLapsed&) { state.status = ProposalStatus::lapsed; }

template <class State>
void fold(State& state, const Event& event) {
  visit(
      [&](const auto& e) {
        if constexpr (requires { note(state, e); }) note(state, e);
      },
      event);
}

constexpr Milliseconds step_length = std::chrono::minutes(limits::quota_step_minutes);
}  // namespace

void OpeningWindow::add(Instant at) {
  std::erase_if(steps,
                [&](const OpeningStep& one) { return one.start + hours(1) + step_length <= at; });
  if (steps.empty() || at >= steps.back().start + step_length)
    steps.push_back({at, 1});
  else
    ++steps.back().count;
}

std::uint32_t OpeningWindow::count(Instant now) const {
  std::uint32_t out = 0;
  for (const OpeningStep& one : steps)
    if (now < one.start + hours(1) + step_length) out += one.count;
  return out;
}

bool Dossier::supports(const OrganisationId& organisation) const {
  return !closed && std::ranges::find(supporters, organisation) != supporters.end();
}

void Vault::evolve(OrganisationFile& state, const Event& event) { fold(state, event); }
void Vault::evolve(AccountFile& state, const Event& event) { fold(state, event); }
void Vault::evolve(Dossier& state, const Event& event) { fold(state, event); }
void Vault::evolve(Withdrawal& state, const Event& event) { fold(state, event); }
void Vault::evolve(Emergency& state, const Event& event) { fold(state, event); }
void Vault::evolve(Proposal& state, const Event& event) { fold(state, event); }
void Vault::evolve(KeyLedger& state, const Event& event) { fold(state, event); }
}  // namespace nrm
