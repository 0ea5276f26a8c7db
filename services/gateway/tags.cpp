#include "services/gateway/tags.hpp"

#include <array>
#include <charconv>

#include "common/crypto/crypto.hpp"

namespace nrm::gateway {
namespace {
// The numbers of a strong entity tag, "3" or "0.2.1.0.0".
template <std::size_t N>
Result<std::array<std::uint64_t, N>> read_tag(std::string_view field) {
  std::array<std::uint64_t, N> out{};
  const Error fault(Code::bad_request, "", "If-Match takes the one ETag that you were given");
  if (field.size() < 3 || field.front() != '"' || field.back() != '"') return fault;
  const char* at = field.data() + 1;
  const char* const end = field.data() + field.size() - 1;
  for (std::size_t i = 0; i < N; ++i) {
    const auto [next, wrong] = std::from_chars(at, end, out[i]);
    if (wrong != std::errc() || (i + 1 < N ? next == end || *next != '.' : next != end))
      return fault;
    at = next + 1;
  }
  return out;
}
}  // namespace

std::string case_tag(const Versions& versions) {
  std::string out = "\"";
  for (const std::uint32_t one : {versions.vault, versions.identification, versions.referral,
                                  versions.assistance, versions.closure}) {
    if (out.size() > 1) out += '.';
    out += std::to_string(one);
  }
  return out + '"';
}
std::string walled_case_tag(const Versions& versions, std::string_view shown) {
  Versions told{.vault = versions.vault, .identification = versions.identification};
  for (const char c : crypto::digest(shown, 16).substr(0, 4))
    told.closure = told.closure << 8 | static_cast<unsigned char>(c);
  return case_tag(told);
}
std::string referral_tag(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

Result<std::uint64_t> read_case_tag(std::string_view field, Service service) {
  NRM_TRY_ASSIGN(const auto numbers, read_tag<5>(field));
  const auto at = static_cast<std::size_t>(service);
  if (at >= numbers.size())  // the audit's, say: its own log has nothing of a case to be compared
    return Error(Code::bad_request, "", "this is not decided by a version: leave If-Match out");
  return numbers[at];
}
Result<std::uint64_t> read_referral_tag(std::string_view field) {
  NRM_TRY_ASSIGN(const auto numbers, read_tag<1>(field));
  return numbers[0];
}
}  // namespace nrm::gateway
