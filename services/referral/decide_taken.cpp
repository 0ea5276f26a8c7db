// After the acceptance: the person came, a pause, and when it does not work.
#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// The referral that this actor's organisation has, or owns: what a provider without an account
// says, the owner records.
Result<const Referral*> taken(const ReferralRules& rules, const ReferralId& id) {
  NRM_TRY(rules.only({Role::service_provider, Role::case_manager}));
  const Referral* referral = rules.view.find<Referral>(id);
  if (referral == nullptr) return Error(Code::not_found, "/referral");
  if (rules.input.actor->role == Role::case_manager) {
    NRM_TRY_ASSIGN(referral, rules.owned(id));
  } else if (!referral->organisation || !rules.by(*referral->organisation)) {
    if (rules.was_asked(*referral, rules.input.actor->organisation))
      return Error(Code::offer_expired, "/referral", "the offer has moved on");
    return Error(Code::not_found, "/referral");
  }
  if (rules.case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
  if (is_taken(referral->status)) return referral;
  if (has_ended(referral->status)) return Error(Code::already_decided, "/referral");
  return Error(Code::not_in_state, "/referral", "nobody has accepted it");
}
}  // namespace

Result<Decision> ReferralRules::on(const StartReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, taken(*this, command.referral));
  if (command.on > policy.local_date(input.at))
    return Error(Code::invalid_date, "/on", "in the future");
  if (referral->status != ReferralStatus::accepted)
    return Error(Code::already_decided, "/referral", "the person came before");
  Decision out;
  out.emit(referral_stream(command.referral), ReferralStarted{command.on});
  return out;
}

Result<Decision> ReferralRules::on(const HoldReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, taken(*this, command.referral));
  if (referral->status == ReferralStatus::on_hold)
    return Error(Code::already_decided, "/referral", "it is on hold");
  if (referral->at_risk)
    return Error(Code::not_in_state, "/referral", "its owner must say first whether it goes on");
  const StreamKey stream = referral_stream(command.referral);
  const Instant review_at = due(ClockName::waitlist_review, referral->profile.urgency);
  Decision out;
  out.emit(stream, ReferralHeld{command.reason, review_at});
  out.set_clock(stream, ClockName::waitlist_review, review_at);
  return out;
}

Result<Decision> ReferralRules::on(const ResumeReferral& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, taken(*this, command.referral));
  if (referral->status != ReferralStatus::on_hold)
    return Error(Code::not_in_state, "/referral", "it is not on hold");
  if (referral->at_risk)
    return Error(Code::not_in_state, "/referral", "its owner must say first whether it goes on");
  Decision out;
  out.emit(referral_stream(command.referral), ReferralResumed{});
  out.clear_clock(referral_stream(command.referral), ClockName::waitlist_review);
  return out;
}

// The provider cannot: this referral has failed, and the need goes on as another one, before the
// owner. Nobody can: the owner says so of what was escalated, and the need stays unmet, on record.
Result<Decision> ReferralRules::on(const FailReferral& command) const {
  const bool nobody = command.reason == FailReason::nobody_could;
  Decision out;
  if (nobody) {
    NRM_TRY_ASSIGN(const Referral* referral, owned(command.referral));
    if (case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
    if (has_ended(referral->status)) return Error(Code::already_decided, "/referral");
    if (referral->status != ReferralStatus::escalated)
      return Error(Code::not_in_state, "/referral", "somebody may still take it");
    cancel(out, command.referral, *referral, CancelReason::nobody_could);
    return out;
  }
  NRM_TRY_ASSIGN(const Referral* referral, taken(*this, command.referral));
  const ReferralCase& file = file_of(*referral);
  cancel(out, command.referral, *referral,
         command.reason == FailReason::person_did_not_arrive ? CancelReason::person_did_not_arrive
                                                             : CancelReason::provider_failed);
  // Another is being looked for already.
  for (const ReferralId& id : open_referrals(referral->subject))
    if (view.find<Referral>(id)->follows == command.referral) return out;
  Referral next;
  next.subject = referral->subject;
  next.owner = file.owner;
  next.service = referral->service;
  next.profile = referral->profile;
  next.follows = command.referral;
  const auto id = input.fresh<ReferralId>(1);
  out.emit(referral_stream(id),
           ReferralRequested{next.subject, next.owner, next.service, next.profile, next.follows});
  escalate(out, id, next, EscalationReason::provider_failed, std::nullopt);
  return out;
}
}  // namespace nrm
