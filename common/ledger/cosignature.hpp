// Cosignatures: "as of time T, the largest tree of this log that I have seen, consistent with all
// that I saw before, has this root". C2SP tlog-cosignature, Ed25519 (cosignature/v1, type 0x04):
//
//   message   = "cosignature/v1\n" "time " seconds "\n" text of the note
//   signature = seconds:8 big-endian || Ed25519(message):64
//
// The message does not name the cosigner, so a key has one name. Type 0x06 (ML-DSA-44), which the
// specification prefers for new deployments, is in no library of Debian 12; its lines are carried
// along and count for nothing. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.hpp"
#include "common/ledger/note.hpp"

namespace nrm {
// One line. `at`: to a second. REQUIRES: text is a note's; at is not before 1970.
std::string cosign(std::string_view text, std::string_view name, const crypto::Signer& signer,
                   Instant at);

// When this key cosigned, the latest time when more than once; none: it did not.
// ERRORS: corrupt, when one of its lines is bad, whatever stands beside it.
Result<std::optional<Instant>> cosigned_at(const Note& note, const NoteKey& key);

// The note with those of `lines` that are good and by one of `keys`, the newest of each key; older
// ones of the same key go. What is bad or by others is left out.
// ERRORS: corrupt: lines that are none; too_large: more than a note may hold.
Result<Note> with_cosignatures(const Note& note, std::string_view lines,
                               const std::vector<NoteKey>& keys);
}  // namespace nrm
