#include "common/ledger/checkpoint.hpp"

#include <charconv>

#include "common/base/check.hpp"
#include "common/base/hex.hpp"
#include "common/base/limits.hpp"
#include "common/base/text.hpp"

namespace nrm {
namespace {
constexpr std::string_view dash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr char ed25519 = 0x01;                      // signature type
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

bool is_key_name(std::string_view name) {
  if (name.empty() || !is_clean_text(name)) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] == '+' || space_at(name, i)) return false;
  return true;
}

// Valid UTF-8 whose only control characters are newlines.
bool is_note_text(std::string_view text) {
  return is_clean_text(text, true) && text.find_first_of("\t\r") == text.npos;
}

std::string key_id(std::string_view name, const crypto::PublicKey& key) {
  std::string bytes(name);
  bytes += '\n';
  bytes += ed25519;
  bytes.append(reinterpret_cast<const char*>(key.data()), key.size());
  return std::string(crypto::sha256(bytes).view().substr(0, key_id_size));
}

// The text up to the next newline, which must be there; `rest` goes on behind it.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == rest.npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

// A decimal number in its one spelling.
std::optional<std::uint64_t> read_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(size) != text)
    return std::nullopt;
  return size;
}

struct SignatureLine {
  std::string_view name;
  std::string key_id;
  std::string signature;
};

std::optional<SignatureLine> read_signature(std::string_view line) {
  if (!line.starts_with(dash)) return std::nullopt;
  line.remove_prefix(dash.size());
  const auto space = line.find(' ');
  if (space == line.npos || !is_key_name(line.substr(0, space))) return std::nullopt;
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= key_id_size) return std::nullopt;
  return SignatureLine{line.substr(0, space), bytes->substr(0, key_id_size),
                       bytes->substr(key_id_size)};
}
}  // namespace

std::string write_checkpoint(const Checkpoint& checkpoint) {
  CHECK(!checkpoint.origin.empty() && is_clean_text(checkpoint.origin), "an origin is one line");
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root.view()) + "\n";
}

Result<Checkpoint> read_checkpoint(std::string_view text) {
  const auto origin = take_line(text), size = take_line(text), root = take_line(text);
  if (!root || !text.empty()) return corrupt("a checkpoint has three lines");
  const auto leaves = read_size(*size);
  const auto bytes = from_base64(*root);
  const auto hash = bytes ? Hash::from(*bytes) : std::nullopt;
  if (origin->empty() || !is_clean_text(*origin)) return corrupt("a checkpoint's origin is bad");
  if (!leaves) return corrupt("a checkpoint's size is not a number");
  if (!hash) return corrupt("a checkpoint's root is not a hash");
  return Checkpoint{std::string(*origin), *leaves, *hash};
}

std::string verifier_key(std::string_view name, const crypto::PublicKey& key) {
  CHECK(is_key_name(name), "a key's name has no spaces and no plus");
  std::string typed(1, ed25519);
  typed.append(reinterpret_cast<const char*>(key.data()), key.size());
  return std::string(name) + "+" + to_hex(key_id(name, key)) + "+" + to_base64(typed);
}

Result<std::pair<std::string, crypto::PublicKey>> read_verifier_key(std::string_view vkey) {
  const auto first = vkey.find('+');
  const auto second = first == vkey.npos ? first : vkey.find('+', first + 1);
  if (second == vkey.npos) return corrupt("a verifier key has three parts");
  const auto name = vkey.substr(0, first);
  const auto typed = from_base64(vkey.substr(second + 1));
  crypto::PublicKey key;
  if (!is_key_name(name) || !typed || typed->size() != 1 + key.size() || (*typed)[0] != ed25519)
    return corrupt("this is not an Ed25519 verifier key");
  typed->copy(reinterpret_cast<char*>(key.data()), key.size(), 1);
  if (to_hex(key_id(name, key)) != vkey.substr(first + 1, second - first - 1))
    return corrupt("a verifier key's id is not the one of its key");
  return std::pair(std::string(name), key);
}

std::string sign_note(std::string_view text, std::string_view name, const crypto::Signer& signer) {
  CHECK(is_key_name(name), "a key's name has no spaces and no plus");
  CHECK(text.ends_with('\n') && is_note_text(text), "a note's text is lines of clean text");
  std::string note(text);
  note += '\n';
  note += dash;
  note += name;
  note += ' ';
  note += to_base64(key_id(name, signer.public_key()) + signer.sign(text));
  note += '\n';
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
  if (note.size() > limits::note_bytes_max) return corrupt("the note is too long");
  if (!is_note_text(note)) return corrupt("the note has characters that no note may have");
  const auto blank = note.rfind("\n\n");
  if (blank == note.npos) return corrupt("the note has no signature");
  const auto text = note.substr(0, blank + 1);
  std::string_view rest = note.substr(blank + 2);
  const std::string id = key_id(name, key);
  bool signed_by_key = false;
  while (!rest.empty()) {
    const auto line = take_line(rest);
    const auto signature = line ? read_signature(*line) : std::nullopt;
    if (!signature) return corrupt("a signature line of the note is malformed");
    if (signature->name != name || signature->key_id != id) continue;
    if (!crypto::verify(key, text, signature->signature))
      return corrupt("a signature of the note by a known key is bad");
    signed_by_key = true;
  }
  if (!signed_by_key) return corrupt("the note is not signed by the key that was asked for");
  return std::string(text);
}
}  // namespace nrm
