// Erasure and the epochs of keys: the part of the vault's core that decides when keys die. Pure.
// Two people erase a case: case management asks, somebody else confirms, and unless lives are at
// stake there is time to call it off. An accidental erasure cannot be mended.
#pragma once
#include "common/step/desk.hpp"
#include "services/vault/vault.hpp"

namespace nrm {
// The first dossier of an installation begins epoch 1.
void begin_first_epoch(Decision& decision, const View& view, const Input& input,
                       const Policy& policy);

Result<Decision> decide_erasure(const EraseCase& command, const Desk& desk);
Result<Decision> decide_erasure(const ConfirmErasure& command, const Desk& desk);
Result<Decision> decide_erasure(const CancelErasure& command, const Desk& desk);
// The clocks of erasures and of epochs. Nothing for others.
Result<Decision> decide_erasure(const Due& due, const Desk& desk);
}  // namespace nrm
