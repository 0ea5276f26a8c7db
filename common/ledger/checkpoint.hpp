// Checkpoints: "log L has n records with root R", signed. C2SP tlog-checkpoint in a C2SP signed
// note, Ed25519 (signature type 0x01), byte for byte, so that verifiers nobody here wrote accept
// it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/crypto/crypto.hpp"

namespace nrm {
struct Checkpoint {
  std::string origin;  // "nrm.example/identification/0": unique per installation and log
  std::uint64_t size = 0;
  Hash root;
  bool operator==(const Checkpoint&) const = default;
};
std::string write_checkpoint(const Checkpoint& checkpoint);  // the note's text
// Ours have no extension lines: nobody can audit what they say. A witness, who says nothing about
// them, takes those of other logs as they are.
enum class Extensions : bool { refused, allowed };
Result<Checkpoint> read_checkpoint(std::string_view text,
                                   Extensions extensions = Extensions::refused);
// A decimal number in its one spelling.
std::optional<std::uint64_t> read_tree_size(std::string_view text);

// The verifier key of the signed-note format: "<name>+<key id, 8 hex>+<base64(0x01 || key)>".
std::string verifier_key(std::string_view name, const crypto::PublicKey& key);
Result<std::pair<std::string, crypto::PublicKey>> read_verifier_key(std::string_view vkey);

// text || "\n" || "— <name> <base64(key id || signature)>\n"
std::string sign_note(std::string_view text, std::string_view name, const crypto::Signer& signer);
// The text of a note, whoever signed it: only to learn which key must have. Empty: no note.
std::string_view note_text(std::string_view note);
// The text of a note that carries a good signature by this key. A bad signature by it refuses the
// whole note; signatures by others are ignored. ERRORS: corrupt.
Result<std::string> open_note(std::string_view note, std::string_view name,
                              const crypto::PublicKey& key);
}  // namespace nrm
