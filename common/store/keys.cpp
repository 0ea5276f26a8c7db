#include "common/store/keys.hpp"

namespace nrm::keys {
namespace {
// The sign bit flipped, so that times before 1970 sort first.
std::uint64_t ordered(Instant at) {
  return static_cast<std::uint64_t>(at.ms) ^ (std::uint64_t{1} << 63);
}

void append_stream(std::string& out, const StreamKey& stream) {
  out += static_cast<char>(stream.kind);
  out.append(reinterpret_cast<const char*>(stream.id.bytes.data()), 16);
}

StreamKey read_stream(std::string_view bytes) {
  StreamKey stream{static_cast<StreamKind>(bytes[0]), {}};
  for (std::size_t i = 0; i < 16; ++i) stream.id.bytes[i] = static_cast<std::uint8_t>(bytes[i + 1]);
  return stream;
}
}  // namespace

void append_u64(std::string& out, std::uint64_t value) {
  char big[8];
  for (int i = 0; i < 8; ++i) big[i] = static_cast<char>(value >> (56 - 8 * i));
  out.append(big, sizeof big);
}

std::uint64_t read_u64(std::string_view bytes) {
  CHECK(bytes.size() >= 8, "a number has eight bytes");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string log(std::uint64_t seq) {
  std::string out;
  append_u64(out, seq);
  return out;
}

std::string state(const StreamKey& stream) {
  std::string out;
  append_stream(out, stream);
  return out;
}

std::optional<StreamKey> read_state(std::string_view key) {
  return key.size() == 17 ? std::optional(read_stream(key)) : std::nullopt;
}

std::string due(const DueKey& key) {
  std::string out;
  append_u64(out, ordered(key.due));
  append_stream(out, key.stream);
  out += static_cast<char>(key.clock);
  return out;
}

std::optional<DueKey> read_due(std::string_view key) {
  if (key.size() != 26) return std::nullopt;
  const auto ms = static_cast<std::int64_t>(read_u64(key) ^ (std::uint64_t{1} << 63));
  return DueKey{Instant{ms}, read_stream(key.substr(8)), static_cast<ClockName>(key[25])};
}

std::string archive(std::string_view log_name, std::uint64_t seq) {
  std::string out(log_name);
  out += '\0';
  append_u64(out, seq);
  return out;
}

std::string cursor(std::string_view log_name) { return "cursor/" + std::string(log_name); }
}  // namespace nrm::keys
