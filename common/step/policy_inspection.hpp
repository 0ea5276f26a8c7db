// Inside policy_check: what an inspection of a pack has found so far, and its parts.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "common/step/policy_check.hpp"

namespace nrm {
class PolicyInspection {
 public:
  void mistake(Code code, std::string where, std::string detail, std::string instead = {}) {
    findings_.push_back(
        {false, Error(code, std::move(where), std::move(detail)), std::move(instead)});
  }
  void warn(std::string where, std::string detail, std::string instead = {}) {
    findings_.push_back(
        {true, Error(Code::out_of_range, std::move(where), std::move(detail)), std::move(instead)});
  }
  std::vector<PolicyFinding>& findings() { return findings_; }

 private:
  std::vector<PolicyFinding> findings_;
};

inline std::string item(std::string_view list, std::size_t index) {
  return std::string(list) + '/' + std::to_string(index);
}

// "hours, calendar_days": the codes of a list.
template <class Codes>
std::string in_words(const Codes& codes) {
  std::string out;
  for (const auto& code : codes) {
    if (!out.empty()) out += ", ";
    if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(code)>>)
      out += to_text(code);
    else
      out += code;
  }
  return out;
}

// Names what is in a list twice.
template <class List>
void check_once(PolicyInspection& out, const List& list, const std::string& where,
                std::string_view what) {
  for (std::size_t i = 0; i < list.size(); ++i)
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (list[earlier] == list[i]) {
        out.mistake(Code::already_exists, item(where, i), std::string(what) + " is named twice",
                    "leave one of the two out");
        break;
      }
}

void inspect_clocks(PolicyInspection& out, const Policy& policy);
void inspect_calendar(PolicyInspection& out, const Policy& policy, std::optional<Date> today);
void inspect_identification(PolicyInspection& out, const Policy& policy);
void inspect_referral(PolicyInspection& out, const Policy& policy);
void inspect_roles(PolicyInspection& out, const Policy& policy);
void inspect_support(PolicyInspection& out, const Policy& policy);
void inspect_closure(PolicyInspection& out, const Policy& policy);
void inspect_limits(PolicyInspection& out, const Policy& policy);
void inspect_releases(PolicyInspection& out, const Policy& policy);
void inspect_oversight(PolicyInspection& out, const Policy& policy);
}  // namespace nrm
