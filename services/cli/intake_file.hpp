// Intake file: a published referral table, turned back into the reports that it counts.
//
//   first_responder_type,first_responder,exploitation,age_at_exploitation,gender,nationality,people
//
// The whole file is checked before anything is submitted: a file with one broken line submits
// nothing. A byte order mark is tolerated; line ends may be CR LF or LF.
// INVARIANT: every row, expanded into `people` reports and counted again by the same labels, gives
// the row back; a text that cannot come back is refused here and not noticed later.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/event/facts.hpp"

namespace nrm {
struct IntakeRow {
  std::size_t line = 0;
  OrganisationKind kind{};
  Text<120> organisation;
  // What the table says. Everything else is at its default and for the loader to fill in; age_now
  // is `adult` for adults and `unknown` otherwise, as the table has the age at exploitation only.
  ReportFacts facts;
  std::uint32_t people = 0;  // 1 .. intake_people_per_row_max
};

std::uint64_t people_of(const std::vector<IntakeRow>& rows);

struct Responder {
  OrganisationKind kind{};
  Text<120> name;
  auto operator<=>(const Responder&) const = default;
};

struct Intake {
  std::vector<IntakeRow> rows;
  std::vector<Responder> responders;  // sorted, none twice
  std::uint64_t people = 0;           // at most intake_people_max
  // Demonyms that nobody listed, in the words of the file, with the number of people; most first.
  std::vector<std::pair<std::string, std::uint64_t>> unknown_nationalities;
};

// ERRORS: the first fault's code and place ("line 17, column gender"); the detail says what is
// expected, and lists the further faults, one a line, up to field_errors_max.
Result<Intake> read_intake(std::string_view text);
}  // namespace nrm
