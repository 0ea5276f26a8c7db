#include "common/oidc/access_token.hpp"

#include <algorithm>
#include <optional>

#include "common/base/hex.hpp"
#include "common/http/framing.hpp"

namespace nrm::oidc {
namespace {
constexpr std::size_t subject_bytes_max = 255;  // OpenID Connect Core, section 2
// 9999-12-31: later ones are nonsense, and their milliseconds would not fit.
constexpr std::int64_t seconds_max = 253'402'300'799;

Error bad(const char* why) { return Error(Code::unauthenticated, "", why); }

struct Parts {
  std::string header, payload, signature;
  std::string_view signed_bytes;
};

// RFC 7515, 7.1: exactly three parts, base64url without padding.
Result<Parts> split(std::string_view token) {
  if (token.size() > limits::identity_token_bytes_max) return bad("longer than any token of ours");
  const auto first = token.find('.');
  const auto second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos)
    return bad("not a signed token of three parts");
  auto header = from_base64url(token.substr(0, first));
  auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  auto signature = from_base64url(token.substr(second + 1));
  if (!header || !payload || !signature || header->empty() || payload->empty() ||
      signature->empty())
    return bad("not base64url");
  return Parts{std::move(*header), std::move(*payload), std::move(*signature),
               token.substr(0, second)};
}

std::optional<std::string_view> text_of(json::Value object, std::string_view member) {
  const json::Value value = object.find(member);
  if (!value || value.kind() != json::Kind::string || value.text().empty()) return std::nullopt;
  return value.text();
}

std::optional<Instant> instant_of(json::Value object, std::string_view member) {
  const json::Value value = object.find(member);
  if (!value || value.kind() != json::Kind::integer) return std::nullopt;
  if (value.integer() < 0 || value.integer() > seconds_max) return std::nullopt;
  return Instant{value.integer() * 1'000};
}

struct Header {
  crypto::Algorithm algorithm{};
  std::string key_id;
};

Result<Header> read_header(std::string_view text) {
  json::Document document;
  if (!document.parse_strict(text, limits::identity_token_bytes_max))
    return bad("the header is not strict JSON");
  const json::Value header = document.root();
  if (header.kind() != json::Kind::object) return bad("the header is not an object");
  // RFC 9068, section 4: an ID token has another type and is never taken for an access token.
  const auto type = text_of(header, "typ");
  if (!type || !(http::same_name(*type, "at+jwt") || http::same_name(*type, "application/at+jwt")))
    return bad("not typed as an access token");
  // RFC 7515, 4.1.11: we understand no extension. b64 (RFC 7797) and zip change what is signed.
  for (const std::string_view extension : {"crit", "b64", "zip", "enc", "cty"})
    if (header.find(extension)) return bad("has an extension in its header");
  const auto name = text_of(header, "alg");
  const auto algorithm = name ? crypto::algorithm_from(*name) : std::nullopt;
  if (!algorithm) return bad("signed with an algorithm that we do not take");
  const auto key_id = text_of(header, "kid");
  if (!key_id) return bad("names no key");
  return Header{*algorithm, std::string(*key_id)};
}

bool is_for(json::Value payload, const std::string& audience) {
  const json::Value value = payload.find("aud");
  if (!value) return false;
  if (value.kind() == json::Kind::string) return value.text() == audience;
  if (value.kind() != json::Kind::array) return false;
  bool found = false;
  for (const json::Value one : value) {
    if (one.kind() != json::Kind::string) return false;
    found |= one.text() == audience;
  }
  return found;
}

Result<void> check_times(json::Value payload, const Rules& rules, Instant now) {
  const auto expires = instant_of(payload, "exp"), issued = instant_of(payload, "iat");
  if (!expires || !issued) return bad("does not say when it was issued and runs out");
  if (*expires + rules.skew <= now) return bad("has run out");
  if (*issued - rules.skew > now) return bad("was issued in the future");
  if (*expires <= *issued || *expires - *issued > rules.lifetime_max)
    return bad("is in force for longer than a token may be");
  if (!payload.find("nbf")) return {};
  const auto not_before = instant_of(payload, "nbf");
  if (!not_before || *not_before - rules.skew > now) return bad("is not in force yet");
  return {};
}

// RFC 8705, 3.1: base64url of the SHA-256 of the certificate. An unknown way to confirm is refused:
// who sent it would not be held to it.
Result<std::string> bound_certificate(json::Value payload) {
  const json::Value confirmation = payload.find("cnf");
  if (!confirmation) return std::string();
  if (confirmation.kind() != json::Kind::object) return bad("is bound to nothing that we know");
  const auto thumbprint = text_of(confirmation, "x5t#S256");
  const auto bytes = thumbprint ? from_base64url(*thumbprint) : std::nullopt;
  if (!bytes || bytes->size() != 32) return bad("is bound to nothing that we know");
  return to_hex(*bytes);
}
}  // namespace

std::vector<std::string> Claims::texts(std::string_view claim) const {
  json::Value at = payload_.root();
  if (!claim.starts_with('/')) {
    at = at.find(claim);
  } else {
    while (!claim.empty() && at && at.kind() == json::Kind::object) {
      claim.remove_prefix(1);
      const auto end = std::min(claim.find('/'), claim.size());
      at = at.find(claim.substr(0, end));
      claim.remove_prefix(end);
    }
    if (!claim.empty()) return {};
  }
  std::vector<std::string> out;
  if (!at) return out;
  if (at.kind() == json::Kind::string) out.emplace_back(at.text());
  if (at.kind() != json::Kind::array) return out;
  for (const json::Value one : at)
    if (one.kind() == json::Kind::string) out.emplace_back(one.text());
  return out;
}

Result<Claims> verify_access_token(std::string_view token, const KeySet& keys, const Rules& rules,
                                   Instant now) {
  NRM_TRY_ASSIGN(const Parts parts, split(token));
  NRM_TRY_ASSIGN(const Header header, read_header(parts.header));
  const KeySet::Key* key = keys.find(header.key_id);
  if (key == nullptr) return Error(Code::not_found, "", "signed with a key that we do not have");
  if (!key->key.fits(header.algorithm) || (key->only && *key->only != header.algorithm))
    return bad("its key is not for its algorithm");
  if (!key->key.verify(header.algorithm, parts.signed_bytes, parts.signature))
    return bad("its signature is wrong");
  Claims claims;
  if (!claims.payload_.parse_strict(parts.payload, limits::identity_token_bytes_max))
    return bad("its claims are not strict JSON");
  const json::Value payload = claims.payload_.root();
  if (payload.kind() != json::Kind::object) return bad("its claims are not an object");
  if (text_of(payload, "iss") != rules.issuer) return bad("is of another issuer");
  if (!is_for(payload, rules.audience)) return bad("is for another service");
  NRM_TRY(check_times(payload, rules, now));
  // RFC 9068, 2.2: who, through which client, and which token.
  const auto subject = text_of(payload, "sub");
  if (!subject || subject->size() > subject_bytes_max) return bad("names no subject");
  if (!text_of(payload, "client_id") || !text_of(payload, "jti"))
    return bad("names no client, or has no id");
  NRM_TRY_ASSIGN(claims.certificate, bound_certificate(payload));
  claims.subject = *subject;
  claims.expires = *instant_of(payload, "exp");
  if (const auto scope = text_of(payload, "scope")) claims.scope = *scope;
  return claims;
}
}  // namespace nrm::oidc
