// Figures as a page in a terminal: the table, bars beside its numbers, a line over the periods.
#pragma once
#include <string>

#include "services/audit/release.hpp"

namespace nrm::cli {
std::string page_of(const Figures& figures, const ReleaseTerms& terms);
std::string page_of(const Release& release, const ReleaseTerms& terms);  // of a public table
// "as of 2023-09-30T…, from 61,012 records of 6 logs"
std::string basis_of(const ReleaseTerms& terms);
}  // namespace nrm::cli
