#include "services/audit/indicators.hpp"

#include <algorithm>

#include "common/base/limits.hpp"
#include "common/event/codec.hpp"
#include "services/audit/places.hpp"

namespace nrm {
namespace {
constexpr std::string_view counted[] = {ReportReceived::type, FirstStageDecided::type,
                                        SecondStageDecided::type, ProviderSuspended::type,
                                        ProviderReinstated::type};

// The first of an order that nobody can dispute: `remarkable` descending, then the key.
template <class Count, class Remarkable>
std::vector<Count> most(std::vector<Count> all, const Remarkable& remarkable) {
  std::ranges::stable_sort(
      all, [&](const Count& a, const Count& b) { return remarkable(a) > remarkable(b); });
  if (all.size() > limits::list_items_max) all.resize(limits::list_items_max);
  return all;
}
}  // namespace

Result<void> IndicatorBook::take(std::string_view record) {
  NRM_TRY(reader_.open(record));
  const Date day = reader_.at().date();
  const auto& due = reader_.due();
  const bool breach = due && breach_of(due->name);
  if (!breach && (event_types_in(record) & event_type_set(counted)).none()) return {};
  bool first = true;
  for (;;) {
    NRM_TRY_ASSIGN(const bool more, reader_.next());
    if (!more) return {};
    if (breach && std::exchange(first, false)) ++days_[day].breaches[due->name];
    if (std::ranges::find(counted, reader_.type()) != std::end(counted)) NRM_TRY(take_event(day));
  }
}

Result<void> IndicatorBook::take_event(Date day) {
  const ProviderId provider(reader_.stream().id);
  NRM_TRY_ASSIGN(const Event event, reader_.event());
  const auto decided = [&](Stage stage, const OrganisationId& by, Outcome outcome) {
    Decided& here = days_[day].decisions[{by, stage}];
    ++here.all;
    if (outcome == Outcome::positive) ++here.positive;
  };
  if (const auto* report = get_if<ReportReceived>(&event))
    ++days_[day].reports[report->organisation];
  else if (const auto* one = get_if<FirstStageDecided>(&event))
    decided(Stage::first, one->by, one->outcome);
  else if (const auto* two = get_if<SecondStageDecided>(&event))
    decided(Stage::second, two->by, two->outcome);
  else if (const auto* closed = get_if<ProviderSuspended>(&event))
    providers_[provider].push_back({day, closed->reason});
  else
    providers_[provider].push_back({day, std::nullopt});
  return {};
}

Indicators IndicatorBook::at(Date until) const {
  const Date from = until.plus(-week);
  std::map<OrganisationId, SourceCount> sources;
  std::map<Decider, DecisionCount> decisions;
  std::map<ClockName, BreachCount> breaches;
  const auto begin = days_.lower_bound(until.plus(-days_kept));
  for (auto day = begin; day != days_.end() && day->first < until; ++day) {
    const bool now = day->first >= from;
    for (const auto& [source, reports] : day->second.reports) {
      SourceCount& one = sources[source];
      one.source = source;
      (now ? one.week : one.before) += reports;
    }
    for (const auto& [key, count] : day->second.decisions) {
      DecisionCount& one = decisions[key];
      std::tie(one.authority, one.stage) = key;
      (now ? one.decided : one.decided_before) += count.all;
      (now ? one.positive : one.positive_before) += count.positive;
    }
    for (const auto& [clock, count] : day->second.breaches) {
      BreachCount& one = breaches[clock];
      one.clock = clock;
      (now ? one.week : one.before) += count;
    }
  }
  const auto values = [](const auto& map) {
    std::vector<typename std::remove_cvref_t<decltype(map)>::mapped_type> out;
    for (const auto& [key, value] : map) out.push_back(value);
    return out;
  };
  Indicators out{.until = until, .sources = {}, .decisions = {}, .breaches = {}, .closed = {}};
  out.sources = most(values(sources), [](const SourceCount& one) {
    return static_cast<std::int64_t>(one.before) - 8 * static_cast<std::int64_t>(one.week);
  });
  out.decisions = most(values(decisions), [](const DecisionCount& one) { return one.decided; });
  out.breaches = most(values(breaches), [](const BreachCount& one) { return one.week; });
  for (const auto& [provider, changes] : providers_) {
    const auto past = std::ranges::upper_bound(changes, until.plus(-1), {}, &Change::day);
    if (past == changes.begin()) continue;
    const Change& last = *std::prev(past);
    if (last.closed && last.day >= from && out.closed.size() < limits::list_items_max)
      out.closed.push_back({provider, *last.closed});
  }
  return out;
}

void IndicatorBook::forget_before(Date day) {
  days_.erase(days_.begin(), days_.lower_bound(day));
  std::erase_if(providers_, [&](const auto& one) { return one.second.back().day < day; });
}
}  // namespace nrm
