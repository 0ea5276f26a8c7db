// Story: a case's timeline as sentences that a person can read.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "common/base/json.hpp"

namespace nrm::cli {
using Names = std::map<std::string, std::string>;  // organisation id -> name

// One event, as whoever tells of it knows it. What is not known is told without.
struct Happening {
  std::string_view type;
  json::Value data;               // as recorded
  std::string_view role;          // of who did it
  std::string_view organisation;  // whose; its id
};
// "FIRST STAGE negative (evidence insufficient) by Competent authority".
std::string sentence(const Happening& happening, const Names& organisations);
std::string name_of(std::string_view organisation, const Names& organisations);

// One item of /v1/cases/{id}/timeline: "2023-07-03 08:00  reported by Kent Police …".
std::string story_line(json::Value item, const Names& organisations);
}  // namespace nrm::cli
