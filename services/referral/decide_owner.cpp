// What the owner of a referral asks for: to begin, to go on, to take back, to end, to say by hand.
#include <algorithm>

#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// The others are said by the event or command that they follow from.
Result<void> check_reason(CancelReason reason) {
  if (reason == CancelReason::person_declined || reason == CancelReason::need_met_otherwise ||
      reason == CancelReason::entered_in_error)
    return {};
  return Error(Code::out_of_range, "/reason", "this reason is given by the system only");
}

// Consent is asked before anything else is looked at: who may not be told must not be asked.
Result<void> check_consent(const ReferralCase& file, Instant now) {
  if (file.supported(now)) return {};
  return Error(Code::consent_missing, "/referral", "the person has not agreed to support");
}

// An offer that is still open; if it is not, what happened to it.
Result<void> check_held(const ReferralRules& rules, const Referral& referral) {
  if (is_held(referral.status)) {
    if (referral.status != ReferralStatus::waitlisted && rules.input.at > *referral.due)
      return Error(Code::offer_expired, "/referral");
    return {};
  }
  if (is_taken(referral.status))
    return Error(Code::already_decided, "/referral",
                 "the provider accepted before; cancel or reroute the referral instead");
  if (has_ended(referral.status))
    return Error(Code::already_decided, "/referral", "the referral has ended");
  return Error(Code::not_in_state, "/referral", "nobody holds an offer");
}
}  // namespace

Result<Decision> ReferralRules::on(const RequestReferral& command) const {
  NRM_TRY_ASSIGN(const ReferralCase* file, owned(command.subject));
  std::size_t all = 0;
  view.rows("case/" + command.subject.text() + '/',
            [&](std::string_view, std::string_view) { return ++all < limits::view_rows_max; });
  const std::size_t running =
      open_referrals(command.subject).size() + held_back(command.subject, *file).size();
  if (all >= limits::referrals_per_case_max || running >= limits::open_referrals_per_case_max)
    return Error(Code::not_in_state, "/subject", "this case has as many referrals as it may have");
  ReferralCase with_urgency = *file;
  with_urgency.profile->urgency = command.urgency;
  const auto id = input.fresh<ReferralId>(1);
  Decision out;
  if (command.draft != true) {
    refer(out, id, command.subject, with_urgency, command.service);
    return out;
  }
  const StreamKey stream = referral_stream(id);
  const Instant send_by = due(ClockName::awaiting_consent, command.urgency);
  out.emit(stream,
           ReferralRequested{command.subject, file->owner, command.service, *with_urgency.profile});
  out.emit(stream, ReferralDrafted{command.subject, send_by});
  out.set_clock(stream, ClockName::awaiting_consent, send_by);
  return out;
}

Result<Decision> ReferralRules::on(const SendReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  const ReferralCase& file = file_of(*referral);
  if (file.ended) return Error(Code::case_closed, "/referral");
  if (referral->status != ReferralStatus::draft)
    return Error(Code::not_in_state, "/referral", "it is not a draft");
  Decision out;
  place(out, command.referral, *referral, file, ClockName::awaiting_consent);
  return out;
}

Result<Decision> ReferralRules::on(const RetryReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  const ReferralCase& file = file_of(*referral);
  NRM_TRY(check_consent(file, input.at));
  if (file.ended) return Error(Code::case_closed, "/referral");
  if (referral->status != ReferralStatus::escalated)
    return Error(Code::not_in_state, "/referral", "only an escalated referral starts again");
  Referral again = *referral;
  again.asked.clear();
  Decision out;
  place(out, command.referral, again, file, ClockName::escalation);
  return out;
}

