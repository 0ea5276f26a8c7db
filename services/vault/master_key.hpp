// MasterKey: port to the one key above all others. It wraps the keys of epochs and nothing else, so
// that a hardware token is asked a few times a week.
//
// Adapters: a key in guarded memory that came from a file, a systemd credential or k of n shares
// (here, shares.hpp, unseal.hpp), and a token that never gives it out (pkcs11.hpp). All pass
// tests/contract/master_key_contract_test.cpp.
// THREAD: one at a time. INVARIANT: the master's bytes never leave an adapter.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "common/crypto/crypto.hpp"

namespace nrm {
class MasterKey {
 public:
  virtual ~MasterKey() = default;
  // `bound` says what is wrapped; unwrapping needs the same bytes. Two wrappings differ.
  // ERRORS: unavailable (a token that does not answer).
  virtual Result<std::string> wrap(std::string_view bound, const crypto::SecretKey& key) = 0;
  // ERRORS: corrupt (another master, other bound bytes, changed bytes); unavailable.
  virtual Result<crypto::SecretKey> unwrap(std::string_view bound, std::string_view wrapped) = 0;
};

std::unique_ptr<MasterKey> master_in_memory(crypto::SecretKey key);

// 64 hexadecimal digits in a regular file of mode 0400 that belongs to this user.
// ERRORS: not_found; forbidden (others can read or write it; the detail says how to mend it);
// corrupt.
Result<crypto::SecretKey> read_master_file(const std::string& path);
// `name` in $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredentialEncrypted=): the service manager
// keeps it out of the file system. The same checks, but root may own it.
Result<crypto::SecretKey> read_master_credential(const std::string& name);
}  // namespace nrm
