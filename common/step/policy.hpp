// Policy: a country's rules as data (deploy/policy/<pack>.json), and the arithmetic of its clocks.
//
// A value: read once at start, named in every record ("uk@1"). Deciders ask it; nobody else
// computes a due time. Working days leave out Saturdays, Sundays and the pack's holidays; a clock
// in days runs to the last millisecond of its last day (UTC), one in hours is exact.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/codec.hpp"
#include "common/event/facts.hpp"

namespace nrm {
BOOST_DEFINE_ENUM_CLASS(ClockUnit, hours, calendar_days, working_days)
// target: should; minimum: not before; maximum: must; window: may until then.
BOOST_DEFINE_ENUM_CLASS(ClockKind, target, minimum, maximum, window)
BOOST_DEFINE_ENUM_CLASS(ReferralMoment, report, first_stage_positive)

struct ClockRule {
  ClockName name{};
  ClockKind kind{};
  ClockUnit unit{};
  std::uint32_t length = 0;
  std::optional<Urgency> urgency;  // only for needs of this urgency; a rule without serves the rest
  Text<200> source;                // the law or guidance that says so
};
BOOST_DESCRIBE_STRUCT(ClockRule, (), (name, kind, unit, length, urgency, source))

// Who holds an office in this installation. Written into the data folder's copy by `nrm init`.
struct Appointments {
  OrganisationId competent_authority;
  OrganisationId case_management;
  // Reviews every broken glass and every anomaly; nobody may break the glass without one.
  std::optional<OrganisationId> overseer = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(Appointments, (), (competent_authority, case_management, overseer))

BOOST_DEFINE_ENUM_CLASS(LimitName, openings_per_account, openings_per_organisation,
                        items_listed_per_account, items_listed_per_organisation)
// How much access an hour may see before it is refused.
struct AccessLimit {
  LimitName name{};
  std::uint32_t per_hour = 0;
  Text<200> source;  // why this number
};
BOOST_DESCRIBE_STRUCT(AccessLimit, (), (name, per_hour, source))

// A class that clients seal to organisations' keys, and whether a reading takes two people.
struct SealedRule {
  SealedClass class_{};
  bool two_people = false;
};
BOOST_DESCRIBE_STRUCT(SealedRule, (), (class_, two_people))

// How figures are released, where the pack says so; what it leaves out is as here.
struct ReleasePolicy {
  std::uint32_t threshold = 10;    // no published count of people is below it, but 0
  std::uint32_t rounding = 10;     // published counts are multiples of it
  Epsilon epsilon_per_year{1, 1};  // what noise may cost in a calendar year
  Text<200> source;                // why these numbers
};
BOOST_DESCRIBE_STRUCT(ReleasePolicy, (), (threshold, rounding, epsilon_per_year, source))

struct Policy {
  Text<32> pack;
  std::uint32_t version = 0;
  Text<200> title;
  std::vector<ClockRule> clocks;
  std::vector<Date> holidays;
  std::vector<Region> regions;
  ReferralMoment urgent_needs_referred_at{};  // urgent and emergency
  ReferralMoment routine_needs_referred_at{};
  bool anonymous_route = false;
  std::uint32_t retention_days = 0;  // after closure
  std::uint32_t offers_max = 0;      // providers asked before escalation
  std::vector<AccessLimit> access_limits;
  std::vector<SealedRule> sealed_to_organisations;
  std::optional<Appointments> appointments;
  std::optional<ReleasePolicy> releases;

  ReleasePolicy release() const { return releases.value_or(ReleasePolicy{}); }
  std::uint32_t per_hour(LimitName name) const;  // no limit without a row
  const ClockRule* rule(ClockName name, Urgency urgency = Urgency::routine) const;
  // When a clock that starts now runs out; none when the pack has no such clock.
  std::optional<Instant> due(ClockName name, Instant start,
                             Urgency urgency = Urgency::routine) const;
  bool working_day(Date day) const;
  bool has_region(const Region& region) const;
  const SealedRule* sealed_rule(SealedClass class_) const;  // nullptr: not sealed here
  std::string name() const;                                 // "uk@1"
};
BOOST_DESCRIBE_STRUCT(Policy, (),
                      (pack, version, title, clocks, holidays, regions, urgent_needs_referred_at,
                       routine_needs_referred_at, anonymous_route, retention_days, offers_max,
                       access_limits, sealed_to_organisations, appointments, releases))

// Reads a pack strictly and checks what the deciders rely on: the clocks that every mechanism
// needs, each once per urgency, lengths above zero; every limit once; at least one region.
// ERRORS: the reader's faults and out_of_range or missing_field, each with its JSON pointer.
Result<Policy> read_policy(std::string_view bytes);
}  // namespace nrm
