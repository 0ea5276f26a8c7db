#include "services/vault/shares.hpp"

#include <charconv>

#include "common/base/check.hpp"
#include "common/base/hex.hpp"

namespace nrm {
namespace {
constexpr std::size_t key_size = 32;

// The product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. The same work for all operands.
std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  unsigned product = 0, factor = a;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= factor & (0u - (b >> bit & 1u));
    factor = (factor << 1 ^ (0x11bu & (0u - (factor >> 7 & 1u))));
  }
  return static_cast<std::uint8_t>(product);
}

// a^254: a's inverse, as the group has 255 elements. 0 for 0.
std::uint8_t inverse(std::uint8_t a) {
  std::uint8_t out = 1, power = a;
  for (int bit = 1; bit < 8; ++bit) {
    power = times(power, power);
    out = times(out, power);
  }
  return out;
}

std::uint8_t byte_of(const crypto::SecretKey& key, std::size_t at) {
  return static_cast<std::uint8_t>(key.reveal()[at]);
}

// A key from bytes that are wiped.
crypto::SecretKey key_from(std::uint8_t (&bytes)[key_size]) {
  auto key = crypto::SecretKey::from({reinterpret_cast<const char*>(bytes), key_size});
  explicit_bzero(bytes, sizeof bytes);
  CHECK(key, "a key has 32 bytes");
  return std::move(key).value();
}

std::string check_of(std::string_view before) { return crypto::sha256(before).hex().substr(0, 8); }

Text<64> digest_of(const Share& share) {
  const std::uint8_t number = static_cast<std::uint8_t>(share.number);
  return *Text<64>::parse(crypto::sha256(number, share.value.reveal()).hex());
}
Text<64> digest_of(const crypto::SecretKey& master) {
  return *Text<64>::parse(to_hex(crypto::keyed_digest(master.reveal(), "nrm master key check")));
}
}  // namespace

std::vector<Share> split_key(const crypto::SecretKey& key, std::uint32_t shares,
                             std::uint32_t threshold) {
  CHECK(2 <= threshold && threshold <= shares && shares <= limits::key_shares_max,
        "the caller checked the numbers");
  // For each byte a polynomial of degree k-1 whose value at 0 is that byte.
  std::vector<crypto::SecretKey> coefficients;
  for (std::uint32_t i = 1; i < threshold; ++i) coefficients.push_back(crypto::SecretKey::random());
  std::vector<Share> out;
  for (std::uint32_t number = 1; number <= shares; ++number) {
    const auto x = static_cast<std::uint8_t>(number);
    std::uint8_t value[key_size];
    for (std::size_t at = 0; at < key_size; ++at) {
      std::uint8_t y = 0;
      for (std::size_t i = coefficients.size(); i > 0; --i)
        y = times(static_cast<std::uint8_t>(y ^ byte_of(coefficients[i - 1], at)), x);
      value[at] = static_cast<std::uint8_t>(y ^ byte_of(key, at));
    }
    out.push_back({number, key_from(value)});
  }
  return out;
}

crypto::SecretKey combine_shares(const std::vector<Share>& shares) {
  std::uint8_t value[key_size] = {};
  for (const Share& one : shares) {
    // Lagrange's basis at 0. Numbers are not secret.
    std::uint8_t basis = 1;
    for (const Share& other : shares) {
      if (other.number == one.number) continue;
      const auto x = static_cast<std::uint8_t>(other.number);
      basis = times(basis, times(x, inverse(static_cast<std::uint8_t>(x ^ one.number))));
    }
    for (std::size_t at = 0; at < key_size; ++at) value[at] ^= times(basis, byte_of(one.value, at));
  }
  return key_from(value);
}

Sensitive<std::string> write_share(const Share& share, std::uint32_t threshold) {
  std::string out;
  out.reserve(128);  // never moved: a copy could not be wiped
  out += "nrm-share-" + std::to_string(threshold) + '-' + std::to_string(share.number) + '-';
  for (std::size_t at = 0; at < key_size; ++at) out += to_hex(share.value.reveal().substr(at, 1));
  out += '-' + check_of(out);
  return Sensitive<std::string>(std::move(out));
}

Result<Share> read_share(std::string_view text) {
  const Error mistyped(Code::bad_request, "",
                       "this share is mistyped: compare it with the paper, character by character");
  if (!text.starts_with("nrm-share-"))
    return Error(Code::bad_request, "", "this is not a share: one begins with nrm-share-");
  const auto last = text.rfind('-'), value = text.rfind('-', last - 1);
  if (last == value || text.substr(last + 1) != check_of(text.substr(0, last))) return mistyped;
  const auto number = text.rfind('-', value - 1);
  std::uint32_t x = 0;
  const auto digits = text.substr(number + 1, value - number - 1);
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), x);
  const Sensitive<std::string> bytes(
      from_hex(text.substr(value + 1, last - value - 1)).value_or(std::string()));
  auto key = crypto::SecretKey::from(bytes.reveal());
  if (fault != std::errc() || end != digits.data() + digits.size() || x == 0 ||
      x > limits::key_shares_max || !key)
    return mistyped;
  return Share{x, std::move(key).value()};
}

ShareChecks checks_of(const std::vector<Share>& shares, std::uint32_t threshold,
                      const crypto::SecretKey& key) {
  ShareChecks out{threshold, {}, digest_of(key)};
  for (const Share& share : shares) out.checks.push_back(digest_of(share));
  return out;
}

bool is_of(const ShareChecks& checks, const Share& share) {
  return share.number >= 1 && share.number <= checks.checks.size() &&
         crypto::equal(checks.checks[share.number - 1].text(), digest_of(share).text());
}

bool is_master_of(const ShareChecks& checks, const crypto::SecretKey& key) {
  return crypto::equal(checks.master.text(), digest_of(key).text());
}
}  // namespace nrm
