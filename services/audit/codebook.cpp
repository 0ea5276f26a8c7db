#include "services/audit/codebook.hpp"

#include <algorithm>

#include "common/event/labels.hpp"
#include "services/audit/microdata.hpp"

namespace nrm {
namespace {
struct Entry {
  std::string_view column, meaning, values, source;
};
constexpr Entry entries[] = {
    {"quarter", "quarter of the calendar (UTC) of the record", "2023Q3", ""},
    {"month", "month of the calendar (UTC)", "2023-07", ""},
    {"year", "year of the calendar (UTC)", "2023", ""},
    {"age", "age when the exploitation began",
     "Adult (18 or over); Child (17 or under); Not specified or unknown",
     "Home Office NRM statistics"},
    {"age_at_exploitation", "age when the exploitation began",
     "Adult (18 or over); Child (17 or under); Not specified or unknown",
     "Home Office NRM statistics"},
    {"age_group", "age at the report",
     "17 and under; 18 and over (band not recorded); Not specified or unknown",
     "Home Office NRM statistics"},
    {"place", "where the exploitation took place",
     "in the reporting country; abroad; both; not specified or unknown",
     "Home Office NRM statistics, Table 2"},
    {"first_responder_type", "type of the organisation that reported",
     "Police; Government agency; Local Authority; NGO and third sector",
     "Home Office NRM statistics"},
    {"first_responder", "the organisation that reported", "its registered name", ""},
    {"institution", "the organisation that reported", "its registered name", ""},
    {"exploitation", "types of exploitation, combinations as categories of their own",
     "Sexual; Labour; Domestic; Organ Harvesting; Criminal; … joined with commas and &",
     "Home Office NRM statistics"},
    {"gender", "gender as reported",
     "Female; Male; Transgender Female; Transgender Male; Non-Conforming; Other; Unknown (asked, "
     "not known); Not Recorded (not asked)",
     "HTCDS 2.0; Home Office"},
    {"sex", "gender as reported", "as gender; 'not known' and 'not asked' are different",
     "Eurostat crim_thb; HTCDS 2.0"},
    {"nationality", "nationality; several are joined",
     "demonyms of the GOV.UK country register; Unknown", "Home Office NRM statistics"},
    {"region", "region of the pack", "codes of the policy pack", ""},
    {"authority", "the authority that decided", "its registered name", ""},
    {"outcome", "outcome of the decision, or where the case stands",
     "positive; negative; or the six outcomes of the UK's tables", "Home Office NRM statistics"},
    {"awaiting", "the decision that is awaited", "first stage; second stage", ""},
    {"stage", "the decision, or the stage that people reached", "", ""},
    {"ground", "ground of a reconsideration",
     "additional evidence; decision not in line with guidance; both", "Home Office, 8 May 2025"},
    {"result", "what became of the window or request", "", ""},
    {"status", "identified: second stage positive; presumed: not found to be none",
     "identified; presumed; presumed, declined identification",
     "Eurostat crim_thb (EIGE metadata)"},
    {"form", "form of exploitation",
     "sexual exploitation; forced labour; other forms; several forms; not known",
     "Eurostat crim_thb"},
    {"breakdown", "by what the persons are broken down", "", "Eurostat crim_thb; GRETA"},
    {"category", "value of the breakdown", "", "Eurostat crim_thb; GRETA"},
    {"source", "type of the organisation that reported", "as first_responder_type", ""},
    {"service", "type of service", "15 codes", "Council of Europe Convention, art. 12; Primero"},
    {"indicator", "what is counted", "", "Primero indicators"},
    {"group", "of whom or what", "", ""},
    {"people", "number of people",
     "a whole number; 0: known to be none; blank: not known; c: not shown, to protect people", ""},
    {"persons", "number of people",
     "a whole number; 0: known to be none; blank: not known; c: not shown, to protect people",
     "Eurostat's rule of 0 and blank"},
    {"decisions", "number of decisions", "a whole number", ""},
    {"value", "number, median or percentage, as the indicator says",
     "a number; blank: not recorded", ""},
    {"total_days", "sum of the days of all decisions", "a whole number", ""},
    {"median_days", "the middle of the days", "a number with one place", ""},
    {"mean_days", "total_days / decisions", "a number with two places, half up", ""},
};

Entry entry_of(std::string_view column) {
  if (const auto* found = std::ranges::find(entries, column, &Entry::column);
      found != std::end(entries))
    return *found;
  if (const Variable* variable = find_variable(column))
    return {column, variable->meaning, variable->values, variable->source};
  return {column, "", "", ""};
}
}  // namespace

Printed codebook_of(const Method& method, const std::vector<std::string>& columns) {
  Printed out{.title = "Code book: " + std::string(method.title),
              .header = {"column", "meaning", "values", "source"},
              .rows = {},
              .notes = {}};
  const auto add = [&out](std::string_view column, std::string_view meaning,
                          std::string_view values, std::string_view source) {
    out.rows.push_back({{std::string(column), false},
                        {std::string(meaning), false},
                        {std::string(values), false},
                        {std::string(source), false}});
  };
  for (const std::string& column : columns) {
    const Entry entry = entry_of(column);
    add(column, entry.meaning, entry.values, entry.source);
  }
  add("(method)", method.rule, method.id, method.code);
  return out;
}
}  // namespace nrm
