// What only files on a disk can show: locks, rights, crashes, and bytes that changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "common/diag/diag.hpp"
#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/contract/store_folder.hpp"
#include "tests/contract/writer_process.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
using testing::Contains;
using testing::Field;
using testing::IsEmpty;

void write_records(Store& store, std::uint64_t from, std::uint64_t to) {
  for (auto seq = from; seq < to; ++seq) {
    Batch batch;
    batch.put(Family::log, keys::log(seq), std::string(200 + seq % 300, static_cast<char>(seq)));
    batch.put(Family::state, keys::log(seq % 16), keys::log(seq));
    ASSERT_TRUE(store.commit(batch, Sync::yes));
  }
}

std::uint64_t count_records(const Store& store) {
  std::uint64_t count = 0;
  const auto done = store.scan(Family::log, {}, [&](auto key, auto) {
    EXPECT_EQ(keys::read_u64(key), count) << "dense";
    ++count;
    return true;
  });
  EXPECT_TRUE(done);
  return count;
}

// LOCK stays: to open and close it here would drop the lock of a store that is open in here.
void copy_store(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from))
    if (entry.path().filename() != "LOCK") fs::copy_file(entry, to / entry.path().filename());
}

std::vector<fs::path> files_of(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename().string().find(ending) != std::string::npos)
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<FileFault> check(const std::string& folder, bool live = false) {
  auto faults = check_files(folder, live);
  EXPECT_TRUE(faults);
  return faults ? *faults : std::vector<FileFault>{{"check_files", "failed"}};
}

std::string text_of(const std::vector<FileFault>& faults) {
  std::string text;
  for (const auto& fault : faults) text += fault.file + ": " + fault.what + "; ";
  return text;
}

// SSTs of two families and a WAL of some blocks after them.
void fill(const std::string& folder) {
  const auto store = open_store(folder);
  write_records(*store, 0, 200);
  ASSERT_TRUE(store->flush());
  write_records(*store, 200, 400);
}

// Where the record of a WAL that begins at `at` ends, and the block's padding after it.
std::size_t end_of_record(const std::string& wal, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(wal[at + i]); };
  at += 7 + static_cast<std::size_t>(byte(4)) + 256 * static_cast<std::size_t>(byte(5));
  const auto left = 32768 - at % 32768;
  return left < 7 ? at + left : at;
}

TEST(RocksDbStore, ReopensWithAllThatWasCommitted) {
  const StoreFolder folder;
  fill(folder.path());
  for (int start = 0; start < 3; ++start) {
    const auto store = open_store(folder.path());
    EXPECT_EQ(count_records(*store), 400u);
    EXPECT_EQ(store->get(Family::state, keys::log(15)).value(), keys::log(399));
  }
}

// A line of RocksDB's on every SST, sound as they were, stood before each auditor's findings.
TEST(RocksDbStore, CheckingAGoodFolderSaysNothing) {
  const StoreFolder folder;
  fill(folder.path());
  diag::start("nrm-test", diag::Level::info);
  testing::internal::CaptureStderr();
  const auto faults = check(folder.path());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(text_of(faults), "");
}

