// Answers to an offer, and what happens when none comes.
#include "services/referral/match.hpp"
#include "services/referral/rules.hpp"

namespace nrm {
namespace {
bool was_asked(const View& view, const Referral& referral, const OrganisationId& organisation) {
  const auto is_theirs = [&](const ProviderId& id) {
    const Provider* provider = view.find<Provider>(id);
    return provider != nullptr && provider->offering.organisation == organisation;
  };
  return std::ranges::any_of(referral.asked, is_theirs) ||
         std::ranges::any_of(referral.asked_before, is_theirs);
}

// The referral that this actor's organisation holds and may still answer. An answer after its last
// moment is too late even if the clock's own input has not been decided yet: the outcome must not
// depend on which of the two comes first.
Result<const Referral*> held(const ReferralRules& rules, const ReferralId& id) {
  NRM_TRY(rules.only({Role::service_provider}));
  const Referral* referral = rules.view.find<Referral>(id);
  if (referral == nullptr) return Error(Code::not_found, "/referral");
  if (!referral->organisation || !rules.by(*referral->organisation)) {
    if (was_asked(rules.view, *referral, rules.input.actor->organisation))
      return Error(Code::offer_expired, "/referral", "the offer has moved on");
    return Error(Code::not_found, "/referral");
  }
  if (rules.case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
  switch (referral->status) {
    case ReferralStatus::offered:
    case ReferralStatus::acknowledged:
      if (rules.input.at > *referral->due) return Error(Code::offer_expired, "/referral");
      return referral;
    case ReferralStatus::waitlisted:
      return referral;
    case ReferralStatus::accepted:
    case ReferralStatus::completed:
      return Error(Code::already_decided, "/referral");
    case ReferralStatus::cancelled:
      return Error(Code::not_in_state, "/referral", "the referral was cancelled");
    case ReferralStatus::awaiting_consent:
    case ReferralStatus::escalated:
      break;
  }
  CHECK(false, "a referral that nobody holds has no organisation");
  return Error(Code::internal);
}
}  // namespace

Result<Decision> ReferralRules::on(const AcknowledgeOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  if (referral->status != ReferralStatus::offered) return Error(Code::already_decided, "/referral");
  Decision out;
  out.emit(referral_stream(command.referral), ReferralAcknowledged{});
  return out;
}

Result<Decision> ReferralRules::on(const AcceptOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  const Provider* provider = view.find<Provider>(*referral->provider);
  CHECK(provider != nullptr, "an offer names a provider that exists");
  if (provider->free_places() == 0) return Error(Code::no_place_left, "/referral");
  const StreamKey stream = referral_stream(command.referral);
  Decision out;
  out.emit(provider_stream(*referral->provider), PlaceReserved{command.referral});
  out.emit(stream, ReferralAccepted{.subject = referral->subject,
                                    .provider = *referral->provider,
                                    .organisation = *referral->organisation,
                                    .owner = referral->owner,
                                    .service = referral->service});
  out.clear_clock(stream, *clock_of(referral->status));
  return out;
}

Result<Decision> ReferralRules::on(const WaitlistOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  if (referral->status == ReferralStatus::waitlisted)
    return Error(Code::already_decided, "/referral");
  const StreamKey stream = referral_stream(command.referral);
  const Instant review_at = due(ClockName::waitlist_review, referral->profile.urgency);
  Decision out;
  out.emit(stream, ReferralWaitlisted{review_at});
  out.clear_clock(stream, ClockName::answer_offer);
  out.set_clock(stream, ClockName::waitlist_review, review_at);
  return out;
}

Result<Decision> ReferralRules::on(const DeclineOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  Decision out;
  out.emit(referral_stream(command.referral),
           ReferralDeclined{*referral->provider, command.reason});
  place(out, command.referral, *referral, clock_of(referral->status));
  return out;
}

// --- clocks -------------------------------------------------------------------------------------

Decision ReferralRules::answer_due(const ReferralId& id, const Referral& referral) const {
  Decision out;
  out.emit(referral_stream(id), ReferralExpired{*referral.provider});
  place(out, id, referral, std::nullopt);
  return out;
}

// Somebody else who can take the person now comes first; then the provider that let the person
// wait, if it has a place again (it must answer, by a clock); with neither, the wait goes on,
// visibly.
Decision ReferralRules::review_due(const ReferralId& id, const Referral& referral) const {
  const StreamKey stream = referral_stream(id);
  const bool may_offer = referral.asked.size() < policy.offers_max;
  const Provider* waiting_for = view.find<Provider>(*referral.provider);
  CHECK(waiting_for != nullptr, "a waiting list is one of a provider that exists");
  const auto other = may_offer ? best_match(view, id, referral) : std::nullopt;
  Decision out;
  if (!other && waiting_for->free_places() == 0) {
    const Instant review_at = due(ClockName::waitlist_review, referral.profile.urgency);
    out.emit(stream, ReferralWaitlisted{review_at});
    out.set_clock(stream, ClockName::waitlist_review, review_at);
    return out;
  }
  out.emit(stream, ReferralExpired{*referral.provider});
  if (other)
    offer(out, id, referral, other->provider, other->organisation, other->candidates, std::nullopt);
  else if (may_offer)
    offer(out, id, referral, *referral.provider, *referral.organisation, 1, std::nullopt);
  else
    escalate(out, id, referral, EscalationReason::nobody_left, std::nullopt);
  return out;
}

Decision ReferralRules::consent_due(const ReferralId& id, const Referral& referral) const {
  Decision out;
  escalate(out, id, referral, EscalationReason::awaiting_consent_too_long, std::nullopt);
  return out;
}

Decision ReferralRules::escalation_due(const ReferralId& id, const Referral& referral) const {
  const StreamKey stream = referral_stream(id);
  const Instant solve_by = due(ClockName::escalation, referral.profile.urgency);
  Decision out;
  out.emit(stream, ReferralEscalationOverdue{referral.owner, solve_by});
  out.set_clock(stream, ClockName::escalation, solve_by);
  return out;
}
}  // namespace nrm
