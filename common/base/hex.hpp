// Bytes <-> text: lower-case hexadecimal and base64 (RFC 4648). Pure; readers are strict.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace nrm {
inline constexpr std::string_view hex_digits = "0123456789abcdef";

// Of each byte; -1: none. Upper case too: one value has one spelling.
inline constexpr auto hex_values = [] {
  std::array<signed char, 256> out{};
  out.fill(-1);
  for (std::size_t i = 0; i < hex_digits.size(); ++i)
    out[static_cast<unsigned char>(hex_digits[i])] = static_cast<signed char>(i);
  return out;
}();
constexpr int hex_digit(char c) { return hex_values[static_cast<unsigned char>(c)]; }

void append_hex(std::string& out, std::string_view bytes);
std::string to_hex(std::string_view bytes);
bool read_hex(std::string_view text, char* to);  // half as many bytes as `text` has digits
std::optional<std::string> from_hex(std::string_view text);

std::string to_base64(std::string_view bytes);                  // with padding
std::optional<std::string> from_base64(std::string_view text);  // padding required, canonical
// RFC 4648, section 5, without padding (RFC 7515, section 2).
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);  // canonical, no padding
}  // namespace nrm
