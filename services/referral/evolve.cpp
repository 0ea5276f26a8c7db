#include <algorithm>

#include "services/referral/referral.hpp"

namespace nrm {
namespace {
// Sealed items of one case that may go abroad: the older ones have been replaced.
constexpr std::size_t packages_kept_max = 16;

// Events of other streams and services change nothing here; one of our own must have its overload.
template <class State, class E>
void apply(State&, const E&) {
  if constexpr (requires { E::emitter; })
    static_assert(E::emitter != Service::referral || E::stream != State::kind,
                  "an event of this stream without apply()");
}

// --- a case -------------------------------------------------------------------------------------

void apply(ReferralCase& state, const ReferralCaseOpened& event) {
  state.owner = event.owner;
  state.reporter = event.reporter;
  state.profile = event.profile;
  state.needs = event.needs;
  state.origins = event.origins;
}
void apply(ReferralCase& state, const SupportConsentNoted& event) {
  state.support_consent = event.given;
  state.consent_entry = event.entry;
  state.support_until = event.until;
}
void note_word(ReferralCase& state, const OrganisationId& recipient,
               const RecipientConsentNoted& event) {
  std::erase_if(state.recipients,
                [&](const RecipientConsent& one) { return one.organisation == recipient; });
  state.recipients.push_back({recipient, event.given, event.entry, event.until});
}
void apply(ReferralCase& state, const RecipientConsentNoted& event) {
  note_word(state, event.recipient, event);
  for (const OrganisationId& other : event.others) note_word(state, other, event);
}
void apply(ReferralCase& state, const ReferralAgeNoted& event) {
  if (state.profile) state.profile->age_now = event.age_now;
}
void apply(ReferralCase& state, const MatchingFactsNoted& event) {
  if (state.profile) {
    state.profile->special = event.special;
    state.profile->staff_gender = event.staff_gender;
  }
  state.exclusions = event.exclusions;
}
void apply(ReferralCase& state, const SameNetworkNoted& event) {
  std::erase(state.same_network, event.other);
  if (event.applies) state.same_network.push_back(event.other);
}
void apply(ReferralCase& state, const ReferralDenialNoted& event) {
  std::erase(state.denied, event.organisation);
  if (event.denied) state.denied.push_back(event.organisation);
}
void apply(ReferralCase& state, const ReferralCaseEnded&) { state.ended = true; }
void apply(ReferralCase& state, const ReferralCaseReopened&) {
  state.ended = false;
  ++state.reopenings;
}

void apply(ReferralCase& state, const HandoverProposed& event) {
  state.handover =
      Handover{event.from, event.to, HandoverStatus::pending, event.preview, event.answer_by};
}
void hand_over(ReferralCase& state, HandoverStatus status) {
  if (!state.handover) return;
  state.handover->status = status;
  state.handover->preview = {};  // who did not take the case keeps nothing of it
}
void apply(ReferralCase& state, const HandoverDeclined&) {
  hand_over(state, HandoverStatus::declined);
}
void apply(ReferralCase& state, const HandoverRevoked&) {
  hand_over(state, HandoverStatus::revoked);
}
void apply(ReferralCase& state, const HandoverExpired&) {
  hand_over(state, HandoverStatus::expired);
}
void apply(ReferralCase& state, const CaseHandedOver& event) {
  hand_over(state, HandoverStatus::accepted);
  state.owner = event.to;
}
void apply(ReferralCase& state, const ProtectionNoted& event) {
  state.protection_from = event.asked ? event.from : std::vector<Country>{};
}
void apply(ReferralCase& state, const SealedPackageNoted& event) {
  if (state.packages.size() >= packages_kept_max) state.packages.erase(state.packages.begin());
  state.packages.push_back({event.item, event.recipients});
}

// --- a referral ---------------------------------------------------------------------------------

// The part of a status that every change begins with: what belonged to the last one is gone.
void enter(Referral& state, ReferralStatus status) {
  state.status = status;
  state.due.reset();
  state.escalation.reset();
  state.escalated_to.reset();
  state.level.reset();
  state.waiting_since.reset();
  state.at_risk = false;
}
void let_go(Referral& state) {
  enter(state, ReferralStatus::escalated);
  state.provider.reset();
  state.organisation.reset();
  state.proposed.reset();
  state.by_hand.reset();
}

void apply(Referral& state, const ReferralRequested& event) {
  state.subject = event.subject;
  state.owner = event.owner;
  state.service = event.service;
  state.profile = event.profile;
  state.follows = event.follows;
}
void apply(Referral& state, const ReferralDrafted& event) {
  let_go(state);
  enter(state, ReferralStatus::draft);
  state.due = event.send_by;
}
// Everybody may be asked again; that they were asked is not forgotten.
void begin_round(Referral& state) {
  for (const ProviderId& id : state.asked)
    if (std::ranges::find(state.asked_before, id) == state.asked_before.end())
      state.asked_before.push_back(id);
  state.asked.clear();
}
void apply(Referral& state, const ReferralProposed& event) {
  if (event.attempt == 1) begin_round(state);
  state.proposed = Proposed{event.provider, event.organisation};
}
void apply(Referral& state, const ReferralAwaitsConsent& event) {
  enter(state, ReferralStatus::awaiting_consent);
  state.due = event.consent_by;
}
void apply(Referral& state, const ReferralConsentOverridden& event) {
  state.override_until = event.until;
}
void apply(Referral& state, const ReferralOffered& event) {
  const bool waited_there = state.waiting_since && state.provider == event.provider;
  const auto since = waited_there ? state.waiting_since : std::nullopt;
  enter(state, ReferralStatus::offered);
  state.waiting_since = since;
  if (event.attempt == 1) begin_round(state);
  // Called up from a waiting list, it is the attempt that it was.
  if (event.attempt > state.asked.size()) state.asked.push_back(event.provider);
  state.provider = event.provider;
  state.organisation = event.organisation;
  state.profile = event.profile;
  state.due = event.answer_by;
  state.by_hand = event.by_hand;
  state.proposed.reset();
  state.reminded = false;
}
void apply(Referral& state, const ReferralDelivered&) {
  state.status = ReferralStatus::delivered;  // the clock runs on
}
void apply(Referral& state, const ReferralAcknowledged&) {
  state.status = ReferralStatus::acknowledged;  // the clock runs on
}
void apply(Referral& state, const ReferralReminded& event) {
  state.reminded = true;
  state.due = event.answer_by;
}
void apply(Referral& state, const ReferralAccepted&) { enter(state, ReferralStatus::accepted); }
void apply(Referral& state, const ReferralWaitlisted& event) {
  const auto since = event.since ? event.since : state.waiting_since;
  enter(state, ReferralStatus::waitlisted);
  state.waiting_since = since;
  state.due = event.review_at;
}
// Nobody's, until the next event of the same decision offers it to another or escalates it.
void apply(Referral& state, const ReferralDeclined&) { let_go(state); }
void apply(Referral& state, const ReferralExpired&) { let_go(state); }
void apply(Referral& state, const OfferRevoked& event) {
  let_go(state);
  std::erase(state.revoked_from, event.provider);
  state.revoked_from.push_back(event.provider);
}
void apply(Referral& state, const ReferralEscalated& event) {
  let_go(state);
  state.escalation = event.reason;
  state.escalated_to = event.to;
  state.level = event.level;
  state.due = event.solve_by;
}
void apply(Referral& state, const ReferralEscalationOverdue& event) { state.due = event.solve_by; }
void apply(Referral& state, const ReferralStarted&) {
  state.started = true;
  state.status = ReferralStatus::in_progress;
}
void apply(Referral& state, const ReferralHeld& event) {
  enter(state, ReferralStatus::on_hold);
  state.due = event.review_at;
}
// From a hold, or when the provider is in order again.
void go_on(Referral& state) {
  enter(state, state.started ? ReferralStatus::in_progress : ReferralStatus::accepted);
}
void apply(Referral& state, const ReferralResumed&) { go_on(state); }
void apply(Referral& state, const ReferralAtRisk& event) {
  state.at_risk = true;  // who is away is away still
  state.due = event.solve_by;
}
void apply(Referral& state, const ReferralKept& event) {
  go_on(state);
  if (!event.review_at) return;
  state.status = ReferralStatus::on_hold;
  state.due = event.review_at;
}
void apply(Referral& state, const ReferralOwnerChanged& event) {
  if (state.escalated_to == state.owner) state.escalated_to = event.owner;
  state.owner = event.owner;
}
void apply(Referral& state, const ReferralCompleted&) { enter(state, ReferralStatus::completed); }
void apply(Referral& state, const ReferralCancelled& event) { enter(state, end_for(event.reason)); }

// --- the directory, and abroad ------------------------------------------------------------------

void apply(Provider& state, const ProviderRegistered& event) { state.offering = event.offering; }
void apply(Provider& state, const ProviderOfferingChanged& event) {
  state.offering = event.offering;
}
void apply(Provider& state, const ProviderCapacityChanged& event) {
  state.offering.places = event.places;
  if (event.as_of) state.offering.places_as_of = event.as_of;
}
void apply(Provider& state, const ProviderSuspended& event) { state.suspended = event.reason; }
void apply(Provider& state, const ProviderReinstated&) { state.suspended.reset(); }
void apply(Provider& state, const PlaceReserved&) { ++state.reserved; }
void apply(Provider& state, const PlaceReleased&) { state.reserved -= state.reserved > 0 ? 1 : 0; }

void apply(FocalPoint& state, const FocalPointNamed& event) { state.country = event.country; }

void apply(Transnational& state, const TransnationalSent& event) {
  state.subject = event.subject;
  state.owner = event.owner;
  state.focal_point = event.focal_point;
  state.country = event.country;
  state.status = TransnationalStatus::sent;
  state.due = event.answer_by;
}
void apply(Transnational& state, const TransnationalOverdue& event) {
  state.overdue = true;
  state.due = event.answer_by;
}
void apply(Transnational& state, const TransnationalOwnerChanged& event) {
  state.owner = event.owner;
}
void apply(Transnational& state, const TransnationalAnswered&) {
  state.status = TransnationalStatus::answered;
  state.due.reset();
}
void apply(Transnational& state, const TransnationalRevoked&) {
  state.status = TransnationalStatus::revoked;
  state.due.reset();
}

template <class State>
void fold(State& state, const Event& event) {
  visit([&](const auto& one) { apply(state, one); }, event);
}
}  // namespace

void Referrals::evolve(ReferralCase& state, const Event& event) { fold(state, event); }
void Referrals::evolve(Referral& state, const Event& event) { fold(state, event); }
void Referrals::evolve(Provider& state, const Event& event) { fold(state, event); }
void Referrals::evolve(FocalPoint& state, const Event& event) { fold(state, event); }
void Referrals::evolve(Transnational& state, const Event& event) { fold(state, event); }
}  // namespace nrm
