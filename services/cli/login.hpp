// nrm login: a token for a person, from the identity provider of the folder or from a password;
// nrm logout: its end. nrm accounts password: another password, by its holder.
#pragma once
#include <cstdint>
#include <string>

#include "services/cli/commands.hpp"

namespace nrm::cli {
struct LoginOptions {
  Access access;
  std::string client = "nrm-cli";  // as the provider knows this program
  std::string resource;            // RFC 8707; empty: none is named
  std::string scope = "openid";
  std::string account;               // id of a local account: no provider is asked
  std::string out = "nrm-token";     // file for the token, mode 0600
  std::uint32_t wait_seconds = 300;  // for the person to sign in
};
int login(const LoginOptions& options);

struct LogoutOptions {
  std::string dir = "nrm-data";
  std::string token_file = "nrm-token";  // as login wrote it; removed
};
int logout(const LogoutOptions& options);

// Another password for a local account, made by the gateway and shown once.
struct PasswordOptions {
  std::string dir = "nrm-data";
  std::string account;
  std::string key;  // of an earlier try whose answer was lost
};
int accounts_password(const PasswordOptions& options);
}  // namespace nrm::cli
