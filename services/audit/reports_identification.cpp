// R1, R3 to R9, R15, R19: reports, decisions, and who waits.
#include <set>

#include "services/audit/quarters.hpp"
#include "services/audit/reports.hpp"

namespace nrm {
namespace {
constexpr AgeBand ages[] = {AgeBand::adult, AgeBand::child, AgeBand::unknown};
constexpr PlaceScope places[] = {PlaceScope::in_country, PlaceScope::abroad, PlaceScope::both,
                                 PlaceScope::unknown};
constexpr std::string_view stage_names[] = {"First stage", "Second stage", "Reconsideration",
                                            "Disqualification"};
constexpr std::string_view ground_names[] = {"additional evidence",
                                             "decision not in line with guidance", "both"};

std::string age_text(AgeBand age) { return std::string(age_label(age)); }
std::string stage_text(Stage stage) {
  return std::string(stage_names[static_cast<std::size_t>(stage)]);
}

// Quarters with a report in them, as far as they are asked for.
std::set<int> reporting_quarters(const CaseBook& book, const ReportPeriod& period,
                                 bool notifications) {
  std::set<int> out;
  for (const auto& [id, person] : book.people())
    if (person.notification == notifications && period.has(person.at))
      out.insert(quarter_of(person.at));
  return out;
}
}  // namespace

Figures referrals_by_place(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"quarter", "age", "place"}, .measures = {{"people", 0}}};
  Counts counts;
  for (const int quarter : reporting_quarters(book, period, false))
    for (const AgeBand age : ages)
      for (const PlaceScope place : places)
        counts.zero({quarter_text(quarter), age_text(age), place_label(place, book.country())});
  for (const auto& [id, person] : book.people())
    if (!person.notification && period.has(person.at))
      counts.add({quarter_text(quarter_of(person.at)), age_text(person.facts.age_at_exploitation),
                  place_label(person.facts.place.scope, book.country())});
  counts.into(out);
  return out;
}

Figures stage_decisions(const CaseBook& book, const ReportPeriod& period, Stage stage) {
  Figures out{.dimensions = {"quarter", "authority", "age", "outcome"},
              .measures = {{"decisions", 0}}};
  Counts counts;
  for (const auto& [cell, tally] : book.decisions()) {
    if (cell.stage != stage || !period.has(cell.quarter)) continue;
    const std::string quarter = quarter_text(cell.quarter),
                      authority = book.name_of(cell.authority);
    for (const AgeBand age : ages)
      for (const char* outcome : {"positive", "negative"})
        counts.zero({quarter, authority, age_text(age), outcome});
    counts.add({quarter, authority, age_text(cell.age), "positive"},
               static_cast<std::int64_t>(tally.positive));
    counts.add({quarter, authority, age_text(cell.age), "negative"},
               static_cast<std::int64_t>(tally.negative));
  }
  counts.into(out);
  return out;
}

Figures notifications(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"quarter", "nationality"}, .measures = {{"people", 0}}};
  Counts counts;
  for (const auto& [id, person] : book.people())
    if (person.notification && period.has(person.at))
      counts.add({quarter_text(quarter_of(person.at)), publish(person.facts.nationalities)});
  counts.into(out);
  return out;
}

Figures backlog(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"quarter", "awaiting", "age"}, .measures = {{"people", 0}}};
  std::optional<int> first;
  for (const auto& [id, person] : book.people())
    if (!first || quarter_of(person.at) < *first) first = quarter_of(person.at);
  if (!first) return out;
  const int last = std::min(quarter_of(book.as_of()), period.to.value_or(INT32_MAX));
  Counts counts;
  for (int quarter = std::max(*first, period.from.value_or(*first)); quarter <= last; ++quarter) {
    const Instant end = std::min(end_of_quarter(quarter), book.as_of());
    for (const char* stage : {"first stage", "second stage"})
      for (const AgeBand age : ages) counts.zero({quarter_text(quarter), stage, age_text(age)});
    for (const auto& [id, person] : book.people()) {
      std::optional<Stage> decision;
      for (const Awaiting& one : person.awaited)
        if (one.since <= end) decision = one.decision;
      if (decision)
        counts.add({quarter_text(quarter),
                    *decision == Stage::first ? "first stage" : "second stage",
                    age_text(person.facts.age_at_exploitation)});
    }
  }
  counts.into(out);
  return out;
}

