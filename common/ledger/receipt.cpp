#include "common/ledger/receipt.hpp"

#include "common/base/codec.hpp"
#include "common/base/hex.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm {
namespace {
struct ReceiptExtra {
  std::string leaf;
  std::optional<std::string> record;
  std::vector<std::string> keys;
};
BOOST_DESCRIBE_STRUCT(ReceiptExtra, (), (leaf, record, keys))

Error corrupt(const std::string& what) { return Error(Code::corrupt, "", what); }
}  // namespace

std::string write_receipt(Receipt receipt) {
  receipt.proof.extra =
      to_json(ReceiptExtra{receipt.leaf.hex(), std::move(receipt.record), std::move(receipt.keys)});
  return write_log_proof(receipt.proof);
}

Result<Receipt> read_receipt(std::string_view text) {
  Receipt out;
  NRM_TRY_ASSIGN(out.proof, read_log_proof(text));
  if (out.proof.extra.empty())
    return corrupt("the line \"extra\", which says what was recorded, is missing");
  json::Document document;
  Reading reading(Unknown::refuse, receipt_keys_max);
  ReceiptExtra extra;
  if (!document.parse_strict(out.proof.extra, log_proof_bytes_max) ||
      !read_json(document.root(), extra, reading))
    return corrupt("the line \"extra\" is not that of a receipt");
  const auto bytes = from_hex(extra.leaf);
  const auto leaf = bytes ? Hash::from(*bytes) : std::nullopt;
  if (!leaf) return corrupt("the hash in \"extra\" is none");
  out.leaf = *leaf;
  out.record = std::move(extra.record);
  out.keys = std::move(extra.keys);
  return out;
}

Result<Proven> verify_receipt(const Receipt& receipt, const std::vector<NoteKey>& keys) {
  if (receipt.record && leaf_hash(*receipt.record) != receipt.leaf)
    return corrupt("the record in it does not have the hash that it names");
  const auto note = read_note(receipt.proof.note);
  if (!note) return corrupt("its checkpoint: " + note.error().detail);
  auto checkpoint = read_checkpoint(note->text);
  if (!checkpoint) return corrupt("its checkpoint: " + checkpoint.error().detail);
  Proven out;
  bool known = false;
  for (const NoteKey& key : keys) {
    if (key.name != checkpoint->origin || key.type != KeyType::ed25519) continue;
    known = true;
    const auto good = is_signed(*note, key);
    if (!good) return corrupt("its checkpoint: " + good.error().detail);
    if (*good) out.by = key;
  }
  if (!known) return corrupt("none of the keys given is one of " + checkpoint->origin);
  if (out.by.name.empty())
    return corrupt("its checkpoint is not signed by the key given for " + checkpoint->origin);
  if (receipt.proof.index >= checkpoint->size)
    return corrupt("its checkpoint is older than the record: it covers " +
                   std::to_string(checkpoint->size) + " records");
  if (!verify_inclusion(receipt.leaf, receipt.proof.index, checkpoint->size, receipt.proof.hashes,
                        checkpoint->root))
    return corrupt("its proof does not lead from the record, at this number, to the signed root");
  out.checkpoint = std::move(*checkpoint);
  return out;
}
}  // namespace nrm
