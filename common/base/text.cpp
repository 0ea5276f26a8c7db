#include "common/base/text.hpp"

#include <cstdint>

namespace nrm {
namespace {
// The length of the UTF-8 sequence at `at` (RFC 3629), or 0 when it is not one.
std::size_t sequence_length(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > s.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const unsigned char second = byte(at + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return length;
}
}  // namespace

bool is_clean_text(std::string_view text, bool allow_newlines) {
  std::size_t plain = 0;  // printable ASCII, which nearly all of it is
  while (plain < text.size() && text[plain] >= 0x20 && text[plain] < 0x7f) ++plain;
  for (std::size_t i = plain; i < text.size();) {
    const std::size_t length = sequence_length(text, i);
    if (length == 0) return false;
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool newline = byte == '\n' || byte == '\t' || byte == '\r';
    if ((byte < 0x20 && !(allow_newlines && newline)) || byte == 0x7f) return false;
    // U+0080..U+009F: the C1 controls, which terminals obey.
    if (length == 2 && byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;
    i += length;
  }
  return text.find(mask_marker, plain) == text.npos;
}
}  // namespace nrm
