#include "common/oidc/key_set.hpp"

#include <set>

#include "common/base/hex.hpp"
#include "common/base/json.hpp"

namespace nrm::oidc {
namespace {
constexpr std::size_t key_id_bytes_max = 256;

std::string_view text_of(json::Value object, std::string_view member) {
  const json::Value value = object.find(member);
  return value && value.kind() == json::Kind::string ? value.text() : std::string_view();
}

Result<crypto::VerifyingKey> read_key(json::Value in) {
  const auto part = [&](std::string_view member) {
    return from_base64url(text_of(in, member)).value_or(std::string());
  };
  const std::string_view type = text_of(in, "kty"), curve = text_of(in, "crv");
  if (type == "EC" && curve == "P-256") return crypto::VerifyingKey::p256(part("x"), part("y"));
  if (type == "OKP" && curve == "Ed25519") return crypto::VerifyingKey::ed25519(part("x"));
  if (type == "RSA") return crypto::VerifyingKey::rsa(part("n"), part("e"));
  return Error(Code::unknown_code, "/kty", "not a type of key that we take");
}

// For checking signatures, and public: a set that shows a private key has given that key away.
bool is_for_us(json::Value in) {
  if (in.kind() != json::Kind::object || in.find("d") || in.find("k")) return false;
  if (in.find("use") && text_of(in, "use") != "sig") return false;
  const json::Value operations = in.find("key_ops");
  if (!operations) return true;
  if (operations.kind() != json::Kind::array) return false;
  for (const json::Value one : operations)
    if (one.kind() == json::Kind::string && one.text() == "verify") return true;
  return false;
}
}  // namespace

Result<KeySet> KeySet::read(std::string_view document) {
  json::Document read;
  NRM_TRY(read.parse_strict(document, limits::identity_document_bytes_max));
  const json::Value root = read.root();
  const json::Value keys = root.kind() == json::Kind::object ? root.find("keys") : json::Value();
  if (!keys || keys.kind() != json::Kind::array)
    return Error(Code::wrong_type, "/keys", "a key set has an array of keys");
  KeySet out;
  std::set<std::string, std::less<>> seen;
  std::size_t count = 0;
  for (const json::Value one : keys) {
    if (++count > limits::identity_keys_max)
      return Error(Code::too_large, "/keys", "more keys than a provider needs");
    if (one.kind() != json::Kind::object) continue;
    const std::string id(text_of(one, "kid"));
    if (id.empty() || id.size() > key_id_bytes_max) continue;
    if (!seen.insert(id).second) {
      out.keys_.erase(id);
      continue;
    }
    if (!is_for_us(one)) continue;
    auto key = read_key(one);
    if (!key) continue;
    std::optional<crypto::Algorithm> only;
    if (one.find("alg")) {
      only = crypto::algorithm_from(text_of(one, "alg"));
      if (!only || !key->fits(*only)) continue;
    }
    out.keys_.emplace(id, Key{std::move(*key), only});
  }
  return out;
}

const KeySet::Key* KeySet::find(std::string_view id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}
}  // namespace nrm::oidc
