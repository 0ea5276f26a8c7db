// C2SP signed notes (c2sp.org/signed-note): a text, a blank line, and one line for each signature.
//
//   line = "\u2014 " name " " base64(key id:4 || signature) "\n"
//
// What is signed and what it means is said by the key's type: 0x01 is Ed25519 over the text
// (checkpoint.hpp), 0x04 a timestamped cosignature of a checkpoint (cosignature.hpp). Lines of
// other types and of unknown keys are carried along and say nothing. Pure. ERRORS of all: corrupt.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/crypto.hpp"

namespace nrm {
enum class KeyType : std::uint8_t { ed25519 = 0x01, cosignature_v1 = 0x04 };

struct NoteKey {
  std::string name;  // no spaces, no plus
  KeyType type = KeyType::ed25519;
  crypto::PublicKey key{};
  std::string id() const;    // SHA-256(name || "\n" || type || key)[0..4)
  std::string vkey() const;  // "<name>+<id, 8 hex>+<base64(type || key)>"
  bool operator==(const NoteKey&) const = default;
};
Result<NoteKey> read_note_key(std::string_view vkey);

struct NoteSignature {
  std::string name;
  std::string key_id;     // 4 bytes
  std::string signature;  // at least a byte
  bool operator==(const NoteSignature&) const = default;
};
struct Note {
  std::string text;  // lines
  std::vector<NoteSignature> signatures;
  bool operator==(const Note&) const = default;
};
// At most limits::note_bytes_max; every line well formed, in its one spelling.
Result<Note> read_note(std::string_view note);
std::string write_note(const Note& note);
Result<std::vector<NoteSignature>> read_signatures(std::string_view lines);
std::string signature_line(const NoteKey& key, std::string_view signature);
std::string signature_line(const NoteSignature& signature);
// Whether this Ed25519 key has signed. ERRORS: corrupt, when one of its signatures is bad, even
// when a good one stands beside it.
Result<bool> is_signed(const Note& note, const NoteKey& key);

bool is_key_name(std::string_view name);
bool is_note_text(std::string_view text);  // UTF-8 whose only control characters are newlines
// The text up to the next newline, which must be there; `rest` goes on behind it.
std::optional<std::string_view> take_line(std::string_view& rest);
}  // namespace nrm
