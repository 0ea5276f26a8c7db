// Policy: a country's rules as data (deploy/policy/<pack>.json), and the arithmetic of its clocks.
//
// A value: read once at start, named in every record ("uk@1"). Deciders ask it; nobody else
// computes a due time. Working days leave out Saturdays, Sundays and the holidays of the country
// and of the region concerned; a clock in days runs to the last millisecond of its last day in the
// pack's time zone, one in hours is exact.
//
// A paused clock keeps what was left of it: hours to the millisecond; of days, those after the day
// of the pause. They are counted again after the day on which it is resumed, whose rest stands for
// the rest of that day: a pause never costs a day. In working days the last one is always a working
// day, also when it is the day of a resumption.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/codec.hpp"
#include "common/event/facts.hpp"
#include "common/step/closure_policy.hpp"
#include "common/step/identification_policy.hpp"
#include "common/step/oversight_policy.hpp"
#include "common/step/referral_policy.hpp"
#include "common/step/support_policy.hpp"

namespace nrm {
// target: should; minimum: not before; maximum: must; window: may until then.
BOOST_DEFINE_ENUM_CLASS(ClockKind, target, minimum, maximum, window)
BOOST_DEFINE_ENUM_CLASS(ReferralMoment, report, first_stage_positive)

// What happens when a clock runs out: somebody is told; the case moves on by itself; a right or an
// offer lapses; the next one is asked; it is looked at again; it is said again; something is
// destroyed; a paused clock runs on; the thing ends.
BOOST_DEFINE_ENUM_CLASS(ExpiryAction, escalate, advance, lapse, ask_next, review, repeat, destroy,
                        resume, end)
BOOST_DEFINE_ENUM_CLASS(PauseCause, information_request, contact_lost)

struct ClockRule {
  ClockName name{};
  ClockKind kind{};
  ClockUnit unit{};
  std::uint32_t length = 0;
  std::optional<Urgency> urgency;  // only for needs of this urgency; a rule without serves the rest
  std::vector<Text<64>> starts;    // types of the events that start it
  std::vector<PauseCause> pauses;  // while one of these lasts, it stands still
  std::optional<ExpiryAction> expiry;
  Text<200> source;  // the law or guidance that says so
};
BOOST_DESCRIBE_STRUCT(ClockRule, (),
                      (name, kind, unit, length, urgency, starts, pauses, expiry, source))

// Local time as a law sees it. European summer time: from the last Sunday of March to the last of
// October, both at 01:00 UTC (Directive 2000/84/EC, art. 2 and 3; the UK keeps it, too).
struct Zone {
  std::uint32_t minutes_ahead = 0;  // of UTC, in winter
  bool summer_time = false;
};
BOOST_DESCRIBE_STRUCT(Zone, (), (minutes_ahead, summer_time))

struct RegionalHolidays {
  Region region;
  std::vector<Date> days;
};
BOOST_DESCRIBE_STRUCT(RegionalHolidays, (), (region, days))

// Who holds an office in this installation. Written into the data folder's copy by `nrm init`.
struct Appointments {
  OrganisationId competent_authority;
  OrganisationId case_management;
  // Reviews every broken glass and every anomaly; nobody may break the glass without one.
  std::optional<OrganisationId> overseer = std::nullopt;
  // Decides on the second route, for people who decline the authorities.
  std::optional<OrganisationId> board = std::nullopt;
  std::vector<OrganisationId> trusted_partners =
      {};  // may decide a first stage, if the pack says so
};
BOOST_DESCRIBE_STRUCT(Appointments, (),
                      (competent_authority, case_management, overseer, board, trusted_partners))

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

// Which kinds of organisations may hold accounts of a role. A pack has a rule for every role; a
// policy without any (a test's) lets all hold all.
struct RoleRule {
  Role role{};
  std::vector<OrganisationKind> held_by;
  Text<200> source;
};
BOOST_DESCRIBE_STRUCT(RoleRule, (), (role, held_by, source))

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
  Zone zone;
  std::vector<Date> holidays;  // of the whole country
  std::vector<RegionalHolidays> regional_holidays;
  Date calendar_until;  // the last day for which the holidays are known
  std::vector<Region> regions;
  std::vector<RoleRule> roles;
  std::vector<ServiceType> services;  // what providers may offer here
  IdentificationPolicy identification;
  SupportPolicy support;
  ClosurePolicy closure;
  ReferralPolicy referral;
  ReferralMoment urgent_needs_referred_at{};  // urgent and emergency
  ReferralMoment routine_needs_referred_at{};
  bool anonymous_route = false;
  std::uint32_t retention_days = 0;  // after closure
  std::uint32_t offers_max = 0;      // providers asked before escalation
  std::vector<AccessLimit> access_limits;
  std::vector<SealedRule> sealed_to_organisations;
  std::optional<Appointments> appointments;
  std::optional<ReleasePolicy> releases;
  std::optional<OversightPolicy> oversight;

  ReleasePolicy release() const { return releases.value_or(ReleasePolicy{}); }
  OversightPolicy watch() const { return oversight.value_or(OversightPolicy{}); }
  std::uint32_t per_hour(LimitName name) const;  // no limit without a row
  const ClockRule* rule(ClockName name, Urgency urgency = Urgency::routine) const;
  // When a clock that starts now runs out; none when the pack has no such clock. `region`: whose
  // holidays count beside the country's.
  std::optional<Instant> due(ClockName name, Instant start, Urgency urgency = Urgency::routine,
                             const Region& region = {}) const;
  bool pauses(ClockName name, PauseCause cause, Urgency urgency = Urgency::routine) const;
  // What is left at `at` of a clock that would run out at `due`; nothing once it has run out.
  // REQUIRES: the pack has this clock.
  PausedClock pause(ClockName name, Instant at, Instant due, const Region& region = {},
                    Urgency urgency = Urgency::routine) const;
  // When it runs out now.
  Instant resume(const PausedClock& paused, Instant at, const Region& region = {}) const;
  bool working_day(Date day, const Region& region = {}) const;
  Date local_date(Instant at) const;
  Instant end_of_local(Date day) const;    // the day's last millisecond there
  Instant start_of_local(Date day) const;  // and its first
  bool may_hold(Role role, OrganisationKind kind) const;
  bool has_region(const Region& region) const;
  const SealedRule* sealed_rule(SealedClass class_) const;  // nullptr: not sealed here
  std::string name() const;                                 // "uk@1"
};
BOOST_DESCRIBE_STRUCT(Policy, (),
                      (pack, version, title, clocks, zone, holidays, regional_holidays,
                       calendar_until, regions, roles, services, identification, support, closure,
                       referral, urgent_needs_referred_at, routine_needs_referred_at,
                       anonymous_route, retention_days, offers_max, access_limits,
                       sealed_to_organisations, appointments, releases, oversight))

// Reads a pack strictly and refuses what check_policy() (policy_check.hpp) calls a mistake.
// ERRORS: the first of these, with its JSON pointer.
Result<Policy> read_policy(std::string_view bytes);
}  // namespace nrm
