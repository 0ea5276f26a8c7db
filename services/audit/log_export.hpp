// A log as a folder of static files that needs no server: C2SP tlog-tiles, byte for byte, so that
// verifiers nobody here wrote can check it (tests/service/audit/export_check.go is one).
//
//   checkpoint          the last signed note (C2SP tlog-checkpoint)
//   vkey                the key that signed it, in signed-note verifier format
//   cosigned            an earlier or the same note, as witnesses cosigned it; where there is one
//   tile/…              hashes and records; paths and contents: common/ledger/tiles.hpp
//
// INVARIANT: a full tile, once written, is never written with other bytes: exporting again into the
// same folder adds what is new, and refuses when the log is not the one that was exported before.
// The checkpoint is written last: whoever reads beside an export finds every tile that it covers.
// THREAD: any. A store in use is read as of its last checkpoint.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "common/ledger/checkpoint.hpp"
#include "common/store/store.hpp"

namespace nrm {
inline constexpr std::string_view cosigned_file = "cosigned";

struct LogExport {
  std::string origin;     // the log's name in its checkpoints
  crypto::PublicKey key;  // that signs them
  std::string folder;     // where to; made when it is not there
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;  // tiles
};

// The checkpoint that was exported.
// ERRORS: not_found (no checkpoint yet); corrupt (signature, hashes, or another history than the
// folder has); io_failed.
Result<Checkpoint> export_log(const Store& store, const LogExport& to);
}  // namespace nrm
