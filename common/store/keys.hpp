// The key grammar. Nothing else knows a prefix. Numbers are big-endian, so that byte order is
// number order. No key holds anything personal: RocksDB keeps keys in clear in its MANIFEST.
//
//   log          seq:8
//   state        kind:1 id:16
//   due          ms:8 kind:1 id:16 clock:1
//   idempotency  key:16
//   archive      log name, 0x00, seq:8
//   meta         "secret" "checkpoint" "folded" "cursor/<log name>"
//   merkle       "frontier"; "f" level:1 chunk:1; "t" level:1 index:8
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.hpp"
#include "common/event/stream.hpp"

namespace nrm::keys {
void append_u64(std::string& out, std::uint64_t value);
std::uint64_t read_u64(std::string_view bytes);  // REQUIRES: at least 8 bytes

std::string log(std::uint64_t seq);
std::string state(const StreamKey& stream);
std::optional<StreamKey> read_state(std::string_view key);

struct DueKey {
  Instant due;
  StreamKey stream;
  ClockName clock{};
};
std::string due(const DueKey& key);
std::optional<DueKey> read_due(std::string_view key);

std::string archive(std::string_view log_name, std::uint64_t seq);
std::string cursor(std::string_view log_name);
}  // namespace nrm::keys
