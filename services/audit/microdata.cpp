#include "services/audit/microdata.hpp"

#include <algorithm>
#include <iterator>

#include "services/audit/quarters.hpp"

namespace nrm {
namespace {
constexpr std::string_view means_names[] = {"DebtBondage",
                                            "TakesEarnings",
                                            "RestrictsFinancialAccess",
                                            "Threats",
                                            "PsychologicalAbuse",
                                            "PhysicalAbuse",
                                            "SexualAbuse",
                                            "FalsePromises",
                                            "PsychoactiveSubstances",
                                            "RestrictsMovement",
                                            "RestrictsMedicalCare",
                                            "ExcessiveWorkingHours",
                                            "UsesChildren",
                                            "ThreatOfLawEnforcement",
                                            "WithholdsNecessities",
                                            "WithholdsDocuments",
                                            "Other"};

using Line = std::vector<std::string>;

std::string missing(CodeBook book, const Variable& variable) {
  if (book == CodeBook::htcds) return {};
  return variable.name == "citizenship" || variable.name == "CountryOfExploitation" ? "00" : "-99";
}

bool has(const std::vector<Exploitation>& all, Exploitation one) {
  return std::ranges::find(all, one) != all.end();
}

// CTDC's broader words for ours. Who ticked one type did not say "no" to the others for means of
// control; types of exploitation are asked as a whole.
class CtdcLine {
 public:
  explicit CtdcLine(const PersonFacts& person) : person_(person) {
    for (const Variable& one : variables(CodeBook::ctdc))
      line_.push_back(missing(CodeBook::ctdc, one));
  }
  Line make() {
    set("yearOfRegistration", std::to_string(year_of(person_.at.date())));
    set("Datasource", "Case Management");
    const Gender gender = person_.facts.gender;
    if (gender == Gender::female || gender == Gender::male)
      set("gender", gender == Gender::female ? "Female" : "Male");
    majority("majorityStatus", person_.facts.age_now);
    majority("majorityStatusAtExploit", person_.facts.age_at_exploitation);
    if (!person_.facts.nationalities.empty() && !person_.facts.nationalities[0].country.unknown())
      set("citizenship", person_.facts.nationalities[0].country.text());
    if (!person_.facts.place.countries.empty())
      set("CountryOfExploitation", person_.facts.place.countries[0].text());
    means();
    exploitation();
    return std::move(line_);
  }

 private:
  void set(std::string_view name, std::string value) {
    const auto ctdc = variables(CodeBook::ctdc);
    const auto at = std::ranges::find(ctdc, name, &Variable::name);
    CHECK(at != ctdc.end(), "a variable of the code book");
    line_[static_cast<std::size_t>(at - ctdc.begin())] = std::move(value);
  }
  void majority(std::string_view name, AgeBand age) {
    if (age != AgeBand::unknown) set(name, age == AgeBand::child ? "Minor" : "Adult");
  }
  void means() {
    std::string joined;
    for (const MeansOfControl one : person_.facts.means_of_control) {
      const auto name = means_names[static_cast<std::size_t>(one)];
      set("meansOfControl" + std::string(name), "1");
      if (!joined.empty()) joined += ';';
      joined += name;
    }
    if (joined.empty())
      set("meansOfControlNotSpecified", "1");
    else
      set("meansOfControlConcatenated", joined);
  }
  void exploitation() {
    const auto& types = person_.facts.exploitation;
    if (types.empty()) return;  // not recorded: all stay -99
    const auto mark = [&](std::string_view name, bool yes) { set(name, yes ? "1" : "0"); };
    const bool sexual = has(types, Exploitation::sexual);
    const bool begging = has(types, Exploitation::forced_begging);
    const bool domestic = has(types, Exploitation::domestic);
    const bool criminal = has(types, Exploitation::criminal);
    const bool labour = has(types, Exploitation::labour) || begging || domestic || criminal;
    const bool other = has(types, Exploitation::other) || has(types, Exploitation::surrogacy) ||
                       has(types, Exploitation::forced_adoption);
    mark("isForcedLabour", labour);
    mark("isSexualExploit", sexual);
    mark("isOtherExploit", other);
    mark("isSexAndLabour", sexual && labour);
    mark("isForcedMarriage", has(types, Exploitation::forced_marriage));
    mark("isForcedMilitary", has(types, Exploitation::forced_military));
    mark("isOrganRemoval", has(types, Exploitation::organ_harvesting));
    std::string joined;
    const auto say = [&joined](bool yes, std::string_view word) {
      if (!yes) return;
      if (!joined.empty()) joined += ';';
      joined += word;
    };
    say(labour, "Forced labour");
    say(sexual, "Sexual exploitation");
    say(other, "Other");
    say(has(types, Exploitation::forced_marriage), "Forced marriage");
    say(has(types, Exploitation::forced_military), "Forced military");
    say(has(types, Exploitation::organ_harvesting), "Organ removal");
    set("typeOfExploitConcatenated", joined);
    if (!labour) return;
    if (begging) mark("typeOfLabourBegging", true);
    if (domestic) mark("typeOfLabourDomesticWork", true);
    if (criminal) mark("typeOfLabourIllicitActivities", true);
    mark("typeOfLabourNotSpecified", !begging && !domestic && !criminal);
    joined.clear();
    say(begging, "Begging");
    say(domestic, "Domestic work");
    say(criminal, "Illicit activities");
    say(!begging && !domestic && !criminal, "Not specified");
    set("typeOfLabourConcatenated", joined);
  }

