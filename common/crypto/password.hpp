// Passwords and one-time codes of local accounts.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/base/sensitive.hpp"

namespace nrm::crypto {
// Argon2id (RFC 9106) with libsodium's MODERATE costs: 3 passes over 256 MiB, most of a second. 32
// bytes that stand for the password; nobody gets back from them. REQUIRES: a salt of 16 bytes.
// ERRORS: unavailable (no memory for it).
Result<Sensitive<std::string>> stretch(std::string_view password, std::string_view salt);

// RFC 6238 with SHA-1, six digits, steps of 30 seconds: what every authenticator app can do.
inline constexpr std::int64_t totp_step_ms = 30'000;
std::string totp(std::string_view secret, std::uint64_t step);
}  // namespace nrm::crypto
