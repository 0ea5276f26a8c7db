#include "common/step/policy.hpp"

#include <algorithm>
#include <chrono>

#include "common/base/check.hpp"

namespace nrm {
const ClockRule* Policy::rule(ClockName name, Urgency urgency) const {
  const ClockRule* general = nullptr;
  for (const ClockRule& candidate : clocks) {
    if (candidate.name != name) continue;
    if (candidate.urgency == urgency) return &candidate;
    if (!candidate.urgency) general = &candidate;
  }
  return general;
}

bool Policy::working_day(Date day, const Region& region) const {
  if (day.weekday() > 5 || std::ranges::binary_search(holidays, day)) return false;
  const auto local = std::ranges::find(regional_holidays, region, &RegionalHolidays::region);
  return local == regional_holidays.end() || !std::ranges::binary_search(local->days, day);
}

namespace {
// The last Sunday of the month, 01:00 UTC.
Instant change_of_time(std::chrono::year year, std::chrono::month month) {
  const std::chrono::sys_days day{year / month / std::chrono::Sunday[std::chrono::last]};
  return start_of(Date{static_cast<std::int32_t>(day.time_since_epoch().count())}) + hours(1);
}

Milliseconds ahead(const Zone& zone, Instant at) {
  const Milliseconds winter = std::chrono::minutes(zone.minutes_ahead);
  if (!zone.summer_time) return winter;
  const std::chrono::sys_days day{std::chrono::days(at.date().days)};
  const auto year = std::chrono::year_month_day(day).year();
  const bool summer = at >= change_of_time(year, std::chrono::March) &&
                      at < change_of_time(year, std::chrono::October);
  return summer ? winter + hours(1) : winter;
}
}  // namespace

Date Policy::local_date(Instant at) const { return (at + ahead(zone, at)).date(); }

// The time never changes at midnight, so the offset an hour earlier is that of the day's end.
Instant Policy::end_of_local(Date day) const {
  const Instant end = nrm::end_of(day);
  return end - ahead(zone, end - std::chrono::minutes(zone.minutes_ahead) - hours(1));
}

namespace {
// The same date of a later month, or the last one of it (Regulation 1182/71, art. 3(2)(c)).
Date add_months(Date day, std::uint64_t count) {
  using namespace std::chrono;
  const year_month_day from{sys_days(std::chrono::days(day.days))};
  const year_month month = from.year() / from.month() + months(static_cast<int>(count));
  const year_month_day same = month / from.day();
  const sys_days last = same.ok() ? sys_days(same) : sys_days(month / std::chrono::last);
  return Date{static_cast<std::int32_t>(last.time_since_epoch().count())};
}

Date add_days(const Policy& policy, ClockUnit unit, Date day, std::uint64_t count,
              const Region& region) {
  if (unit == ClockUnit::calendar_months) return add_months(day, count);
  if (unit == ClockUnit::calendar_days) return day.plus(static_cast<int>(count));
  for (std::uint64_t counted = 0; counted < count;) {
    day = day.plus(1);
    if (policy.working_day(day, region)) ++counted;
  }
  return day;
}
}  // namespace

std::optional<Instant> Policy::due(ClockName name, Instant start, Urgency urgency,
                                   const Region& region) const {
  const ClockRule* found = rule(name, urgency);
  if (found == nullptr) return std::nullopt;
  if (found->unit == ClockUnit::hours) return start + hours(static_cast<int>(found->length));
  return end_of_local(add_days(*this, found->unit, local_date(start), found->length, region));
}

Instant Policy::start_of_local(Date day) const {
  return end_of_local(day.plus(-1)) + Milliseconds(1);
}

bool Policy::pauses(ClockName name, PauseCause cause, Urgency urgency) const {
  const ClockRule* found = rule(name, urgency);
  return found != nullptr && std::ranges::find(found->pauses, cause) != found->pauses.end();
}

PausedClock Policy::pause(ClockName name, Instant at, Instant due, const Region& region,
                          Urgency urgency) const {
  const ClockRule* found = rule(name, urgency);
  CHECK(found != nullptr, "a clock that runs has a rule");
  // Of months, days are left.
  const bool months = found->unit == ClockUnit::calendar_months;
  PausedClock paused{name, months ? ClockUnit::calendar_days : found->unit, 0};
  if (at >= due) return paused;
  if (found->unit == ClockUnit::hours) {
    paused.left = static_cast<std::uint64_t>((due - at).count());
    return paused;
  }
  // The days after the day of the pause, up to the last one.
  const Date last = local_date(due);
  for (Date day = local_date(at); day < last;) {
    day = day.plus(1);
    if (paused.unit == ClockUnit::calendar_days || working_day(day, region)) ++paused.left;
  }
  return paused;
}

Instant Policy::resume(const PausedClock& paused, Instant at, const Region& region) const {
  if (paused.unit == ClockUnit::hours)
    return at + Milliseconds(static_cast<std::int64_t>(paused.left));
  Date last = add_days(*this, paused.unit, local_date(at), paused.left, region);
  // The rest of a working day cannot be made good on a day on which nobody works.
  while (paused.unit == ClockUnit::working_days && !working_day(last, region)) last = last.plus(1);
  return end_of_local(last);
}

bool Policy::may_hold(Role role, OrganisationKind kind) const {
  return roles.empty() || std::ranges::any_of(roles, [&](const RoleRule& rule) {
           return rule.role == role && std::ranges::find(rule.held_by, kind) != rule.held_by.end();
         });
}

std::uint32_t Policy::per_hour(LimitName name) const {
  for (const AccessLimit& limit : access_limits)
    if (limit.name == name) return limit.per_hour;
  return limits::access_per_hour_max;
}

bool Policy::has_region(const Region& region) const {
  return std::ranges::find(regions, region) != regions.end();
}

const SealedRule* Policy::sealed_rule(SealedClass class_) const {
  const auto found = std::ranges::find(sealed_to_organisations, class_, &SealedRule::class_);
  return found == sealed_to_organisations.end() ? nullptr : &*found;
}

std::string Policy::name() const { return pack.text() + "@" + std::to_string(version); }
}  // namespace nrm
