#include "common/ledger/add_checkpoint.hpp"

#include "common/base/hex.hpp"
#include "common/ledger/checkpoint.hpp"

namespace nrm {
namespace {
Error bad(const char* what) { return Error(Code::bad_request, "", what); }
}  // namespace

Result<AddCheckpoint> read_add_checkpoint(std::string_view body) {
  constexpr std::string_view old = "old ";
  if (body.size() > add_checkpoint_bytes_max) return bad("the request is too long");
  AddCheckpoint out;
  const auto first = take_line(body);
  const auto size =
      first && first->starts_with(old) ? read_tree_size(first->substr(old.size())) : std::nullopt;
  if (!size) return bad("the first line is not \"old \" and a tree size");
  out.old_size = *size;
  for (;;) {
    const auto line = take_line(body);
    if (!line) return bad("there is no empty line before the checkpoint");
    if (line->empty()) break;
    const auto bytes = from_base64(*line);
    const auto hash = bytes ? Hash::from(*bytes) : std::nullopt;
    if (!hash) return bad("a line of the consistency proof is not a hash in base64");
    if (out.proof.size() == proof_lines_max) return bad("the consistency proof is too long");
    out.proof.push_back(*hash);
  }
  auto note = read_note(body);
  if (!note) return bad("the checkpoint is not a signed note");
  out.note = std::move(*note);
  return out;
}

std::string write_add_checkpoint(const AddCheckpoint& request) {
  std::string out = "old " + std::to_string(request.old_size) + '\n';
  for (const Hash& hash : request.proof) out += to_base64(hash.view()) + '\n';
  return out + '\n' + write_note(request.note);
}
}  // namespace nrm
