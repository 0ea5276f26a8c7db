// SavedResult: what a verification leaves for the next one to go on from, and what else an auditor
// may have kept from before.
//
//   result.json          each log: origin, size, root, keys, the pack's digest, time and engine of
//                        the last record; digests of the files below
//   <service>.leaves     the leaf hash of every record, 32 bytes each: a record that was rewritten
//                        is named
//   states/<service>/    RocksDB: states, rows, clocks and answered requests as folded
//   conservation, openings   what these checks know (kept.hpp)
//
// INVARIANT: written only by a run that checked everything and found nothing, and result.json last.
// The files are bytes of today's states and places: another `format` is refused, never guessed at.
// THREAD: one.
#pragma once
#include <string>
#include <vector>

#include "common/base/codec.hpp"
#include "common/base/result.hpp"
#include "common/event/events.hpp"

namespace nrm {
struct SavedLog {
  std::string name, origin;
  std::uint64_t size = 0;
  std::string root;  // hex
  std::string keys;  // LogKeys::text()
  std::string policy, pack_digest;
  std::vector<PolicyAdopted> adopted;  // since
  std::uint64_t at = 0;                // ms, of the last record
  std::uint32_t engine = 0;
};
BOOST_DESCRIBE_STRUCT(SavedLog, (),
                      (name, origin, size, root, keys, policy, pack_digest, adopted, at, engine))

// Raised whenever a service's state or row, a place (places.hpp), or what conservation or openings
// keep changes its shape. 2: hand-over of matters, deciders and ages of closure and the vault,
// complaints and warnings.
inline constexpr std::uint32_t saved_format = 3;

struct SavedResult {
  std::uint32_t format = saved_format;
  std::vector<SavedLog> logs;
  std::string conservation, openings;  // SHA-256 of the files, hex
  std::string folder = {};             // where it was read from
  const SavedLog* find(const std::string& log) const;
  std::string file(const std::string& name) const { return folder + '/' + name; }
};
BOOST_DESCRIBE_STRUCT(SavedResult, (), (format, logs, conservation, openings))

// What `--since` names.
struct Since {
  std::optional<SavedResult> result;  // a folder with result.json
  struct Note {
    std::string file, note;
  };
  std::vector<Note> notes;  // a file with a signed checkpoint, or the checkpoints of an export
};
// ERRORS: not_found, corrupt; each says what is expected.
Result<Since> read_since(const std::string& path);

std::string leaves_file(const std::string& log);  // "referral-0.leaves"
std::string states_folder(const std::string& log);
}  // namespace nrm
