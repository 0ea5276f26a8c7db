// Facts of closure: may this case end?
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
struct ClosureFileOpened {
  NRM_EVENT(closure, case_, "nrm.case.closure_file_opened.v1")
  OrganisationId owner;
  Instant opened_at;
  std::vector<Obligation> obligations;
};
BOOST_DESCRIBE_STRUCT(ClosureFileOpened, (), (owner, opened_at, obligations))

// `subject` tells several obligations of one kind apart (each referral is its own); nil where a
// case has only one of the kind.
struct ObligationNoted {
  NRM_EVENT(closure, case_, "nrm.case.obligation_noted.v1")
  Obligation obligation{};
  Uuid subject;
};
BOOST_DESCRIBE_STRUCT(ObligationNoted, (), (obligation, subject))

struct ObligationMet {
  NRM_EVENT(closure, case_, "nrm.case.obligation_met.v1")
  Obligation obligation{};
  Uuid subject;
};
BOOST_DESCRIBE_STRUCT(ObligationMet, (), (obligation, subject))

struct PersonInformed {
  NRM_EVENT(closure, case_, "nrm.case.person_informed.v1")
  InformChannel channel{};
};
BOOST_DESCRIBE_STRUCT(PersonInformed, (), (channel))

struct ClosureRequested {
  NRM_EVENT(closure, case_, "nrm.case.closure_requested.v1")
  AccountId by;
  ClosureReason reason{};
  Instant approve_by;
};
BOOST_DESCRIBE_STRUCT(ClosureRequested, (), (by, reason, approve_by))

struct ClosureApprovalOverdue {
  NRM_EVENT(closure, case_, "nrm.case.closure_approval_overdue.v1")
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(ClosureApprovalOverdue, (), (escalated_to))

struct ClosureRefused {
  NRM_EVENT(closure, case_, "nrm.case.closure_refused.v1")
  AccountId by;
};
BOOST_DESCRIBE_STRUCT(ClosureRefused, (), (by))

struct CaseClosed {
  NRM_EVENT(closure, case_, "nrm.case.closed.v1")
  ClosureReason reason{};
  AccountId requested_by;
  AccountId approved_by;
  Date retain_until;
};
BOOST_DESCRIBE_STRUCT(CaseClosed, (), (reason, requested_by, approved_by, retain_until))

// CaseHandedOver, as the closure file has it.
struct ClosureHandedOver {
  NRM_EVENT(closure, case_, "nrm.case.closure_handed_over.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(ClosureHandedOver, (), (owner))

using ClosureEvents = boost::mp11::mp_list<ClosureFileOpened, ObligationNoted, ObligationMet,
                                           PersonInformed, ClosureRequested, ClosureApprovalOverdue,
                                           ClosureRefused, CaseClosed, ClosureHandedOver>;
}  // namespace nrm
