#include "services/vault/vault_hooks.hpp"

namespace nrm {
namespace {
// The events after which nothing of a case may be left. What each of the three keeps of it goes in
// the same batch as the event.
bool ends_dossier(const Event& event) {
  return holds<DossierAbandoned>(event) || holds<CaseErased>(event);
}
}  // namespace

Result<void> VaultHooks::before(Input& input, std::string_view personal, Batch& batch) {
  NRM_TRY(items_.before(input, personal));
  auto* command = get_if<SealDossier>(&std::get<Command>(input.what));
  if (command == nullptr) return {};
  NRM_TRY_ASSIGN(const PersonalPart part, read_personal(personal));
  const auto subject = input.fresh<CaseId>(0);
  NRM_TRY(sealing_->seal(part, subject, *command, batch));
  return duplicates_.look_up(part, subject, *command);
}

void VaultHooks::decided(const Record& record, Batch& batch) {
  sealing_->decided(record, batch);
  items_.decided(record, batch);
  duplicates_.decided(record, batch);
  for (const Emit& emit : record.events) {
    if (!ends_dossier(emit.event)) continue;
    items_.erase_case(emit.stream.id, batch);
    duplicates_.erase_case(emit.stream.id, batch);
  }
}

Result<Sensitive<std::string>> VaultHooks::answer(const Record& record, bool repeated) {
  if (auto ours = items_.answer(record, repeated)) return std::move(*ours);
  return sealing_->answer(record, repeated);
}
}  // namespace nrm
