// The consent ledger of one case: which entries stand, and what they open to whom. Pure; the vault
// decides by it, the gateway and the auditor show the same.
//
// Of the entries for a purpose, the latest that names an organisation, or nobody, counts for that
// organisation. A withdrawal is such an entry with given = false.
#pragma once
#include <span>

#include "common/event/facts.hpp"

namespace nrm {
// Takes in the latest entry and drops what it leaves without effect.
// INVARIANT: among the entries of one purpose that name recipients, each recipient is in one.
void note_consent(std::vector<Consent>& ledger, Consent latest);

// The entry that counts for this organisation and purpose; nullptr: none.
const Consent* consent_for(const std::vector<Consent>& ledger, ConsentPurpose purpose,
                           const OrganisationId& organisation);

// Whether the person opens all of these classes to this organisation for this purpose now. An entry
// without classes opens what the role may see at all; an expired one opens nothing.
bool consented(const std::vector<Consent>& ledger, ConsentPurpose purpose,
               const OrganisationId& organisation, std::span<const DataClass> classes, Instant now);
}  // namespace nrm