Result<Decision> ReferralRules::on(const CancelReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  NRM_TRY(check_reason(command.reason));
  if (case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
  if (has_ended(referral->status)) return Error(Code::already_decided, "/referral");
  Decision out;
  cancel(out, command.referral, *referral, command.reason);
  return out;
}

// Withdrawal never depends on the addressee (peers.md, Primero 2). Whether it or an answer came
// first is decided here and nowhere else: by the order in this log.
Result<Decision> ReferralRules::on(const RevokeOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  const ReferralCase& file = file_of(*referral);
  if (file.ended) return Error(Code::case_closed, "/referral");
  NRM_TRY(check_held(*this, *referral));
  if (command.reason == RevokeReason::provider_suspended)
    return Error(Code::out_of_range, "/reason", "this reason is given by the system only");
  Decision out;
  if (command.then == AfterRevocation::next_match) {
    revoke_and_place(out, command.referral, *referral, file, command.reason);
    return out;
  }
  const StreamKey stream = referral_stream(command.referral);
  out.emit(stream, OfferRevoked{*referral->provider, command.reason});
  out.clear_clock(stream, *clock_of(*referral));
  if (command.then == AfterRevocation::end) {
    out.emit(stream, ReferralCancelled{referral->subject, CancelReason::revoked_by_owner});
    return out;
  }
  const Instant send_by = due(ClockName::awaiting_consent, referral->profile.urgency);
  out.emit(stream, ReferralDrafted{referral->subject, send_by});
  out.set_clock(stream, ClockName::awaiting_consent, send_by);
  return out;
}

// Only a risk to life stands for the consent: coded, for some hours, and the overseer hears of it
// (domain.md, b6).
Result<Decision> ReferralRules::on(const OverrideConsent& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  const ReferralCase& file = file_of(*referral);
  if (file.ended) return Error(Code::case_closed, "/referral");
  if (policy.referral.override_hours == 0)
    return Error(Code::not_in_state, "/referral", "this mechanism knows no override");
  const bool waits = referral->status == ReferralStatus::awaiting_consent ||
                     referral->escalation == EscalationReason::awaiting_consent_too_long;
  if (!waits)
    return Error(Code::not_in_state, "/referral", "it does not wait for the person's consent");
  Referral overridden = *referral;
  overridden.override_until = input.at + hours(static_cast<int>(policy.referral.override_hours));
  overridden.profile.urgency = Urgency::emergency;
  const OrganisationId owner = state_owner(referral->owner);
  const auto overseer = policy.appointments ? policy.appointments->overseer : std::nullopt;
  Decision out;
  out.emit(referral_stream(command.referral),
           ReferralConsentOverridden{referral->subject, command.ground, input.actor->account,
                                     *overridden.override_until, overseer.value_or(owner)});
  place(out, command.referral, overridden, file, clock_of(*referral));
  return out;
}

// --- by phone, on paper -------------------------------------------------------------------------

Result<Decision> ReferralRules::on(const RecordDelivery& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  if (case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
  NRM_TRY(check_held(*this, *referral));
  if (referral->status != ReferralStatus::offered)
    return Error(Code::already_decided, "/referral", "the provider knows of it");
  Decision out;
  out.emit(referral_stream(command.referral), ReferralDelivered{command.channel});
  return out;
}

Result<Decision> ReferralRules::on(const RecordOutcome& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  const bool declined = command.outcome == HandOutcome::declined;
  if (declined != command.reason.has_value())
    return Error(declined ? Code::missing_field : Code::out_of_range, "/reason",
                 "a decline has a reason, nothing else has");
  const ReferralCase& file = file_of(*referral);
  if (file.ended) return Error(Code::case_closed, "/referral");
  NRM_TRY(check_held(*this, *referral));
  const ReferralId& id = command.referral;
  Decision out;
  switch (command.outcome) {
    case HandOutcome::accepted:
      NRM_TRY(accept(out, id, *referral, command.channel));
      break;
    case HandOutcome::waitlisted:
      if (referral->status == ReferralStatus::waitlisted)
        return Error(Code::already_decided, "/referral");
      waitlist(out, id, *referral, command.channel);
      break;
    case HandOutcome::declined:
      out.emit(referral_stream(id),
               ReferralDeclined{*referral->provider, *command.reason, command.channel});
      place(out, id, *referral, file, clock_of(*referral));
      break;
    case HandOutcome::not_reached:
      out.emit(referral_stream(id), ReferralExpired{*referral->provider});
      place(out, id, *referral, file, clock_of(*referral));
      break;
  }
  return out;
}

// --- whom a provider looks after ----------------------------------------------------------------

Result<Decision> ReferralRules::on(const RerouteReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  const ReferralCase& file = file_of(*referral);
  if (file.ended) return Error(Code::case_closed, "/referral");
  if (has_ended(referral->status)) return Error(Code::already_decided, "/referral");
  if (!is_taken(referral->status))
    return Error(Code::not_in_state, "/referral", "nobody has accepted it; revoke the offer");
  const auto open = open_referrals(referral->subject);
  for (const ReferralId& id : open)
    if (view.find<Referral>(id)->follows == command.referral)
      return Error(Code::already_exists, "/referral", "another provider is being looked for");
  if (open.size() >= limits::open_referrals_per_case_max)
    return Error(Code::not_in_state, "/referral", "this case has as many referrals as it may have");
  ReferralCase with_urgency = file;
  with_urgency.profile->urgency = referral->profile.urgency;
  Decision out;
  refer(out, input.fresh<ReferralId>(1), referral->subject, with_urgency, referral->service,
        command.referral);
  return out;
}

Result<Decision> ReferralRules::on(const KeepReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
  if (case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
  if (!referral->at_risk)
    return Error(Code::not_in_state, "/referral", "nothing speaks against its provider");
  Decision out;
  keep(out, command.referral, *referral);
  return out;
}
}  // namespace nrm
