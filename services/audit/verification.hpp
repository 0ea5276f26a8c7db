// Verification: what an auditor checks of a data folder, layer by layer, each with counts and the
// first fault named. It reads files and keys that anybody may have; it trusts no service.
//
//   files         every byte of every SST and WAL against its checksum
//   records       numbers are dense; each record is one; the hash tree over them
//   checkpoints   signed by the log's key, over exactly these records
//   cross-log     each received event is in its owner's log, with that hash; nobody is ahead
//   archive       the audit's copy is byte by byte what the owners have
//   refold        folding each log again gives the stored states, rows and clocks
//   decisions     each decision made again from its input, the states then and the pack named gives
//                 what was recorded: every refusal, every opening of personal data, every clock
//   conservation  every person in one place, with one owner and a clock or a queue
//
// THREAD: one. A folder in use is read as of one moment per store; `live` widens what may lag.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/runtime/folder.hpp"

namespace nrm {
struct Layer {
  std::string name;
  std::uint64_t checked = 0;
  std::string unit;                 // "files", "records", …
  std::vector<std::string> faults;  // the first ones, each with its place
  std::string remark;               // what could not be checked, and why; empty: nothing
};

struct VerifyOptions {
  bool live = false;
  std::string scratch;  // an empty folder for the refold; its contents are removed
  std::function<void(const std::string& what, std::uint64_t done, std::uint64_t of)> progress;
};

// All layers in order; a layer that needs what a broken one gave says so and is not checked.
// ERRORS: only when the folder itself cannot be read; faults are in the layers.
Result<std::vector<Layer>> verify_folder(const Folder& folder, const VerifyOptions& options);

// Whether `nrm up` holds this folder.
bool in_use(const Folder& folder);
}  // namespace nrm
