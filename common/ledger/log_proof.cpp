#include "common/ledger/log_proof.hpp"

#include <charconv>

#include "common/base/hex.hpp"
#include "common/ledger/note.hpp"

namespace nrm {
namespace {
constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1";
constexpr std::size_t hashes_max = 63;  // of a tree of 2^63 records

Error corrupt(const char* what) { return Error(Code::corrupt, "", what); }
}  // namespace

std::string write_log_proof(const LogProof& proof) {
  std::string out(first_line);
  out += '\n';
  if (!proof.extra.empty()) out += "extra " + to_base64(proof.extra) + '\n';
  out += "index " + std::to_string(proof.index) + '\n';
  for (const Hash& hash : proof.hashes) out += to_base64(hash.view()) + '\n';
  return out + '\n' + proof.note;
}

Result<LogProof> read_log_proof(std::string_view text) {
  if (text.size() > log_proof_bytes_max)
    return Error(Code::too_large, "", "this is longer than a proof can be");
  if (take_line(text) != first_line)
    return corrupt("the first line is not \"c2sp.org/tlog-proof@v1\": this is no proof");
  LogProof out;
  auto line = take_line(text);
  if (line && line->starts_with("extra ")) {
    auto extra = from_base64(line->substr(6));
    if (!extra || extra->empty()) return corrupt("the line \"extra\" is not base64");
    out.extra = std::move(*extra);
    line = take_line(text);
  }
  if (!line || !line->starts_with("index ")) return corrupt("the line \"index\" is missing");
  const std::string_view digits = line->substr(6);
  const auto [end, fault] =
      std::from_chars(digits.data(), digits.data() + digits.size(), out.index);
  if (fault != std::errc() || end != digits.data() + digits.size() ||
      std::to_string(out.index) != digits)
    return corrupt("the index is not a number in its one spelling");
  while ((line = take_line(text)) && !line->empty()) {
    const auto bytes = from_base64(*line);
    const auto hash = bytes ? Hash::from(*bytes) : std::nullopt;
    if (!hash) return corrupt("a line of the inclusion proof is not a hash in base64");
    if (out.hashes.size() == hashes_max) return corrupt("the inclusion proof is too long");
    out.hashes.push_back(*hash);
  }
  if (!line) return corrupt("it ends before its checkpoint");
  out.note = text;
  return out;
}
}  // namespace nrm
