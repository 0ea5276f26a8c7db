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
  std::optional<bool> child = std::nullopt;              // when reported; left out of an adult
  std::optional<OrganisationId> decider = std::nullopt;  // none: the competent authority
};
BOOST_DESCRIBE_STRUCT(ClosureFileOpened, (), (owner, opened_at, obligations, child, decider))

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
  std::optional<ClosureEvidence> evidence = std::nullopt;
  // Still owed, but not in the way of this closure: the reason makes it impossible (nobody can be
  // told who died), or the pack does not ask for it.
  std::vector<Obligation> excused = {};
};
BOOST_DESCRIBE_STRUCT(ClosureRequested, (), (by, reason, approve_by, evidence, excused))

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
  std::optional<RetentionCategory> category = std::nullopt;
  std::vector<Obligation> excused = {};  // still owed now: see ClosureRequested
  // Which closing of this case: what began after a later reopening outlives it.
  std::optional<std::uint32_t> number = std::nullopt;  // none: the first
};
BOOST_DESCRIBE_STRUCT(CaseClosed, (),
                      (reason, requested_by, approved_by, retain_until, category, excused, number))

// How the person may be reached, as assistance says (ContactRulesSet): notices obey it.
struct SafeContactNoted {
  NRM_EVENT(closure, case_, "nrm.case.safe_contact_noted.v1")
  ContactRules rules;
};
BOOST_DESCRIBE_STRUCT(SafeContactNoted, (), (rules))

// The case is open again: what was closed with it opens again, and what is owed starts anew.
struct CaseReopened {
  NRM_EVENT(closure, case_, "nrm.case.reopened.v1")
  ReopenCause cause{};
  AccountId by;
  std::vector<Obligation> obligations;
};
BOOST_DESCRIBE_STRUCT(CaseReopened, (), (cause, by, obligations))

// The time to keep the data has passed, but something still needs it.
struct RetentionExtended {
  NRM_EVENT(closure, case_, "nrm.case.retention_extended.v1")
  std::vector<Obligation> because;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(RetentionExtended, (), (because, until))

// The vault is to erase the person's data, and to say that it did (CaseErased). Ordered again until
// it has.
struct ErasureOrdered {
  NRM_EVENT(closure, case_, "nrm.case.erasure_ordered.v1")
  RetentionCategory category{};
  std::uint32_t number = 0;  // 1, and again 2, 3 …
  Instant confirm_by;
  std::optional<OrganisationId> escalated_to;
};
BOOST_DESCRIBE_STRUCT(ErasureOrdered, (), (category, number, confirm_by, escalated_to))

struct ErasureNoted {
  NRM_EVENT(closure, case_, "nrm.case.erasure_noted.v1")
  ErasureGround ground{};
};
BOOST_DESCRIBE_STRUCT(ErasureNoted, (), (ground))

// --- visits after closing -----------------------------------------------------------------------

struct FollowUpPlanned {
  NRM_EVENT(closure, visit, "nrm.follow_up.planned.v1")
  CaseId subject;
  OrganisationId owner;
  std::uint32_t number = 0;  // 1, 2 …
  Instant due;
};
BOOST_DESCRIBE_STRUCT(FollowUpPlanned, (), (subject, owner, number, due))

struct FollowUpOverdue {
  NRM_EVENT(closure, visit, "nrm.follow_up.overdue.v1")
  CaseId subject;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(FollowUpOverdue, (), (subject, escalated_to))

struct FollowUpRecorded {
  NRM_EVENT(closure, visit, "nrm.follow_up.recorded.v1")
  CaseId subject;
  InformChannel channel{};
  Wellbeing wellbeing{};
};
BOOST_DESCRIBE_STRUCT(FollowUpRecorded, (), (subject, channel, wellbeing))

// By the person: none follows.
struct FollowUpRefused {
  NRM_EVENT(closure, visit, "nrm.follow_up.refused.v1")
  CaseId subject;
};
BOOST_DESCRIBE_STRUCT(FollowUpRefused, (), (subject))

struct FollowUpDropped {
  NRM_EVENT(closure, visit, "nrm.follow_up.dropped.v1")
  CaseId subject;
  FollowUpDrop reason{};
};
BOOST_DESCRIBE_STRUCT(FollowUpDropped, (), (subject, reason))

// CaseHandedOver, as the closure file has it.
struct ClosureHandedOver {
  NRM_EVENT(closure, case_, "nrm.case.closure_handed_over.v1")
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(ClosureHandedOver, (), (owner))

// The same, of a visit that is not over.
struct FollowUpHandedOver {
  NRM_EVENT(closure, visit, "nrm.follow_up.handed_over.v1")
  CaseId subject;
  OrganisationId owner;
};
BOOST_DESCRIBE_STRUCT(FollowUpHandedOver, (), (subject, owner))

// DeciderAppointed: whose answer a request to close may have, beside the case management's.
struct ClosureDeciderNoted {
  NRM_EVENT(closure, case_, "nrm.case.closure_decider_noted.v1")
  OrganisationId decider;
};
BOOST_DESCRIBE_STRUCT(ClosureDeciderNoted, (), (decider))

// AgeAssessed: whether the person was a child when reported, as it is known now.
struct ClosureAgeNoted {
  NRM_EVENT(closure, case_, "nrm.case.closure_age_noted.v1")
  bool child = false;
};
BOOST_DESCRIBE_STRUCT(ClosureAgeNoted, (), (child))

using ClosureEvents =
    boost::mp11::mp_list<ClosureFileOpened, ObligationNoted, ObligationMet, PersonInformed,
                         ClosureRequested, ClosureApprovalOverdue, ClosureRefused, CaseClosed,
                         SafeContactNoted, CaseReopened, RetentionExtended, ErasureOrdered,
                         ErasureNoted, FollowUpPlanned, FollowUpOverdue, FollowUpRecorded,
                         FollowUpRefused, FollowUpDropped, ClosureHandedOver, FollowUpHandedOver,
                         ClosureDeciderNoted, ClosureAgeNoted>;
}  // namespace nrm
