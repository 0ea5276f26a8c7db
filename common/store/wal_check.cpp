// The format (RocksDB 7.8, db/log_format.h; LevelDB's doc/log_format.md): blocks of 32 KiB, in them
// records of a header (masked CRC-32C of type and payload, length, type) and a payload. What is
// left at a block's end and too short for a header is zero.
#include "common/store/wal_check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace nrm {
namespace {
constexpr std::size_t block_bytes = 32 * 1024;
constexpr std::size_t header_bytes = 7;
// Types 5-8 are for recycled files, 9 for compressed ones; rocksdb_store.cpp has both off.
enum class Type : std::uint8_t { zero, full, first, middle, last };

// RocksDB exports no CRC. Eight tables: one round per eight bytes, about 1.5 GB/s.
constexpr auto crc_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0u);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t)
    for (std::size_t i = 0; i < 256; ++i)
      tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
  return tables;
}();

std::uint32_t read_u32(const char* at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(at[i]);
  return value;
}

bool all_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

struct Header {
  std::uint32_t crc;
  std::size_t length;
  Type type;

  bool known() const { return type >= Type::full && type <= Type::last; }
};

// REQUIRES: header_bytes from `at` on.
Header read_header(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[at + i]); };
  const auto length = static_cast<std::size_t>(byte(4)) | static_cast<std::size_t>(byte(5)) << 8;
  return {read_u32(bytes.data() + at), length, static_cast<Type>(byte(6))};
}

// Stored checksums are rotated and shifted, so that a CRC over bytes that hold CRCs stays good.
std::uint32_t unmasked(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xa282ead8u;
  return rotated >> 17 | rotated << 15;
}

// REQUIRES: header and payload from `at` on are there.
bool checksum_right(std::string_view bytes, std::size_t at, const Header& header) {
  return crc32c(bytes.substr(at + header_bytes - 1, header.length + 1)) == unmasked(header.crc);
}

std::size_t block_left(std::size_t at) { return block_bytes - at % block_bytes; }

// Is there a whole record anywhere after `from`? Then what looks unfinished before it is damage.
// Bounded: only called in a file's last block.
bool record_follows(std::string_view bytes, std::size_t from) {
  for (std::size_t at = from; at + header_bytes <= bytes.size(); ++at) {
    const Header header = read_header(bytes, at);
    if (header.known() && at + header_bytes + header.length <= bytes.size() &&
        header_bytes + header.length <= block_left(at) && checksum_right(bytes, at, header))
      return true;
  }
  return false;
}

LogFault damaged(std::size_t at, std::string what) { return {{}, at, std::move(what), false}; }
LogFault unfinished(std::size_t at, std::string what) { return {{}, at, std::move(what), true}; }

// The fault of the one record at `at`, whatever came before it.
std::optional<LogFault> find_record_fault(std::string_view bytes, std::size_t at) {
  const std::string_view rest = bytes.substr(at);
  if (rest.size() < header_bytes) return unfinished(at, "the header is cut off");
  const Header header = read_header(bytes, at);
  if (header.type == Type::zero && header.length == 0 && header.crc == 0) {
    // Preallocation that shows, or a page that a power cut left unwritten. Neither has been seen
    // on ext4 with this build: RocksDB allocates with FALLOC_FL_KEEP_SIZE.
    return all_zero(rest) ? unfinished(at, "zeros to the end")
                          : damaged(at, "zeros before other bytes");
  }
  if (!header.known()) return damaged(at, "unknown type");
  if (header_bytes + header.length > block_left(at)) return damaged(at, "length");
  if (header_bytes + header.length > rest.size()) {
    return record_follows(bytes, at + 1) ? damaged(at, "length")
                                         : unfinished(at, "the payload is cut off");
  }
  if (!checksum_right(bytes, at, header)) return damaged(at, "checksum");
  return std::nullopt;
}

