// SealedItems: the vault's part in what organisations seal among themselves. It checks that keys
// are keys and boxes have the sizes of boxes, keeps boxes and hands them back; it has no secret
// that opens one.
//
//   Family::sealed   box/<case>/<item>/<key>   sealed(the box, as the sender's client made it)
//                    keys/<case>/<item>        version:1 epoch:4 sealed(salt:32 key:32)
//
// Each box is sealed once more, under a key of its item that dies like those of the case's fields
// (sealing.hpp): else whoever has an old copy of the store, and the organisation's key, would read
// on after an erasure. Bound to it: service, format version, case, item and recipient's key; which
// version of what the item is, is signed inside. A box goes to disk only with the event that it is
// stored: one that was refused (sealed to a key that somebody slipped in) leaves no byte behind.
// THREAD: the vault's loop thread.
#pragma once
#include "services/vault/sealing.hpp"

namespace nrm {
class SealedItems {
 public:
  // Borrows all three. `sealing`: has the keys of epochs.
  SealedItems(const Store& store, Entropy& entropy, const Sealing& sealing)
      : store_(store), entropy_(entropy), sealing_(sealing) {}

  // Completes RegisterOrganisationKey and StoreSealedItem; everything else is left alone.
  Result<void> before(Input& input, std::string_view boxes);
  void decided(const Record& record, Batch& batch);
  // [{"key":…,"box":base64}] of an opening, for the reader's organisation alone; an Error
  // where the record is an alarm. None: the record is of something else. `repeated`: refused, for
  // each record of a reading lets a box leave once.
  std::optional<Result<Sensitive<std::string>>> answer(const Record& record, bool repeated) const;
  // Everything of one case that is there, or on its way in this batch.
  void erase_case(const Uuid& subject, Batch& batch) const;
  // What was decided is in the store. REQUIRES: between two batches.
  void committed() { fresh_.clear(); }

 private:
  Result<void> take_boxes(const Input& input, StoreSealedItem& command, std::string_view boxes);
  Result<Sensitive<std::string>> open(const Emit& emit, const SealedItemOpened& opened) const;

  const Store& store_;
  Entropy& entropy_;
  const Sealing& sealing_;
  std::vector<std::pair<std::string, std::string>> held_;  // rows of the present input
  std::vector<std::string> fresh_;                         // keys that this batch puts
};
}  // namespace nrm
