// An organisation's key file, and the keys that the installation knows. The file is made by the
// organisation, never leaves it, and is the only thing that opens what is sealed to it:
//
//   nrm-organisation-key-1
//   organisation <id>
//   box <X25519 secret, hex>
//   sign <Ed25519 seed, hex>
#pragma once
#include "common/crypto/sealed_item.hpp"
#include "services/cli/api.hpp"

namespace nrm::cli {
struct KeyFile {
  OrganisationId organisation;
  crypto::BoxKey box;
  crypto::Signer sign;
};
std::string write_key_file(const KeyFile& key);
// ERRORS: not_found, forbidden (others can read it), corrupt.
Result<KeyFile> read_key_file(const std::string& path);

// One of the installation's list. `fingerprint` is computed here, from the keys.
struct KnownKey {
  OrganisationKeyId id;
  OrganisationId organisation;
  crypto::PublicKey box_key{}, sign_key{};
  Hash fingerprint;
  KeyStatus status{};
  std::string approved_by;
  std::int64_t anomalies = 0;
};
// ERRORS: diverged: the list shows another fingerprint than its keys have, or a proof that is none.
Result<std::vector<KnownKey>> known_keys(Api& api, const OrganisationId& organisation);
Result<OrganisationId> find_organisation_by_name(Api& api, const std::string& name);
// The one that belongs to this file. ERRORS: not_found.
Result<KnownKey> find_own_key(Api& api, const KeyFile& file);
}  // namespace nrm::cli
