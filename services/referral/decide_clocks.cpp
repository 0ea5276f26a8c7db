// What happens when nobody does anything.
#include "services/referral/rules.hpp"

namespace nrm {
Decision ReferralRules::due_of(const ReferralId& id, const Referral& referral) const {
  Decision out;
  if (referral.at_risk) return rung_due(id, referral);
  switch (referral.status) {
    case ReferralStatus::draft:
      escalate(out, id, referral, EscalationReason::draft_not_sent, std::nullopt);
      return out;
    case ReferralStatus::awaiting_consent:
      escalate(out, id, referral, EscalationReason::awaiting_consent_too_long, std::nullopt);
      return out;
    case ReferralStatus::offered:
    case ReferralStatus::delivered:
    case ReferralStatus::acknowledged:
      return answer_due(id, referral);
    case ReferralStatus::waitlisted:
      return review_due(id, referral);
    case ReferralStatus::escalated:
    case ReferralStatus::on_hold:
      return rung_due(id, referral);
    default:
      return out;  // no clock runs there: clock_of()
  }
}

// Silence: where the pack has that rung, the provider's organisation is told once. Then the next
// one is asked.
Decision ReferralRules::answer_due(const ReferralId& id, const Referral& referral) const {
  const StreamKey stream = referral_stream(id);
  Decision out;
  const bool may_remind = policy.referral.has(EscalationLevel::provider_organisation) &&
                          !referral.reminded && !referral.override_until &&
                          referral.profile.urgency != Urgency::emergency;
  if (may_remind) {
    const Instant answer_by = due(ClockName::escalation, referral.profile.urgency);
    out.emit(stream, ReferralReminded{*referral.provider, *referral.organisation, answer_by});
    out.set_clock(stream, ClockName::answer_offer, answer_by);
    return out;
  }
  out.emit(stream, ReferralExpired{*referral.provider});
  place(out, id, referral, file_of(referral), std::nullopt);
  return out;
}

// Somebody else who can take the person now comes first; then the provider that let the person
// wait, if it has a place again (it must answer, by a clock); with neither, the wait goes on,
// visibly.
Decision ReferralRules::review_due(const ReferralId& id, const Referral& referral) const {
  const StreamKey stream = referral_stream(id);
  const ReferralCase& file = file_of(referral);
  const bool may_offer = referral.asked.size() < policy.offers_max;
  const Provider* waiting_for = view.find<Provider>(*referral.provider);
  CHECK(waiting_for != nullptr, "a waiting list is one of a provider that exists");
  // The override has ended, and the person has not agreed.
  if (!permission(file, &referral, *referral.organisation).given) {
    Decision stopped;
    stopped.emit(stream, ReferralExpired{*referral.provider});
    await_consent(stopped, id, referral, nullptr, std::nullopt);
    return stopped;
  }
  MatchResult other;
  if (may_offer) other = best_match(*this, id, referral, &file, offer_until(referral));
  Decision out;
  const auto reason = barred(*referral.provider, waiting_for->offering, referral);
  const bool may_have = !reason || reason == ExcludedFor::closed_hours;
  if (!other.best && may_have && waiting_for->free_places() == 0) {
    const Instant review_at = wait_until(referral);
    out.emit(stream, ReferralWaitlisted{
                         review_at, std::nullopt,
                         position_of(id, referral, referral.waiting_since.value_or(input.at))});
    out.set_clock(stream, ClockName::waitlist_review, review_at);
    return out;
  }
  out.emit(stream, ReferralExpired{*referral.provider});
  if (other.best)
    place(out, id, referral, file, std::nullopt);
  else if (may_offer && may_have)
    offer(out, id, referral,
          {.provider = *referral.provider,
           .organisation = *referral.organisation,
           .attempt = static_cast<std::uint32_t>(referral.asked.size() + 1),
           .consent = permission(file, &referral, *referral.organisation).entry},
          std::nullopt);
  else
    escalate(out, id, referral, EscalationReason::nobody_left, std::nullopt);
  return out;
}

// Up to the next rung; on the last one it is said again.
Decision ReferralRules::rung_due(const ReferralId& id, const Referral& referral) const {
  const StreamKey stream = referral_stream(id);
  const ClockName clock = *clock_of(referral);
  const Instant solve_by = due(clock, referral.profile.urgency);
  const OrganisationId above = state_owner(referral.owner);
  Decision out;
  const bool upwards = referral.status == ReferralStatus::escalated && !referral.level &&
                       policy.referral.has(EscalationLevel::state_owner) && above != referral.owner;
  if (upwards)
    out.emit(stream, ReferralEscalated{referral.subject, above, referral.escalation.value(),
                                       solve_by, EscalationLevel::state_owner});
  else
    out.emit(stream,
             ReferralEscalationOverdue{referral.escalated_to.value_or(referral.owner), solve_by});
  out.set_clock(stream, clock, solve_by);
  return out;
}

Decision ReferralRules::handover_due(const CaseId& subject, const ReferralCase& file) const {
  return Decision().emit(case_stream(subject), HandoverExpired{file.handover->to});
}

Decision ReferralRules::transnational_due(const TransnationalId& id,
                                          const Transnational& package) const {
  const auto answer_by = policy.due(ClockName::transnational_answer, input.at);
  // The pack lost the clock since: the package is called back rather than forgotten.
  if (!answer_by)
    return Decision().emit(transnational_stream(id),
                           TransnationalRevoked{package.subject, TransnationalRevocation::other});
  Decision out;
  out.emit(transnational_stream(id), TransnationalOverdue{package.owner, *answer_by});
  out.set_clock(transnational_stream(id), ClockName::transnational_answer, *answer_by);
  return out;
}
}  // namespace nrm
