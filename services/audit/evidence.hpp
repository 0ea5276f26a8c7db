// LogEvidence: what there is to verify, of a data folder or of exported logs, behind one face:
// every log as a Store that may be read.
//
// An export has the records, their hash tiles and signed checkpoints, and nothing else: no stored
// states, no cursors, no archive. Its keys are the files `vkey` beside the tiles, so whoever made
// the export chose them: `fingerprints` are to be compared with what the auditor was given.
// THREAD: any for reading. OWNERSHIP: the stores are open as long as it lives.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/ledger/checkpoint.hpp"
#include "common/runtime/folder.hpp"
#include "services/audit/findings.hpp"
#include "services/audit/packs.hpp"

namespace nrm {
struct LogEvidence {
  enum class Kind : bool { data_folder, exported };

  struct Log {
    Service service{};
    std::string name;  // "referral/0"
    std::string origin;
    std::string folder;                    // its files, as faults name them
    std::optional<crypto::PublicKey> key;  // that is trusted from outside the log
    std::unique_ptr<Store> store;          // nullptr: it cannot be read
    std::string why_not;
  };

  Kind kind = Kind::data_folder;
  std::vector<Log> logs;  // followers first: what they took must be in what is read of the owners
  std::unique_ptr<Store> archive;
  // Of the stores' files, every byte looked at before anything is opened: RocksDB may end the
  // process on a folder that lacks a file, and what is damaged proves nothing.
  std::uint64_t files = 0;
  std::vector<Fault> file_faults;
  Packs packs;
  std::optional<AdoptedPack> fallback;  // of a data folder, whatever a log says of its pack
  std::string remark;                   // what is there and is not looked at
  // Whether this is what the description outside says is the log's key.
  std::function<bool(Service, const crypto::PublicKey&)> names_key;
};

// `live`: a process may be writing. ERRORS: those of Packs (`policy_dir` empty: the folder's own
// pack alone).
Result<LogEvidence> evidence_of(const Folder& folder, const std::string& policy_dir, bool live);
// Of a folder with one folder for each log, as `nrm audit export` writes and `nrm audit fetch`
// mirrors it. The packs are in `policy_dir`, or in `policy/` beside the logs.
// ERRORS: those of Packs; not_found: there is no log at all.
Result<LogEvidence> evidence_of_export(const std::string& folder, const std::string& policy_dir);
}  // namespace nrm
