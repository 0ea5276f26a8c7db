// A master key inside a PKCS#11 token (a hardware module, or SoftHSM in tests): an AES key of 256
// bits that is sensitive and not extractable. Epoch keys are enciphered inside the token by
// AES-GCM (NIST SP 800-38D; PKCS #11 v2.40, 2.12.3) with `bound` as additional data.
//
// Format: version:1 nonce:12 ciphertext:32 tag:16. The nonce is random: a handful of uses in a
// key's life is far below the limit of 2^32 of SP 800-38D, 8.3.
#pragma once
#include "services/vault/master_key.hpp"

namespace nrm {
struct TokenPlace {
  std::string module;  // path of the vendor's library
  std::string token;   // label of the token
  std::string key;     // CKA_LABEL of the AES key
};

// Loads the module, logs in and finds the key. `pin` is used once.
// ERRORS: not_found (module, token or key; the detail says which), forbidden (a wrong PIN; or a key
// that could be taken out of the token), unavailable.
Result<std::unique_ptr<MasterKey>> open_token(const TokenPlace& place,
                                              const Sensitive<std::string>& pin);
// Makes that key in the token. ERRORS: already_exists; as open_token().
Result<void> make_token_key(const TokenPlace& place, const Sensitive<std::string>& pin);
}  // namespace nrm
