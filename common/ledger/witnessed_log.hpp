// WitnessedLog: the last checkpoint of a log that a quorum of witnesses cosigned, as the gateway
// keeps it, which alone talks to witnesses. Who verifies reads it there, from beside it.
//
//   meta "witnessed/<log>"    milliseconds of `at`, a newline, the note
//
// THREAD: any.
#pragma once
#include <optional>
#include <string>

#include "common/base/time.hpp"
#include "common/store/store.hpp"

namespace nrm {
struct WitnessedLog {
  std::string log;
  std::uint64_t size = 0;  // of the checkpoint
  Instant at;        // a whole quorum cosigned then or later (common/ledger/witness_policy.hpp)
  std::string note;  // with the cosignatures
};
// As it is in a gateway's store; none yet. ERRORS: corrupt, io_failed.
Result<std::optional<WitnessedLog>> stored_witnessed(const Store& store, const std::string& log);
std::string witnessed_key(const std::string& log);
std::string write_witnessed(const WitnessedLog& one);

std::optional<Instant> read_milliseconds(std::string_view text);  // none: not a whole number
}  // namespace nrm
