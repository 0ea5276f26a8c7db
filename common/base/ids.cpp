#include "common/base/ids.hpp"

#include <bit>

#include "common/base/hex.hpp"

namespace nrm {
namespace {
using Block = std::array<std::uint32_t, 16>;

void quarter_round(Block& b, int i, int j, int k, int l) {
  auto at = [&b](int n) -> std::uint32_t& { return b[static_cast<std::size_t>(n)]; };
  at(i) += at(j), at(l) = std::rotl(at(l) ^ at(i), 16);
  at(k) += at(l), at(j) = std::rotl(at(j) ^ at(k), 12);
  at(i) += at(j), at(l) = std::rotl(at(l) ^ at(i), 8);
  at(k) += at(l), at(j) = std::rotl(at(j) ^ at(k), 7);
}

Block chacha20_block(const Block& input) {
  Block b = input;
  for (int round = 0; round < 10; ++round) {
    for (int c = 0; c < 4; ++c) quarter_round(b, c, c + 4, c + 8, c + 12);
    quarter_round(b, 0, 5, 10, 15);
    quarter_round(b, 1, 6, 11, 12);
    quarter_round(b, 2, 7, 8, 13);
    quarter_round(b, 3, 4, 9, 14);
  }
  for (std::size_t i = 0; i < 16; ++i) b[i] += input[i];
  return b;
}
}  // namespace

Uuid derive(const Uuid& seed, std::uint32_t n) {
  Block input{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};  // RFC 8439's constants
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 4; ++j)
      word |= static_cast<std::uint32_t>(seed.bytes[4 * i + j]) << (8 * j);
    input[4 + i] = input[8 + i] = word;
  }
  input[12] = n;
  const Block block = chacha20_block(input);
  Uuid id;
  for (std::size_t i = 0; i < 16; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(block[i / 4] >> (8 * (i % 4)));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);  // version 4
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);  // RFC 9562 variant
  return id;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 36;) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[at++] = static_cast<std::uint8_t>(high << 4 | low);
    i += 2;
  }
  return id;
}

void Uuid::append_to(std::string& out) const {
  char text[36];
  char* to = text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = hex_digits[bytes[i] >> 4];
    *to++ = hex_digits[bytes[i] & 15];
  }
  out.append(text, sizeof text);
}

std::string Uuid::text() const {
  std::string out;
  out.reserve(36);
  append_to(out);
  return out;
}
}  // namespace nrm