// A whole file; nothing when it is not there (any more).
Result<std::optional<std::string>> read_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return Error(Code::io_failed, {}, path.filename().string() + " cannot be opened");
  }
  std::string bytes;
  struct ::stat facts {};
  bool good = ::fstat(file, &facts) == 0;
  if (good) bytes.resize(static_cast<std::size_t>(facts.st_size));
  std::size_t done = 0;
  while (good && done < bytes.size()) {
    const auto got = ::read(file, bytes.data() + done, bytes.size() - done);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    good = got > 0;
    done += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  ::close(file);
  if (!good) return Error(Code::io_failed, {}, path.filename().string() + " cannot be read");
  bytes.resize(done);
  return std::optional(std::move(bytes));
}

Result<void> check_log(const std::filesystem::path& path, std::vector<LogFault>& faults) {
  NRM_TRY_ASSIGN(const auto bytes, read_file(path));
  if (!bytes) return {};
  if (auto fault = find_log_fault(*bytes)) {
    fault->file = path.filename().string();
    faults.push_back(std::move(*fault));
  }
  return {};
}

bool names_manifest(std::string_view text) {
  constexpr std::string_view start = "MANIFEST-";
  if (!text.starts_with(start) || !text.ends_with('\n')) return false;
  const auto digits = text.substr(start.size(), text.size() - start.size() - 1);
  return !digits.empty() &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> check_manifest(const std::filesystem::path& folder, bool holds_data,
                            std::vector<LogFault>& faults) {
  // The process that writes may begin a new MANIFEST between our two reads; not three times.
  for (int attempt = 0; attempt < 3; ++attempt) {
    NRM_TRY_ASSIGN(const auto current, read_file(folder / "CURRENT"));
    if (!current) {
      if (holds_data) faults.push_back({"CURRENT", 0, "it is missing", false});
      return {};
    }
    if (!names_manifest(*current)) {
      faults.push_back({"CURRENT", 0, "it names no MANIFEST", false});
      return {};
    }
    const auto manifest = folder / current->substr(0, current->size() - 1);
    if (std::filesystem::exists(manifest)) return check_log(manifest, faults);
  }
  faults.push_back({"CURRENT", 0, "the MANIFEST that it names is missing", false});
  return {};
}
}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
  crc = ~crc;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint32_t low = read_u32(at) ^ crc;
    const std::uint32_t high = read_u32(at + 4);
    crc = crc_tables[7][low & 0xff] ^ crc_tables[6][low >> 8 & 0xff] ^
          crc_tables[5][low >> 16 & 0xff] ^ crc_tables[4][low >> 24] ^ crc_tables[3][high & 0xff] ^
          crc_tables[2][high >> 8 & 0xff] ^ crc_tables[1][high >> 16 & 0xff] ^
          crc_tables[0][high >> 24];
  }
  for (; left > 0; ++at, --left)
    crc = (crc >> 8) ^ crc_tables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xff];
  return ~crc;
}

std::optional<LogFault> find_log_fault(std::string_view bytes) {
  bool within = false;    // a record of several fragments,
  std::size_t begun = 0;  // which began here
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (block_left(at) < header_bytes) {
      const auto padding = bytes.substr(at, block_left(at));
      if (!all_zero(padding)) return damaged(at, "the end of a block is not zero");
      at += padding.size();
      continue;
    }
    if (auto fault = find_record_fault(bytes, at)) return fault;
    const Header header = read_header(bytes, at);
    const bool continues = header.type == Type::middle || header.type == Type::last;
    if (continues != within) return damaged(at, "fragments out of order");
    if (header.type == Type::first) begun = at;
    within = header.type == Type::first || header.type == Type::middle;
    at += header_bytes + header.length;
  }
  if (within) return unfinished(begun, "the last fragment is missing");
  return std::nullopt;
}

Result<std::vector<LogFault>> find_log_faults(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<fs::path> logs;
  bool holds_data = false;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    const auto extension = at->path().extension();
    if (extension == ".log") logs.push_back(at->path());
    holds_data = holds_data || extension == ".log" || extension == ".sst";
  }
  if (failed) return Error(Code::io_failed, {}, "the store's folder cannot be listed");
  std::sort(logs.begin(), logs.end());

  std::vector<LogFault> faults;
  NRM_TRY(check_manifest(folder, holds_data, faults));
  for (const auto& log : logs) NRM_TRY(check_log(log, faults));
  return faults;
}
}  // namespace nrm
