// Policy packs as `nrm init` finds them: by name ("uk") or as a file.
#pragma once
#include <string>
#include <vector>

#include "common/runtime/folder.hpp"

namespace nrm::cli {
// Where packs are looked for, in order: $NRM_POLICY_DIR, ../share/nrm/policy beside the program,
// the source tree that it was built from.
std::vector<std::string> pack_folders();

// Its file; empty when there is none. What to say then.
std::string find_pack(const std::string& name_or_file);
Error no_pack(const std::string& name_or_file);
// The bytes of a pack that checks out. ERRORS: not_found (says which packs there are), and what
// read_policy() finds.
Result<std::string> read_pack(const std::string& name_or_file);

// The same pack with who holds the offices; one that names them already stays as it is.
std::string appoint(const std::string& pack, const Policy& policy, const Appointments& offices);

// Written with the owner, group and mode of `like`, and there all at once.
Result<void> write_like(const std::string& path, const std::string& bytes, const std::string& like);
// Every adopted version, by its digest, into the folder `to` (made when it is not there): what an
// auditor needs beside the logs.
Result<void> export_packs(const Folder& folder, const std::string& to);

std::string program_folder();  // of this executable
// Absolute, without "." or ".." and without a slash at the end.
std::string absolute_folder(const std::string& dir);
// The same pack with limits that nobody reaches.
std::string widened(const std::string& pack);
}  // namespace nrm::cli
