// What was found in a pack, for people and for programs: each with its line and column.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/step/policy_check.hpp"

namespace nrm::cli {
// "uk.json: 2 mistakes, 1 warning", then each with its place and what to write instead; empty
// without any.
std::string text_of_findings(std::string_view file, std::string_view bytes,
                             const std::vector<PolicyFinding>& findings);
// One object on one line: file, mistakes, warnings, findings.
std::string json_of_findings(std::string_view file, std::string_view bytes,
                             const std::vector<PolicyFinding>& findings);
void append_findings(std::vector<PolicyFinding>& all, std::vector<PolicyFinding> more);
}  // namespace nrm::cli
