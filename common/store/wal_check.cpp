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
#include <filesystem>
#include <limits>

#include "common/base/descriptor.hpp"

namespace nrm {
namespace {
constexpr std::size_t block_bytes = 32 * 1024;
constexpr std::size_t header_bytes = 7;
constexpr std::size_t sector_bytes = 512;  // what a disk writes whole or not at all, at the least
// Zeros at a sector's end that are no chance: no record of ours ends in so many.
constexpr std::size_t unwritten_bytes_min = 16;
// A batch: the sequence number of its first change, their count, the changes (write_batch.cc).
constexpr std::size_t batch_header_bytes = 12;
constexpr char log_data_type = 3;  // kTypeLogData
constexpr char mark_letter = 's';
constexpr std::size_t mark_bytes = 9;
// Types 5-8 are for recycled files, 9 for compressed ones; rocksdb_opening.cpp has both off.
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

std::uint64_t read_u64(const char* at) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(at[i]);
  return value;
}

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

// A whole fragment at `at`?
// REQUIRES: not in a block's last bytes that are too few for a header.
std::optional<Header> read_fragment(std::string_view bytes, std::size_t at) {
  if (at + header_bytes > bytes.size()) return std::nullopt;
  const Header header = read_header(bytes, at);
  if (!header.known() || at + header_bytes + header.length > bytes.size() ||
      header_bytes + header.length > block_left(at) || !checksum_right(bytes, at, header))
    return std::nullopt;
  return header;
}

struct BatchStart {
  std::uint64_t sequence = 0;
  std::uint64_t next = 0;  // the sequence number after its last change
  std::optional<std::uint64_t> synced_until;
};

// The first bytes of a record's payload, from as many of its fragments as that takes.
class BatchHead {
 public:
  // True when this fragment makes it complete.
  bool add(const Header& header, std::string_view payload) {
    const bool begins = header.type == Type::full || header.type == Type::first;
    if (begins) bytes_.clear();
    if (begins) waiting_ = true;
    bytes_ += payload.substr(0, bytes_wanted - std::min(bytes_wanted, bytes_.size()));
    const bool ends = header.type == Type::full || header.type == Type::last;
    return waiting_ && (ends || bytes_.size() == bytes_wanted) && !(waiting_ = false);
  }
  void lost() { waiting_ = false; }
  std::optional<BatchStart> read() const {
    if (bytes_.size() < batch_header_bytes) return std::nullopt;
    const std::uint64_t sequence = read_u64(bytes_.data());
    BatchStart out{sequence, sequence + read_u32(bytes_.data() + 8), std::nullopt};
    const std::string_view mark = std::string_view(bytes_).substr(batch_header_bytes);
    if (bytes_.size() == bytes_wanted && mark[0] == log_data_type && mark[1] == mark_bytes &&
        mark[2] == mark_letter)
      out.synced_until = read_u64(mark.data() + 3);
    return out;
  }

 private:
  static constexpr std::size_t bytes_wanted = batch_header_bytes + 2 + mark_bytes;
  std::string bytes_;
  bool waiting_ = false;
};

// What the records after a fault say.
struct Witnesses {
  bool any = false;                // there is one
  std::uint64_t first = 0;         // the sequence number of the first one
  std::uint64_t synced_until = 0;  // by all of them; a record without a mark is for all

