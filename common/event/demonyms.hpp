// Demonyms: what published tables call a nationality, and the codes we keep instead.
//
// A published nationality is one demonym or several with single blanks between ("Albanian Greek",
// "Afghan Unknown"). Sources spell one demonym in several ways and meet ones that nobody listed;
// neither may be lost, so what a code cannot say is kept as the exact words in `term`:
//
//   "Albanian"          {AL}
//   "Congolese (Drc)"   {CD, term "Congolese (Drc)"}      a variant: another spelling, or blanks
//   "Unknown"           {ZZ}
//   "Atlantean UK"      {ZZ, term "unknown nationality: Atlantean"}, {GB}
//
// INVARIANT: publish(read_nationalities(x)) == x, for every x that can be read.
// The canonical spelling is the Home Office's (GOV.UK country register), with "UK" for GB.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/event/facts.hpp"

namespace nrm {
inline constexpr std::string_view unknown_nationality_prefix = "unknown nationality: ";

// The longest listed demonym wins at each place; runs of other words are cut at blanks into as many
// unknown ones as the bound of `term` needs.
// ERRORS: missing_field (empty, or blanks alone), invalid_text (digits and other characters that
// no demonym has), too_long (one word beyond the bound, too many blanks, more than list_items_max).
Result<std::vector<Nationality>> read_nationalities(std::string_view published);

// No nationality at all is published as "Unknown"; a country without a demonym as its code.
std::string publish(const std::vector<Nationality>& nationalities);

// Whether `term` says nothing but what this file allows: absent, a demonym of that country in any
// spelling, or ZZ with the prefix and letters, blanks and - ' ’ ( ) . , / &. What identification
// asks, so that nobody stores free text under a nationality.
bool is_listed_term(const Nationality& nationality);

// The canonical demonym; empty when there is none (nobody is a national of Antarctica).
std::string_view demonym_of(Country country);
}  // namespace nrm
