// R10, R11, R20: victims as Eurostat and GRETA ask for them. A registered victim is identified or
// presumed, also when they declined formal identification (domain.md, c6 and f4).
#include <algorithm>
#include <set>

#include "services/audit/quarters.hpp"
#include "services/audit/reports.hpp"

namespace nrm {
namespace {
constexpr std::string_view eu[] = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                   "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                   "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

enum class Status { identified, presumed, found_none };

Status status_of(const PersonFacts& person) {
  if (person.second)
    return person.second->outcome == Outcome::positive ? Status::identified : Status::found_none;
  if (person.first && person.first->outcome == Outcome::negative) return Status::found_none;
  return Status::presumed;
}

// Of several citizenships the one nearest to the reporting country counts, so that each person
// counts once.
std::string citizenship_of(const PersonFacts& person, const std::optional<Country>& home) {
  bool known = false, in_eu = false;
  for (const Nationality& one : person.facts.nationalities) {
    if (one.country.unknown()) continue;
    known = true;
    if (home && one.country == *home) return "reporting country";
    in_eu |= std::ranges::find(eu, one.country.text()) != std::end(eu);
  }
  if (!known) return "not known";
  if (!home) return in_eu ? "EU country" : "non-EU country";
  return in_eu ? "other EU country" : "non-EU country";
}

std::string form_of(const PersonFacts& person) {
  std::set<std::string> forms;
  for (const Exploitation one : person.facts.exploitation)
    forms.insert(one == Exploitation::sexual ? "sexual exploitation"
                 : one == Exploitation::labour || one == Exploitation::domestic ? "forced labour"
                                                                                : "other forms");
  if (forms.empty()) return "not known";
  return forms.size() == 1 ? *forms.begin() : "several forms";
}

std::string sex_of(const PersonFacts& person) {
  switch (person.facts.gender) {
    case Gender::unknown:
      return "not known";
    case Gender::not_recorded:
      return "not asked";
    default:
      return sex_label(person.facts.gender);
  }
}

struct Breakdown {
  const char* name;
  std::vector<std::string> always;  // categories that are 0 when nobody is in them
};

std::vector<Breakdown> breakdowns(bool home) {
  return {
      {"total", {"persons"}},
      {"sex", {"Female", "Male", "Other", "not known", "not asked"}},
      {"age",
       {std::string(age_label(AgeBand::adult)), std::string(age_label(AgeBand::child)),
        std::string(age_label(AgeBand::unknown))}},
      {"citizenship", home ? std::vector<std::string>{"reporting country", "other EU country",
                                                      "non-EU country", "not known"}
                           : std::vector<std::string>{"EU country", "non-EU country", "not known"}},
      {"form",
       {"sexual exploitation", "forced labour", "other forms", "several forms", "not known"}}};
}

std::string category_of(const PersonFacts& person, std::string_view breakdown,
                        const std::optional<Country>& home) {
  if (breakdown == "sex") return sex_of(person);
  if (breakdown == "age") return std::string(age_label(person.facts.age_now));
  if (breakdown == "citizenship") return citizenship_of(person, home);
  if (breakdown == "form") return form_of(person);
  return "persons";
}

std::set<int> years_of(const CaseBook& book, const ReportPeriod& period) {
  std::set<int> out;
  for (const auto& [id, person] : book.people())
    if (period.has(person.at)) out.insert(year_of(person.at.date()));
  return out;
}
}  // namespace

Figures eurostat(const CaseBook& book, const ReportPeriod& period) {
  Figures out{
      .dimensions = {"year", "breakdown", "category"},
      .measures = {{"persons", 0}},
      .notes = {"Blank: not in these logs (suspected and convicted persons). 0: known to be "
                "none."}};
  Counts counts;
  const auto home = book.country();
  for (const int year : years_of(book, period)) {
    const std::string text = std::to_string(year);
    for (const Breakdown& one : breakdowns(home.has_value()))
      for (const std::string& category : one.always) counts.zero({text, one.name, category});
    counts.zero({text, "assistance", "received"});
    counts.zero({text, "assistance", "none yet"});
    for (const char* status : {"suspected", "convicted"})
      counts.blank({text, "legal status", status});
    counts.zero({text, "residence permit", "granted"});
  }
  for (const auto& [id, person] : book.people()) {
    if (!period.has(person.at) || status_of(person) == Status::found_none) continue;
    const std::string year = std::to_string(year_of(person.at.date()));
    for (const Breakdown& one : breakdowns(home.has_value()))
      counts.add({year, one.name, category_of(person, one.name, home)});
    counts.add({year, "assistance", person.support ? "received" : "none yet"});
    if (person.permit) counts.add({year, "residence permit", "granted"});
  }
  counts.into(out);
  return out;
}

Figures registered(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"year", "status", "sex", "form"}, .measures = {{"persons", 0}}};
  Counts counts;
  for (const auto& [id, person] : book.people()) {
    const Status status = status_of(person);
    if (!period.has(person.at) || status == Status::found_none) continue;
    counts.add({std::to_string(year_of(person.at.date())),
                status == Status::identified ? "identified"
                : person.notification        ? "presumed, declined identification"
                                             : "presumed",
                sex_of(person), form_of(person)});
  }
  counts.into(out);
  return out;
}

Figures greta(const CaseBook& book, const ReportPeriod& period) {
  Figures out{.dimensions = {"year", "breakdown", "category"},
              .measures = {{"persons", 0}},
              .notes = {"Residence permits, compensation and returns: people, by the year in which "
                        "the first was granted or made, as their files say. Blank: "
                        "investigations, prosecutions and convictions are in police and court "
                        "registers, not in these logs."}};
  constexpr std::pair<const char*, std::optional<Instant> PersonFacts::*> outcomes[] = {
      {"residence permit", &PersonFacts::permit},
      {"compensation", &PersonFacts::compensated},
      {"return", &PersonFacts::returned}};
  Counts counts;
  for (const int year : years_of(book, period)) {
    const std::string text = std::to_string(year);
    for (const char* status : {"presumed", "identified"})
      for (const Breakdown& one : breakdowns(false))
        if (one.name != std::string_view("citizenship"))
          for (const std::string& category : one.always)
            counts.zero({text, std::string(status) + " by " + one.name, category});
    counts.zero({text, "recovery period", "granted"});
    for (const auto& [what, at] : outcomes) counts.zero({text, what, "number"});
    for (const char* what : {"investigation", "prosecution", "conviction"})
      counts.blank({text, what, "number"});
  }
  for (const auto& [id, person] : book.people()) {
    for (const auto& [what, at] : outcomes)
      if (person.*at && period.has(*(person.*at)))
        counts.add({std::to_string(year_of((person.*at)->date())), what, "number"});
    if (!period.has(person.at)) continue;
    const std::string year = std::to_string(year_of(person.at.date()));
    if (person.recovery) counts.add({year, "recovery period", "granted"});
    const Status status = status_of(person);
    if (status == Status::found_none) continue;
    const std::string prefix = status == Status::identified ? "identified by " : "presumed by ";
    for (const Breakdown& one : breakdowns(false))
      if (one.name != std::string_view("citizenship"))
        counts.add({year, prefix + one.name, category_of(person, one.name, std::nullopt)});
    counts.add({year, prefix + "nationality", publish(person.facts.nationalities)});
  }
  counts.into(out);
  return out;
}
}  // namespace nrm