  const PersonFacts& person_;
  Line line_;
};

std::string htcds_gender(Gender gender) {
  switch (gender) {
    case Gender::female:
      return "Feminine";
    case Gender::male:
      return "Masculine";
    case Gender::transgender_female:
      return "TransgenderFeminine";
    case Gender::transgender_male:
      return "TransgenderMasculine";
    case Gender::non_conforming:
      return "NonConforming";
    case Gender::other:
    case Gender::unknown:
      return "NonSpecifiedUnknown";
    case Gender::not_recorded:
      break;
  }
  return {};  // not asked
}

std::string_view htcds_type(Exploitation type) {
  switch (type) {
    case Exploitation::sexual:
      return "SexualExploitation";
    case Exploitation::labour:
      return "ForcedLabour";
    case Exploitation::domestic:
      return "Servitude";
    case Exploitation::organ_harvesting:
      return "OrganRemoval";
    case Exploitation::forced_begging:
      return "ForcedBegging";
    case Exploitation::forced_marriage:
      return "ForcedMarriage";
    case Exploitation::forced_adoption:
      return "ForcedAdoption";
    case Exploitation::surrogacy:
      return "Surrogacy";
    case Exploitation::forced_military:
      return "ForcedMilitaryByNonStateActors";
    case Exploitation::criminal:
    case Exploitation::other:
      break;
  }
  return "Other";
}

std::string_view htcds_organisation(OrganisationKind kind) {
  switch (kind) {
    case OrganisationKind::police:
    case OrganisationKind::border_guard:
    case OrganisationKind::prison_service:
      return "LawEnforcement";
    case OrganisationKind::immigration_service:
      return "ImmigrationService";
    case OrganisationKind::local_authority:
      return "LocalGovernmentOrganisation";
    case OrganisationKind::health_service:
      return "HealthServiceOrganisation";
    case OrganisationKind::ngo:
    case OrganisationKind::hotline:
      return "NGO";
    default:
      return "CentralGovernmentOrganisation";
  }
}

Line htcds_line(const PersonFacts& person, const CaseBook& book) {
  const auto join = [](std::string& out, std::string_view word) {
    if (!out.empty()) out += ';';
    out += word;
  };
  std::string citizenship, types, means;
  for (const Nationality& one : person.facts.nationalities)
    if (!one.country.unknown()) join(citizenship, one.country.text());
  for (const Exploitation one : person.facts.exploitation) join(types, htcds_type(one));
  for (const MeansOfControl one : person.facts.means_of_control)
    join(means, "MethodsOfControl" + std::string(means_names[static_cast<std::size_t>(one)]));
  const auto& decided = person.second ? person.second : person.first;
  const bool no = decided && decided->outcome == Outcome::negative;
  const bool actual = person.second && !no;
  return {htcds_gender(person.facts.gender),
          citizenship,
          types,
          means,
          no       ? "NotAVictimOfTrafficking"
          : actual ? "ActualVictimOfTrafficking"
                   : "PossibleVictimOfTrafficking",
          decided ? "NonPoliceGovernmentalOrganization" : "",
          person.closed ? "Closed" : "Active",
          std::string(htcds_organisation(book.kind_of(person.reporter)))};
}

// Leaves out what makes lines rare; gives how many values and lines that were.
void anonymise(std::vector<Line>& lines, CodeBook book, std::uint32_t k, Anonymised& out) {
  const auto columns = variables(book);
  int level = 0;
  for (const Variable& one : columns) level = std::max(level, one.leaves);
  for (; level >= 0; --level) {
    std::map<Line, std::uint64_t> groups;
    for (const Line& line : lines) ++groups[line];
    if (level == 0) {
      const auto before = lines.size();
      std::erase_if(lines, [&](const Line& line) { return groups.at(line) < k; });
      out.lines_left_out = before - lines.size();
      return;
    }
    for (Line& line : lines) {
      if (groups.at(line) >= k) continue;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        std::string none = missing(book, columns[c]);
        if (columns[c].leaves != level || line[c] == none) continue;
        line[c] = std::move(none);
        ++out.values_left_out;
      }
    }
  }
}
}  // namespace

Anonymised microdata(const CaseBook& book, const ReportPeriod& period, CodeBook columns,
                     std::uint32_t k) {
  Anonymised out;
  out.table.title =
      columns == CodeBook::ctdc ? "Contribution to the CTDC data set" : "HTCDS fields";
  for (const Variable& one : variables(columns)) out.table.header.emplace_back(one.name);
  std::vector<Line> lines;
  for (const auto& [id, person] : book.people()) {
    if (person.notification || !period.has(person.at)) continue;
    const auto& decided = person.second ? person.second : person.first;
    const bool no = decided && decided->outcome == Outcome::negative;
    if (columns == CodeBook::ctdc && no) continue;  // a data set of victims
    lines.push_back(columns == CodeBook::ctdc ? CtdcLine(person).make() : htcds_line(person, book));
  }
  out.people = lines.size();
  anonymise(lines, columns, k, out);
  std::ranges::sort(lines);  // no order of cases
  for (Line& line : lines) {
    auto& cells = out.table.rows.emplace_back();
    for (std::string& value : line) cells.push_back({std::move(value), false});
  }
  return out;
}
}  // namespace nrm
