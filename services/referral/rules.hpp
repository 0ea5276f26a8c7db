// The rules of referral: one function per command, received event and clock. decide() makes one of
// these for one input and asks it; nothing outlives the call.
//
// ERRORS: a rejection names the first fault in the order of base/codes.hpp. An organisation that
// has nothing to do with a referral, case or provider is told not_found, whatever the state.
#pragma once
#include <functional>

#include "common/step/desk.hpp"
#include "services/referral/match.hpp"

namespace nrm {
// Events of one decision before it goes on in the next: room for the last referral's and their
// call-ups (limits::events_per_record_max).
inline constexpr std::size_t events_per_sweep = 90;
// Whether one more referral's events fit into the record that a decision becomes, which is bounded
// in events and in bytes.
class Room {
 public:
  bool left(const Decision& out);  // of one decision that grows; looks at each event once

 private:
  std::size_t seen_ = 0, bytes_ = 0;
  std::string scratch_;
};
// Packages of one case that wait for an answer: each is one event when the case closes.
inline constexpr std::size_t transnational_per_case_max = 8;
// Exclusions of one case: the old and the new notes on others' cases, and what must move because of
// them, fit into one record.
inline constexpr std::size_t exclusions_per_case_max = 20;

struct ReferralRules : Desk {
  // The directory (decide_directory.cpp).
  Result<Decision> on(const RegisterProvider& command) const;
  Result<Decision> on(const ChangeOffering& command) const;
  Result<Decision> on(const ChangeCapacity& command) const;
  Result<Decision> on(const SuspendProvider& command) const;
  Result<Decision> on(const ReinstateProvider& command) const;

  // The owner's commands about a referral (decide_owner.cpp).
  Result<Decision> on(const RequestReferral& command) const;
  Result<Decision> on(const SendReferral& command) const;
  Result<Decision> on(const RetryReferral& command) const;
  Result<Decision> on(const CancelReferral& command) const;
  Result<Decision> on(const RevokeOffer& command) const;
  Result<Decision> on(const OverrideConsent& command) const;
  Result<Decision> on(const RecordDelivery& command) const;
  Result<Decision> on(const RecordOutcome& command) const;
  Result<Decision> on(const RerouteReferral& command) const;
  Result<Decision> on(const KeepReferral& command) const;

  // Answers to an offer (decide_offers.cpp), and after it (decide_taken.cpp).
  Result<Decision> on(const AcknowledgeOffer& command) const;
  Result<Decision> on(const AcceptOffer& command) const;
  Result<Decision> on(const WaitlistOffer& command) const;
  Result<Decision> on(const DeclineOffer& command) const;
  Result<Decision> on(const StartReferral& command) const;
  Result<Decision> on(const HoldReferral& command) const;
  Result<Decision> on(const ResumeReferral& command) const;
  Result<Decision> on(const FailReferral& command) const;

  // About a case (decide_case.cpp), and abroad (decide_transnational.cpp).
  Result<Decision> on(const NoteMatchingFacts& command) const;
  Result<Decision> on(const ProposeHandover& command) const;
  Result<Decision> on(const AcceptHandover& command) const;
  Result<Decision> on(const DeclineHandover& command) const;
  Result<Decision> on(const RevokeHandover& command) const;
  Result<Decision> on(const NoteProtection& command) const;
  Result<Decision> on(const NameFocalPoint& command) const;
  Result<Decision> on(const ReferAbroad& command) const;
  Result<Decision> on(const RecordTransnationalAnswer& command) const;
  Result<Decision> on(const RevokeTransnational& command) const;

  // What other services said about a case (decide_received.cpp).
  Decision on(const ReportReceived& event, const CaseId& subject) const;
  Decision on(const AgeAssessed& event, const CaseId& subject) const;
  void keep_age_apart(Decision& out, const CaseId& subject, const ReferralCase& file) const;
  Decision on(const DossierSealed& event, const CaseId& subject) const;
  Decision on(const ConsentRecorded& event, const CaseId& subject) const;
  Decision on(const FirstStageDecided& event, const CaseId& subject) const;
  Decision on(const ReconsiderationDecided& event, const CaseId& subject) const;
  Decision refer_held_back(const CaseId& subject) const;
  Decision on(const ServiceEnded& event, const CaseId& subject) const;
  Decision on(const CaseClosed& event, const CaseId& subject) const;
  Decision on(const CaseReopened& event, const CaseId& subject) const;
  Decision on(const AccessDenied& event, const CaseId& subject) const;
  Decision on(const DenialLifted& event, const CaseId& subject) const;
  Decision on(const SealedItemStored& event, const CaseId& item) const;

  // Clocks that have run out, and still stand for what they were set for (decide_clocks.cpp).
  Decision due_of(const ReferralId& id, const Referral& referral) const;
  Decision handover_due(const CaseId& subject, const ReferralCase& file) const;
  Decision transnational_due(const TransnationalId& id, const Transnational& package) const;
  Decision sweep(const ProviderId& id, const Provider& provider) const;
  Decision answer_due(const ReferralId& id, const Referral& referral) const;
  Decision review_due(const ReferralId& id, const Referral& referral) const;
  Decision rung_due(const ReferralId& id, const Referral& referral) const;

