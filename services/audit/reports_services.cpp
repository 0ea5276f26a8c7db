// R17, R18, R21: referrals to services, case management, and who carries the help.
#include <iterator>

#include "services/audit/quarters.hpp"
#include "services/audit/reports.hpp"

namespace nrm {
namespace {
// Upper bounds of Primero's buckets (domain.md, R18), in days.
struct Bucket {
  std::int64_t up_to;
  const char* label;
};
constexpr Bucket open_buckets[] = {
    {30, "<=30 days"}, {90, "31-90 days"}, {180, "91-180 days"}, {INT64_MAX, ">180 days"}};
constexpr Bucket delay_buckets[] = {{3, "0-3 days"},    {5, "4-5 days"},
                                    {14, "6-14 days"},  {30, "15-30 days"},
                                    {90, "31-90 days"}, {INT64_MAX, ">90 days"}};

template <std::size_t N>
std::string bucket_of(const Bucket (&buckets)[N], std::int64_t days) {
  for (const Bucket& one : buckets)
    if (days <= one.up_to) return one.label;
  return buckets[N - 1].label;
}

std::int64_t hours_between(Instant from, Instant to) { return (to.ms - from.ms) / 3'600'000; }

struct Step {
  const char* name;
  std::optional<Instant> ReferralFacts::*at;
};
constexpr Step steps[] = {
    {"2 offered", &ReferralFacts::offered},     {"3 acknowledged", &ReferralFacts::acknowledged},
    {"4 accepted", &ReferralFacts::accepted},   {"5 waitlisted", &ReferralFacts::waitlisted},
    {"6 escalated", &ReferralFacts::escalated}, {"7 completed", &ReferralFacts::completed},
    {"8 cancelled", &ReferralFacts::cancelled}};
constexpr const char* all_of_them = "all";
}  // namespace

Figures referral_performance(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"month", "service", "sex", "region", "indicator"},
              .measures = {{"value", 1}},
              .notes = {"An offer is delivered with its record; what was delivered by another "
                        "channel too is counted beside it. Medians are of a month and service, "
                        "over all sexes and regions."}};
  Counts counts;
  std::map<std::vector<std::string>, Spread> hours;
  for (const auto& [id, referral] : book.referrals()) {
    if (!period.has(referral.requested)) continue;
    const std::string month = month_text(referral.requested.date());
    const std::string service(to_text(referral.service));
    const std::string region = referral.profile.region.empty() ? std::string(not_specified_label)
                                                               : referral.profile.region.text();
    const auto add = [&](std::string indicator, std::int64_t times = 1) {
      counts.add({month, service, sex_label(referral.profile.gender), region, std::move(indicator)},
                 times * 10);
    };
    add("1 requested");
    for (const Step& step : steps) {
      const auto& at = referral.*step.at;
      add(step.name, at.has_value());
      if (at)
        hours[{month, service, all_of_them, all_of_them,
               "median hours to " + std::string(step.name + 2)}]
            .add(hours_between(referral.requested, *at));
    }
    add("offers", referral.offers);
    add("offers expired in silence", referral.expired);
    for (const auto& [channel, times] : referral.delivered)
      add("delivered: " + std::string(to_text(channel)), times);
    for (std::size_t i = 0; i < referral.declined.size(); ++i)
      if (referral.declined[i] != 0)
        add("declined: " + std::string(to_text(static_cast<DeclineReason>(i))),
            referral.declined[i]);
  }
  counts.into(out);
  for (const auto& [labels, spread] : hours)
    out.rows.push_back({labels, {*spread.twice_median() * 5}});
  return out;
}

Figures case_management(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"month", "indicator", "group"},
              .measures = {{"value", 0}},
              .notes = {"Case load per worker: cases belong to organisations, workers are not "
                        "recorded: blank. Client feedback: of people whose case was closed, not "
                        "recorded means not known; of those who were heard, a question that was "
                        "not asked is no answer, and refused is one."}};
  Counts counts;
  for (const auto& [id, person] : book.people()) {
    if (person.notification) continue;
    if (period.has(person.at)) {
      const std::string month = month_text(person.at.date());
      const auto& met = person.facts.met_on;
      counts.add(
          {month, "reported after the meeting",
           met ? bucket_of(delay_buckets, person.at.date().days - met->days) : "not recorded"});
      counts.blank({month, "case load per worker", "all"});
    }
    if (person.closed && period.has(*person.closed)) {
      const std::string month = month_text(person.closed->date());
      counts.add({month, "closed after",
                  bucket_of(open_buckets, person.closed->date().days - person.at.date().days)});
      counts.add({month, "closure reason: " + std::string(to_text(*person.reason)),
                  sex_label(person.facts.gender)});
      counts.add(
          {month, "client feedback of people closed", person.heard ? "recorded" : "not recorded"});
    }
  }
  for (const auto& [cell, times] : book.feedback())
    if (period.has(cell.quarter))
      counts.add({cell.month, "client feedback: " + cell.asked, cell.answer},
                 static_cast<std::int64_t>(times));
  for (const auto& [cell, units] : book.given())
    if (period.has(cell.quarter))
      counts.add({cell.month, "services given (units)",
                  sex_label(cell.gender) + ", " + std::string(age_label(cell.age))},
                 static_cast<std::int64_t>(units));
  counts.into(out);
  return out;
}

