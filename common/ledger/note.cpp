#include "common/ledger/note.hpp"

#include "common/base/check.hpp"
#include "common/base/hex.hpp"
#include "common/base/limits.hpp"
#include "common/base/text.hpp"

namespace nrm {
namespace {
constexpr std::string_view dash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t key_id_size = 4;

Error corrupt(const char* what) { return Error(Code::corrupt, "", what); }

// Whether a space of Unicode (property White_Space) starts at `at`; ASCII controls and U+0085 are
// no clean text anyway.
bool space_at(std::string_view s, std::size_t at) {
  const auto rest = s.substr(at);
  if (rest[0] == ' ' || rest.starts_with("\xc2\xa0") || rest.starts_with("\xe1\x9a\x80") ||
      rest.starts_with("\xe2\x81\x9f") || rest.starts_with("\xe3\x80\x80"))
    return true;
  if (!rest.starts_with("\xe2\x80") || rest.size() < 3) return false;
  const auto last = static_cast<unsigned char>(rest[2]);
  return last <= 0x8a || last == 0xa8 || last == 0xa9 || last == 0xaf;
}

std::optional<NoteSignature> read_signature(std::string_view line) {
  if (!line.starts_with(dash)) return std::nullopt;
  line.remove_prefix(dash.size());
  const auto space = line.find(' ');
  if (space == line.npos || !is_key_name(line.substr(0, space))) return std::nullopt;
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= key_id_size) return std::nullopt;
  return NoteSignature{std::string(line.substr(0, space)), bytes->substr(0, key_id_size),
                       bytes->substr(key_id_size)};
}
}  // namespace

bool is_key_name(std::string_view name) {
  if (name.empty() || !is_clean_text(name)) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] == '+' || space_at(name, i)) return false;
  return true;
}

bool is_note_text(std::string_view text) {
  return is_clean_text(text, true) && text.find_first_of("\t\r") == text.npos;
}

std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == rest.npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::string NoteKey::id() const {
  std::string bytes(name);
  bytes += '\n';
  bytes += static_cast<char>(type);
  bytes.append(reinterpret_cast<const char*>(key.data()), key.size());
  return std::string(crypto::sha256(bytes).view().substr(0, key_id_size));
}

std::string NoteKey::vkey() const {
  CHECK(is_key_name(name), "a key's name has no spaces and no plus");
  std::string typed(1, static_cast<char>(type));
  typed.append(reinterpret_cast<const char*>(key.data()), key.size());
  return name + "+" + to_hex(id()) + "+" + to_base64(typed);
}

Result<NoteKey> read_note_key(std::string_view vkey) {
  const auto first = vkey.find('+');
  const auto second = first == vkey.npos ? first : vkey.find('+', first + 1);
  if (second == vkey.npos) return corrupt("a verifier key has three parts");
  NoteKey out;
  out.name = vkey.substr(0, first);
  const auto typed = from_base64(vkey.substr(second + 1));
  if (!is_key_name(out.name) || !typed || typed->size() != 1 + out.key.size())
    return corrupt("this is not an Ed25519 verifier key");
  out.type = static_cast<KeyType>((*typed)[0]);
  if (out.type != KeyType::ed25519 && out.type != KeyType::cosignature_v1)
    return corrupt("this is not a verifier key of a type that is known here");
  typed->copy(reinterpret_cast<char*>(out.key.data()), out.key.size(), 1);
  if (to_hex(out.id()) != vkey.substr(first + 1, second - first - 1))
    return corrupt("a verifier key's id is not the one of its key");
  return out;
}

std::string signature_line(const NoteKey& key, std::string_view signature) {
  CHECK(is_key_name(key.name), "a key's name has no spaces and no plus");
  std::string out(dash);
  out += key.name;
  out += ' ';
  out += to_base64(key.id() + std::string(signature));
  return out += '\n';
}

std::string signature_line(const NoteSignature& signature) {
  std::string out(dash);
  out += signature.name;
  out += ' ';
  out += to_base64(signature.key_id + signature.signature);
  return out += '\n';
}

Result<std::vector<NoteSignature>> read_signatures(std::string_view lines) {
  std::vector<NoteSignature> out;
  while (!lines.empty()) {
    const auto line = take_line(lines);
    auto signature = line ? read_signature(*line) : std::nullopt;
    if (!signature) return corrupt("a signature line of the note is malformed");
    out.push_back(std::move(*signature));
  }
  return out;
}

Result<Note> read_note(std::string_view note) {
  if (note.size() > limits::note_bytes_max) return corrupt("the note is too long");
  if (!is_note_text(note)) return corrupt("the note has characters that no note may have");
  const auto blank = note.rfind("\n\n");
  if (blank == note.npos) return corrupt("the note has no signature");
  Note out{std::string(note.substr(0, blank + 1)), {}};
  NRM_TRY_ASSIGN(out.signatures, read_signatures(note.substr(blank + 2)));
  return out;
}

std::string write_note(const Note& note) {
  std::string out = note.text + '\n';
  for (const NoteSignature& signature : note.signatures) out += signature_line(signature);
  return out;
}

Result<bool> is_signed(const Note& note, const NoteKey& key) {
  const std::string id = key.id();
  bool found = false;
  for (const NoteSignature& one : note.signatures) {
    if (one.name != key.name || one.key_id != id) continue;
    if (!crypto::verify(key.key, note.text, one.signature))
      return corrupt("a signature of the note by a known key is bad");
    found = true;
  }
  return found;
}
}  // namespace nrm
