#include "services/vault/vault.hpp"

namespace nrm {
void Vault::rows(const StreamKey& stream, const OrganisationFile& state, Rows& out) {
  // One organisation of a kind has a name once.
  out.put("organisation/" + std::string(to_text(state.sort)) + "/" + state.name.text(),
          stream.id.text());
}

void Vault::rows(const StreamKey&, const AccountFile&, Rows&) {}

void Vault::rows(const StreamKey& stream, const Dossier& state, Rows& out) {
  if (state.status == DossierStatus::sealed)
    out.put("queue/unreported/" + stream.id.text(), to_json(state.reporter));
}
}  // namespace nrm
