// Bytes <-> text: lower-case hexadecimal and base64 (RFC 4648). Pure; readers are strict.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace nrm {
inline constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;  // upper case too: one value has one spelling
}

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

std::string to_base64(std::string_view bytes);                  // with padding
std::optional<std::string> from_base64(std::string_view text);  // padding required, canonical
}  // namespace nrm
