#include "common/diag/pseudonyms.hpp"

#include <algorithm>

#include "common/base/hex.hpp"

namespace nrm::diag {
namespace {
constexpr std::size_t id_length = 36;  // 8-4-4-4-12, RFC 9562

// Never destroyed: other threads may write until the very end.
Pseudonym& pseudonym() {
  static auto* const only = new Pseudonym([](std::string_view) { return std::string("(id)"); });
  return *only;
}

bool is_hex(char c) { return hex_digit(c) >= 0 || (c >= 'A' && c <= 'F'); }

bool is_id(std::string_view text) {
  if (text.size() < id_length) return false;
  for (std::size_t i = 0; i < id_length; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}
}  // namespace

void name_ids_by(Pseudonym given) { pseudonym() = std::move(given); }

std::string without_ids(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_id(text.substr(at))) {
      out += text[at++];
      continue;
    }
    std::string id(text.substr(at, id_length));
    std::ranges::transform(id, id.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    out += pseudonym()(id);
    at += id_length;
  }
  return out;
}
}  // namespace nrm::diag
