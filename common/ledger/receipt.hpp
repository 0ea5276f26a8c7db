// Receipt: the file that whoever submitted something keeps. It proves, to anybody who has the log's
// public key, that a record is in the log, and needs neither us nor a network.
//
// It is a C2SP tlog-proof (log_proof.hpp), so that others' verifiers read it. What the format
// leaves to the application stands in its `extra`, as JSON:
//
//   {"leaf":"<hex>","record":"<the bytes>","keys":["<vkey>", …]}
//
// `record` is there when the reader may see all of it; without it the receipt is about a hash. None
// of that is believed: the leaf must follow from the record and the proof from the leaf, and `keys`
// only says which keys to ask for elsewhere (nrm receipt verify --keys).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/ledger/checkpoint.hpp"
#include "common/ledger/log_proof.hpp"
#include "common/ledger/note.hpp"

namespace nrm {
struct Receipt {
  LogProof proof;
  Hash leaf;
  std::optional<std::string> record;
  std::vector<std::string> keys;  // verifier keys of the log, as it says itself
};
inline constexpr std::size_t receipt_keys_max = 64;

std::string write_receipt(Receipt receipt);
// ERRORS: corrupt: what of it is no receipt.
Result<Receipt> read_receipt(std::string_view text);

// What a receipt proves, once it is checked.
struct Proven {
  Checkpoint checkpoint;
  NoteKey by;  // the key of those offered that signed it
};
// `keys`: those that are trusted; of other logs' keys among them nothing is concluded.
// ERRORS: corrupt, with the reason: the record is not the leaf's, the proof does not lead to the
// root, none of the keys has signed.
Result<Proven> verify_receipt(const Receipt& receipt, const std::vector<NoteKey>& keys);
}  // namespace nrm
