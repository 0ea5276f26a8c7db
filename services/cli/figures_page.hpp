// Figures as a page of text: the table; `drawn`, bars beside the numbers of its first measure (of a
// public table, of its last column), and a line over the periods. What is hidden has no bar.
#pragma once
#include <string>

#include "services/audit/referral_table.hpp"
#include "services/audit/release.hpp"

namespace nrm::cli {
std::string page_of(const Figures& figures, const ReleaseTerms& terms, bool drawn);
std::string page_of(const Release& release, const ReleaseTerms& terms, bool drawn);
// The people of the referral table by each of its columns but the responder and the nationality,
// drawn; and by the nationalities that most of them have.
std::string chart_of(const std::vector<ReferralCell>& cells);
// "as of 2023-09-30T…, from 61,012 records of 6 logs"
std::string basis_of(const ReleaseTerms& terms);
}  // namespace nrm::cli
