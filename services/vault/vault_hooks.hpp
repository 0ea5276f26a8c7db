// VaultHooks: all that the vault does beside its decider: sealing of dossiers, items that clients
// sealed, tokens of duplicates. Each keeps to its own commands, records and keys of Family::sealed.
// THREAD: the vault's loop thread.
#pragma once
#include "services/vault/duplicates.hpp"
#include "services/vault/sealed_items.hpp"
#include "services/vault/sealing.hpp"

namespace nrm {
class VaultHooks final : public Hooks {
 public:
  struct Keys {
    crypto::SecretKey master;
    crypto::SecretKey duplicates;
  };
  VaultHooks(Keys keys, const Store& store, Entropy& entropy)
      : sealing_(std::move(keys.master), store, entropy),
        items_(store, entropy),
        duplicates_(std::move(keys.duplicates), store) {}

  Result<void> before(Input& input, std::string_view personal, Batch& batch) override;
  void decided(const Record& record, Batch& batch) override;
  Result<Sensitive<std::string>> answer(const Record& record, bool repeated) override;

 private:
  Sealing sealing_;
  SealedItems items_;
  DuplicateTokens duplicates_;
};
}  // namespace nrm
