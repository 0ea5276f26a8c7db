// Assistance: the help that runs. A support file opens when a provider accepts a person; a plan is
// agreed with the person, services are given and reviewed, and the file ends with the last service.
//
// The table of states and inputs is in README.md. Pure: base, event and step only.
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
};
BOOST_DESCRIBE_STRUCT(RunningService, (), (referral, organisation, service, started_on))

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

  bool running() const { return !services.empty(); }
  bool planned() const {
    return status == SupportStatus::plan_agreed || status == SupportStatus::in_support;
  }
};
BOOST_DESCRIBE_STRUCT(SupportFile, (), (owner, status, services, goals, due, end_reason))

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

struct Assistance {
  static constexpr Service service = Service::assistance;
  using States = StateTypes<SupportFile>;
  using Receives = EventTypes<ReferralAccepted, ReferralCancelled, CaseHandedOver, CaseClosed>;

  static void evolve(SupportFile& state, const Event& event);
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy);
  static void rows(const StreamKey& stream, const SupportFile& state, Rows& out);
};
}  // namespace nrm
