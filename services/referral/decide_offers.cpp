// Answers to an offer by who was asked.
#include "services/referral/rules.hpp"

namespace nrm {
namespace {
// The referral that this actor's organisation holds and may still answer. An answer after its last
// moment is too late even if the clock's own input has not been decided yet: the outcome must not
// depend on which of the two comes first.
Result<const Referral*> held(const ReferralRules& rules, const ReferralId& id) {
  NRM_TRY(rules.only({Role::service_provider}));
  const Referral* referral = rules.view.find<Referral>(id);
  if (referral == nullptr) return Error(Code::not_found, "/referral");
  if (!referral->organisation || !rules.by(*referral->organisation)) {
    for (const ProviderId& revoked : referral->revoked_from)
      if (rules.by(rules.view.find<Provider>(revoked)->offering.organisation))
        return Error(Code::offer_revoked, "/referral",
                     "its owner took it back before you answered");
    if (rules.was_asked(*referral, rules.input.actor->organisation))
      return Error(Code::offer_expired, "/referral", "the offer has moved on");
    return Error(Code::not_found, "/referral");
  }
  if (rules.case_ended(referral->subject)) return Error(Code::case_closed, "/referral");
  if (referral->status == ReferralStatus::waitlisted) return referral;
  if (is_held(referral->status)) {
    if (rules.input.at > *referral->due) return Error(Code::offer_expired, "/referral");
    return referral;
  }
  if (is_taken(referral->status) || referral->status == ReferralStatus::completed)
    return Error(Code::already_decided, "/referral");
  CHECK(has_ended(referral->status), "a referral that nobody holds has no organisation");
  return Error(Code::not_in_state, "/referral", "the referral was cancelled");
}
}  // namespace

Result<Decision> ReferralRules::on(const AcknowledgeOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  if (referral->status != ReferralStatus::offered && referral->status != ReferralStatus::delivered)
    return Error(Code::already_decided, "/referral");
  Decision out;
  out.emit(referral_stream(command.referral), ReferralAcknowledged{});
  return out;
}

Result<Decision> ReferralRules::on(const AcceptOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  Decision out;
  NRM_TRY(accept(out, command.referral, *referral, std::nullopt));
  return out;
}

Result<Decision> ReferralRules::on(const WaitlistOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  if (referral->status == ReferralStatus::waitlisted)
    return Error(Code::already_decided, "/referral");
  Decision out;
  waitlist(out, command.referral, *referral, std::nullopt);
  return out;
}

Result<Decision> ReferralRules::on(const DeclineOffer& command) const {
  NRM_TRY_ASSIGN(const Referral* referral, held(*this, command.referral));
  Decision out;
  out.emit(referral_stream(command.referral),
           ReferralDeclined{*referral->provider, command.reason});
  place(out, command.referral, *referral, file_of(*referral), clock_of(*referral));
  return out;
}
}  // namespace nrm
