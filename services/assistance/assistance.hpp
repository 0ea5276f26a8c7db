// Assistance: the help that runs. A support file opens when a provider accepts a person; risk and
// needs are assessed, a plan is agreed with the person, services are given and reviewed, and the
// file ends with the last service.
//
// What has a clock of its own has a state of its own: each legal procedure, missing-person alarm,
// incident and notice about a child, the move out of support, and the children's pathway.
// The tables of states and inputs are in README.md. Pure: base, event and step only.
#pragma once
#include <optional>
#include <vector>

#include "common/step/decider.hpp"

namespace nrm {
struct RunningService {
  ReferralId referral;  // the need that it answers; one service per referral
  OrganisationId organisation;
  ServiceType service{};
  Date started_on;
  std::uint32_t reopenings = 0;  // of the case, before it began
};
BOOST_DESCRIBE_STRUCT(RunningService, (), (referral, organisation, service, started_on, reopenings))

// The support of one person.
// INVARIANT: `services` is empty exactly while the status is none or ended. `due` is set exactly
// while support runs: the plan must be agreed (opened) or reviewed (plan_agreed, in_support) by
// then.
struct SupportFile {
  static constexpr StreamKind kind = StreamKind::case_;

  OrganisationId owner;  // the state owner: never nobody once the file is open
  SupportStatus status = SupportStatus::none;
  std::vector<RunningService> services;
  std::vector<PlanGoal> goals;
  std::optional<Instant> due;
  std::optional<ServiceEndReason> end_reason;  // while ended
  bool closed = false;                         // the case is
  std::optional<ContactRules> contact;
  std::optional<RiskLevel> risk;            // as last assessed
  std::optional<Instant> unassessed_since;  // the first contact that no assessment followed