TEST(RocksDbStore, MakesAFolderThatOnlyItsOwnerMayRead) {
  const StoreFolder folder;
  open_store(folder.path());
  struct stat facts {};
  ASSERT_EQ(::stat(folder.path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0700u);
  EXPECT_THAT(files_of(folder.path(), "LOG"), IsEmpty()) << "RocksDB's own log would name keys";
}

TEST(RocksDbStore, IsOpenedByOneProcessOnly) {
  const StoreFolder folder;
  const auto store = open_store(folder.path());
  const auto second = open_rocksdb({folder.path()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::io_failed);
  write_records(*store, 0, 1);
}

TEST(RocksDbStore, AFolderThatIsNotThereOrMayNotBeMadeIsAnError) {
  const StoreFolder folder;
  EXPECT_EQ(open_rocksdb({folder.path(), true}).error().code, Code::io_failed);
  EXPECT_EQ(open_rocksdb({"/proc/nrm/store"}).error().code, Code::io_failed);
  EXPECT_FALSE(fs::exists(folder.path()));
}

TEST(RocksDbStore, IsReadBesideTheProcessThatWrites) {
  const StoreFolder folder;
  const auto writer = open_store(folder.path());
  write_records(*writer, 0, 50);
  ASSERT_TRUE(writer->flush());
  write_records(*writer, 50, 100);

  const auto reader = open_store(folder.path(), true);
  EXPECT_EQ(count_records(*reader), 100u) << "SST and WAL";
  for (std::uint64_t i = 100; i < 160; i += 10) {
    write_records(*writer, i, i + 10);
    ASSERT_TRUE(writer->flush());  // the fourth starts a compaction, which deletes SSTs
  }
  EXPECT_EQ(count_records(*reader), 100u) << "a snapshot";
  EXPECT_EQ(count_records(*open_store(folder.path(), true)), 160u);

  Batch batch;
  batch.put(Family::log, keys::log(1000), "not from here");
  const auto refused = reader->commit(batch, Sync::yes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::io_failed);
  EXPECT_EQ(count_records(*writer), 160u);
}

// ---- crashes ----

TEST(RocksDbStore, KeepsWhatWasAcknowledgedWhenKilled) {
  const StoreFolder folder;
  for (const std::uint64_t kill_at : {1u, 20u, 300u}) {
    fs::remove_all(folder.path());
    WriterProcess writer({folder.path(), "100000000"});
    std::uint64_t acknowledged = 0;
    while (acknowledged < kill_at) {
      const auto seq = writer.next_acknowledged();
      ASSERT_TRUE(seq);
      acknowledged = *seq;
    }
    writer.kill();
    ASSERT_TRUE(WIFSIGNALED(writer.wait()));
    while (const auto seq = writer.next_acknowledged()) acknowledged = *seq;

    // As if live: a write() that SIGKILL cut short leaves an unfinished record.
    EXPECT_EQ(text_of(check(folder.path(), true)), "");
    EXPECT_GT(count_records(*open_store(folder.path())), acknowledged);
    EXPECT_EQ(text_of(check(folder.path())), "") << "the start has cut off what was unfinished";
  }
}

TEST(RocksDbStore, EndsTheProcessWhenTheDiskTakesNoMore) {
  const StoreFolder folder;
  WriterProcess writer({folder.path(), "100000000", "200000"});
  std::uint64_t acknowledged = 0;
  while (const auto seq = writer.next_acknowledged()) acknowledged = *seq;
  const int status = writer.wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 70) << "the listener, before commit() could answer";
  EXPECT_GT(acknowledged, 100u);
  EXPECT_GT(count_records(*open_store(folder.path())), acknowledged);
}

TEST(RocksDbStore, CheckFilesFindsNothingBesideAProcessThatWrites) {
  const StoreFolder folder;
  WriterProcess writer({folder.path(), "100000000"});
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(writer.next_acknowledged());
    EXPECT_EQ(text_of(check(folder.path(), true)), "");
  }
}

// ---- bytes that changed ----

class ChangedBytes : public testing::TestWithParam<bool> {
 protected:
  // A store that was closed, or that was killed while it wrote.
  void SetUp() override {
    fill(folder_.path());
    if (!GetParam()) return;
    fs::remove_all(folder_.path());
    WriterProcess writer({folder_.path(), "100000000"});
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(writer.next_acknowledged());
    writer.kill();
    ASSERT_TRUE(WIFSIGNALED(writer.wait()));
    open_store(folder_.path());  // recovers: the WAL becomes SSTs
    WriterProcess second({folder_.path(), "100000000"});
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(second.next_acknowledged());
    second.kill();
    ASSERT_TRUE(WIFSIGNALED(second.wait()));
  }

