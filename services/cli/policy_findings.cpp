#include "services/cli/policy_findings.hpp"

#include <algorithm>
#include <iterator>

#include "common/base/codec.hpp"
#include "services/cli/json_place.hpp"

namespace nrm::cli {
namespace {
struct Finding {
  std::string severity, code, where;
  std::uint32_t line = 0, column = 0;
  std::string detail, instead;
};
BOOST_DESCRIBE_STRUCT(Finding, (), (severity, code, where, line, column, detail, instead))

struct Findings {
  std::string file;
  std::uint32_t mistakes = 0, warnings = 0;
  std::vector<Finding> findings;
};
BOOST_DESCRIBE_STRUCT(Findings, (), (file, mistakes, warnings, findings))

Findings place_all(std::string_view file, std::string_view bytes,
                   const std::vector<PolicyFinding>& findings) {
  Findings out{.file = std::string(file), .mistakes = 0, .warnings = 0, .findings = {}};
  for (const PolicyFinding& one : findings) {
    TextPlace at = place_of(bytes, one.fault.where);
    if (one.fault.code == Code::malformed_json)
      if (const auto fault = first_fault(bytes)) at = *fault;
    ++(one.warning ? out.warnings : out.mistakes);
    out.findings.push_back({.severity = one.warning ? "warning" : "mistake",
                            .code = std::string(row_of(one.fault.code).name),
                            .where = one.fault.where,
                            .line = static_cast<std::uint32_t>(at.line),
                            .column = static_cast<std::uint32_t>(at.column),
                            .detail = one.fault.detail.empty()
                                          ? std::string(row_of(one.fault.code).title)
                                          : one.fault.detail,
                            .instead = one.instead});
  }
  return out;
}

std::string counted(std::uint32_t number, std::string_view what) {
  return std::to_string(number) + ' ' + std::string(what) + (number == 1 ? "" : "s");
}
}  // namespace

std::string text_of_findings(std::string_view file, std::string_view bytes,
                             const std::vector<PolicyFinding>& findings) {
  if (findings.empty()) return {};
  const Findings all = place_all(file, bytes, findings);
  std::string out =
      all.file + ": " + counted(all.mistakes, "mistake") + ", " + counted(all.warnings, "warning");
  out += '\n';
  for (const Finding& one : all.findings) {
    out += "  " + one.severity + " in line " + std::to_string(one.line) + ", column " +
           std::to_string(one.column) + (one.where.empty() ? "" : ", at " + one.where) + "\n    " +
           one.detail + '\n';
    if (!one.instead.empty()) out += "    instead: " + one.instead + '\n';
  }
  return out;
}

std::string json_of_findings(std::string_view file, std::string_view bytes,
                             const std::vector<PolicyFinding>& findings) {
  return to_json(place_all(file, bytes, findings)) + '\n';
}

void append_findings(std::vector<PolicyFinding>& all, std::vector<PolicyFinding> more) {
  std::ranges::move(more, std::back_inserter(all));
}
}  // namespace nrm::cli
