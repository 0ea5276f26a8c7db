// Sealing: the vault's hooks. Personal text comes in beside SealDossier, is sealed under a fresh
// key of its case, and only ciphertexts go to disk; an opening is on disk before text leaves.
//
//   Family::sealed   key/<case>            case key, sealed by the master key
//                    salt/<case>           32 random bytes
//                    part/<case>/<class>   fields of one class as JSON, sealed by the case key
//
// Bound to every ciphertext: what it is, whose, and the format version, so that no ciphertext can
// be put in another's place. Destroying key/<case> is erasure.
// THREAD: the vault's loop thread.
#pragma once
#include "common/crypto/crypto.hpp"
#include "common/runtime/step.hpp"

namespace nrm {
class Sealing final : public Hooks {
 public:
  Sealing(crypto::SecretKey master, const Store& store, Entropy& entropy);

  Result<void> before(Input& input, std::string_view personal, Batch& batch) override;
  void decided(const Record& record, Batch& batch) override;
  Result<Sensitive<std::string>> answer(const Record& record, bool repeated) override;

 private:
  Result<std::string> read_sealed(const std::string& key) const;

  crypto::SecretKey master_;
  const Store& store_;
  Entropy& entropy_;
};
}  // namespace nrm
