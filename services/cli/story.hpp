// Story: a case's timeline as sentences that a person can read.
#pragma once
#include <map>
#include <string>

#include "common/base/json.hpp"

namespace nrm::cli {
using Names = std::map<std::string, std::string>;  // organisation id -> name

// One item of /v1/cases/{id}/timeline: "2023-07-03 08:00  reported by Kent Police …".
std::string story_line(json::Value item, const Names& organisations);
}  // namespace nrm::cli
