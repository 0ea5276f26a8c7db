#include "common/store/wal_check.hpp"

#include <gtest/gtest.h>

#include <set>

namespace nrm {
namespace {
constexpr std::size_t block = 32 * 1024;

// Writes as RocksDB does, so that every byte of a file can be tried without one.
class LogFile {
 public:
  std::string bytes;
  std::vector<std::size_t> ends{0};  // where a record ends, or nothing has been written

  void add(std::string_view record) {
    bool first = true;
    do {
      const auto left = block - bytes.size() % block;
      if (left < 7) {
        for (std::size_t i = 0; i < left; ++i) {
          bytes += '\0';
          ends.push_back(bytes.size());
        }
        continue;
      }
      const auto part = record.substr(0, left - 7);
      const bool last = part.size() == record.size();
      add_fragment(part, first ? (last ? 1 : 2) : (last ? 4 : 3));
      record.remove_prefix(part.size());
      first = false;
      if (last) break;
    } while (true);
    ends.push_back(bytes.size());
  }
  void add_fragment(std::string_view part, int type) {
    const std::string sum = static_cast<char>(type) + std::string(part);
    const auto crc = crc32c(sum);
    const auto masked = (crc >> 15 | crc << 17) + 0xa282ead8u;
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(masked >> shift);
    bytes += static_cast<char>(part.size());
    bytes += static_cast<char>(part.size() >> 8);
    bytes += sum;
  }
};

LogFile three_blocks() {
  LogFile log;
  for (int i = 0; i < 150; ++i) log.add(std::string(static_cast<std::size_t>(i * 3), 'r'));
  log.add(std::string(40'000, 'x'));  // three fragments
  while (log.bytes.size() % block < block - 300) log.add("a record of some length");
  log.add(std::string(block - log.bytes.size() % block - 7 - 3, 'p'));  // leaves three bytes
  log.add("the first record of the last block");
  log.add("the last record");
  return log;
}

TEST(Crc32c, IsTheOneOfRfc3720) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c("456789", crc32c("123")), crc32c("123456789"));
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(WalCheck, AWholeLogHasNoFault) {
  EXPECT_FALSE(find_log_fault(""));
  EXPECT_FALSE(find_log_fault(three_blocks().bytes));
}

// All of the last records, all around the blocks' ends, and a seventeenth of the rest.
std::vector<std::size_t> offsets_of(const LogFile& log) {
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < log.bytes.size(); ++i)
    if (i % 17 == 0 || (i + 64) % block < 128 || i + 1'000 > log.bytes.size()) offsets.push_back(i);
  return offsets;
}

TEST(WalCheck, FindsAChangeOfAnyByte) {
  const auto log = three_blocks();
  const auto last_record = log.ends[log.ends.size() - 2];
  std::string bytes = log.bytes;
  for (const auto i : offsets_of(log)) {
    const char good = bytes[i];
    for (const int bits : {1 << i % 8, 0xff}) {
      bytes[i] = static_cast<char>(good ^ bits);
      const auto fault = find_log_fault(bytes);
      ASSERT_TRUE(fault) << "byte " << i << " of " << bytes.size();
      EXPECT_LE(fault->offset, i);
      EXPECT_TRUE(!fault->unfinished || i >= last_record) << "byte " << i << " looks like a crash";
    }
    bytes[i] = good;
  }
}

TEST(WalCheck, ACutIsUnfinishedOrBetweenRecords) {
  const auto log = three_blocks();
  const std::set<std::size_t> ends(log.ends.begin(), log.ends.end());
  for (const auto size : offsets_of(log)) {
    const auto fault = find_log_fault(std::string_view(log.bytes).substr(0, size));
    EXPECT_EQ(fault.has_value(), !ends.contains(size)) << size;
    EXPECT_TRUE(!fault || fault->unfinished) << size << " " << fault->what;
  }
}

TEST(WalCheck, ZerosAreACrashOnlyAtTheEnd) {
  auto log = three_blocks();
  const auto size = log.bytes.size();
  log.bytes.append(block + 100, '\0');
  const auto fault = find_log_fault(log.bytes);
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->unfinished);
  EXPECT_EQ(fault->offset, size);

  log.add("a whole record after them");
  EXPECT_FALSE(find_log_fault(log.bytes)->unfinished);
}

// A batch as the store writes it: its sequence number, how many changes, its mark, the changes.
std::string batch(std::uint64_t sequence, std::uint64_t synced_until, std::size_t size) {
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(sequence >> 8 * i);
  out += std::string("\x01\0\0\0\x03\x09", 6) + write_sync_mark(synced_until);
  return out + std::string(size, 'b');
}

void lose_sectors(std::string& bytes, std::size_t from, std::size_t to) {
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>((from + 511) / 512 * 512),
            bytes.begin() + static_cast<std::ptrdiff_t>(to / 512 * 512), '\0');
}

TEST(WalCheck, ARecordThatLacksSectorsIsDamageOnlyIfALaterOneSaysThatItWasSynced) {
  for (const std::uint64_t synced_until : {10u, 11u, 12u}) {
    LogFile log;
    log.add(batch(10, 9, 100));
    const auto torn = log.bytes.size();
    log.add(batch(11, 10, 3'000));
    EXPECT_FALSE(find_log_fault(log.bytes));
    std::string alone = log.bytes;
    lose_sectors(alone, torn, alone.size());
    ASSERT_TRUE(find_log_fault(alone));
    EXPECT_TRUE(find_log_fault(alone)->unfinished) << "it was being written";
    EXPECT_EQ(find_log_fault(alone)->offset, torn);

    const auto end = log.bytes.size();
    log.add(batch(12, 10, 3'000));
    log.add(batch(13, synced_until, 100));
    lose_sectors(log.bytes, torn, end);
    const auto fault = find_log_fault(log.bytes);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->unfinished, synced_until < 11) << synced_until;
  }
}

TEST(WalCheck, WhatHasAllItsSectorsIsDamageWhateverTheNextRecordSays) {
  LogFile log;
  log.add(batch(10, 9, 100));
  log.add(batch(11, 9, 3'000));
  log.add(batch(12, 9, 100));
  log.bytes[1'000] ^= 1;
  ASSERT_TRUE(find_log_fault(log.bytes));
  EXPECT_FALSE(find_log_fault(log.bytes)->unfinished);
}

TEST(WalCheck, AMarkIsReadAcrossABlocksEnd) {
  for (std::size_t room = 8; room < 40; ++room)  // in the block, for header and payload
    for (const std::uint64_t synced_until : {9u, 11u}) {
      LogFile log;
      log.add(batch(10, 9, 100));
      const auto torn = log.bytes.size();
      log.add(batch(11, 9, block - torn - 7 - 23 - room));
      const auto end = log.bytes.size();
      ASSERT_EQ(block - end, room);
      log.add(batch(12, synced_until, 100));
      EXPECT_FALSE(find_log_fault(log.bytes));
      lose_sectors(log.bytes, torn, end - 512);
      EXPECT_EQ(find_log_fault(log.bytes)->unfinished, synced_until == 9) << room;
    }
}

// RocksDB begins a log with an empty batch after it dropped the end of the one before.
TEST(WalCheck, AnEmptyBatchSaysNothing) {
  LogFile log;
  log.add(batch(10, 9, 3'000));
  const auto end = log.bytes.size();
  std::string empty(12, '\0');
  empty[0] = 11;
  log.add(empty);
  EXPECT_FALSE(find_log_fault(log.bytes));
  lose_sectors(log.bytes, 0, end);
  EXPECT_TRUE(find_log_fault(log.bytes)->unfinished);
}

TEST(WalCheck, FragmentsMustBeInOrder) {
  const std::pair<std::vector<int>, bool> orders[] = {
      {{1, 1}, true},  {{2, 4}, true},     {{2, 3, 3, 4, 1}, true}, {{3}, false},      {{4}, false},
      {{2, 1}, false}, {{2, 2, 4}, false}, {{1, 4}, false},         {{2, 4, 3}, false}};
  for (const auto& [types, right] : orders) {
    LogFile log;
    for (const int type : types) log.add_fragment("part", type);
    EXPECT_EQ(find_log_fault(log.bytes).has_value(), !right);
  }
  LogFile open_end;
  open_end.add("whole");
  open_end.add_fragment("part", 2);
  EXPECT_TRUE(find_log_fault(open_end.bytes)->unfinished);
}

TEST(WalCheck, UnknownTypesAreDamage) {
  for (const int type : {0, 5, 6, 7, 8, 9, 10, 255}) {
    LogFile log;
    log.add_fragment("part", type);
    const auto fault = find_log_fault(log.bytes);
    ASSERT_TRUE(fault) << type;
    EXPECT_FALSE(fault->unfinished) << type;
  }
}

TEST(WalCheck, AFolderThatIsNotThereIsAnError) {
  const auto faults = find_log_faults("/nowhere/at/all");
  ASSERT_FALSE(faults);
  EXPECT_EQ(faults.error().code, Code::io_failed);
}
}  // namespace
}  // namespace nrm
