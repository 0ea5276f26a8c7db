// Access tokens: whatever is sent, verifying neither crashes nor accepts. The first byte chooses
// what is fuzzed: the whole token, its header or its claims (put together, so that the fuzzer gets
// past base64), or a key set.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.hpp"
#include "common/base/hex.hpp"
#include "common/oidc/access_token.hpp"

namespace {
using namespace nrm;

// The public keys of RFC 7515, appendix A.3, and RFC 8037, appendix A: nobody here can sign.
const oidc::KeySet& keys() {
  static const auto set = oidc::KeySet::read(
      R"({"keys":[{"kid":"a","kty":"EC","crv":"P-256",)"
      R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},{"kid":"b","kty":"OKP",)"
      R"("crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  return *set;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const oidc::Rules rules{.issuer = "https://id.example.org", .audience = "nrm"};
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::string header = to_base64url(R"({"alg":"ES256","typ":"at+jwt","kid":"a"})");
  std::string token;
  switch (bytes[0] % 5) {
    case 0:
      token = rest;
      break;
    case 1:
      token = to_base64url(rest) + ".e30." + std::string(86, 'A');
      break;
    case 2:
      token = header + '.' + to_base64url(rest) + '.' + std::string(86, 'A');
      break;
    case 3:
      token = header + ".e30." + to_base64url(rest);
      break;
    default: {
      const auto read = oidc::KeySet::read(rest);
      CHECK(!read || read->size() <= limits::identity_keys_max, "a set has a limit");
      return 0;
    }
  }
  CHECK(!oidc::verify_access_token(token, keys(), rules, Instant{1'700'000'000'000}),
        "nothing is accepted that nobody signed");
  return 0;
}
