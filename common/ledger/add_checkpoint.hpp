// The body of `POST add-checkpoint` (C2SP tlog-witness), read and written. Pure.
//
//   "old " size "\n"  (base64(hash) "\n"){0..63}  "\n"  checkpoint, a signed note
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/crypto.hpp"
#include "common/ledger/note.hpp"

namespace nrm {
// The specification's own bound: a tree of 2^63 records needs no more.
inline constexpr std::size_t proof_lines_max = 63;
// "old ", 20 digits; 63 lines of 45 bytes; an empty line; a note.
inline constexpr std::size_t add_checkpoint_bytes_max = 25 + proof_lines_max * 45 + 1 + 16 * 1024;

struct AddCheckpoint {
  std::uint64_t old_size = 0;
  std::vector<Hash> proof;
  Note note;
  bool operator==(const AddCheckpoint&) const = default;
};
// ERRORS: bad_request, with what is wrong.
Result<AddCheckpoint> read_add_checkpoint(std::string_view body);
std::string write_add_checkpoint(const AddCheckpoint& request);
}  // namespace nrm
