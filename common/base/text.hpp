// Text<N>: 1 to N bytes of valid UTF-8 without control characters, for names of organisations and
// codes that a policy pack defines. Never for personal data: that is Sensitive<Text<N>>.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/sensitive.hpp"

namespace nrm {
// What stands where a value may not be shown. No text that contains it is taken in anywhere, so a
// masked value can never be written back over the real one. Three times U+2588.
inline constexpr std::string_view mask_marker = "\u2588\u2588\u2588";

bool is_clean_text(std::string_view text, bool allow_newlines = false);

template <std::size_t N>
class Text {
 public:
  static constexpr std::size_t bytes_max = N;

  Text() = default;
  static std::optional<Text> parse(std::string_view text) {
    if (text.empty() || text.size() > N || !is_clean_text(text)) return std::nullopt;
    Text out;
    out.value_ = text;
    return out;
  }
  void append_to(std::string& out) const { out += value_; }
  const std::string& text() const { return value_; }
  bool empty() const { return value_.empty(); }
  void wipe() { nrm::wipe(value_); }
  auto operator<=>(const Text&) const = default;

 private:
  std::string value_;
};
}  // namespace nrm
