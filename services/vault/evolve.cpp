#include <algorithm>

#include "services/vault/vault.hpp"

namespace nrm {
namespace {
void note_consent(Dossier& state, const Consent& consent) {
  std::erase_if(state.consents, [&](const Consent& c) { return c.purpose == consent.purpose; });
  state.consents.push_back(consent);
}
}  // namespace

bool Dossier::consented(ConsentPurpose purpose) const {
  return std::ranges::any_of(consents,
                             [&](const Consent& c) { return c.purpose == purpose && c.given; });
}

void Vault::evolve(OrganisationFile& state, const Event& event) {
  if (const auto* registered = std::get_if<OrganisationRegistered>(&event))
    state = {registered->name, registered->kind};
}

void Vault::evolve(AccountFile& state, const Event& event) {
  if (const auto* issued = std::get_if<AccountIssued>(&event)) {
    state.organisation = issued->organisation;
    state.role = issued->role;
    state.sort = issued->kind;
    state.expires = issued->expires;
  } else if (std::holds_alternative<AccountRevoked>(event)) {
    state.revoked = true;
  } else if (const auto* refused = std::get_if<SessionRefused>(&event)) {
    state.failures = refused->failures;
    state.locked_until = refused->locked_until;
  } else if (std::holds_alternative<SessionOpened>(event)) {
    state.failures = 0;
    state.locked_until.reset();
  }
}

void Vault::evolve(Dossier& state, const Event& event) {
  if (const auto* sealed = std::get_if<DossierSealed>(&event)) {
    state.status = DossierStatus::sealed;
    state.reporter = sealed->organisation;
    state.classes = sealed->classes;
    for (const Consent& consent : sealed->consents) note_consent(state, consent);
  } else if (const auto* recorded = std::get_if<ConsentRecorded>(&event)) {
    note_consent(state, recorded->consent);
  } else if (std::holds_alternative<DossierReported>(event)) {
    state.status = DossierStatus::reported;
  } else if (std::holds_alternative<DossierAbandoned>(event)) {
    state.status = DossierStatus::abandoned;
    state.classes.clear();
  } else if (const auto* relation = std::get_if<SupportRelationNoted>(&event)) {
    auto& all = state.supporters;
    const auto found = std::ranges::find(all, relation->organisation);
    if (relation->in_force)
      all.push_back(relation->organisation);
    else if (found != all.end())
      all.erase(found);
  }
}
}  // namespace nrm