  void expect_every_flip_found(const fs::path& file, int samples) {
    const std::string good = read_bytes(file);
    std::vector<std::size_t> offsets;
    for (std::size_t i = 0; i < std::min<std::size_t>(8, good.size()); ++i) {
      offsets.push_back(i);
      offsets.push_back(good.size() - 1 - i);
    }
    for (int i = 0; i < samples && !good.empty(); ++i) offsets.push_back(random_() % good.size());
    for (const auto offset : offsets) {
      std::string bad = good;
      bad[offset] = static_cast<char>(bad[offset] ^ 1 << random_() % 8);
      write_bytes(file, bad);
      EXPECT_THAT(check(folder_.path()),
                  Contains(Field(&FileFault::file, file.filename().string())))
          << "byte " << offset << " of " << good.size();
    }
    write_bytes(file, good);
  }

  StoreFolder folder_;
  std::mt19937 random_{20260101};
};
INSTANTIATE_TEST_SUITE_P(Store, ChangedBytes, testing::Bool(), [](const auto& kind) {
  return std::string(kind.param ? "Killed" : "Closed");
});

TEST_P(ChangedBytes, NothingIsFoundWhereNothingChanged) {
  EXPECT_EQ(text_of(check(folder_.path(), GetParam())), "");
}

TEST_P(ChangedBytes, AreFoundInEveryWal) {
  const auto wals = files_of(folder_.path(), ".log");
  ASSERT_FALSE(wals.empty());
  for (const auto& wal : wals) expect_every_flip_found(wal, 200);
}

TEST_P(ChangedBytes, AreFoundInEverySst) {
  const auto ssts = files_of(folder_.path(), ".sst");
  ASSERT_GE(ssts.size(), 2u);
  for (const auto& sst : ssts) expect_every_flip_found(sst, 100);
}

TEST_P(ChangedBytes, AreFoundInTheManifestAndCurrent) {
  const std::string current = read_bytes(fs::path(folder_.path()) / "CURRENT");
  expect_every_flip_found(fs::path(folder_.path()) / current.substr(0, current.size() - 1), 100);
  expect_every_flip_found(fs::path(folder_.path()) / "CURRENT", 30);
}

TEST_P(ChangedBytes, OfTwoFilesAreBothFound) {
  const auto wal = files_of(folder_.path(), ".log").back();
  const auto sst = files_of(folder_.path(), ".sst").front();
  for (const auto& file : {wal, sst}) {
    std::string bytes = read_bytes(file);
    bytes[bytes.size() - 20] ^= 1;  // of an SST: the footer, so that RocksDB does not open
    write_bytes(file, bytes);
  }
  const auto faults = check(folder_.path());
  EXPECT_THAT(faults, Contains(Field(&FileFault::file, wal.filename().string())));
  EXPECT_THAT(faults, Contains(Field(&FileFault::file, sst.filename().string())));
}

// What is changed before the last record of a WAL is never dropped in silence.
TEST(RocksDbStore, RefusesAWalThatChangedInTheMiddle) {
  const StoreFolder folder;
  const StoreFolder copy;
  {
    const auto store = open_store(folder.path());
    write_records(*store, 0, 199);
  }
  // In the same WAL as the last record, and before it.
  std::size_t last_record = 0;
  {
    const auto store = open_store(folder.path());
    write_records(*store, 199, 398);
    last_record = fs::file_size(files_of(folder.path(), ".log").back());
    write_records(*store, 398, 399);
  }
  const auto wal = files_of(folder.path(), ".log").back();
  const std::string good = read_bytes(wal);
  ASSERT_GT(last_record, 64u * 1024) << "some blocks";
  ASSERT_GT(good.size(), last_record);

  std::mt19937 random(7);
  std::vector<std::pair<std::size_t, char>> flips;
  for (int i = 0; i < 100; ++i)
    flips.emplace_back(random() % last_record, static_cast<char>(1 << random() % 8));
  // Every length of the last block, made longer: to RocksDB alone a crash's unfinished end.
  for (std::size_t at = 0; at + 7 <= last_record; at = end_of_record(good, at))
    if (at / 32768 == last_record / 32768) flips.emplace_back(at + 5, '\x40');
  ASSERT_GT(flips.size(), 120u);
  for (const auto& [offset, bits] : flips) {
    copy_store(folder.path(), copy.path());
    std::string bad = good;
    bad[offset] = static_cast<char>(bad[offset] ^ bits);
    write_bytes(fs::path(copy.path()) / wal.filename(), bad);
    const auto opened = open_rocksdb({copy.path()});
    ASSERT_FALSE(opened) << "byte " << offset << " of " << good.size();
    EXPECT_EQ(opened.error().code, Code::corrupt);
    EXPECT_FALSE(open_rocksdb({copy.path(), true}));
  }
}