  bool running() const { return !services.empty(); }
  bool planned() const {
    return status == SupportStatus::plan_agreed || status == SupportStatus::in_support;
  }
};
BOOST_DESCRIBE_STRUCT(SupportFile, (),
                      (owner, status, services, goals, due, end_reason, closed, contact, risk,
                       unassessed_since))

// The clock that runs while a file has this status.
constexpr std::optional<ClockName> clock_of(SupportStatus status) {
  switch (status) {
    case SupportStatus::opened:
      return ClockName::plan;
    case SupportStatus::plan_agreed:
    case SupportStatus::in_support:
      return ClockName::review;
    case SupportStatus::none:
    case SupportStatus::ended:
      break;
  }
  return std::nullopt;
}

// In all states below `due` is the moment that was set by the last thing somebody did: a clock that
// speaks up again and again does not move it, so that queues show the longest overdue first.

BOOST_DEFINE_ENUM_CLASS(ProcedureStatus, none, running, ended)
// It outlives the closing of the case: nobody's data is erased while one runs.
struct Procedure {
  static constexpr StreamKind kind = StreamKind::procedure;
  ProcedureStatus status{};
  CaseId subject;
  OrganisationId owner;
  ProcedureKind sort{};
  bool filed = false;
  std::optional<Date> date;  // that must not be missed
  Instant due;               // looked at again
};
BOOST_DESCRIBE_STRUCT(Procedure, (), (status, subject, owner, sort, filed, date, due))

BOOST_DEFINE_ENUM_CLASS(AlarmStatus, none, raised, ended)
struct Alarm {
  static constexpr StreamKind kind = StreamKind::alarm;
  AlarmStatus status{};
  CaseId subject;
  OrganisationId owner;
  std::uint32_t level = 0;  // how often it was escalated
  Instant due;
};
BOOST_DESCRIBE_STRUCT(Alarm, (), (status, subject, owner, level, due))

BOOST_DEFINE_ENUM_CLASS(IncidentStatus, none, open, closed)
struct Incident {
  static constexpr StreamKind kind = StreamKind::incident;
  IncidentStatus status{};
  CaseId subject;
  OrganisationId owner;
  IncidentSeverity severity{};
  Instant due;
};
BOOST_DESCRIBE_STRUCT(Incident, (), (status, subject, owner, severity, due))

BOOST_DEFINE_ENUM_CLASS(ChildNoticeStatus, none, raised, acknowledged, dropped)
struct ChildNotice {
  static constexpr StreamKind kind = StreamKind::notice;
  ChildNoticeStatus status{};
  CaseId subject;
  OrganisationId owner;
  ChildBody body{};
  Instant due;
};
BOOST_DESCRIBE_STRUCT(ChildNotice, (), (status, subject, owner, body, due))

// moving_on: support does not end yet; passed: it may; reach_in: it has, and the person may come
// back for a word.
BOOST_DEFINE_ENUM_CLASS(TransitionStatus, none, moving_on, passed, reach_in, ended)
struct Transition {
  static constexpr StreamKind kind = StreamKind::transition;
  TransitionStatus status{};
  CaseId subject;
  OrganisationId owner;
  bool agreed = false;  // the transition plan
  Instant due;
};
BOOST_DESCRIBE_STRUCT(Transition, (), (status, subject, owner, agreed, due))

// Of a child, or of somebody whose age is in doubt; under the id of the case.
struct ChildFile {
  static constexpr StreamKind kind = StreamKind::child;
  ChildStatus status{};
  OrganisationId owner;
  bool presumed = false;
  bool again = false;                // begun anew, because the case was opened again
  bool of_age = false;               // it ended because the person is, or was all along
  std::vector<AccountId> guardians;  // in office
  std::optional<BestInterests> determination;
  std::optional<Education> education;
  std::optional<Instant> due;
};
BOOST_DESCRIBE_STRUCT(ChildFile, (),
                      (status, owner, presumed, again, of_age, guardians, determination, education,
                       due))

constexpr std::optional<ClockName> clock_of(ChildStatus status) {
  switch (status) {
    case ChildStatus::guardian_awaited:
      return ClockName::guardian;
    case ChildStatus::best_interests_due:
    case ChildStatus::settled:
      return ClockName::best_interests;
    case ChildStatus::none:
    case ChildStatus::ended:
      break;
  }
  return std::nullopt;
}
constexpr std::optional<ClockName> clock_of(TransitionStatus status) {
  switch (status) {
    case TransitionStatus::moving_on:
    case TransitionStatus::passed:
      return ClockName::move_on;
    case TransitionStatus::reach_in:
      return ClockName::reach_in;
    case TransitionStatus::none:
    case TransitionStatus::ended:
      break;
  }
  return std::nullopt;
}

struct Assistance {
  static constexpr Service service = Service::assistance;
  using States =
      StateTypes<SupportFile, Procedure, Alarm, Incident, ChildNotice, Transition, ChildFile>;
  using Receives =
      EventTypes<ReferralAccepted, ReferralCancelled, CaseHandedOver, CaseClosed, CaseReopened,
                 ReportReceived, AgeAssessed, SecondStageDecided, ReconsiderationDecided,
                 IdentificationEnded, IdentificationResumed, GuardianAppointed, GuardianshipEnded>;

  static void evolve(SupportFile& state, const Event& event);
  static void evolve(Procedure& state, const Event& event);
  static void evolve(Alarm& state, const Event& event);
  static void evolve(Incident& state, const Event& event);
  static void evolve(ChildNotice& state, const Event& event);
  static void evolve(Transition& state, const Event& event);
  static void evolve(ChildFile& state, const Event& event);
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const SupportFile& state, Rows& out);
  static void rows(const StreamKey& stream, const Procedure& state, Rows& out);
  static void rows(const StreamKey& stream, const Alarm& state, Rows& out);
  static void rows(const StreamKey& stream, const Incident& state, Rows& out);
  static void rows(const StreamKey& stream, const ChildNotice& state, Rows& out);
  static void rows(const StreamKey& stream, const Transition& state, Rows& out);
  static void rows(const StreamKey& stream, const ChildFile& state, Rows& out);
};
}  // namespace nrm
