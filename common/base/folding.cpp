#include "common/base/folding.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace nrm {
namespace {
struct Typed {
  utf8proc_int32_t letter;
  std::string_view as;
};
constexpr Typed typed[] = {{0xf8, "o"},   {0x142, "l"}, {0x111, "d"}, {0x131, "i"}, {0xe6, "ae"},
                           {0x153, "oe"}, {0xfe, "th"}, {0xf0, "d"},  {0x127, "h"}};

bool is_apostrophe(utf8proc_int32_t c) {
  return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x2bc || c == 0x2bb;
}

bool is_of_word(utf8proc_int32_t c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
      return true;
    default:
      return false;
  }
}

void append_folded(std::string& out, utf8proc_int32_t c) {
  for (const Typed& one : typed)
    if (one.letter == c) {
      out += one.as;
      return;
    }
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(c, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}
}  // namespace

std::vector<std::string> folded_words(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                     UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(mapped, &std::free);
  std::vector<std::string> out;
  if (size < 0) return out;
  bool in_word = false;
  for (utf8proc_ssize_t at = 0; at < size;) {
    utf8proc_int32_t c = 0;
    const auto step = utf8proc_iterate(mapped + at, size - at, &c);
    if (step <= 0) return {};
    at += step;
    if (is_apostrophe(c)) continue;
    const bool letter = is_of_word(c);
    if (letter && !in_word) out.emplace_back();
    if (letter) append_folded(out.back(), c);
    in_word = letter;
  }
  return out;
}
}  // namespace nrm
