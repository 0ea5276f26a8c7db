// Founding: the first organisations and accounts of a new data folder. They go through the vault's
// own step, offline, so that they are records like all others.
#pragma once
#include <vector>

#include "services/cli/tokens.hpp"

namespace nrm::cli {
struct Founders {
  Appointments offices;
  OrganisationId operator_;
  OrganisationId auditor;
};

// The accounts that an installation starts with: competent-authority, case-manager, case-manager-2
// (the second person of a closure), operator, auditor.
// REQUIRES: no process of this folder runs.
Result<std::vector<HeldAccount>> found(const Folder& folder, const Founders& founders);
}  // namespace nrm::cli
