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
    if (text.size() != 2 * out.bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < out.bytes.size(); ++i) {
      const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      out.bytes[i] = static_cast<char>(high << 4 | low);
    }
    return out;
  }
  // REQUIRES: 16 bytes.
  static Digest16 from(std::string_view raw) {
    Digest16 out;
    CHECK(raw.size() == out.bytes.size(), "a digest of 16 bytes");
    std::ranges::copy(raw, out.bytes.begin());
    return out;
  }
  void append_to(std::string& out) const {
    for (const char c : bytes) {
      out += hex_digits[static_cast<unsigned char>(c) >> 4];
      out += hex_digits[static_cast<unsigned char>(c) & 15];
    }
  }
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
