// C2SP tlog-proof: that a record is in a log, for whoever has the record (or its hash), the log's
// key and nothing else.
//
//   c2sp.org/tlog-proof@v1
//   extra <base64>              optional, authenticated by nobody
//   index <number>
//   <base64 hash>*              RFC 6962, 2.1.1, from the leaf's sibling up
//
//   <checkpoint>                a signed note with its cosignatures
//
// Pure. Reading is strict: one proof has one spelling. ERRORS: corrupt, too_large.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/crypto.hpp"

namespace nrm {
struct LogProof {
  std::string extra;  // as it is, not base64; empty: none
  std::uint64_t index = 0;
  std::vector<Hash> hashes;
  std::string note;
  bool operator==(const LogProof&) const = default;
};
// A record of the greatest length, escaped and in base64, with a note and a proof's 63 hashes.
inline constexpr std::size_t log_proof_bytes_max = 640 * 1024;

std::string write_log_proof(const LogProof& proof);
Result<LogProof> read_log_proof(std::string_view text);
}  // namespace nrm
