#include "services/audit/methods.hpp"

#include <algorithm>
#include <string>

namespace nrm {
namespace {
// A person has so many episodes at most in each pack of ours (identification.episodes_max), and
// each has one decision of a stage. Of a pack that allows more, who has had more is hidden less
// well.
constexpr std::uint32_t episodes_counted = 5;

// Of a report the newest version comes last. Those before it are here so that what was published
// with them can be checked.
constexpr Method table[] = {
    {"referrals_by_place@1", "referrals_by_place", "R1",
     "Referrals by age and place of exploitation",
     "Each report received is one person, in the quarter (UTC) of its record; anonymous "
     "notifications are not in it. Every combination of a quarter that has any is listed, 0 "
     "included.",
     "quarter age place", true},
    {"referrals@1", "referrals", "R2", "Referrals by first responder",
     "Each report received is one person; combinations of exploitation types and of nationalities "
     "are categories of their own. Cells without anybody are left out.",
     "first_responder_type first_responder exploitation age_at_exploitation gender nationality",
     true},
    {"first_stage@1", "first_stage", "R3", "First-stage decisions",
     "Each first-stage decision counts once, in the quarter of its record, with the age at "
     "exploitation of its report. Every combination of a quarter that has any is listed.",
     "quarter authority age outcome", true},
    {"first_stage@2", "first_stage", "R3", "First-stage decisions",
     "Each first-stage decision counts once, in the quarter of its record, with the age at "
     "exploitation of its report; a person has one in each episode, so noise hides up to five. "
     "Every combination of a quarter that has any is listed.",
     "quarter authority age outcome", true, episodes_counted},
    {"second_stage@1", "second_stage", "R4", "Second-stage decisions",
     "As first_stage@1, of the second stage.", "quarter authority age outcome", true},
    {"second_stage@2", "second_stage", "R4", "Second-stage decisions",
     "As first_stage@2, of the second stage.", "quarter authority age outcome", true,
     episodes_counted},
    {"notifications@1", "notifications", "R5", "Anonymous notifications",
     "Each notification recorded is one adult who declined, in the quarter of its record. A "
     "nationality that was not asked for, or that no list has, counts as 'Unknown'.",
     "quarter nationality", true},
    {"backlog@2", "backlog", "R6", "Awaiting a decision at the end of the period",
     "People at the last moment of each quarter (or as of the moment asked for, in the last one): "
     "awaiting first stage: reported, not decided, not ended; awaiting second stage: first stage "
     "positive, second not decided, not ended (where there is one stage: in the recovery period). "
     "Who has withdrawn, died, cannot be found, or whose case was merged or opened in error awaits "
     "nothing.",
     "quarter awaiting age", false},
    {"reconsiderations@1", "reconsiderations", "R7", "Reconsiderations",
     "Windows to contest that opened and closed unused, by stage; requests by stage and ground, in "
     "the quarter of the request; what became of them, in the quarter of that decision.",
     "quarter stage ground result", false},
    {"timeliness@1", "timeliness", "R8", "Days from report to decision",
     "Of each decision, whole days between the dates (UTC) of report and decision; median: the "
     "middle, or the mean of the two in the middle; mean: total_days / decisions, exact as that "
     "fraction, printed to two places, half up.",
     "quarter stage authority age", false},
    {"outcomes@2", "outcomes", "R9", "Outcomes by nationality, region, sex and age group",
     "Each report once, in the quarter of its report, with where it stands as of the moment asked "
     "for: the six outcomes of the United Kingdom's tables. Adults' age groups are not recorded.",
     "quarter nationality region sex age_group outcome", true},
    {"eurostat@2", "eurostat", "R10", "Registered victims for Eurostat",
     "Persons registered in the year: identified or presumed, also who declined formal "
     "identification (crim_thb). Each person once per breakdown; several forms count as 'several "
     "forms'. 0: known to be none; blank: not known. Suspects and convicted are not in these logs.",
     "year breakdown category", false},
    {"registered@2", "registered", "R11", "Identified and presumed victims, apart",
     "As eurostat@2, status by status: identified (second stage positive; where there is one, that "
     "one), presumed (all others not found to be none). The parts add up to the totals of "
     "eurostat@2.",
     "year status sex form", true},
    {"ctdc@1", "ctdc", "R14", "Contribution to the CTDC data set",
     "One line per identified or presumed victim, k-anonymous over all columns by leaving out "
     "values, then lines.",
     "", false},
    {"htcds@2", "htcds", "HTCDS", "HTCDS fields",
     "One line per reported person in HTCDS 2.0's fields, k-anonymous as ctdc@1.", "", false},
    {"coordinator@2", "coordinator", "R15", "Identified persons by institution",
     "Persons whose second stage was positive in the quarter (where there is one stage: that one, "
     "when it became final), by who reported and who decided.",
     "quarter institution authority", true},
    {"referral_performance@2", "referral_performance", "R17", "Referrals to services",
     "Of each referral requested in the month (UTC): how often each step was reached; declines by "
     "reason; hours to each step as a median; deliveries by another channel. Counted per referral, "
     "declines and expiries per offer.",
     "month service sex region indicator", false},
    {"case_management@2", "case_management", "R18", "Case management",
     "Closed cases by days open; reports by days since the person was met; running cases per case "
     "owner; services given by sex and age; closure reasons by sex. Client feedback: of people "
     "whose "
     "case was closed, whether any is recorded; answers to each question, with refused and not "
     "asked apart, and themes, by the month in which they were given.",
     "month indicator group", false},
    {"funnel@1", "funnel", "R19", "From report to confirmation, by source",
     "Signals (nobody could be named yet) received in the year by type of first responder; people "
     "reported in the year, and how many of these same people reached each stage as of the moment "
     "asked for.",
     "year source stage", false},
    {"greta@3", "greta", "R20", "GRETA questionnaire",
     "Presumed and identified victims of the year by sex, age, nationality and form; recovery "
     "periods granted. Residence permits, compensation and returns by the year of the first: "
     "people. "
     "Investigations, prosecutions and convictions are not in these logs: blank.",
     "year breakdown category", false},
    {"cooperation@2", "cooperation", "R21", "Cooperation of state and civil society",
     "Services started and units given, by NGOs and by the state, as a share; hours from offer to "
     "answer (how fast they answer the state) and from an NGO's report to the first decision (how "
     "fast the state answers them), as medians. Cost of the services that say one, and the state's "
     "share of it, each currency apart.",
     "year indicator group", false},
};
constexpr Unfed not_fed[] = {
    {"R12", "UNODC GLOTIP",
     "offences, prosecutions and convictions are in police and court registers, not in these logs"},
    {"R13", "IC-TIP",
     "the classification's code values are not published where they could be read; its four "
     "entities map to report, person, (no perpetrator), reporting organisation"},
    {"R16", "Regional annual submission",
     "the receiving coalition's form is agreed with it: export eurostat or htcds for it"},
};
}  // namespace

std::span<const Method> methods() { return table; }
std::span<const Unfed> unfed_reports() { return not_fed; }

const Method* find_method(std::string_view id) {
  const auto* found = std::ranges::find(table, id, &Method::id);
  return found == std::end(table) ? nullptr : found;
}

std::string_view report_of(std::string_view id) { return id.substr(0, id.find('@')); }

bool has_dimension(const Method& method, std::string_view name) {
  const std::string padded = ' ' + std::string(method.dimensions) + ' ';
  return !name.empty() && padded.find(' ' + std::string(name) + ' ') != padded.npos;
}

const Method* method_of(std::string_view report) {
  const Method* newest = nullptr;
  for (const Method& one : table)
    if (one.report == report || one.code == report) newest = &one;
  return newest;
}
}  // namespace nrm
