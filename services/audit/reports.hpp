// Reports: domain.md, section d, each from the case book alone. Which rule each follows is the text
// of its method (methods.cpp).
// THREAD: any; functions of their arguments.
#pragma once
#include "services/audit/case_book.hpp"
#include "services/audit/methods.hpp"

namespace nrm {
// The quarters that are asked for, both included; none: all there are.
struct ReportPeriod {
  std::optional<int> from, to;
  bool has(int quarter) const { return (!from || quarter >= *from) && (!to || quarter <= *to); }
  bool has(Instant at) const;
  // Whether any quarter of the year is asked for.
  bool has_year(int year) const;
};

// REQUIRES: a method of methods(), but for "referrals", which has a table of its own
// (referral_table.hpp), and "ctdc" (microdata.hpp).
Figures compute(const Method& method, const CaseBook& book, const ReportPeriod& period);

// By area; compute() finds them.
Figures referrals_by_place(const CaseBook& book, const ReportPeriod& period);
Figures stage_decisions(const CaseBook& book, const ReportPeriod& period, Stage stage);
Figures notifications(const CaseBook& book, const ReportPeriod& period);
Figures backlog(const CaseBook& book, const ReportPeriod& period);
Figures reconsiderations(const CaseBook& book, const ReportPeriod& period);
Figures timeliness(const CaseBook& book, const ReportPeriod& period);
Figures outcomes(const CaseBook& book, const ReportPeriod& period);
Figures coordinator(const CaseBook& book, const ReportPeriod& period);
Figures funnel(const CaseBook& book, const ReportPeriod& period);
Figures eurostat(const CaseBook& book, const ReportPeriod& period);
Figures registered(const CaseBook& book, const ReportPeriod& period);
Figures greta(const CaseBook& book, const ReportPeriod& period);
Figures referral_performance(const CaseBook& book, const ReportPeriod& period);
Figures case_management(const CaseBook& book, const ReportPeriod& period);
Figures cooperation(const CaseBook& book, const ReportPeriod& period);

// Rows summed over equal labels, in the order of their labels.
class Counts {
 public:
  void add(std::vector<std::string> labels, std::int64_t value = 1) {
    sums_[std::move(labels)] += value;
  }
  // Known to be none, unless something is added.
  void zero(std::vector<std::string> labels) { sums_.try_emplace(std::move(labels), 0); }
  void blank(std::vector<std::string> labels) { blanks_.push_back(std::move(labels)); }
  // Rows for `figures`; blanks where nothing was counted.
  void into(Figures& figures) const;

 private:
  std::map<std::vector<std::string>, std::int64_t> sums_;
  std::vector<std::vector<std::string>> blanks_;
};

// Words of published tables.
std::string place_label(PlaceScope scope, const std::optional<Country>& country);
std::string sex_label(Gender gender);  // as gender_label, "not specified" apart from "other"
}  // namespace nrm
