// Policy packs as `nrm init` finds them: by name ("uk") or as a file.
#pragma once
#include <string>
#include <vector>

#include "common/step/policy.hpp"

namespace nrm::cli {
// Where packs are looked for, in order: $NRM_POLICY_DIR, ../share/nrm/policy beside the program,
// the source tree that it was built from.
std::vector<std::string> pack_folders();

// The bytes of a pack that checks out. ERRORS: not_found (says which packs there are), and what
// read_policy() finds.
Result<std::string> read_pack(const std::string& name_or_file);

// The same pack with who holds the offices; one that names them already stays as it is.
std::string appoint(const std::string& pack, const Policy& policy, const Appointments& offices);

std::string program_folder();  // of this executable
// Absolute, without "." or ".." and without a slash at the end.
std::string absolute_folder(const std::string& dir);
// The same pack with limits that nobody reaches.
std::string widened(const std::string& pack);
}  // namespace nrm::cli
