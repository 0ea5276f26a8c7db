// Facts of referral: who can help, and who was asked.
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
struct ProviderRegistered {
  NRM_EVENT(referral, provider, "nrm.provider.registered.v1")
  ServiceOffering offering;
};
BOOST_DESCRIBE_STRUCT(ProviderRegistered, (), (offering))

struct ProviderCapacityChanged {
  NRM_EVENT(referral, provider, "nrm.provider.capacity_changed.v1")
  std::uint32_t places = 0;
  std::optional<Instant> as_of = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(ProviderCapacityChanged, (), (places, as_of))

struct ProviderOfferingChanged {
  NRM_EVENT(referral, provider, "nrm.provider.offering_changed.v1")
  ServiceOffering offering;
};
BOOST_DESCRIBE_STRUCT(ProviderOfferingChanged, (), (offering))

// It is asked no more. Its offers go on to the next in the same decision; whom it looks after stays
// where they are, and is put before the owner.
struct ProviderSuspended {
  NRM_EVENT(referral, provider, "nrm.provider.suspended.v1")
  SuspensionReason reason{};
  OrganisationId by;
};
BOOST_DESCRIBE_STRUCT(ProviderSuspended, (), (reason, by))

struct ProviderReinstated {
  NRM_EVENT(referral, provider, "nrm.provider.reinstated.v1")
  OrganisationId by;
};
BOOST_DESCRIBE_STRUCT(ProviderReinstated, (), (by))

struct PlaceReserved {
  NRM_EVENT(referral, provider, "nrm.provider.place_reserved.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(PlaceReserved, (), (referral))

struct PlaceReleased {
  NRM_EVENT(referral, provider, "nrm.provider.place_released.v1")
  ReferralId referral;
};
BOOST_DESCRIBE_STRUCT(PlaceReleased, (), (referral))

// Referral's own note of a case: what matching needs and who owns it.
struct ReferralCaseOpened {
  NRM_EVENT(referral, case_, "nrm.case.referral_case_opened.v1")
  OrganisationId owner;
  OrganisationId reporter;
  NeedProfile profile;
  std::vector<ServiceType> needs;  // not referred yet
  std::vector<Country> origins = {};
};
BOOST_DESCRIBE_STRUCT(ReferralCaseOpened, (), (owner, reporter, profile, needs, origins))

struct SupportConsentNoted {
  NRM_EVENT(referral, case_, "nrm.case.support_consent_noted.v1")
  bool given = false;
  std::optional<LedgerEntry> entry = std::nullopt;
  std::optional<Date> until = std::nullopt;  // the last day on which it counts (UTC)
};
BOOST_DESCRIBE_STRUCT(SupportConsentNoted, (), (given, entry, until))

// The person's word about contact with one organisation.
struct RecipientConsentNoted {
  NRM_EVENT(referral, case_, "nrm.case.recipient_consent_noted.v1")
  OrganisationId recipient;
  bool given = false;
  LedgerEntry entry;
  std::vector<OrganisationId> others = {};   // that the same entry says it of
  std::optional<Date> until = std::nullopt;  // the last day on which it counts (UTC)
};
BOOST_DESCRIBE_STRUCT(RecipientConsentNoted, (), (recipient, given, entry, others, until))

// AgeAssessed, as matching must know it: unknown while it is in doubt.
struct ReferralAgeNoted {
  NRM_EVENT(referral, case_, "nrm.case.referral_age_noted.v1")
  AgeBand age_now = AgeBand::unknown;
};
BOOST_DESCRIBE_STRUCT(ReferralAgeNoted, (), (age_now))

// All of it, each time: what was said before counts no more.
struct MatchingFactsNoted {
  NRM_EVENT(referral, case_, "nrm.case.matching_facts_noted.v1")
  std::vector<SpecialNeed> special;
  std::optional<Gender> staff_gender;
  std::vector<Exclusion> exclusions;
};
BOOST_DESCRIBE_STRUCT(MatchingFactsNoted, (), (special, staff_gender, exclusions))

// Said of the other case: these two people are never in one house.
struct SameNetworkNoted {
  NRM_EVENT(referral, case_, "nrm.case.same_network_noted.v1")
  CaseId other;
  bool applies = false;
};
BOOST_DESCRIBE_STRUCT(SameNetworkNoted, (), (other, applies))

// The vault denies the case to an organisation: it is not asked either.
struct ReferralDenialNoted {
  NRM_EVENT(referral, case_, "nrm.case.referral_denial_noted.v1")
  OrganisationId organisation;
  bool denied = false;
};
BOOST_DESCRIBE_STRUCT(ReferralDenialNoted, (), (organisation, denied))

// --- hand-over between case managements ---------------------------------------------------------

struct HandoverProposed {
  NRM_EVENT(referral, case_, "nrm.case.handover_proposed.v1")
  OrganisationId from;
  OrganisationId to;
  HandoverReason reason{};
  HandoverPreview preview;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(HandoverProposed, (), (from, to, reason, preview, answer_by))

struct HandoverDeclined {
  NRM_EVENT(referral, case_, "nrm.case.handover_declined.v1")
  OrganisationId to;
  HandoverRefusal reason{};
};
BOOST_DESCRIBE_STRUCT(HandoverDeclined, (), (to, reason))

struct HandoverRevoked {
  NRM_EVENT(referral, case_, "nrm.case.handover_revoked.v1")
  OrganisationId to;
};
BOOST_DESCRIBE_STRUCT(HandoverRevoked, (), (to))

struct HandoverExpired {
  NRM_EVENT(referral, case_, "nrm.case.handover_expired.v1")
  OrganisationId to;
};
BOOST_DESCRIBE_STRUCT(HandoverExpired, (), (to))

// The one event that moves ownership; assistance, closure, the vault and the gateway follow it.
struct CaseHandedOver {
  NRM_EVENT(referral, case_, "nrm.case.handed_over.v1")
  OrganisationId from;
  OrganisationId to;
};
BOOST_DESCRIBE_STRUCT(CaseHandedOver, (), (from, to))

// --- abroad -------------------------------------------------------------------------------------

// A named contact of another state's mechanism; what goes there is sealed to its keys.
struct FocalPointNamed {
  NRM_EVENT(referral, organisation, "nrm.organisation.focal_point_named.v1")
  Country country;
};
BOOST_DESCRIBE_STRUCT(FocalPointNamed, (), (country))

// The person asks for protection from these states, or no longer does (domain.md, b7 and f15).
struct ProtectionNoted {
  NRM_EVENT(referral, case_, "nrm.case.protection_noted.v1")
  bool asked = false;
  std::vector<Country> from;
};
BOOST_DESCRIBE_STRUCT(ProtectionNoted, (), (asked, from))

// A sealed item of the case that was sealed to these organisations.
struct SealedPackageNoted {
  NRM_EVENT(referral, case_, "nrm.case.sealed_package_noted.v1")
  SealedItemId item;
  std::vector<OrganisationId> recipients;
};
BOOST_DESCRIBE_STRUCT(SealedPackageNoted, (), (item, recipients))

struct TransnationalSent {
  NRM_EVENT(referral, transnational, "nrm.transnational.sent.v1")
  CaseId subject;
  OrganisationId owner;
  OrganisationId focal_point;
  Country country;
  SealedItemId item;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(TransnationalSent, (),
                      (subject, owner, focal_point, country, item, answer_by))

struct TransnationalOverdue {
  NRM_EVENT(referral, transnational, "nrm.transnational.overdue.v1")
  OrganisationId owner;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(TransnationalOverdue, (), (owner, answer_by))

// CaseHandedOver, as this package has it.
struct TransnationalOwnerChanged {
  NRM_EVENT(referral, transnational, "nrm.transnational.owner_changed.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(TransnationalOwnerChanged, (), (owner))

struct TransnationalAnswered {
  NRM_EVENT(referral, transnational, "nrm.transnational.answered.v1")
  CaseId subject;
  TransnationalOutcome outcome{};
};
BOOST_DESCRIBE_STRUCT(TransnationalAnswered, (), (subject, outcome))

struct TransnationalRevoked {
  NRM_EVENT(referral, transnational, "nrm.transnational.revoked.v1")
  CaseId subject;
  TransnationalRevocation reason{};
};
BOOST_DESCRIBE_STRUCT(TransnationalRevoked, (), (subject, reason))

// --- referrals ----------------------------------------------------------------------------------

struct ReferralCaseEnded {
  NRM_EVENT(referral, case_, "nrm.case.referral_case_ended.v1")
};
BOOST_DESCRIBE_STRUCT(ReferralCaseEnded, (), ())

// The case is open again: its needs may be referred anew.
struct ReferralCaseReopened {
  NRM_EVENT(referral, case_, "nrm.case.referral_case_reopened.v1")
};
BOOST_DESCRIBE_STRUCT(ReferralCaseReopened, (), ())

struct ReferralRequested {
  NRM_EVENT(referral, referral, "nrm.referral.requested.v1")
  CaseId subject;
  OrganisationId owner;
  ServiceType service{};
  NeedProfile profile;
  std::optional<ReferralId> follows = std::nullopt;  // that it is to replace
};
BOOST_DESCRIBE_STRUCT(ReferralRequested, (), (subject, owner, service, profile, follows))

struct ReferralDrafted {
  NRM_EVENT(referral, referral, "nrm.referral.drafted.v1")
  CaseId subject;
  Instant send_by;
};
BOOST_DESCRIBE_STRUCT(ReferralDrafted, (), (subject, send_by))

// Where the pack asks for the person's consent to each contact: who would be asked. Nobody has been
// told anything yet.
struct ReferralProposed {
  NRM_EVENT(referral, referral, "nrm.referral.proposed.v1")
  ProviderId provider;
  OrganisationId organisation;
  std::optional<std::uint32_t> attempt = std::nullopt;  // 1: a round begins; else it goes on
};
BOOST_DESCRIBE_STRUCT(ReferralProposed, (), (provider, organisation, attempt))

// Risk to life: offered without the person's consent, until then.
struct ReferralConsentOverridden {
  NRM_EVENT(referral, referral, "nrm.referral.consent_overridden.v1")
  CaseId subject;
  EmergencyGround ground{};
  AccountId by;
  Instant until;
  OrganisationId notice_to;
};
BOOST_DESCRIBE_STRUCT(ReferralConsentOverridden, (), (subject, ground, by, until, notice_to))

struct ReferralAwaitsConsent {
  NRM_EVENT(referral, referral, "nrm.referral.awaits_consent.v1")
  CaseId subject;
  Instant consent_by;
};
BOOST_DESCRIBE_STRUCT(ReferralAwaitsConsent, (), (subject, consent_by))

struct ReferralOffered {
  NRM_EVENT(referral, referral, "nrm.referral.offered.v1")
  CaseId subject;
  ProviderId provider;
  OrganisationId organisation;
  ServiceType service{};
  NeedProfile profile;
  Instant answer_by;
  std::uint32_t candidates = 0;  // that matched, this one included
  std::uint32_t attempt = 0;     // 1 = the best match
  std::vector<MatchReason> chosen_for = {};
  std::vector<ExcludedCount> excluded = {};           // of those with a free place there
  std::optional<LedgerEntry> consent = std::nullopt;  // that allows it; none: an override
  std::optional<DeliveryChannel> by_hand = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(ReferralOffered, (),
                      (subject, provider, organisation, service, profile, answer_by, candidates,
                       attempt, chosen_for, excluded, consent, by_hand))

// A case manager has told the provider of it.
struct ReferralDelivered {
  NRM_EVENT(referral, referral, "nrm.referral.delivered.v1")
  DeliveryChannel channel{};
};
BOOST_DESCRIBE_STRUCT(ReferralDelivered, (), (channel))

// The first rung: silence, so the provider's organisation is told, and has until then.
struct ReferralReminded {
  NRM_EVENT(referral, referral, "nrm.referral.reminded.v1")
  ProviderId provider;
  OrganisationId organisation;
  Instant answer_by;
};
BOOST_DESCRIBE_STRUCT(ReferralReminded, (), (provider, organisation, answer_by))

struct OfferRevoked {
  NRM_EVENT(referral, referral, "nrm.referral.offer_revoked.v1")
  ProviderId provider;
  RevokeReason reason{};
};
BOOST_DESCRIBE_STRUCT(OfferRevoked, (), (provider, reason))

struct ReferralAcknowledged {
  NRM_EVENT(referral, referral, "nrm.referral.acknowledged.v1")
};
BOOST_DESCRIBE_STRUCT(ReferralAcknowledged, (), ())

struct ReferralAccepted {
  NRM_EVENT(referral, referral, "nrm.referral.accepted.v1")
  CaseId subject;
  ProviderId provider;
  OrganisationId organisation;
  OrganisationId owner;
  ServiceType service{};
  std::optional<DeliveryChannel> by_hand = std::nullopt;  // said so, and was recorded by the owner
  // How often the case had been opened again by then: what an earlier closing ends, this is not.
  std::optional<std::uint32_t> reopenings = std::nullopt;  // none: never
};
BOOST_DESCRIBE_STRUCT(ReferralAccepted, (),
                      (subject, provider, organisation, owner, service, by_hand, reopenings))

struct ReferralStarted {
  NRM_EVENT(referral, referral, "nrm.referral.started.v1")
  Date on;
};
BOOST_DESCRIBE_STRUCT(ReferralStarted, (), (on))

struct ReferralHeld {
  NRM_EVENT(referral, referral, "nrm.referral.held.v1")
  HoldReason reason{};
  Instant review_at;
};
BOOST_DESCRIBE_STRUCT(ReferralHeld, (), (reason, review_at))

struct ReferralResumed {
  NRM_EVENT(referral, referral, "nrm.referral.resumed.v1")
};
BOOST_DESCRIBE_STRUCT(ReferralResumed, (), ())

// The provider may not be asked any more, and looks after this person: the owner must say whether
// the person stays.
struct ReferralAtRisk {
  NRM_EVENT(referral, referral, "nrm.referral.at_risk.v1")
  ProviderId provider;
  SuspensionReason reason{};
  OrganisationId to;
  Instant solve_by;
};
BOOST_DESCRIBE_STRUCT(ReferralAtRisk, (), (provider, reason, to, solve_by))

// The person stays: the owner said so, or the provider is in order again.
struct ReferralKept {
  NRM_EVENT(referral, referral, "nrm.referral.kept.v1")
  std::optional<Instant> review_at = std::nullopt;  // it was on hold, and is again, until then
};
BOOST_DESCRIBE_STRUCT(ReferralKept, (), (review_at))

// CaseHandedOver, as this referral has it.
struct ReferralOwnerChanged {
  NRM_EVENT(referral, referral, "nrm.referral.owner_changed.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(ReferralOwnerChanged, (), (owner))

struct ReferralWaitlisted {
  NRM_EVENT(referral, referral, "nrm.referral.waitlisted.v1")
  Instant review_at;
  std::optional<Instant> since = std::nullopt;           // the wait's first moment
  std::optional<std::uint32_t> position = std::nullopt;  // 1 = next, when this was written
  std::optional<DeliveryChannel> by_hand = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(ReferralWaitlisted, (), (review_at, since, position, by_hand))

struct ReferralDeclined {
  NRM_EVENT(referral, referral, "nrm.referral.declined.v1")
  ProviderId provider;
  DeclineReason reason{};
  std::optional<DeliveryChannel> by_hand = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(ReferralDeclined, (), (provider, reason, by_hand))

// Silence is an event.
struct ReferralExpired {
  NRM_EVENT(referral, referral, "nrm.referral.expired.v1")
  ProviderId provider;
};
BOOST_DESCRIBE_STRUCT(ReferralExpired, (), (provider))

struct ReferralEscalated {
  NRM_EVENT(referral, referral, "nrm.referral.escalated.v1")
  CaseId subject;
  OrganisationId to;  // the case's state owner
  EscalationReason reason{};
  Instant solve_by;
  std::optional<EscalationLevel> level = std::nullopt;  // none: the case manager's
  std::vector<ExcludedCount> excluded = {};             // why nobody: of those with a free place
};
BOOST_DESCRIBE_STRUCT(ReferralEscalated, (), (subject, to, reason, solve_by, level, excluded))

struct ReferralEscalationOverdue {
  NRM_EVENT(referral, referral, "nrm.referral.escalation_overdue.v1")
  OrganisationId owner;
  Instant solve_by;  // the next time that this is said
};
BOOST_DESCRIBE_STRUCT(ReferralEscalationOverdue, (), (owner, solve_by))

struct ReferralCompleted {
  NRM_EVENT(referral, referral, "nrm.referral.completed.v1")
  CaseId subject;
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(ReferralCompleted, (), (subject, reason))

struct ReferralCancelled {
  NRM_EVENT(referral, referral, "nrm.referral.cancelled.v1")
  CaseId subject;
  CancelReason reason{};
};
BOOST_DESCRIBE_STRUCT(ReferralCancelled, (), (subject, reason))

using ReferralEvents = boost::mp11::mp_list<
    ProviderRegistered, ProviderCapacityChanged, PlaceReserved, PlaceReleased, ReferralCaseOpened,
    SupportConsentNoted, ReferralCaseEnded, ReferralRequested, ReferralAwaitsConsent,
    ReferralOffered, ReferralAcknowledged, ReferralAccepted, ReferralWaitlisted, ReferralDeclined,
    ReferralExpired, ReferralEscalated, ReferralEscalationOverdue, ReferralCompleted,
    ReferralCancelled, ProviderOfferingChanged, ProviderSuspended, ProviderReinstated,
    RecipientConsentNoted, MatchingFactsNoted, SameNetworkNoted, ReferralDenialNoted,
    HandoverProposed, HandoverDeclined, HandoverRevoked, HandoverExpired, CaseHandedOver,
    FocalPointNamed, ProtectionNoted, SealedPackageNoted, TransnationalSent, TransnationalOverdue,
    TransnationalAnswered, TransnationalRevoked, TransnationalOwnerChanged, ReferralDrafted,
    ReferralProposed, ReferralConsentOverridden, ReferralDelivered, ReferralReminded, OfferRevoked,
    ReferralStarted, ReferralHeld, ReferralResumed, ReferralAtRisk, ReferralKept,
    ReferralOwnerChanged, ReferralCaseReopened, ReferralAgeNoted>;
}  // namespace nrm
