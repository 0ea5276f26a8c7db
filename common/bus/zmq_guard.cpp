#include "common/bus/zmq_guard.hpp"

#include <zmq.h>

#include <iterator>
#include <optional>

#include "common/bus/zmq_parts.hpp"

namespace nrm::zmq {
namespace {
constexpr std::size_t key_bytes = 32;
constexpr std::size_t key_characters = 40;  // of Z85

using KeyBytes = std::array<std::uint8_t, key_bytes>;

std::optional<KeyBytes> decode_key(const std::string& z85) {
  KeyBytes key;
  if (z85.size() != key_characters || !zmq_z85_decode(key.data(), z85.c_str())) return std::nullopt;
  return key;
}

// In constant time: how long it takes says nothing about how much of a key was right.
bool same_key(const KeyBytes& key, std::string_view bytes) {
  if (bytes.size() != key.size()) return false;
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < key.size(); ++i)
    difference = difference | (key[i] ^ static_cast<std::uint8_t>(bytes[i]));
  return difference == 0;
}
}  // namespace

Result<void> Guard::set_allowed(const std::map<std::string, std::string>& allow) {
  std::vector<Allowed> allowed;
  for (const auto& [key, name] : allow) {
    const auto bytes = decode_key(key);
    if (!bytes || name.empty())
      return Error(Code::invalid_text, {}, "a key that may connect is not Z85, or has no name");
    allowed.push_back({*bytes, name + ' ' + key, name});
  }
  allowed_ = std::move(allowed);
  return {};
}

Result<void> Guard::open(const Context& context) {
  NRM_TRY_ASSIGN(socket_, open_guard(context));
  return {};
}

const Guard::Allowed* Guard::find(std::string_view key) const {
  const Allowed* found = nullptr;
  for (const auto& allowed : allowed_)  // all of them, for the time it takes
    if (same_key(allowed.key, key)) found = &allowed;
  return found;
}

std::string_view Guard::peer_of(std::string_view user) const {
  for (const auto& allowed : allowed_)
    if (allowed.user == user) return allowed.name;
  return {};
}

// ZAP (rfc.zeromq.org/spec/27): version, request id, domain, address, routing id, mechanism, key.
// A handshake waits while the owner is busy; the peer's HANDSHAKE_IVL gives it 3 s, then it
// retries.
int Guard::answer(bool& more) {
  constexpr int per_turn_max = 64;  // a storm of strangers must not starve those inside
  int refused = 0;
  more = socket_ != nullptr;
  for (int n = 0; more && n < per_turn_max; ++n) {
    Part part;
    if (more = part.receive(socket_.get()); !more) break;
    Frames request;
    const bool whole = read_parts(socket_.get(), part, request) && request.size() == 7;
    const Allowed* allowed =
        whole && request[0] == "1.0" && request[2] == zap_domain && request[5] == "CURVE"
            ? find(request[6])
            : nullptr;
    if (!allowed) ++refused;
    const std::string_view reply[] = {"1.0",
                                      request.size() > 1 ? std::string_view(request[1]) : "",
                                      allowed ? "200" : "400",
                                      allowed ? "" : "unknown key",
                                      allowed ? std::string_view(allowed->user) : "",
                                      ""};
    for (std::size_t i = 0; i < std::size(reply); ++i)
      send_part(socket_.get(), reply[i], i + 1 < std::size(reply));
  }
  return refused;
}
}  // namespace nrm::zmq