  void hear(const std::optional<BatchStart>& batch) {
    if (!any) first = batch ? batch->sequence : 0;
    any = true;
    // RocksDB's own, in the log that a recovery begins: says nothing.
    if (batch && batch->next == batch->sequence) return;
    constexpr auto everything = std::numeric_limits<std::uint64_t>::max();
    synced_until =
        std::max(synced_until, batch ? batch->synced_until.value_or(everything) : everything);
  }
  // Was the record with this sequence number synced? Unknown (0): that just before the first.
  bool say_synced(std::uint64_t sequence) const {
    return any && synced_until >= (sequence != 0 ? sequence : first - 1);
  }
};

// All records that begin after `from`, wherever they begin: within the block of the fault nothing
// says where the next one is.
Witnesses find_witnesses(std::string_view bytes, std::size_t from) {
  Witnesses out;
  BatchHead head;
  for (std::size_t at = from; at + header_bytes <= bytes.size();) {
    if (block_left(at) < header_bytes) {
      at += block_left(at);
      continue;
    }
    const auto header = read_fragment(bytes, at);
    if (!header) {
      head.lost();
      ++at;
      continue;
    }
    if (head.add(*header, bytes.substr(at + header_bytes, header->length))) out.hear(head.read());
    at += header_bytes + header->length;
  }
  return out;
}

// Does the fragment at `at` lack a sector, or the end of one that an earlier write had begun?
bool lacks_sectors(std::string_view bytes, std::size_t at) {
  if (at + header_bytes > bytes.size()) return false;
  const Header header = read_header(bytes, at);
  const std::size_t length = std::min(header_bytes + header.length, block_left(at));
  const std::size_t end = std::min(bytes.size(), at + (header.known() ? length : header_bytes));
  for (std::size_t from = at; from < end;) {
    const std::size_t to = std::min(end, (from / sector_bytes + 1) * sector_bytes);
    const std::size_t zeros = std::min(to - from, unwritten_bytes_min);
    if (all_zero(bytes.substr(to - zeros, zeros))) return true;
    from = to;
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
    // Sectors that a power cut left unwritten.
    return all_zero(rest) ? unfinished(at, "zeros to the end")
                          : damaged(at, "zeros before other bytes");
  }
  if (!header.known()) return damaged(at, "unknown type");
  if (header_bytes + header.length > block_left(at)) return damaged(at, "length");
  if (header_bytes + header.length > rest.size()) {
    return find_witnesses(bytes, at + 1).any ? damaged(at, "length")
                                             : unfinished(at, "the payload is cut off");
  }
  if (!checksum_right(bytes, at, header)) return damaged(at, "checksum");
  return std::nullopt;
}

struct LogReading {
  std::optional<LogFault> fault;
  bool torn = false;       // the fault is unfinished because nothing says that it was synced
  std::uint64_t next = 0;  // the sequence number that comes after the whole records; 0: unknown
  Witnesses witnesses;     // the whole records
};

// From the beginning to the first fault. `next`: as far as the logs before say.
LogReading read_log(std::string_view bytes, std::uint64_t next) {
  LogReading out{.fault = {}, .next = next, .witnesses = {}};
  BatchHead head;
  bool within = false;    // a record of several fragments,
  std::size_t begun = 0;  // which began here
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (block_left(at) < header_bytes) {
      const auto padding = bytes.substr(at, block_left(at));
      if (!all_zero(padding)) out.fault = damaged(at, "the end of a block is not zero");
      if (out.fault) break;
      at += padding.size();
      continue;
    }
    if (out.fault = find_record_fault(bytes, at); out.fault) break;
    const Header header = read_header(bytes, at);
    const bool begins = header.type == Type::first || header.type == Type::full;
    if (begins == within) out.fault = damaged(at, "fragments out of order");
    if (out.fault) break;
    if (begins) begun = at;
    within = header.type == Type::first || header.type == Type::middle;
    head.add(header, bytes.substr(at + header_bytes, header.length));
    if (const auto batch = within ? std::nullopt : head.read()) {
      out.witnesses.hear(batch);
      out.next = batch->next;
    }
    at += header_bytes + header.length;
  }
  if (!out.fault && within) out.fault = unfinished(begun, "the last fragment is missing");
  if (!out.fault || out.fault->unfinished) return out;
  out.torn = lacks_sectors(bytes, at) && !find_witnesses(bytes, at + 1).say_synced(out.next);
  if (out.torn) out.fault = unfinished(within ? begun : at, "a power cut tore it");
  return out;
}

// A whole file; nothing when it is not there (any more).
Result<std::optional<std::string>> read_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    if (errno == ENOENT) return std::optional<std::string>();
    return Error(Code::io_failed, {}, path.filename().string() + " cannot be opened");
  }
  std::string bytes;
  struct ::stat facts {};
  bool good = ::fstat(file.get(), &facts) == 0;
  if (good) bytes.resize(static_cast<std::size_t>(facts.st_size));
  std::size_t done = 0;
  while (good && done < bytes.size()) {
    const auto got = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    good = got > 0;
    done += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  if (!good) return Error(Code::io_failed, {}, path.filename().string() + " cannot be read");
  bytes.resize(done);
  return std::optional(std::move(bytes));
}

// One after the other, as one log: what a later one says was synced, is synced.
Result<void> check_wals(const std::vector<std::filesystem::path>& paths,
                        std::vector<LogFault>& faults) {
  std::optional<LogFault> torn;
  std::uint64_t torn_sequence = 0;
  std::uint64_t next = 0;
  for (const auto& path : paths) {
    NRM_TRY_ASSIGN(const auto bytes, read_file(path));
    if (!bytes) continue;
    LogReading reading = read_log(*bytes, next);
    if (torn && reading.witnesses.say_synced(torn_sequence)) torn->unfinished = false;
    next = reading.next;
    if (!reading.fault) continue;
    reading.fault->file = path.filename().string();
    if (reading.torn && !torn) {
      torn = std::move(reading.fault);
      torn_sequence = next;
    } else {
      faults.push_back(std::move(*reading.fault));
    }
  }
  if (torn) faults.push_back(std::move(*torn));
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
    NRM_TRY_ASSIGN(const auto bytes, read_file(manifest));
    if (!bytes) continue;
    if (auto fault = find_log_fault(*bytes)) {
      fault->file = manifest.filename().string();
      faults.push_back(std::move(*fault));
    }
    return {};
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

std::optional<LogFault> find_log_fault(std::string_view bytes) { return read_log(bytes, 0).fault; }

std::string write_sync_mark(std::uint64_t synced_until) {
  std::string out(1, mark_letter);
  for (int i = 0; i < 8; ++i) out += static_cast<char>(synced_until >> 8 * i);
  return out;
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
  NRM_TRY(check_wals(logs, faults));
  return faults;
}
}  // namespace nrm
