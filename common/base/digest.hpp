// Digest16: 128 bits that stand for something longer, as text 32 lower-case hexadecimal digits.
#pragma once
#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/check.hpp"
#include "common/base/hex.hpp"

namespace nrm {
struct Digest16 {
  std::array<char, 16> bytes{};

  static std::optional<Digest16> parse(std::string_view text) {
    Digest16 out;
    if (text.size() != 2 * out.bytes.size() || !read_hex(text, out.bytes.data()))
      return std::nullopt;
    return out;
  }
  // REQUIRES: 16 bytes.
  static Digest16 from(std::string_view raw) {
    Digest16 out;
    CHECK(raw.size() == out.bytes.size(), "a digest of 16 bytes");
    std::ranges::copy(raw, out.bytes.begin());
    return out;
  }
  void append_to(std::string& out) const { append_hex(out, view()); }
  std::string_view view() const { return {bytes.data(), bytes.size()}; }
  auto operator<=>(const Digest16&) const = default;
};
}  // namespace nrm

template <>
struct std::hash<nrm::Digest16> {
  std::size_t operator()(const nrm::Digest16& digest) const noexcept {
    std::size_t word = 0;  // the bits are as good as random
    std::memcpy(&word, digest.bytes.data(), sizeof word);
    return word;
  }
};
