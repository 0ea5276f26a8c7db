// Whether a notification tells too much: a combination of facts that too few people share points
// at one of them (Modern Slavery Act 2015, s.52(3); domain.md, f1).
#pragma once
#include "common/step/desk.hpp"
#include "services/identification/identification.hpp"

namespace nrm {
// Leaves out what the pack's rule does not let stand, and returns what was left out. What stays is
// no finer than what is counted: the month, the country of the first nationality, the scope of the
// place; and not the moment at which it was taken down.
// ERRORS: identifying_combination, with the fields of the first such combination, when the rule
// asks for a coarser report, or when there is nothing to leave out but the region.
//
// Counted are the cases and notifications on record here, at most limits::view_rows_max of them
// per combination: who is not found within those counts as missing, which errs to the safe side.
Result<std::vector<FactField>> coarsen(ReportFacts& facts, const Desk& desk);

// What rows `traits/…` are made of: region, nationality, gender, exploitation, place, month, each a
// part of the key, "-" where unknown.
std::string traits_of(const ReportFacts& facts);
}  // namespace nrm
