// Founding: the first organisations and accounts of a new data folder. They go through the vault's
// own step, offline, so that they are records like all others.
#pragma once
#include <functional>
#include <vector>

#include "services/cli/tokens.hpp"

namespace nrm::cli {
struct Founders {
  Appointments offices;
  OrganisationId operator_;
  OrganisationId auditor;
};

// The offices that this pack needs, each with a fresh id: beside the two that every mechanism has,
// a board where the pack has a second route, two trusted partners where they may decide.
Appointments appointments_of(const Policy& policy, const OrganisationId& overseer,
                             const std::function<OrganisationId()>& fresh);

// The accounts that an installation starts with: competent-authority, case-manager, case-manager-2
// (the second person of a closure), operator, auditor; and, where the pack has them, a member each
// of a committee of the authority (committee-1 …), of the board (board-1 …), and one of each
// trusted partner (trusted-partner-1 …). REQUIRES: no process of this folder runs.
Result<std::vector<HeldAccount>> found(const Folder& folder, const Founders& founders);
}  // namespace nrm::cli
