// What may be asked of referral.
// Rules for all commands: commands.hpp.
#pragma once
#include "common/event/command_macro.hpp"

namespace nrm {
struct RegisterProvider {
  NRM_COMMAND(referral, "nrm.provider.register.v1")
  ServiceOffering offering;
};
BOOST_DESCRIBE_STRUCT(RegisterProvider, (), (offering))

struct ChangeCapacity {
  NRM_COMMAND(referral, "nrm.provider.change_capacity.v1")
  ProviderId provider;
  std::uint32_t places = 0;
};
BOOST_DESCRIBE_STRUCT(ChangeCapacity, (), (provider, places))

struct RequestReferral {
  NRM_COMMAND(referral, "nrm.referral.request.v1")
  CaseId subject;
  ServiceType service{};
  Urgency urgency{};
};
BOOST_DESCRIBE_STRUCT(RequestReferral, (), (subject, service, urgency))

struct AcknowledgeOffer {
  NRM_COMMAND(referral, "nrm.offer.acknowledge.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(AcknowledgeOffer, (), (referral))

struct AcceptOffer {
  NRM_COMMAND(referral, "nrm.offer.accept.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(AcceptOffer, (), (referral))

struct WaitlistOffer {
  NRM_COMMAND(referral, "nrm.offer.waitlist.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(WaitlistOffer, (), (referral))

struct DeclineOffer {
  NRM_COMMAND(referral, "nrm.offer.decline.v1")
  ReferralId referral;
  DeclineReason reason{};
};
BOOST_DESCRIBE_STRUCT(DeclineOffer, (), (referral, reason))

// The state owner's answer to an escalation: ask the providers again.
struct RetryReferral {
  NRM_COMMAND(referral, "nrm.referral.retry.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(RetryReferral, (), (referral))

struct CancelReferral {
  NRM_COMMAND(referral, "nrm.referral.cancel.v1")
  ReferralId referral;
  CancelReason reason{};
};
BOOST_DESCRIBE_STRUCT(CancelReferral, (), (referral, reason))

using ReferralCommands =
    boost::mp11::mp_list<RegisterProvider, ChangeCapacity, RequestReferral, AcknowledgeOffer,
                         AcceptOffer, WaitlistOffer, DeclineOffer, RetryReferral, CancelReferral>;
}  // namespace nrm
