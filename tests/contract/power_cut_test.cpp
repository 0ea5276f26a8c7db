// What a power cut leaves: sectors of what was not synced are there or not, in any order. Found by
// tests/torture, each case by hand here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/store/keys.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/contract/store_folder.hpp"

namespace nrm {
namespace {
namespace fs = std::filesystem;
constexpr std::size_t sector = 512;

class PowerCut : public testing::Test {
 protected:
  // Records of 2,500 bytes, so that each spans sectors; the last one's WAL bytes are remembered.
  void write(std::uint64_t count, Sync sync) {
    if (!store_) store_ = open_store(folder_.path());
    for (std::uint64_t i = 0; i < count; ++i) {
      Batch batch;
      batch.put(Family::log, keys::log(begins_.size()), std::string(2'500, 'r'));
      batch.put(Family::state, "last", keys::log(begins_.size()));
      begins_.push_back(fs::file_size(wal()));
      ASSERT_TRUE(store_->commit(batch, sync));
    }
  }
  fs::path wal() const {
    fs::path last;
    for (const auto& entry : fs::directory_iterator(folder_.path()))
      if (entry.path().extension() == ".log" && entry.path() > last) last = entry.path();
    return last;
  }
  void copy_folder() {
    fs::create_directories(image_.path());
    for (const auto& entry : fs::directory_iterator(folder_.path()))
      if (entry.path().filename() != "LOCK")
        fs::copy_file(entry, fs::path(image_.path()) / entry.path().filename(),
                      fs::copy_options::overwrite_existing);
  }
  // The folder as the cut leaves it: without the sector in the middle of this record.
  void cut_without_sector_of(std::uint64_t record) {
    copy_folder();
    const auto file = fs::path(image_.path()) / wal().filename();
    std::string bytes = read_bytes(file);
    const std::size_t from = (begins_[record] / sector + 2) * sector;
    ASSERT_LT(from + sector, bytes.size());
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), sector, '\0');
    write_bytes(file, bytes);
  }
  // How many records the image has; their order and the state beside them are checked.
  std::uint64_t records_of_image(bool read_only = false) {
    const auto store = open_store(image_.path(), read_only);
    std::uint64_t count = 0;
    EXPECT_TRUE(store->scan(Family::log, {}, [&](auto key, auto) {
      EXPECT_EQ(keys::read_u64(key), count);
      ++count;
      return true;
    }));
    const auto last = store->get(Family::state, "last");
    EXPECT_TRUE(last && *last);
    EXPECT_EQ(keys::read_u64(last->value()) + 1, count) << "a batch is whole or not there";
    return count;
  }

  StoreFolder folder_;
  StoreFolder image_;
  std::unique_ptr<Store> store_;
  std::vector<std::size_t> begins_;  // of each record, in the WAL
};

TEST_F(PowerCut, ARecordTornWhileItWasSyncedIsNotThere) {
  write(5, Sync::yes);
  cut_without_sector_of(4);
  EXPECT_FALSE(check_files(image_.path(), false)->empty()) << "before the start it is to be seen";
  EXPECT_EQ(records_of_image(true), 4u);
  EXPECT_EQ(records_of_image(), 4u);
  EXPECT_TRUE(check_files(image_.path(), false)->empty());
  EXPECT_EQ(records_of_image(), 4u);
}

TEST_F(PowerCut, NothingIsTakenThatCameAfterWhatIsLost) {
  write(5, Sync::yes);
  write(20, Sync::no);
  for (const std::uint64_t torn : {24u, 13u, 5u}) {
    cut_without_sector_of(torn);
    EXPECT_EQ(records_of_image(), torn);
  }
}

TEST_F(PowerCut, ASectorMissingFromWhatWasSyncedIsDamage) {
  write(5, Sync::yes);
  write(5, Sync::no);
  write(1, Sync::yes);  // syncs those before it as well,
  write(3, Sync::no);   // and these know it
  for (const std::uint64_t damaged : {0u, 4u, 5u, 9u, 10u}) {
    cut_without_sector_of(damaged);
    const auto opened = open_rocksdb({image_.path()});
    ASSERT_FALSE(opened) << damaged;
    EXPECT_EQ(opened.error().code, Code::corrupt);
    EXPECT_FALSE(open_rocksdb({image_.path(), true}));
  }
  cut_without_sector_of(11);
  EXPECT_EQ(records_of_image(), 11u);
}

TEST_F(PowerCut, AfterItTheSameNumbersAreWrittenAgain) {
  write(5, Sync::yes);
  write(20, Sync::no);
  cut_without_sector_of(10);
  for (std::uint64_t round = 0; round < 3; ++round) {
    const auto store = open_store(image_.path());
    Batch batch;
    batch.put(Family::log, keys::log(10 + round), "again");
    batch.put(Family::state, "last", keys::log(10 + round));
    ASSERT_TRUE(store->commit(batch, Sync::yes));
  }
  EXPECT_EQ(records_of_image(), 13u);
}

TEST_F(PowerCut, ATornEndOfTheManifestIsCutOff) {
  write(5, Sync::yes);
  ASSERT_TRUE(store_->flush());
  copy_folder();
  std::string current = read_bytes(fs::path(image_.path()) / "CURRENT");
  current.pop_back();
  const auto manifest = fs::path(image_.path()) / current;
  // A record of 1,200 bytes of which only the first sector was written.
  std::string torn("\x01\x02\x03\x04\xb0\x04\x01", 7);
  torn += std::string(100, 'm');
  torn.resize(7 + 1'200, '\0');
  write_bytes(manifest, read_bytes(manifest) + torn);
  EXPECT_EQ(records_of_image(), 5u);
}
}  // namespace
}  // namespace nrm
