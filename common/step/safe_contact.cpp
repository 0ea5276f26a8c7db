#include "common/step/safe_contact.hpp"

#include <algorithm>

namespace nrm {
namespace {
constexpr std::uint32_t minutes_of_day = 24 * 60;

// On the two days a year when the time changes (at 01:00 UTC: policy.hpp), minutes before the change
// count from the day's beginning, those after it from its end.
std::uint32_t local_minute(Instant at, const Policy& policy) {
  const Date day = policy.local_date(at);
  const Instant begin = policy.end_of_local(day.plus(-1)) + Milliseconds(1);
  const Instant end = policy.end_of_local(day) + Milliseconds(1);
  const auto minutes = [](Milliseconds span) {
    return static_cast<std::uint32_t>(span.count() / 60'000);
  };
  if (at < start_of(day) + hours(1)) return minutes(at - begin);
  return static_cast<std::uint32_t>((minutes_of_day * 60'000 - (end - at).count()) / 60'000);
}

bool within(const ContactWindow& window, std::uint32_t minute) {
  if (window.from <= window.until) return window.from <= minute && minute < window.until;
  return minute >= window.from || minute < window.until;
}
}  // namespace

Result<void> may_contact(const ContactRules& rules, InformChannel channel, Instant at,
                         const Policy& policy) {
  const auto refuse = [](std::string why) {
    return Error(Code::contact_not_safe, "/channel", std::move(why));
  };
  if (rules.no_contact && channel != InformChannel::in_person &&
      channel != InformChannel::through_representative)
    return refuse("the person is not to be contacted");
  if (std::ranges::find(rules.never, channel) != rules.never.end())
    return refuse("this channel is never safe");
  if (rules.allowed.empty()) return {};
  const std::uint32_t minute = local_minute(at, policy);
  bool known = false;
  for (const ContactWindow& window : rules.allowed) {
    if (window.channel != channel) continue;
    known = true;
    if (within(window, minute)) return {};
  }
  return refuse(known ? "not at this hour" : "this channel is not one of the safe ones");
}

Result<void> check_contact_rules(const ContactRules& rules) {
  for (std::size_t i = 0; i < rules.allowed.size(); ++i) {
    const ContactWindow& window = rules.allowed[i];
    const std::string where = "/rules/allowed/" + std::to_string(i);
    if (window.from >= minutes_of_day)
      return Error(Code::out_of_range, where + "/from", "minutes since midnight: 0 to 1439");
    if (window.until > minutes_of_day || window.until == window.from)
      return Error(Code::out_of_range, where + "/until", "1 to 1440, and not the same as from");
    if (std::ranges::find(rules.never, window.channel) != rules.never.end())
      return Error(Code::already_exists, where + "/channel", "this channel is excluded");
  }
  return {};
}
}  // namespace nrm
