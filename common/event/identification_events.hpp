// Facts of identification: is this person a victim of trafficking?
// Rules for all events: events.hpp.
#pragma once
#include "common/event/event_macro.hpp"

namespace nrm {
struct ReportReceived {
  NRM_EVENT(identification, case_, "nrm.case.report_received.v1")
  Text<16> reference;           // for people, with a check character
  OrganisationId organisation;  // the reporter's
  OrganisationId owner;         // the state owner: never nobody
  Text<64> dossier;             // digest of the sealed part
  ReportFacts facts;
  Instant decide_by;  // when the first stage is due
};
BOOST_DESCRIBE_STRUCT(ReportReceived, (),
                      (reference, organisation, owner, dossier, facts, decide_by))

// An adult who declines formal identification: counted, not identified (Modern Slavery Act 2015,
// s.52).
struct NotificationRecorded {
  NRM_EVENT(identification, case_, "nrm.case.notification_recorded.v1")
  Text<16> reference;
  OrganisationId organisation;
  OrganisationId owner;
  ReportFacts facts;
};
BOOST_DESCRIBE_STRUCT(NotificationRecorded, (), (reference, organisation, owner, facts))

struct FirstStageOverdue {
  NRM_EVENT(identification, case_, "nrm.case.first_stage_overdue.v1")
  Instant due;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(FirstStageOverdue, (), (due, escalated_to))

struct FirstStageDecided {
  NRM_EVENT(identification, case_, "nrm.case.first_stage_decided.v1")
  Outcome outcome{};
  DecisionGround ground{};
  OrganisationId by;
  std::optional<Instant> reconsider_until;  // negative decisions only
};
BOOST_DESCRIBE_STRUCT(FirstStageDecided, (), (outcome, ground, by, reconsider_until))

// Council of Europe Convention, art. 13: at least 30 days.
struct RecoveryPeriodStarted {
  NRM_EVENT(identification, case_, "nrm.case.recovery_period_started.v1")
  Instant until;
};
BOOST_DESCRIBE_STRUCT(RecoveryPeriodStarted, (), (until))

struct RecoveryPeriodEnded {
  NRM_EVENT(identification, case_, "nrm.case.recovery_period_ended.v1")
  OrganisationId awaiting;           // who must decide the second stage
  std::optional<Instant> decide_by;  // none where the law sets no time (the UK)
};
BOOST_DESCRIBE_STRUCT(RecoveryPeriodEnded, (), (awaiting, decide_by))

struct SecondStageOverdue {
  NRM_EVENT(identification, case_, "nrm.case.second_stage_overdue.v1")
  Instant due;
  OrganisationId escalated_to;
};
BOOST_DESCRIBE_STRUCT(SecondStageOverdue, (), (due, escalated_to))

struct SecondStageDecided {
  NRM_EVENT(identification, case_, "nrm.case.second_stage_decided.v1")
  Outcome outcome{};
  DecisionGround ground{};
  OrganisationId by;
  std::optional<Instant> reconsider_until;
};
BOOST_DESCRIBE_STRUCT(SecondStageDecided, (), (outcome, ground, by, reconsider_until))

struct ReconsiderationWindowClosed {
  NRM_EVENT(identification, case_, "nrm.case.reconsideration_window_closed.v1")
};
BOOST_DESCRIBE_STRUCT(ReconsiderationWindowClosed, (), ())

struct IdentificationEnded {
  NRM_EVENT(identification, case_, "nrm.case.identification_ended.v1")
  ClosureReason reason{};
};
BOOST_DESCRIBE_STRUCT(IdentificationEnded, (), (reason))

using IdentificationEvents =
    boost::mp11::mp_list<ReportReceived, NotificationRecorded, FirstStageOverdue, FirstStageDecided,
                         RecoveryPeriodStarted, RecoveryPeriodEnded, SecondStageOverdue,
                         SecondStageDecided, ReconsiderationWindowClosed, IdentificationEnded>;
}  // namespace nrm
