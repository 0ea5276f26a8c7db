#include "common/ledger/cosignature.hpp"

#include <algorithm>

#include "common/base/check.hpp"
#include "common/base/limits.hpp"

namespace nrm {
namespace {
constexpr std::size_t seconds_size = 8, signature_size = 64;
constexpr std::uint64_t seconds_max = INT64_MAX / 1'000;  // Instants are milliseconds

std::string message(std::string_view text, std::uint64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + '\n' + std::string(text);
}

std::string big_endian(std::uint64_t number) {
  std::string out(seconds_size, '\0');
  for (std::size_t i = seconds_size; i-- > 0; number >>= 8) out[i] = static_cast<char>(number);
  return out;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char byte : bytes) out = (out << 8) | static_cast<unsigned char>(byte);
  return out;
}

// When it was made; none: it is bad.
std::optional<Instant> time_of(std::string_view text, const std::string& signature,
                               const crypto::PublicKey& key) {
  if (signature.size() != seconds_size + signature_size) return std::nullopt;
  const std::uint64_t seconds =
      from_big_endian(std::string_view(signature).substr(0, seconds_size));
  if (seconds > seconds_max || !crypto::verify(key, message(text, seconds),
                                               std::string_view(signature).substr(seconds_size)))
    return std::nullopt;
  return Instant{static_cast<std::int64_t>(seconds) * 1'000};
}
}  // namespace

std::string cosign(std::string_view text, std::string_view name, const crypto::Signer& signer,
                   Instant at) {
  CHECK(text.ends_with('\n') && is_note_text(text), "a note's text is lines of clean text");
  CHECK(at.ms >= 0, "a cosignature is not older than Unix");
  const auto seconds = static_cast<std::uint64_t>(at.ms) / 1'000;
  return signature_line({std::string(name), KeyType::cosignature_v1, signer.public_key()},
                        big_endian(seconds) + signer.sign(message(text, seconds)));
}

Result<std::optional<Instant>> cosigned_at(const Note& note, const NoteKey& key) {
  std::optional<Instant> latest;
  if (key.type != KeyType::cosignature_v1) return latest;
  const std::string id = key.id();
  for (const NoteSignature& one : note.signatures) {
    if (one.name != key.name || one.key_id != id) continue;
    const auto at = time_of(note.text, one.signature, key.key);
    if (!at) return Error(Code::corrupt, "", "a cosignature by " + key.name + " is bad");
    if (!latest || *latest < *at) latest = at;
  }
  return latest;
}

Result<Note> with_cosignatures(const Note& note, std::string_view lines,
                               const std::vector<NoteKey>& keys) {
  if (lines.size() > limits::note_bytes_max)
    return Error(Code::too_large, "", "more cosignatures than a note may hold");
  NRM_TRY_ASSIGN(const auto offered, read_signatures(lines));
  Note out = note;
  for (const NoteKey& key : keys) {
    const std::string id = key.id();
    const auto is_its = [&](const NoteSignature& one) {
      return one.name == key.name && one.key_id == id;
    };
    const NoteSignature* newest = nullptr;
    std::optional<Instant> newest_at;
    const auto look_at = [&](const NoteSignature& one) {
      const auto at = is_its(one) ? time_of(note.text, one.signature, key.key) : std::nullopt;
      if (!at || (newest_at && *at <= *newest_at)) return;
      newest = &one;
      newest_at = at;
    };
    std::ranges::for_each(note.signatures, look_at);
    std::ranges::for_each(offered, look_at);
    if (newest == nullptr) continue;
    std::erase_if(out.signatures, is_its);
    out.signatures.push_back(*newest);
  }
  if (write_note(out).size() > limits::note_bytes_max)
    return Error(Code::too_large, "", "more cosignatures than a note may hold");
  return out;
}
}  // namespace nrm
