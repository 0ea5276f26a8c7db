#include "common/base/scan.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>

#include <bit>
#endif

namespace nrm {
namespace {
// What ends the run of bytes that need no look: a quote, a backslash, a control, anything beyond
// ASCII.
bool ends_run(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80;
}

const char* end_of_run(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
                space = _mm_set1_epi8(0x20);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // Compared as signed numbers, the bytes from 0x80 on are below the space too.
    const __m128i ends =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                     _mm_cmplt_epi8(bytes, space));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(ends)); mask != 0)
      return at + std::countr_zero(mask);
  }
#endif
  while (at != end && !ends_run(*at)) ++at;
  return at;
}
}  // namespace

bool Scan::string(std::string_view& out) {
  if (at_ == end_ || *at_ != '"') return false;
  const char* const close = end_of_run(at_ + 1, end_);
  if (close == end_ || *close != '"') return false;
  out = {at_ + 1, static_cast<std::size_t>(close - at_ - 1)};
  at_ = close + 1;
  return true;
}

bool Scan::integer(std::int64_t& out) {
  constexpr int digits_max = 18;  // what always fits; longer ones are the tree's
  const char* at = at_;
  const bool negative = at != end_ && *at == '-';
  at += negative;
  const char* const begin = at;
  std::int64_t value = 0;
  for (; at != end_ && *at >= '0' && *at <= '9' && at - begin < digits_max; ++at)
    value = value * 10 + (*at - '0');
  if (at == begin || (*begin == '0' && (negative || at - begin > 1))) return false;
  if (at != end_ && *at >= '0' && *at <= '9') return false;
  out = negative ? -value : value;
  at_ = at;
  return true;
}

bool Scan::skip() {
  std::size_t depth = 0;
  std::string_view text;
  while (at_ != end_) {
    const char c = *at_;
    if (c == '"') {
      if (!string(text)) return false;
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at_;
      continue;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return false;
      --depth;
      ++at_;
    } else if (c == ',' || c == ':') {
      if (depth == 0) return false;
      ++at_;
      continue;
    } else {  // a number, true, false, null
      while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']') ++at_;
    }
    if (depth == 0) return true;
  }
  return false;
}
}  // namespace nrm
