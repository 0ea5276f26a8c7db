// What a published table does not say about a person, and a report needs all the same: made up,
// deterministically, from the file's row and the person's number in it.
//
// From the table: exploitation, age at exploitation, gender, nationality, who reported. Made up:
// everything else, above all the personal part, which says in every field that it is fictitious.
#pragma once
#include <string>

#include "common/step/policy.hpp"
#include "services/cli/intake_file.hpp"

namespace nrm::cli {
struct SyntheticReport {
  std::string key;   // Idempotency-Key
  std::string body;  // of POST /v1/reports
};

// `file_digest`: of the intake file's bytes, hex. `number`: 0 .. row.people-1.
SyntheticReport make_report(const IntakeRow& row, std::uint32_t number,
                            std::string_view file_digest, const Policy& policy);
// The anonymous notification of an adult: of the row's facts, without anything about the person.
// REQUIRES: a row of adults.
SyntheticReport make_notification(const IntakeRow& row, std::uint32_t number,
                                  std::string_view file_digest, const Policy& policy);
}  // namespace nrm::cli
