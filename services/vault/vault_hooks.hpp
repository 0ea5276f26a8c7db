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
  // `duplicates`: the key of the tokens. Borrows store and entropy.
  VaultHooks(std::unique_ptr<Sealing> sealing, crypto::SecretKey duplicates, const Store& store,
             Entropy& entropy)
      : sealing_(std::move(sealing)),
        items_(store, entropy, *sealing_),
        duplicates_(std::move(duplicates), store) {}

  Result<void> before(Input& input, std::string_view personal, Batch& batch) override;
  std::vector<const crypto::SecretKey*> request_keys() const override {
    return sealing_->request_keys();
  }
  void decided(const Record& record, Batch& batch) override;
  Result<Sensitive<std::string>> answer(const Record& record, bool repeated) override;
  Result<void> upkeep() override {
    items_.committed();
    duplicates_.committed();
    return sealing_->upkeep();
  }
  bool may_take_up(const Due& due) override { return sealing_->may_take_up(due); }

 private:
  const std::unique_ptr<Sealing> sealing_;
  SealedItems items_;
  DuplicateTokens duplicates_;
};
}  // namespace nrm