TEST(RocksDbStore, CutsOffAnUnfinishedLastRecordAndNoMore) {
  const StoreFolder folder;
  const StoreFolder copy;
  fill(folder.path());
  const auto wal = files_of(folder.path(), ".log").back();
  const auto size = fs::file_size(wal);
  for (const std::uintmax_t cut : {1u, 5u, 100u, 200u}) {
    copy_store(folder.path(), copy.path());
    fs::resize_file(fs::path(copy.path()) / wal.filename(), size - cut);
    EXPECT_THAT(check(copy.path()), Contains(Field(&FileFault::file, wal.filename().string())));
    EXPECT_EQ(text_of(check(copy.path(), true)), "");
    EXPECT_EQ(count_records(*open_store(copy.path())), 399u);
    EXPECT_EQ(text_of(check(copy.path())), "");
  }
}

// RocksDB alone takes zeros where a record begins for preallocation, and skips the block's rest.
TEST(RocksDbStore, RefusesAWalWithZerosInTheMiddle) {
  const StoreFolder folder;
  fill(folder.path());
  const auto wal = files_of(folder.path(), ".log").back();
  std::string bytes = read_bytes(wal);
  std::vector<std::size_t> begins{0};
  while (begins.back() < bytes.size()) begins.push_back(end_of_record(bytes, begins.back()));
  const auto at = begins[begins.size() - 4];  // the last record but two
  ASSERT_EQ(at / 32768, (bytes.size() - 1) / 32768) << "in the last block";
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), end_of_record(bytes, at) - at, '\0');
  write_bytes(wal, bytes);
  EXPECT_EQ(open_rocksdb({folder.path(), true}).error().code, Code::corrupt);
  EXPECT_EQ(open_rocksdb({folder.path()}).error().code, Code::corrupt);
}

TEST(RocksDbStore, RefusesAFolderWithoutItsCurrentFile) {
  const StoreFolder folder;
  fill(folder.path());
  const auto ssts = files_of(folder.path(), ".sst");
  fs::remove(fs::path(folder.path()) / "CURRENT");
  EXPECT_EQ(open_rocksdb({folder.path()}).error().code, Code::corrupt);
  EXPECT_EQ(files_of(folder.path(), ".sst"), ssts) << "RocksDB would begin anew, and delete";
  EXPECT_THAT(check(folder.path()), Contains(Field(&FileFault::file, "CURRENT")));
}

TEST(RocksDbStore, MissingFilesAreFound) {
  const StoreFolder folder;
  const StoreFolder copy;
  fill(folder.path());
  for (const auto& sst : files_of(folder.path(), ".sst")) {
    copy_store(folder.path(), copy.path());
    fs::remove(fs::path(copy.path()) / sst.filename());
    EXPECT_THAT(check(copy.path()), Contains(Field(&FileFault::file, sst.filename().string())));
    EXPECT_FALSE(open_rocksdb({copy.path()}));
  }
}
}  // namespace
}  // namespace nrm
