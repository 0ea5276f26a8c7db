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
Date add_days(const Policy& policy, ClockUnit unit, Date day, std::uint64_t count,
              const Region& region) {
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

bool Policy::pauses(ClockName name, PauseCause cause) const {
  const ClockRule* found = rule(name);
  return found != nullptr && std::ranges::find(found->pauses, cause) != found->pauses.end();
}

PausedClock Policy::pause(ClockName name, Instant at, Instant due, const Region& region) const {
  const ClockRule* found = rule(name);
  CHECK(found != nullptr, "a clock that runs has a rule");
  PausedClock paused{name, found->unit, 0};
  if (at >= due) return paused;
  if (found->unit == ClockUnit::hours) {
    paused.left = static_cast<std::uint64_t>((due - at).count());
    return paused;
  }
  // The days after the day of the pause, up to the last one.
  const Date last = local_date(due);
  for (Date day = local_date(at); day < last;) {
    day = day.plus(1);
    if (found->unit == ClockUnit::calendar_days || working_day(day, region)) ++paused.left;
  }
  return paused;
}

Instant Policy::resume(const PausedClock& paused, Instant at, const Region& region) const {
  if (paused.unit == ClockUnit::hours)
    return at + Milliseconds(static_cast<std::int64_t>(paused.left));
  return end_of_local(add_days(*this, paused.unit, local_date(at), paused.left, region));
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

namespace {
Result<void> check_limits(const Policy& policy) {
  for (const LimitName name :
       {LimitName::openings_per_account, LimitName::openings_per_organisation,
        LimitName::items_listed_per_account, LimitName::items_listed_per_organisation}) {
    const auto rows = std::ranges::count(policy.access_limits, name, &AccessLimit::name);
    // Packs before version 3 do not have the last one; then it limits nothing.
    const bool needed = name != LimitName::items_listed_per_organisation;
    if (rows > 1 || (rows == 0 && needed))
      return Error(rows == 0 ? Code::missing_field : Code::already_exists, "/access_limits",
                   "the limit " + std::string(to_text(name)) + " is needed once");
  }
  for (std::size_t i = 0; i < policy.access_limits.size(); ++i)
    if (const auto most = policy.access_limits[i].per_hour;
        most == 0 || most > limits::access_per_hour_max)
      return Error(Code::out_of_range, "/access_limits/" + std::to_string(i) + "/per_hour",
                   "1 to 1000000000");
  return {};
}
}  // namespace

Result<Policy> read_policy(std::string_view bytes) {
  json::Document document;
  NRM_TRY(document.parse_strict(bytes, limits::policy_bytes_max));
  Policy policy;
  Reading reading(Unknown::refuse, limits::policy_list_items_max);
  if (!read_json(document.root(), policy, reading)) return reading.faults().front();
  for (std::size_t i = 0; i < policy.clocks.size(); ++i) {
    const ClockRule& rule = policy.clocks[i];
    const std::string where = "/clocks/" + std::to_string(i);
    if (rule.length == 0 || rule.length > limits::clock_length_max)
      return Error(Code::out_of_range, where + "/length", "1 to 36500");
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (policy.clocks[earlier].name == rule.name &&
          policy.clocks[earlier].urgency == rule.urgency)
        return Error(Code::already_exists, where, "this clock is given twice");
  }
  for (const ClockName name :
       {ClockName::first_stage, ClockName::recovery, ClockName::reconsideration,
        ClockName::answer_offer, ClockName::waitlist_review, ClockName::awaiting_consent,
        ClockName::escalation, ClockName::plan, ClockName::review, ClockName::closure_approval,
        ClockName::report_follows, ClockName::withdrawal_acknowledgement,
        ClockName::break_glass_review, ClockName::signal_follow_up, ClockName::group_completion,
        ClockName::information_answer, ClockName::reconsideration_decision, ClockName::contact_lost,
        ClockName::merge_approval})
    for (const Urgency urgency : {Urgency::routine, Urgency::urgent, Urgency::emergency})
      if (policy.rule(name, urgency) == nullptr)
        return Error(Code::missing_field, "/clocks",
                     "the clock " + std::string(to_text(name)) + " is missing for " +
                         std::string(to_text(urgency)) + " needs");
  NRM_TRY(check_limits(policy));
  if (policy.regions.empty()) return Error(Code::missing_field, "/regions", "at least one");
  if (policy.offers_max == 0 || policy.offers_max > limits::offers_per_referral_max)
    return Error(Code::out_of_range, "/offers_max", "1 to 50");
  for (std::size_t i = 0; i < policy.sealed_to_organisations.size(); ++i)
    if (policy.sealed_rule(policy.sealed_to_organisations[i].class_) !=
        &policy.sealed_to_organisations[i])
      return Error(Code::already_exists, "/sealed_to_organisations/" + std::to_string(i),
                   "this class is named twice");
  std::ranges::sort(policy.holidays);
  for (RegionalHolidays& local : policy.regional_holidays) std::ranges::sort(local.days);
  return policy;
}
}  // namespace nrm