Figures reconsiderations(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"quarter", "stage", "ground", "result"}, .measures = {{"people", 0}}};
  Counts counts;
  for (const auto& [cell, tally] : book.windows()) {
    if (!period.has(cell.quarter)) continue;
    const std::string quarter = quarter_text(cell.quarter), stage = stage_text(cell.stage);
    counts.add({quarter, stage, "", "window opened"}, static_cast<std::int64_t>(tally.opened));
    counts.add({quarter, stage, "", "window closed unused"},
               static_cast<std::int64_t>(tally.closed));
  }
  for (const auto& [cell, tally] : book.requests()) {
    if (!period.has(cell.quarter)) continue;
    const std::string ground(ground_names[static_cast<std::size_t>(cell.ground)]);
    for (const auto& [result, people] :
         {std::pair{"requested", tally.requested}, std::pair{"not admitted", tally.not_admitted},
          std::pair{"decision stands", tally.upheld}, std::pair{"decision changed", tally.changed}})
      counts.add({quarter_text(cell.quarter), stage_text(cell.stage), ground, result},
                 static_cast<std::int64_t>(people));
  }
  counts.into(out);
  return out;
}

Figures timeliness(const CaseBook& book, const ReportPeriod& period) {
  Figures out{
      .dimensions = {"quarter", "stage", "authority", "age"},
      .measures = {{"decisions", 0}, {"total_days", 0}, {"median_days", 1}, {"mean_days", 2}}};
  for (const auto& [cell, tally] : book.decisions()) {
    if (!period.has(cell.quarter)) continue;
    const auto twice = tally.days.twice_median();
    out.rows.push_back({{quarter_text(cell.quarter), stage_text(cell.stage),
                         book.name_of(cell.authority), age_text(cell.age)},
                        {static_cast<std::int64_t>(tally.days.count()), tally.days.total(),
                         twice ? Figure(*twice * 5) : std::nullopt, tally.days.mean(2)}});
  }
  return out;
}

namespace {
// The six outcomes of the United Kingdom's tables (domain.md, c6).
std::string outcome_of(const PersonFacts& person) {
  const bool over = person.ended || person.closed || person.settled;
  if (person.contested && !over) return "Awaiting reconsideration";
  if (person.second) return person.second->outcome == Outcome::positive ? "Positive" : "Negative";
  if (person.first && person.first->outcome == Outcome::negative) return "Negative";
  if (over) return "Withdrawn/Closed";
  return person.first ? "Awaiting a conclusive grounds decision"
                      : "Awaiting a reasonable grounds decision";
}

std::string age_group(AgeBand now) {
  return now == AgeBand::child   ? "17 and under"
         : now == AgeBand::adult ? "18 and over (band not recorded)"
                                 : std::string(not_specified_label);
}
}  // namespace

Figures outcomes(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"quarter", "nationality", "region", "sex", "age_group", "outcome"},
              .measures = {{"people", 0}},
              .notes = {"Adults' age groups (18 to 24, 25 to 39, 40 and over) are not recorded."}};
  Counts counts;
  for (const auto& [id, person] : book.people()) {
    if (person.notification || !period.has(person.at)) continue;
    const std::string& region = person.facts.region.text();
    counts.add({quarter_text(quarter_of(person.at)), publish(person.facts.nationalities),
                region.empty() ? std::string(not_specified_label) : region,
                sex_label(person.facts.gender), age_group(person.facts.age_now),
                outcome_of(person)});
  }
  counts.into(out);
  return out;
}

Figures coordinator(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"quarter", "institution", "authority"}, .measures = {{"people", 0}}};
  Counts counts;
  for (const auto& [id, person] : book.people())
    if (person.second && person.second->outcome == Outcome::positive &&
        period.has(person.second->at))
      counts.add({quarter_text(quarter_of(person.second->at)), book.name_of(person.reporter),
                  book.name_of(person.second->authority)});
  counts.into(out);
  return out;
}

Figures funnel(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"year", "source", "stage"}, .measures = {{"people", 0}}};
  Counts counts;
  for (const auto& [cell, signals] : book.signals())
    if (period.has_year(cell.year))
      counts.add(
          {std::to_string(cell.year), std::string(responder_type_label(cell.kind)), "0 signals"},
          static_cast<std::int64_t>(signals));
  for (const auto& [id, person] : book.people()) {
    if (person.notification || !period.has(person.at)) continue;
    const std::string year = std::to_string(year_of(person.at.date()));
    const std::string source(responder_type_label(book.kind_of(person.reporter)));
    counts.zero({year, source, "0 signals"});
    counts.add({year, source, "1 reported"});
    const bool first = person.first && person.first->outcome == Outcome::positive;
    const bool second = person.second && person.second->outcome == Outcome::positive;
    counts.add({year, source, "2 first stage positive"}, first);
    counts.add({year, source, "3 second stage positive"}, second);
  }
  counts.into(out);
  return out;
}
}  // namespace nrm
