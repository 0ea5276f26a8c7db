// The rules of referral: one function per command, received event and clock. decide() makes one of
// these for one input and asks it; nothing outlives the call.
//
// ERRORS: a rejection names the first fault in the order of base/codes.hpp. An organisation that
// has nothing to do with a referral, case or provider is told not_found, whatever the state.
#pragma once
#include "common/step/desk.hpp"
#include "services/referral/referral.hpp"

namespace nrm {
struct ReferralRules : Desk {
  // Providers and the state owner's commands (decide.cpp).
  Result<Decision> on(const RegisterProvider& command) const;
  Result<Decision> on(const ChangeCapacity& command) const;
  Result<Decision> on(const RequestReferral& command) const;
  Result<Decision> on(const RetryReferral& command) const;
  Result<Decision> on(const CancelReferral& command) const;

  // Answers to an offer (decide_offers.cpp).
  Result<Decision> on(const AcknowledgeOffer& command) const;
  Result<Decision> on(const AcceptOffer& command) const;
  Result<Decision> on(const WaitlistOffer& command) const;
  Result<Decision> on(const DeclineOffer& command) const;

  // What other services said about a case (decide_received.cpp).
  Decision on(const ReportReceived& event, const CaseId& subject) const;
  Decision on(const DossierSealed& event, const CaseId& subject) const;
  Decision on(const ConsentRecorded& event, const CaseId& subject) const;
  Decision on(const FirstStageDecided& event, const CaseId& subject) const;
  Decision on(const ServiceEnded& event, const CaseId& subject) const;
  Decision on(const CaseClosed& event, const CaseId& subject) const;

  // Clocks that have run out, and still stand for what the referral awaits (decide_offers.cpp).
  Decision answer_due(const ReferralId& id, const Referral& referral) const;
  Decision review_due(const ReferralId& id, const Referral& referral) const;
  Decision consent_due(const ReferralId& id, const Referral& referral) const;
  Decision escalation_due(const ReferralId& id, const Referral& referral) const;

  // Parts of several decisions (decide.cpp).
  bool by(const OrganisationId& organisation) const;
  bool case_ended(const CaseId& subject) const;

  // A new need: requested, and offered at once if the consent is there.
  void refer(Decision& out, const ReferralId& id, const CaseId& subject, const ReferralCase& file,
             ServiceType service) const;
  // The next provider, or the state owner. `running` is the clock that runs until now, if any.
  void place(Decision& out, const ReferralId& id, const Referral& referral,
             std::optional<ClockName> running) const;
  void offer(Decision& out, const ReferralId& id, const Referral& referral,
             const ProviderId& provider, const OrganisationId& organisation,
             std::uint32_t candidates, std::optional<ClockName> running) const;
  void escalate(Decision& out, const ReferralId& id, const Referral& referral,
                EscalationReason reason, std::optional<ClockName> running) const;
  void cancel(Decision& out, const ReferralId& id, const Referral& referral,
              CancelReason reason) const;
  void release_place(Decision& out, const ReferralId& id, const Referral& referral) const;
  void change_consent(Decision& out, const CaseId& subject, bool given) const;

  // The referrals of a case that have not ended, in the order of their rows.
  std::vector<ReferralId> open_referrals(const CaseId& subject) const;
  // The needs of the report that no referral was made for yet.
  std::vector<ServiceType> held_back(const CaseId& subject, const ReferralCase& file) const;
};
}  // namespace nrm
