// Verification: what an auditor checks of a data folder, or of logs that were exported or fetched,
// layer by layer, each with counts and the first faults named (findings.hpp). It reads files and
// keys that anybody may have; it trusts no service.
//
// Going on from yesterday (`since`): records that an earlier run verified are not read again. What
// was there then is held to by its root: the stored leaf hashes of the old part must add up to it,
// so a past that was rewritten, tree and all, is found; every record since is verified in full,
// with the states, places and grounds as the earlier run left them. TRUSTED by such a run: the
// earlier result (files of one's own; a digest tells damage, not malice), and that the bytes of an
// old record are still those of its leaf hash (only the layer `files` looks at them). Verify from
// the beginning now and then.
//
// THREAD: one that calls, two inside. A folder in use is read as of one moment per store; `live`
// widens what may lag. MEMORY: does not grow with the records, but for what `conservation` and
// `openings` keep of each person (README.md).
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/runtime/folder.hpp"
#include "services/audit/findings.hpp"

namespace nrm {
struct LogEvidence;

struct VerifyOptions {
  bool live = false;
  std::string scratch;  // an empty folder for the refold; its contents are removed
  std::function<void(const std::string& what, std::uint64_t done, std::uint64_t of)> progress = {};
  LayerName last = LayerName::openings;  // no layer after it is looked at
  std::string policy_dir = {};           // more adopted packs; empty: none
  // A folder that --save-result wrote, a file with a signed checkpoint, or an earlier export.
  std::string since = {};
  // A C2SP tlog-policy file: which logs under which keys, and whose cosignatures make a checkpoint
  // trusted. Empty: nobody's are asked for.
  std::string quorum = {};
  // By log, the note that witnesses have cosigned; of an export the files `cosigned` are read, too.
  std::map<std::string, std::string> cosigned = {};
  std::string save_result = {};  // where to; only when everything was checked and holds
};

// All layers in order; a layer that needs what a broken one gave says so and is not checked.
// ERRORS: only when there is nothing to read, or `since` is not what it should be.
Result<std::vector<Layer>> verify(const LogEvidence& evidence, const VerifyOptions& options);
Result<std::vector<Layer>> verify_folder(const Folder& folder, const VerifyOptions& options);

// Whether `nrm up` holds this folder, or a service runs alone in it (a unit of systemd).
bool in_use(const Folder& folder);
}  // namespace nrm
