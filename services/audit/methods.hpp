// Methods: by which rule each report of figures is computed, as an id with a version and its text.
// A publication names its method; what was ever published with one keeps its text, and a changed
// rule is a new version (domain.md, section d: reports R1 to R21).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace nrm {
struct Method {
  std::string_view id;      // "first_stage@1"
  std::string_view report;  // "first_stage", the name on the command line
  std::string_view code;    // "R3"
  std::string_view title;
  std::string_view rule;        // what is counted, when, once per what
  std::string_view dimensions;  // by which it breaks down, with blanks between
  // It counts people, or what was decided about them, and may become a public table.
  bool people = false;
  // By how much one person more or fewer changes the counts, all of them together: what noise has
  // to hide (noise.hpp).
  std::uint32_t most_of_one = 1;
};

std::span<const Method> methods();
const Method* find_method(std::string_view id);  // nullptr: none of this build
// By name or code, the newest version; "R3" or "first_stage".
const Method* method_of(std::string_view report);
std::string_view report_of(std::string_view id);  // "first_stage" of "first_stage@1"

bool has_dimension(const Method& method, std::string_view name);

// Reports of domain.md that the logs cannot feed, and why.
struct Unfed {
  std::string_view code;
  std::string_view title;
  std::string_view why;
};
std::span<const Unfed> unfed_reports();
}  // namespace nrm
