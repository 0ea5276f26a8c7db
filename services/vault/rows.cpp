#include "services/vault/vault.hpp"

namespace nrm {
namespace {
std::string queue(std::string_view name, Instant due, const Uuid& id) {
  return "queue/" + std::string(name) + "/" + due.text() + "/" + id.text();
}
}  // namespace

void Vault::rows(const StreamKey& stream, const OrganisationFile& state, Rows& out) {
  // One organisation of a kind has a name once.
  if (!state.name.empty())
    out.put("organisation/" + std::string(to_text(state.sort)) + "/" + state.name.text(),
            stream.id.text());
}

void Vault::rows(const StreamKey& stream, const AccountFile& state, Rows& out) {
  if (state.anomaly) out.put("queue/anomaly/" + stream.id.text());
}

void Vault::rows(const StreamKey& stream, const Dossier& state, Rows& out) {
  if (state.status == DossierStatus::sealed)
    out.put("queue/unreported/" + stream.id.text(), to_json(state.reporter));
}

void Vault::rows(const StreamKey& stream, const Withdrawal& state, Rows& out) {
  if (state.status != WithdrawalStatus::acknowledged)
    out.put(queue("withdrawal", state.due, stream.id), to_json(state.recipient));
}

void Vault::rows(const StreamKey& stream, const Emergency& state, Rows& out) {
  if (state.status != ReviewStatus::reviewed)
    out.put(queue("break_glass_review", state.due, stream.id), to_json(state.overseer));
}

void Vault::rows(const StreamKey& stream, const Proposal& state, Rows& out) {
  if (state.status == ProposalStatus::proposed)
    out.put(queue("opening_approval", state.until, stream.id), to_json(state.by.organisation));
}
}  // namespace nrm
