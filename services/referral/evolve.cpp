#include <algorithm>

#include "services/referral/referral.hpp"

namespace nrm {
namespace {
// Events of other streams and services change nothing here; one of our own must have its overload.
template <class State, class E>
void apply(State&, const E&) {
  if constexpr (requires { E::emitter; })
    static_assert(E::emitter != Service::referral || E::stream != State::kind,
                  "an event of this stream without apply()");
}

void apply(ReferralCase& state, const ReferralCaseOpened& event) {
  state.owner = event.owner;
  state.reporter = event.reporter;
  state.profile = event.profile;
  state.needs = event.needs;
}
void apply(ReferralCase& state, const SupportConsentNoted& event) {
  state.support_consent = event.given;
}
void apply(ReferralCase& state, const ReferralCaseEnded&) { state.ended = true; }

// The part of a status that every change begins with: what belonged to the last one is gone.
void enter(Referral& state, ReferralStatus status) {
  state.status = status;
  state.due.reset();
  state.escalation.reset();
}
void let_go(Referral& state) {
  enter(state, ReferralStatus::escalated);
  state.provider.reset();
  state.organisation.reset();
}

void apply(Referral& state, const ReferralRequested& event) {
  state.subject = event.subject;
  state.owner = event.owner;
  state.service = event.service;
  state.profile = event.profile;
}
void apply(Referral& state, const ReferralAwaitsConsent& event) {
  enter(state, ReferralStatus::awaiting_consent);
  state.due = event.consent_by;
}
// Everybody may be asked again; that they were asked is not forgotten.
void begin_round(Referral& state) {
  for (const ProviderId& id : state.asked)
    if (std::ranges::find(state.asked_before, id) == state.asked_before.end())
      state.asked_before.push_back(id);
  state.asked.clear();
}
void apply(Referral& state, const ReferralOffered& event) {
  enter(state, ReferralStatus::offered);
  if (event.attempt == 1) begin_round(state);
  state.asked.push_back(event.provider);
  state.provider = event.provider;
  state.organisation = event.organisation;
  state.due = event.answer_by;
}
void apply(Referral& state, const ReferralAcknowledged&) {
  state.status = ReferralStatus::acknowledged;  // the clock runs on
}
void apply(Referral& state, const ReferralAccepted&) { enter(state, ReferralStatus::accepted); }
void apply(Referral& state, const ReferralWaitlisted& event) {
  enter(state, ReferralStatus::waitlisted);
  state.due = event.review_at;
}
// Nobody's, until the next event of the same decision offers it to another or escalates it.
void apply(Referral& state, const ReferralDeclined&) { let_go(state); }
void apply(Referral& state, const ReferralExpired&) { let_go(state); }
void apply(Referral& state, const ReferralEscalated& event) {
  let_go(state);
  state.escalation = event.reason;
  state.due = event.solve_by;
}
void apply(Referral& state, const ReferralEscalationOverdue& event) { state.due = event.solve_by; }
void apply(Referral& state, const ReferralCompleted&) { enter(state, ReferralStatus::completed); }
void apply(Referral& state, const ReferralCancelled&) { enter(state, ReferralStatus::cancelled); }

void apply(Provider& state, const ProviderRegistered& event) { state.offering = event.offering; }
void apply(Provider& state, const ProviderCapacityChanged& event) {
  state.offering.places = event.places;
}
void apply(Provider& state, const PlaceReserved&) { ++state.reserved; }
void apply(Provider& state, const PlaceReleased&) { state.reserved -= state.reserved > 0 ? 1 : 0; }

template <class State>
void fold(State& state, const Event& event) {
  std::visit([&](const auto& one) { apply(state, one); }, event);
}
}  // namespace

void Referrals::evolve(ReferralCase& state, const Event& event) { fold(state, event); }
void Referrals::evolve(Referral& state, const Event& event) { fold(state, event); }
void Referrals::evolve(Provider& state, const Event& event) { fold(state, event); }
}  // namespace nrm
