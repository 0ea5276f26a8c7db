// Facts of assistance: the help that runs.
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
struct SupportOpened {
  NRM_EVENT(assistance, case_, "nrm.case.support_opened.v1")
  OrganisationId owner;
  Instant plan_by;
};
BOOST_DESCRIBE_STRUCT(SupportOpened, (), (owner, plan_by))

struct ServiceStarted {
  NRM_EVENT(assistance, case_, "nrm.case.service_started.v1")
  ReferralId referral;
  ProviderId provider;
  OrganisationId organisation;
  ServiceType service{};
  Date started_on;
};
BOOST_DESCRIBE_STRUCT(ServiceStarted, (), (referral, provider, organisation, service, started_on))

struct PlanOverdue {
  NRM_EVENT(assistance, case_, "nrm.case.plan_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(PlanOverdue, (), (escalated_to))

struct PlanAgreed {
  NRM_EVENT(assistance, case_, "nrm.case.plan_agreed.v1")
  std::vector<PlanGoal> goals;
  Instant review_at;
};
BOOST_DESCRIBE_STRUCT(PlanAgreed, (), (goals, review_at))

struct ServiceGiven {
  NRM_EVENT(assistance, case_, "nrm.case.service_given.v1")
  ReferralId referral;
  ServiceType service{};
  Date on;
  std::uint32_t units = 0;
};
BOOST_DESCRIBE_STRUCT(ServiceGiven, (), (referral, service, on, units))

struct ReviewOverdue {
  NRM_EVENT(assistance, case_, "nrm.case.review_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(ReviewOverdue, (), (escalated_to))

struct ReviewHeld {
  NRM_EVENT(assistance, case_, "nrm.case.review_held.v1")
  Instant next_at;
};
BOOST_DESCRIBE_STRUCT(ReviewHeld, (), (next_at))

struct ServiceEnded {
  NRM_EVENT(assistance, case_, "nrm.case.service_ended.v1")
  ReferralId referral;
  OrganisationId organisation;
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(ServiceEnded, (), (referral, organisation, reason))

struct SupportEnded {
  NRM_EVENT(assistance, case_, "nrm.case.support_ended.v1")
  ServiceEndReason reason{};
};
BOOST_DESCRIBE_STRUCT(SupportEnded, (), (reason))

// CaseHandedOver, as the support file has it.
struct SupportHandedOver {
  NRM_EVENT(assistance, case_, "nrm.case.support_handed_over.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(SupportHandedOver, (), (owner))

using AssistanceEvents =
    boost::mp11::mp_list<SupportOpened, ServiceStarted, PlanOverdue, PlanAgreed, ServiceGiven,
                         ReviewOverdue, ReviewHeld, ServiceEnded, SupportEnded, SupportHandedOver>;
}  // namespace nrm