  // --- parts of several decisions (parts.cpp) ---------------------------------------------------

  bool by(const OrganisationId& organisation) const;
  bool case_ended(const CaseId& subject) const;
  const ReferralCase& file_of(const Referral& referral) const;
  // The one case management that answers for the whole mechanism.
  OrganisationId state_owner(const OrganisationId& otherwise) const;
  // The referral or case of this case manager's organisation, or of whose rung it is. ERRORS:
  // forbidden, not_found.
  Result<const Referral*> owned(const ReferralId& id) const;
  Result<const ReferralCase*> owned(const CaseId& subject) const;
  bool was_asked(const Referral& referral, const OrganisationId& organisation) const;

  // A new need: requested, and offered at once if the consent is there.
  void refer(Decision& out, const ReferralId& id, const CaseId& subject, const ReferralCase& file,
             ServiceType service, std::optional<ReferralId> follows = std::nullopt) const;
  // The next provider, or the ladder. `running` is the clock that runs until now, if any.
  void place(Decision& out, const ReferralId& id, const Referral& referral,
             const ReferralCase& file, std::optional<ClockName> running) const;
  // What an offer says beside who gets it.
  struct OfferTo {
    ProviderId provider;
    OrganisationId organisation;
    std::uint32_t candidates = 1;
    std::uint32_t attempt = 1;
    std::vector<MatchReason> chosen_for = {};
    std::vector<ExcludedCount> excluded = {};
    std::optional<LedgerEntry> consent = std::nullopt;
  };
  void offer(Decision& out, const ReferralId& id, const Referral& referral, OfferTo to,
             std::optional<ClockName> running) const;
  void await_consent(Decision& out, const ReferralId& id, const Referral& referral,
                     const Match* proposed, std::optional<ClockName> running) const;
  void escalate(Decision& out, const ReferralId& id, const Referral& referral,
                EscalationReason reason, std::optional<ClockName> running,
                std::vector<ExcludedCount> excluded = {}) const;
  void cancel(Decision& out, const ReferralId& id, const Referral& referral,
              CancelReason reason) const;
  // Takes the offer back, and goes on to the next one.
  void revoke_and_place(Decision& out, const ReferralId& id, const Referral& referral,
                        const ReferralCase& file, RevokeReason reason) const;
  void put_at_risk(Decision& out, const ReferralId& id, const Referral& referral,
                   SuspensionReason reason) const;
  void keep(Decision& out, const ReferralId& id, const Referral& referral) const;
  Result<void> accept(Decision& out, const ReferralId& id, const Referral& referral,
                      std::optional<DeliveryChannel> by_hand) const;
  void waitlist(Decision& out, const ReferralId& id, const Referral& referral,
                std::optional<DeliveryChannel> by_hand) const;
  // When a wait that begins or goes on now is looked at, and the place in the list (1 = next).
  Instant wait_until(const Referral& referral) const;
  std::uint32_t position_of(const ReferralId& id, const Referral& referral, Instant since) const;

  // --- call-ups (call_up.cpp) -------------------------------------------------------------------

  // Whoever waits there longest, emergencies first, is offered each place that is free after this
  // decision and was promised to nobody who waited. What does not fit is for a clock due at once.
  void call_up(Decision& out) const;
  void call_up_at(Decision& out, const ProviderId& id) const;
  std::optional<ProviderId> freed_by(const Emit& emitted) const;
  std::uint32_t promised(const Decision& out, const ProviderId& id) const;
  bool touches(const Decision& out, const StreamKey& stream) const;
  void go_on_sweeping(Decision& out, const ProviderId& id) const;
  // Why this offering may not have this person now, from the case or from the offering.
  std::optional<ExcludedFor> barred(const ProviderId& id, const ServiceOffering& offering,
                                    const Referral& referral) const;
  NeedProfile profile_now(const Referral& referral, const ReferralCase& file) const;

  // When an offer made now expires.
  Instant offer_until(const Referral& referral) const;
  // Whether the person agrees to this contact, or a risk to life stands for it.
  struct Permission {
    bool given = false;
    std::optional<LedgerEntry> entry = std::nullopt;
  };
  Permission permission(const ReferralCase& file, const Referral* referral,
                        const OrganisationId& organisation) const;

  void change_consent(Decision& out, const CaseId& subject, const Consent& consent) const;
  void hear_words(Decision& out, const CaseId& subject, const std::vector<Consent>& words) const;
  void keep_away(Decision& out, const CaseId& subject, const ReferralCase& file) const;
  LedgerEntry heard() const;  // REQUIRES: a received event

  // The referrals of a case that have not ended, in the order of their rows.
  std::vector<ReferralId> open_referrals(const CaseId& subject) const;
  std::vector<TransnationalId> open_packages(const CaseId& subject) const;
  // Those of `which` are called back: no focal point acts on them any more.
  void call_back(Decision& out, const CaseId& subject, TransnationalRevocation why,
                 const std::function<bool(const Transnational&)>& which) const;
  // The needs of the report that no referral was made for yet.
  std::vector<ServiceType> held_back(const CaseId& subject, const ReferralCase& file) const;
};
}  // namespace nrm