namespace {
enum class Side { civil_society, state, not_known };

// A service provider that registered as nothing more may be either.
Side side_of(OrganisationKind kind) {
  switch (kind) {
    case OrganisationKind::ngo:
    case OrganisationKind::hotline:
      return Side::civil_society;
    case OrganisationKind::service_provider:
    case OrganisationKind::operator_:
    case OrganisationKind::auditor:
    case OrganisationKind::witness:
      return Side::not_known;
    default:
      return Side::state;
  }
}
constexpr const char* side_names[] = {"civil society", "state", "not recorded"};

struct SideTally {
  std::int64_t started[3] = {}, units[3] = {};
};

bool pays_for_the_state(FundingLine line) {
  return line == FundingLine::state_budget || line == FundingLine::local_budget ||
         line == FundingLine::victims_fund;
}

// By year and currency: what the state paid, and all.
struct CostTally {
  std::int64_t state = 0, all = 0;
};
std::map<std::pair<int, std::string>, CostTally> costs_of(const CaseBook& book) {
  std::map<std::pair<int, std::string>, CostTally> out;
  for (const auto& [cell, amount] : book.costs()) {
    CostTally& tally = out[{cell.year, cell.currency.text()}];
    tally.all += static_cast<std::int64_t>(amount);
    if (pays_for_the_state(cell.funding)) tally.state += static_cast<std::int64_t>(amount);
  }
  return out;
}
}  // namespace

Figures cooperation(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"year", "indicator", "group"},
              .measures = {{"value", 1}},
              .notes = {"Shares are of services whose provider is registered as an NGO or a state "
                        "body; a provider registered as 'service_provider' may be either. Costs "
                        "are of the services that say one, each currency apart, in its minor unit; "
                        "of the state: state and local budgets and the victims' fund. Blank: "
                        "nothing was said, which is not 0."}};
  constexpr const char* share_in_cost = "share of the state in the cost, per cent";
  const auto costs = costs_of(book);
  std::map<int, SideTally> years;
  Counts counts;
  std::vector<FigureRow> medians;
  for (const auto& [cell, tally] : book.services()) {
    if (!period.has_year(cell.year)) continue;
    const auto side = static_cast<std::size_t>(side_of(cell.kind));
    years[cell.year].started[side] += static_cast<std::int64_t>(tally.started);
    years[cell.year].units[side] += static_cast<std::int64_t>(tally.units);
    const std::string year = std::to_string(cell.year), kind(to_text(cell.kind));
    if (const auto twice = tally.answer_hours.twice_median())
      medians.push_back({{year, "median hours, offer to answer, by provider", kind}, {*twice * 5}});
    if (const auto twice = tally.decided_hours.twice_median())
      medians.push_back(
          {{year, "median hours, report to first decision, by reporter", kind}, {*twice * 5}});
  }
  for (const auto& [number, tally] : years) {
    const std::string year = std::to_string(number);
    const auto shares = [&](const char* what, const std::int64_t(&of)[3]) {
      for (std::size_t i = 0; i < std::size(side_names); ++i)
        counts.add({year, what, side_names[i]}, of[i] * 10);
      const std::string share = "share of civil society, per cent: " + std::string(what);
      const std::int64_t known = of[0] + of[1];
      if (known == 0)
        counts.blank({year, share, "all"});
      else
        counts.add({year, share, "all"}, (of[0] * 2'000 + known) / (2 * known));
    };
    shares("services started", tally.started);
    shares("service units given", tally.units);
    bool said = false;
    for (const auto& [of, cost] : costs) {
      if (of.first != number || cost.all == 0) continue;
      said = true;
      counts.add({year, "cost", of.second}, cost.all * 10);
      counts.add({year, "cost to the state", of.second}, cost.state * 10);
      counts.add({year, share_in_cost, of.second},
                 (cost.state * 2'000 + cost.all) / (2 * cost.all));
    }
    if (said) continue;
    counts.blank({year, share_in_cost, "all"});
    counts.blank({year, "cost", "all"});
  }
  counts.into(out);
  out.rows.insert(out.rows.end(), medians.begin(), medians.end());
  return out;
}
}  // namespace nrm
