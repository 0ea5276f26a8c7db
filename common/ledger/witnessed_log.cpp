#include "common/ledger/witnessed_log.hpp"

#include <charconv>

#include "common/ledger/checkpoint.hpp"

namespace nrm {
std::string witnessed_key(const std::string& log) { return "witnessed/" + log; }

std::string write_witnessed(const WitnessedLog& one) {
  return std::to_string(one.at.ms) + '\n' + one.note;
}

std::optional<Instant> read_milliseconds(std::string_view text) {
  Instant out;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.ms);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

Result<std::optional<WitnessedLog>> stored_witnessed(const Store& store, const std::string& log) {
  NRM_TRY_ASSIGN(const auto stored, store.get(Family::meta, witnessed_key(log)));
  if (!stored) return std::optional<WitnessedLog>();
  const auto line = stored->find('\n');
  const auto at = read_milliseconds(std::string_view(*stored).substr(0, line));
  if (line == stored->npos || !at)
    return Error(Code::corrupt, "", "a kept checkpoint of witnesses is unreadable");
  std::string note = stored->substr(line + 1);
  NRM_TRY_ASSIGN(const auto checkpoint, read_checkpoint(note_text(note)));
  return std::optional(WitnessedLog{log, checkpoint.size, *at, std::move(note)});
}

}  // namespace nrm
