#include "services/audit/reports.hpp"

#include "common/base/check.hpp"
#include "services/audit/quarters.hpp"

namespace nrm {
bool ReportPeriod::has(Instant at) const { return has(quarter_of(at)); }

bool ReportPeriod::has_year(int year) const {
  return (!from || year * 4 + 3 >= *from) && (!to || year * 4 <= *to);
}

void Counts::into(Figures& figures) const {
  for (const auto& [labels, sum] : sums_) figures.rows.push_back({labels, {sum}});
  for (const auto& labels : blanks_)
    if (!sums_.contains(labels)) figures.rows.push_back({labels, {std::nullopt}});
}

std::string place_label(PlaceScope scope, const std::optional<Country>& country) {
  const bool uk = country && country->text() == "GB";
  switch (scope) {
    case PlaceScope::in_country:
      return uk ? "UK" : "In the country";
    case PlaceScope::abroad:
      return uk ? "Overseas" : "Abroad";
    case PlaceScope::both:
      return uk ? "UK and Overseas" : "In the country and abroad";
    case PlaceScope::unknown:
      break;
  }
  return std::string(not_specified_label);
}

std::string sex_label(Gender gender) { return std::string(gender_label(gender)); }

Figures compute(const Method& method, const CaseBook& book, const ReportPeriod& period) {
  Figures out = [&] {
    const std::string_view code = method.code;
    if (code == "R1") return referrals_by_place(book, period);
    if (code == "R3") return stage_decisions(book, period, Stage::first);
    if (code == "R4") return stage_decisions(book, period, Stage::second);
    if (code == "R5") return notifications(book, period);
    if (code == "R6") return backlog(book, period);
    if (code == "R7") return reconsiderations(book, period);
    if (code == "R8") return timeliness(book, period);
    if (code == "R9") return outcomes(book, period);
    if (code == "R10") return eurostat(book, period);
    if (code == "R11") return registered(book, period);
    if (code == "R15") return coordinator(book, period);
    if (code == "R17") return referral_performance(book, period);
    if (code == "R18") return case_management(book, period);
    if (code == "R19") return funnel(book, period);
    if (code == "R20") return greta(book, period);
    if (code == "R21") return cooperation(book, period);
    check_failed(__FILE__, __LINE__, "a report of the case book");
  }();
  out.method = method.id;
  out.title = method.title;
  return out;
}
}  // namespace nrm
