// Of a pack's inspection: clocks, holidays, regions.
#include <algorithm>
#include <set>

#include "common/step/clock_table.hpp"
#include "common/step/policy_inspection.hpp"

namespace nrm {
namespace {
constexpr Urgency urgencies[] = {Urgency::routine, Urgency::urgent, Urgency::emergency};
constexpr std::uint32_t minutes_ahead_max = 14 * 60;  // Kiribati; nobody is further ahead

template <class T, class Span>
bool among(const T& value, const Span& all) {
  return std::ranges::find(all, value) != all.end();
}

// What the pack says that a clock does is what the mechanism does.
void inspect_promises(PolicyInspection& out, const ClockRule& rule, const ClockRow& row,
                      const std::string& where) {
  const std::string name(to_text(rule.name));
  if (row.need == ClockNeed::own)
    return out.mistake(Code::out_of_range, where + "/name",
                       "the length of " + name + " is the mechanism's own", "leave this rule out");
  if (rule.starts.empty())
    out.mistake(Code::missing_field, where + "/starts", "nothing starts " + name,
                "some of: " + in_words(row.starts));
  for (std::size_t i = 0; i < rule.starts.size(); ++i)
    if (!among(std::string_view(rule.starts[i].text()), row.starts))
      out.mistake(Code::unknown_code, item(where + "/starts", i),
                  rule.starts[i].text() + " does not start " + name,
                  "some of: " + in_words(row.starts));
  check_once(out, rule.starts, where + "/starts", "this event");
  if (!rule.expiry)
    out.mistake(Code::missing_field, where + "/expiry", "nothing happens when " + name + " is over",
                in_words(row.expiry));
  else if (!among(*rule.expiry, row.expiry))
    out.mistake(Code::out_of_range, where + "/expiry",
                "the end of " + name + " is not " + std::string(to_text(*rule.expiry)),
                in_words(row.expiry));
  for (std::size_t i = 0; i < rule.pauses.size(); ++i)
    if (!among(rule.pauses[i], row.pauses))
      out.mistake(Code::out_of_range, item(where + "/pauses", i),
                  name + " does not stand still during " + std::string(to_text(rule.pauses[i])),
                  row.pauses.empty() ? "\"pauses\": []" : "some of: " + in_words(row.pauses));
  check_once(out, rule.pauses, where + "/pauses", "this cause");
}

void inspect_needed(PolicyInspection& out, const Policy& policy) {
  for (const ClockRow& row : clock_table()) {
    if (row.need != ClockNeed::every_pack) continue;
    for (const Urgency urgency : urgencies)
      if (policy.rule(row.name, urgency) == nullptr) {
        out.mistake(Code::missing_field, "/clocks",
                    "the clock " + std::string(to_text(row.name)) + " is missing for " +
                        std::string(to_text(urgency)) + " needs: they would wait for ever",
                    "a rule for it, without \"urgency\" for all that have none of their own");
        break;
      }
  }
}

// A rule for all, where each urgency has its own.
void inspect_unused(PolicyInspection& out, const Policy& policy) {
  for (std::size_t i = 0; i < policy.clocks.size(); ++i) {
    const ClockRule& rule = policy.clocks[i];
    const auto goes_by_it = [&](Urgency urgency) {
      const ClockRule* found = policy.rule(rule.name, urgency);
      return found == nullptr || !found->urgency;
    };
    if (!rule.urgency && std::ranges::none_of(urgencies, goes_by_it))
      out.warn(item("/clocks", i), "never used: each urgency has a rule of its own",
               "leave it out");
  }
}

void inspect_days(PolicyInspection& out, const std::vector<Date>& days, const std::string& where,
                  Date until) {
  std::set<Date> seen;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (!seen.insert(days[i]).second)
      out.mistake(Code::already_exists, item(where, i), "this day is named twice",
                  "leave one of the two out");
    if (days[i].weekday() > 5)
      out.warn(item(where, i), "a weekend, which is free anyway",
               "the substitute day, where the law gives one");
    if (days[i] > until)
      out.mistake(Code::out_of_range, item(where, i), "after the end of the calendar",
                  "a later \"calendar_until\"");
  }
}
}  // namespace

void inspect_clocks(PolicyInspection& out, const Policy& policy) {
  for (std::size_t i = 0; i < policy.clocks.size(); ++i) {
    const ClockRule& rule = policy.clocks[i];
    const std::string where = item("/clocks", i);
    const std::uint32_t longest = rule.unit == ClockUnit::calendar_months
                                      ? limits::clock_months_max
                                      : limits::clock_length_max;
    if (rule.length == 0 || rule.length > longest)
      out.mistake(Code::out_of_range, where + "/length", "1 to " + std::to_string(longest),
                  "a number from 1 to " + std::to_string(longest));
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (policy.clocks[earlier].name == rule.name &&
          policy.clocks[earlier].urgency == rule.urgency) {
        out.mistake(Code::already_exists, where, "this clock is given twice",
                    "another \"urgency\", or leave one of the two out");
        break;
      }
    if (const ClockRow* row = clock_row(rule.name)) inspect_promises(out, rule, *row, where);
  }
  inspect_needed(out, policy);
  inspect_unused(out, policy);
}

void inspect_calendar(PolicyInspection& out, const Policy& policy, std::optional<Date> today) {
  if (policy.zone.minutes_ahead > minutes_ahead_max)
    out.mistake(Code::out_of_range, "/zone/minutes_ahead", "no zone is further ahead than 14 hours",
                "0 to 840");
  if (policy.regions.empty())
    out.mistake(Code::missing_field, "/regions", "at least one",
                "the codes of ISO 3166-2, as in [\"GE-TB\"]");
  check_once(out, policy.regions, "/regions", "this region");
  inspect_days(out, policy.holidays, "/holidays", policy.calendar_until);
  for (std::size_t i = 0; i < policy.regional_holidays.size(); ++i) {
    const RegionalHolidays& local = policy.regional_holidays[i];
    const std::string where = item("/regional_holidays", i);
    if (!policy.has_region(local.region))
      out.mistake(
          Code::unknown_code, where + "/region", "not one of the pack's regions", "one of: " + [&] {
            std::string all;
            for (const Region& region : policy.regions)
              all += (all.empty() ? "" : ", ") + region.text();
            return all;
          }());
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (policy.regional_holidays[earlier].region == local.region)
        out.mistake(Code::already_exists, where, "this region has holidays already",
                    "one list for each region");
    inspect_days(out, local.days, where + "/days", policy.calendar_until);
    for (std::size_t day = 0; day < local.days.size(); ++day)
      if (std::ranges::find(policy.holidays, local.days[day]) != policy.holidays.end())
        out.warn(item(where + "/days", day), "a holiday of the whole country already",
                 "leave it out here");
  }
  const auto last = std::ranges::max_element(policy.holidays);
  if (last == policy.holidays.end() || last->plus(366) < policy.calendar_until)
    out.warn("/holidays", "no holiday in the last year before " + policy.calendar_until.text(),
             "those of all years until \"calendar_until\", or an earlier \"calendar_until\"");
  if (today && policy.calendar_until < today->plus(366))
    out.warn("/calendar_until",
             "less than a year from now: working days after it are counted without holidays",
             "the next year's holidays, in a new version");
}
}  // namespace nrm
