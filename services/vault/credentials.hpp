// Credentials: the vault's hook for local accounts. What proves a password (its Argon2id, made by
// the gateway) and the secret of the codes come in beside IssueAccount, and again beside
// OpenSession and ChangePassword to be compared; they are never in an input, a record, a state or a
// row.
//
//   Family::sealed   credential/<account>   both, and the last code's step, sealed
//
// A code is taken once: its step is on disk in the batch that opens the session, and in memory from
// the moment it is looked at, so that two requests of one batch cannot share it (RFC 6238, 5.2).
// A changed password is in the batch of its record; until that is committed nobody knows the next
// one, and the one before proves nothing any more.
// All other commands go to the hooks behind this one. THREAD: the vault's loop thread.
#pragma once
#include <map>
#include <memory>
#include <set>

#include "common/clock/clock.hpp"
#include "common/crypto/crypto.hpp"
#include "common/runtime/step.hpp"

namespace nrm {
class Credentials final : public Hooks {
 public:
  // `key`: EpochKeys::credentials(). `machine`: the time that an authenticator app goes by, also in
  // a sandbox.
  Credentials(crypto::SecretKey key, const Store& store, const Clock& machine,
              std::unique_ptr<Hooks> behind)
      : key_(std::move(key)), store_(store), machine_(machine), behind_(std::move(behind)) {}

  Result<void> before(Input& input, std::string_view personal, Batch& batch) override;
  std::vector<const crypto::SecretKey*> request_keys() const override {
    return behind_->request_keys();
  }
  void decided(const Record& record, Batch& batch) override;
  Result<Sensitive<std::string>> answer(const Record& record, bool repeated) override;
  Result<void> upkeep() override;
  bool may_take_up(const Due& due) override { return behind_->may_take_up(due); }

 private:
  Result<void> seal(const IssueAccount& command, std::string_view personal, Batch& batch);
  // `changes`: what comes next is in `personal`, too.
  Result<bool> prove(const AccountId& account, std::string_view personal, bool changes,
                     Batch& batch);
  bool take_step(const Uuid& account, std::uint64_t step);

  const crypto::SecretKey key_;
  const Store& store_;
  const Clock& machine_;
  std::map<Uuid, std::uint64_t> taken_;  // the last step of who came lately
  std::set<Uuid> changing_;              // their new password is not committed yet
  std::unique_ptr<Hooks> behind_;
};
}  // namespace nrm
