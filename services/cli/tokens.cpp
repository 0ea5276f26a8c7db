#include "services/cli/tokens.hpp"

#include <algorithm>

#include "common/base/hex.hpp"
#include "common/crypto/crypto.hpp"

namespace nrm::cli {
namespace {
constexpr std::string_view file_name = "sandbox/tokens.json";

Result<std::vector<HeldAccount>> parse_tokens(const std::string& text) {
  const Error fault(Code::corrupt, "", std::string(file_name) + " does not check out");
  json::Document document;
  if (!document.parse_trusted(text) || document.root().kind() != json::Kind::object) return fault;
  std::vector<HeldAccount> out;
  for (const json::Value one : document.root()) {
    const auto token = one.find("token"), organisation = one.find("organisation"),
               role = one.find("role");
    if (!token || !organisation || !role) return fault;
    const auto id = OrganisationId::parse(organisation.text());
    const auto held = enum_from<Role>(role.text());
    if (!id || !held) return fault;
    out.push_back(
        {std::string(one.key()), Sensitive<std::string>(std::string(token.text())), *id, *held});
  }
  return out;
}

std::string write_tokens(const std::vector<HeldAccount>& accounts) {
  std::string out = "{";
  for (const HeldAccount& one : accounts) {
    out += out.size() > 1 ? ",\n " : "\n ";
    json::append_string(out, one.name);
    out += ": {\"token\": \"" + one.token.reveal() + "\", \"organisation\": \"" +
           one.organisation.text() + "\", \"role\": \"" + std::string(to_text(one.role)) + "\"}";
  }
  return out + "\n}\n";
}
}  // namespace

Sensitive<std::string> random_token() {
  unsigned char bytes[32];
  system_entropy()->fill(bytes, sizeof bytes);
  return Sensitive<std::string>(
      to_hex(std::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes)));
}

Text<64> token_digest(const Sensitive<std::string>& token) {
  const auto bytes = from_hex(token.reveal());
  CHECK(bytes && bytes->size() == 32, "a token is 64 hex digits");
  return *Text<64>::parse(to_hex(crypto::digest(*bytes, 32)));
}

Result<std::vector<HeldAccount>> read_tokens(const Folder& folder) {
  // secret() looks at the mode; a town of accounts is longer than a key, so the text is read apart.
  if (const auto closed = folder.secret(file_name);
      !closed && closed.error().code != Code::too_large)
    return closed.error();
  NRM_TRY_ASSIGN(const std::string text, read_file(folder.file(file_name)));
  return parse_tokens(text);
}

Result<void> keep_tokens(const std::string& dir, const std::vector<HeldAccount>& accounts) {
  const std::string path = dir + '/' + std::string(file_name);
  std::vector<HeldAccount> all;
  if (const auto text = read_file(path)) {
    NRM_TRY_ASSIGN(all, parse_tokens(*text));
  }
  for (const HeldAccount& account : accounts) {
    const auto same = std::ranges::find(all, account.name, &HeldAccount::name);
    if (same == all.end())
      all.push_back(account);
    else
      *same = account;
  }
  return write_file(path, write_tokens(all), 0400);
}

const HeldAccount* find_account(const std::vector<HeldAccount>& accounts, std::string_view name) {
  const auto found = std::ranges::find(accounts, name, &HeldAccount::name);
  return found == accounts.end() ? nullptr : &*found;
}
}  // namespace nrm::cli
