// Access: who has which relation to a case, and what a role may open for a purpose. Pure functions
// of folded facts; the openings' rules ask them (decide_openings.cpp).
//
// Three gates, in this order: nobody barred comes in; role and relation (or a broken glass) open
// the door; the table of rights and the person's consent say what is behind it.
#pragma once
#include <span>

#include "services/vault/vault.hpp"

namespace nrm {
// Denied by name, by organisation, or by a declared conflict of interest. Stronger than all rights.
bool barred(const Dossier& dossier, const Actor& actor);

// The fact that ties this actor to the case: it reported, holds the office, has a service in force,
// is the person, or a guardian in office. `account`: the actor's file; nullptr: none.
bool related(const Dossier& dossier, const CaseId& subject, const Actor& actor,
             const AccountFile* account, const Appointments& offices);

// The glass that this account has broken here and that is still open.
const BrokenGlass* open_glass(const Dossier& dossier, const Actor& actor, Instant now);

// Whether some row of rights has all these classes for this role and purpose. ERRORS: forbidden,
// with the pointer of the first class that no row has.
Result<void> check_right(Role role, OpeningPurpose purpose, std::span<const DataClass> classes);
// Whether the person's consents, or what stands in for them, cover such a row. Risk to life
// (safety) and the person's own request need none. ERRORS: consent_missing.
Result<void> check_consent(const Dossier& dossier, const Actor& actor, OpeningPurpose purpose,
                           std::span<const DataClass> classes, Instant now);
// What a broken glass opens. ERRORS: forbidden.
Result<void> check_glass(OpeningPurpose purpose, std::span<const DataClass> classes);

// The whole person at once, or a copy that leaves the house: two people must want it.
bool needs_two_people(OpeningPurpose purpose, std::span<const DataClass> classes);

// Those of the recipients for whom `latest` closes something that was open to them.
std::vector<OrganisationId> closed_to(const Dossier& dossier,
                                      std::span<const OrganisationId> recipients,
                                      const Consent& latest, Instant now);
}  // namespace nrm
