#include "common/ledger/checkpoint.hpp"

#include <charconv>

#include "common/base/check.hpp"
#include "common/base/hex.hpp"
#include "common/base/limits.hpp"
#include "common/base/text.hpp"
#include "common/ledger/note.hpp"

namespace nrm {
namespace {
Error corrupt(const char* what) { return Error(Code::corrupt, "", what); }

}  // namespace

std::optional<std::uint64_t> read_tree_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(size) != text)
    return std::nullopt;
  return size;
}

std::string write_checkpoint(const Checkpoint& checkpoint) {
  CHECK(!checkpoint.origin.empty() && is_clean_text(checkpoint.origin), "an origin is one line");
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root.view()) + "\n";
}

Result<Checkpoint> read_checkpoint(std::string_view text, Extensions extensions) {
  const auto origin = take_line(text), size = take_line(text), root = take_line(text);
  if (!root) return corrupt("a checkpoint has three lines");
  while (!text.empty()) {
    if (extensions == Extensions::refused) return corrupt("a checkpoint has three lines");
    const auto extension = take_line(text);
    if (!extension || extension->empty()) return corrupt("a checkpoint's extension is no line");
  }
  const auto leaves = read_tree_size(*size);
  const auto bytes = from_base64(*root);
  const auto hash = bytes ? Hash::from(*bytes) : std::nullopt;
  if (origin->empty() || !is_clean_text(*origin)) return corrupt("a checkpoint's origin is bad");
  if (!leaves) return corrupt("a checkpoint's size is not a number");
  if (!hash) return corrupt("a checkpoint's root is not a hash");
  return Checkpoint{std::string(*origin), *leaves, *hash};
}

std::string verifier_key(std::string_view name, const crypto::PublicKey& key) {
  return NoteKey{std::string(name), KeyType::ed25519, key}.vkey();
}

Result<std::pair<std::string, crypto::PublicKey>> read_verifier_key(std::string_view vkey) {
  NRM_TRY_ASSIGN(auto key, read_note_key(vkey));
  if (key.type != KeyType::ed25519) return corrupt("this is not an Ed25519 verifier key");
  return std::pair(std::move(key.name), key.key);
}

std::string sign_note(std::string_view text, std::string_view name, const crypto::Signer& signer) {
  CHECK(text.ends_with('\n') && is_note_text(text), "a note's text is lines of clean text");
  std::string note(text);
  note += '\n';
  note += signature_line(NoteKey{std::string(name), KeyType::ed25519, signer.public_key()},
                         signer.sign(text));
  CHECK(note.size() <= limits::note_bytes_max, "a note is short");
  return note;
}

std::string_view note_text(std::string_view note) {
  const auto blank = note.rfind("\n\n");
  return blank == note.npos || note.size() > limits::note_bytes_max ? std::string_view()
                                                                    : note.substr(0, blank + 1);
}

Result<std::string> open_note(std::string_view note, std::string_view name,
                              const crypto::PublicKey& key) {
  NRM_TRY_ASSIGN(const Note read, read_note(note));
  NRM_TRY_ASSIGN(const bool signed_by_key,
                 is_signed(read, {std::string(name), KeyType::ed25519, key}));
  if (!signed_by_key) return corrupt("the note is not signed by the key that was asked for");
  return read.text;
}
}  // namespace nrm
