// Accounts: who may act, and what proves it. The part of the vault's decider that is not about
// cases (README.md, "Accounts").
#pragma once
#include "services/vault/vault.hpp"

namespace nrm {
Result<Decision> decide_account(const IssueAccount& command, const View& view, const Input& input);
Result<Decision> decide_account(const RevokeAccount& command, const View& view, const Input& input);
Result<Decision> decide_account(const EnrolSubject& command, const View& view, const Input& input);
Result<Decision> decide_account(const OpenSession& command, const View& view, const Input& input);
}  // namespace nrm
