// Tokens of the accounts that this program made in a sandbox, by name, so that `--as NAME` works.
// They are in sandbox/tokens.json, mode 0400. In production there is no such file: a token is shown
// once and kept by whom it belongs to.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/codec.hpp"
#include "common/event/facts.hpp"
#include "common/runtime/folder.hpp"

namespace nrm::cli {
struct HeldAccount {
  std::string name;  // "case-manager", "Metropolitan Police Service"
  Sensitive<std::string> token;
  OrganisationId organisation;
  Role role{};
};

Sensitive<std::string> random_token();  // 256 bits, 64 hex digits
// What the vault's log knows of it: BLAKE2b-256 of its 32 bytes, hex (as services/gateway).
Text<64> token_digest(const Sensitive<std::string>& token);

// ERRORS: not_found (not a sandbox), forbidden (others can read it), corrupt.
Result<std::vector<HeldAccount>> read_tokens(const Folder& folder);
// Adds `accounts`, or takes the place of those with the same names.
Result<void> keep_tokens(const std::string& dir, const std::vector<HeldAccount>& accounts);
const HeldAccount* find_account(const std::vector<HeldAccount>& accounts, std::string_view name);
}  // namespace nrm::cli
