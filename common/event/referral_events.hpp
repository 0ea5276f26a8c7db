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
};
BOOST_DESCRIBE_STRUCT(ProviderCapacityChanged, (), (places))

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
};
BOOST_DESCRIBE_STRUCT(ReferralCaseOpened, (), (owner, reporter, profile, needs))

struct SupportConsentNoted {
  NRM_EVENT(referral, case_, "nrm.case.support_consent_noted.v1")
  bool given = false;
};
BOOST_DESCRIBE_STRUCT(SupportConsentNoted, (), (given))

struct ReferralCaseEnded {
  NRM_EVENT(referral, case_, "nrm.case.referral_case_ended.v1")
};
BOOST_DESCRIBE_STRUCT(ReferralCaseEnded, (), ())

struct ReferralRequested {
  NRM_EVENT(referral, referral, "nrm.referral.requested.v1")
  CaseId subject;
  OrganisationId owner;
  ServiceType service{};
  NeedProfile profile;
};
BOOST_DESCRIBE_STRUCT(ReferralRequested, (), (subject, owner, service, profile))

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
};
BOOST_DESCRIBE_STRUCT(ReferralOffered, (),
                      (subject, provider, organisation, service, profile, answer_by, candidates,
                       attempt))

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
};
BOOST_DESCRIBE_STRUCT(ReferralAccepted, (), (subject, provider, organisation, owner, service))

struct ReferralWaitlisted {
  NRM_EVENT(referral, referral, "nrm.referral.waitlisted.v1")
  Instant review_at;
};
BOOST_DESCRIBE_STRUCT(ReferralWaitlisted, (), (review_at))

struct ReferralDeclined {
  NRM_EVENT(referral, referral, "nrm.referral.declined.v1")
  ProviderId provider;
  DeclineReason reason{};
};
BOOST_DESCRIBE_STRUCT(ReferralDeclined, (), (provider, reason))

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
};
BOOST_DESCRIBE_STRUCT(ReferralEscalated, (), (subject, to, reason, solve_by))

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

using ReferralEvents =
    boost::mp11::mp_list<ProviderRegistered, ProviderCapacityChanged, PlaceReserved, PlaceReleased,
                         ReferralCaseOpened, SupportConsentNoted, ReferralCaseEnded,
                         ReferralRequested, ReferralAwaitsConsent, ReferralOffered,
                         ReferralAcknowledged, ReferralAccepted, ReferralWaitlisted,
                         ReferralDeclined, ReferralExpired, ReferralEscalated,
                         ReferralEscalationOverdue, ReferralCompleted, ReferralCancelled>;
}  // namespace nrm
