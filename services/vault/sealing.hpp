// Sealing: of the vault's hooks. The personal part beside SealDossier is sealed under fresh keys of
// its case, one for each class of fields; an opening is on disk before text leaves.
//
//   Family::sealed   keys/<case>          version:1 epoch:4 sealed(salt:32 (class:1 key:32)…)
//                    parts/<case>         version:1 (class:1 size:4 ciphertext)…
//                    keys/<case>/<item>   of a sealed item: sealed_items.hpp
//                    epoch                the number of the current epoch, 4 bytes
//
// Bound to every ciphertext: service, format version, case; to a part its class, to a case's keys
// their epoch. The sealed format commits to its key. So nothing can be put in another's place.
// Destroying keys/<case> and what is below it is erasure; copies of it in old files die with the
// key of their epoch. The end of an epoch: see upkeep().
// THREAD: the vault's loop thread. OWNERSHIP: has the epochs, borrows store and entropy.
#pragma once
#include "common/event/personal.hpp"
#include "common/runtime/step.hpp"
#include "services/vault/epochs.hpp"

namespace nrm {
class Sealing {
 public:
  // ERRORS: corrupt (the current epoch has no key any more: the folder of keys/vault/epochs is not
  // the one that belongs to this store); io_failed.
  static Result<std::unique_ptr<Sealing>> open(Store& store, std::unique_ptr<EpochKeys> epochs,
                                               Entropy& entropy);

  // Completes the command with what was sealed: classes, digest.
  // ERRORS: personal_part_missing (it has no field).
  Result<void> seal(const PersonalPart& part, const CaseId& subject, SealDossier& command,
                    Batch& batch);
  // What hooks do, for sealed dossiers.
  void decided(const Record& record, Batch& batch);
  // ERRORS: window_closed for an opening that was answered before: each is recorded anew.
  Result<Sensitive<std::string>> answer(const Record& record, bool repeated);
  // While a key older than the current epoch's is there: wraps some more case keys anew, synced;
  // when none is left, destroys the old key. Where a crash came does not matter: it begins again
  // with the first row, and rows that are done are passed over.
  Result<void> upkeep();
  bool may_take_up(const Due& due);

  std::uint32_t epoch() const { return epoch_; }
  // As Hooks says: of the present epoch, and of the one before as long as this process has seen it,
  // so that who asks again over its end is still known.
  std::vector<const crypto::SecretKey*> request_keys() const;

  // What goes into the row `row_key`, which begins with keys/<case>: `keys` under the key of the
  // present epoch. upkeep() takes all rows below keys/ along.
  std::string wrap(std::string_view row_key, std::string_view keys) const;
  // ERRORS: corrupt (not of this row, changed bytes, or the key of its epoch is gone).
  Result<Sensitive<std::string>> unwrap(std::string_view row_key, std::string_view row) const;

 private:
  Sealing(Store& store, std::unique_ptr<EpochKeys> epochs, Entropy& entropy)
      : store_(store), epochs_(std::move(epochs)), entropy_(entropy) {}
  Result<Sensitive<std::string>> open_classes(const Uuid& subject,
                                              const std::vector<DataClass>& classes) const;
  Result<void> make_next_key();
  Result<bool> rewrap_some();  // whether none is left

  Store& store_;
  const std::unique_ptr<EpochKeys> epochs_;
  Entropy& entropy_;
  std::uint32_t epoch_ = 0;
  std::optional<crypto::SecretKey> request_key_, request_key_before_;
  std::string rewrapped_until_;          // the first key that was not looked at yet
  std::uint32_t turns_until_retry_ = 0;  // a token did not answer when a key was to be made
  bool stuck_ = false;  // a row does not open: its epoch's key is kept, and somebody told
};
}  // namespace nrm
