// What a person at the keyboard can do to a case: the words of each act, and the body of its form.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace nrm::cli {
// What follows NAME= : a code; several codes, with commas; yes or no; a number; a day.
enum class Says : std::uint8_t { code, codes, flag, number, day };
struct ActMember {
  std::string_view name;  // "evidence.attempts": a member of a member
  Says says{};
  std::string (*known)() = nullptr;  // the codes that it takes
  bool required = true;
};
struct CaseAct {
  std::string_view name;
  std::string_view target;  // "/v1/cases/{id}/alarms"
  std::vector<ActMember> members = {};
  bool of_case = true;  // else the id is that of a procedure, alarm, …: nrm case matters
};
const std::vector<CaseAct>& case_acts();
const CaseAct* find_case_act(std::string_view name);  // nullptr: there is none
// The body from "ground=unreachable" and the like. ERRORS: missing_field, unknown_field or
// wrong_type, each with the member and what it takes.
Result<std::string> act_body(const CaseAct& act, const std::vector<std::string>& values);
}  // namespace nrm::cli
