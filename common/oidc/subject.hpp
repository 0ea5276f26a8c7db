// The account that stands for a subject of an identity provider: a keyed one-way digest, so that no
// name and no id of the provider is stored, and nobody without the key can tell whose it is.
#pragma once
#include <string_view>

#include "common/base/ids.hpp"

namespace nrm::oidc {
// REQUIRES: a key of 16 to 64 bytes.
AccountId account_of(std::string_view key, std::string_view issuer, std::string_view subject);
}  // namespace nrm::oidc
