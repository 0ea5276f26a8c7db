// What every Store promises, run on both adapters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "common/store/memory_store.hpp"
#include "common/store/rocksdb_store.hpp"
#include "tests/contract/store_folder.hpp"

namespace nrm {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct OnMemory {
  std::unique_ptr<Store> open() { return std::make_unique<MemoryStore>(); }
};

struct OnRocksDb {
  StoreFolder folder;
  std::unique_ptr<Store> open() { return open_store(folder.path()); }
};

Pairs read(const Store& store, Family family, const Range& range = {}, bool reverse = false) {
  Pairs pairs;
  const auto done = store.scan(
      family, range,
      [&](std::string_view key, std::string_view value) {
        pairs.emplace_back(key, value);
        return true;
      },
      reverse);
  EXPECT_TRUE(done);
  return pairs;
}

std::vector<std::string> keys_of(const Pairs& pairs) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : pairs) keys.push_back(key);
  return keys;
}

template <class Adapter>
class StoreContract : public testing::Test {
 protected:
  void put(Family family, const std::vector<std::string>& keys) {
    Batch batch;
    for (const auto& key : keys) batch.put(family, key, "value of " + key);
    ASSERT_TRUE(store->commit(batch, Sync::yes));
  }
  std::optional<std::string> get(Family family, std::string_view key) {
    auto value = store->get(family, key);
    EXPECT_TRUE(value);
    return value ? *value : std::nullopt;
  }

  Adapter adapter;
  std::unique_ptr<Store> store = adapter.open();
};
using Adapters = testing::Types<OnMemory, OnRocksDb>;
TYPED_TEST_SUITE(StoreContract, Adapters);

TYPED_TEST(StoreContract, GetsWhatWasPutAndNothingElse) {
  this->put(Family::rows, {"a", "b"});
  EXPECT_EQ(this->get(Family::rows, "a"), "value of a");
  EXPECT_EQ(this->get(Family::rows, "c"), std::nullopt);
  EXPECT_EQ(this->get(Family::state, "a"), std::nullopt) << "families are apart";
}

TYPED_TEST(StoreContract, HasEveryFamilyUnderItsOwnName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto family = static_cast<Family>(i);
    this->put(family, {"key"});
    names.insert(family_name(family));
  }
  for (std::size_t i = 0; i < family_count; ++i)
    EXPECT_THAT(keys_of(read(*this->store, static_cast<Family>(i))), ElementsAre("key"));
  EXPECT_EQ(names.size(), family_count);
}

TYPED_TEST(StoreContract, OverwritesAndErases) {
  this->put(Family::rows, {"a", "b"});
  Batch batch;
  batch.put(Family::rows, "a", "second");
  batch.erase(Family::rows, "b");
  batch.erase(Family::rows, "never there");
  ASSERT_TRUE(this->store->commit(batch, Sync::yes));
  EXPECT_THAT(read(*this->store, Family::rows), ElementsAre(std::pair("a", "second")));
}

TYPED_TEST(StoreContract, AppliesABatchInItsOrder) {
  Batch batch;
  batch.put(Family::rows, "a", "1");
  batch.erase(Family::rows, "a");
  batch.put(Family::rows, "a", "2");
  batch.put(Family::rows, "b", "1");
  batch.erase(Family::rows, "b");
  ASSERT_TRUE(this->store->commit(batch, Sync::yes));
  EXPECT_THAT(read(*this->store, Family::rows), ElementsAre(std::pair("a", "2")));
}

TYPED_TEST(StoreContract, AnEmptyBatchIsCommitted) {
  EXPECT_TRUE(this->store->commit({}, Sync::yes));
  EXPECT_TRUE(this->store->commit({}, Sync::no));
}

TYPED_TEST(StoreContract, ScansInByteOrder) {
  const std::string zero(1, '\0');
  this->put(Family::rows, {"b", "a", "\xff", "ab", zero, "a" + zero, "\x80", "B"});
  EXPECT_THAT(keys_of(read(*this->store, Family::rows)),
              ElementsAre(zero, "B", "a", "a" + zero, "ab", "b", "\x80", "\xff"));
}

TYPED_TEST(StoreContract, ScansARangeWithoutItsEnd) {
  this->put(Family::rows, {"a", "b", "c", "d"});
  EXPECT_THAT(keys_of(read(*this->store, Family::rows, {"b", "d"})), ElementsAre("b", "c"));
  EXPECT_THAT(keys_of(read(*this->store, Family::rows, {"bb", ""})), ElementsAre("c", "d"));
  EXPECT_THAT(keys_of(read(*this->store, Family::rows, {"", "b"})), ElementsAre("a"));
  EXPECT_THAT(read(*this->store, Family::rows, {"c", "c"}), IsEmpty());
  EXPECT_THAT(read(*this->store, Family::rows, {"d", "a"}), IsEmpty());
  EXPECT_THAT(read(*this->store, Family::rows, {"e", ""}), IsEmpty());
  EXPECT_THAT(read(*this->store, Family::state), IsEmpty());
}

TYPED_TEST(StoreContract, ScansBackwards) {
  this->put(Family::rows, {"a", "b", "c", "d"});
  const auto backwards = [&](const Range& range) {
    return keys_of(read(*this->store, Family::rows, range, true));
  };
  EXPECT_THAT(backwards({}), ElementsAre("d", "c", "b", "a"));
  EXPECT_THAT(backwards({"b", "d"}), ElementsAre("c", "b"));
  EXPECT_THAT(backwards({"bb", ""}), ElementsAre("d", "c"));
  EXPECT_THAT(backwards({"", "bb"}), ElementsAre("b", "a"));
  EXPECT_THAT(backwards({"c", "c"}), IsEmpty());
  EXPECT_THAT(backwards({"d", "a"}), IsEmpty());
  EXPECT_THAT(backwards({"e", ""}), IsEmpty());
}

TYPED_TEST(StoreContract, ScansAllThatStartsWithAPrefix) {
  this->put(Family::rows, {"a", "ab", "ab\xff", "ab\xff\xff!", "ac", "\xff", "\xff\xff", "\xff!"});
  const auto starting = [&](std::string_view prefix) {
    return keys_of(read(*this->store, Family::rows, prefixed(prefix)));
  };
  EXPECT_THAT(starting("ab"), ElementsAre("ab", "ab\xff", "ab\xff\xff!"));
  EXPECT_THAT(starting("ab\xff"), ElementsAre("ab\xff", "ab\xff\xff!"));
  EXPECT_THAT(starting("\xff"), ElementsAre("\xff", "\xff!", "\xff\xff"));
  EXPECT_THAT(starting("\xff\xff"), ElementsAre("\xff\xff"));
  EXPECT_THAT(starting("b"), IsEmpty());
  EXPECT_EQ(starting("").size(), 8u);
}

TYPED_TEST(StoreContract, StopsWhenTheTakerHasEnough) {
  this->put(Family::rows, {"a", "b", "c"});
  for (const bool reverse : {false, true}) {
    int taken = 0;
    const auto done = this->store->scan(
        Family::rows, {}, [&](auto, auto) { return ++taken < 2; }, reverse);
    EXPECT_TRUE(done);
    EXPECT_EQ(taken, 2);
  }
}

TYPED_TEST(StoreContract, AScanSeesNoCommitThatHappensMeanwhile) {
  this->put(Family::rows, {"a", "b", "d"});
  std::vector<std::string> seen;
  const auto done = this->store->scan(Family::rows, {}, [&](auto key, auto value) {
    seen.push_back(std::string(value));
    Batch batch;
    batch.put(Family::rows, std::string(key) + "+", "new");
    batch.put(Family::rows, "d", "changed");
    batch.erase(Family::rows, "b");
    EXPECT_TRUE(this->store->commit(batch, Sync::no));
    return true;
  });
  EXPECT_TRUE(done);
  EXPECT_THAT(seen, ElementsAre("value of a", "value of b", "value of d"));
  EXPECT_THAT(keys_of(read(*this->store, Family::rows)), ElementsAre("a", "a+", "b+", "d", "d+"));
}

TYPED_TEST(StoreContract, KeepsEmptyAndBinaryKeysAndValues) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  Batch batch;
  batch.put(Family::rows, "", "value of the empty key");
  batch.put(Family::rows, "empty", "");
  batch.put(Family::rows, all_bytes, all_bytes);
  ASSERT_TRUE(this->store->commit(batch, Sync::yes));
  EXPECT_EQ(this->get(Family::rows, ""), "value of the empty key");
  EXPECT_EQ(this->get(Family::rows, "empty"), "");
  EXPECT_EQ(this->get(Family::rows, all_bytes), all_bytes);
  EXPECT_EQ(read(*this->store, Family::rows).size(), 3u);
}

TYPED_TEST(StoreContract, KeepsValuesOfManyBlocks) {
  const std::string large(300'000, 'x');  // ten blocks of a WAL
  Batch batch;
  batch.put(Family::log, "large", large);
  ASSERT_TRUE(this->store->commit(batch, Sync::yes));
  EXPECT_EQ(this->get(Family::log, "large"), large);
  ASSERT_TRUE(this->store->flush());
  EXPECT_EQ(this->get(Family::log, "large"), large);
}

TYPED_TEST(StoreContract, AFlushChangesNothingThatIsRead) {
  this->put(Family::rows, {"a", "b"});
  this->put(Family::log, {"1"});
  ASSERT_TRUE(this->store->flush());
  ASSERT_TRUE(this->store->flush()) << "with nothing to write";
  Batch batch;
  batch.erase(Family::rows, "a");
  ASSERT_TRUE(this->store->commit(batch, Sync::yes));
  EXPECT_THAT(keys_of(read(*this->store, Family::rows)), ElementsAre("b"));
  EXPECT_THAT(keys_of(read(*this->store, Family::log)), ElementsAre("1"));
}

TYPED_TEST(StoreContract, ReadersOfOtherThreadsSeeWholeBatchesOnly) {
  std::atomic<bool> over = false;
  std::atomic<int> torn = 0;
  std::atomic<int> scans = 0;
  std::jthread reader([&] {
    while (!over) {
      const auto pairs = read(*this->store, Family::rows);
      for (const auto& [key, value] : pairs) torn += value != pairs.front().second;
      ++scans;
    }
  });
  for (int round = 0; round < 300 || scans < 3; ++round) {
    Batch batch;
    for (const char* key : {"a", "b", "c"}) batch.put(Family::rows, key, std::to_string(round));
    ASSERT_TRUE(this->store->commit(batch, Sync::no));
  }
  over = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

// ---- the disk that forgets ----

Batch one(const char* key) {
  Batch batch;
  batch.put(Family::rows, key, "value");
  return batch;
}

TEST(MemoryStore, APowerCutTakesWhatWasNotSynced) {
  MemoryStore store;
  ASSERT_TRUE(store.commit(one("kept"), Sync::no));
  Batch synced = one("synced");
  synced.put(Family::log, "log", "first");
  ASSERT_TRUE(store.commit(synced, Sync::yes));

  Batch later = one("lost");
  later.erase(Family::rows, "kept");
  later.put(Family::log, "log", "second");
  ASSERT_TRUE(store.commit(later, Sync::no));
  later.put(Family::log, "log", "third");
  ASSERT_TRUE(store.commit(later, Sync::no));
  store.power_cut();
  EXPECT_THAT(keys_of(read(store, Family::rows)), ElementsAre("kept", "synced"));
  EXPECT_THAT(read(store, Family::log), ElementsAre(std::pair("log", "first")));

  store.power_cut();
  EXPECT_THAT(keys_of(read(store, Family::rows)), ElementsAre("kept", "synced"));
}

TEST(MemoryStore, AFlushKeepsWhatWasNotSynced) {
  MemoryStore store;
  ASSERT_TRUE(store.commit(one("a"), Sync::no));
  ASSERT_TRUE(store.flush());
  store.power_cut();
  EXPECT_THAT(keys_of(read(store, Family::rows)), ElementsAre("a"));
}

TEST(MemoryStore, AFailedCommitMayOrMayNotHaveTakenEffect) {
  MemoryStore store;
  store.fail_next_commit(false);
  const auto lost = store.commit(one("lost"), Sync::yes);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::io_failed);

  store.fail_next_commit(true);
  const auto there = store.commit(one("there"), Sync::yes);
  ASSERT_FALSE(there);
  EXPECT_EQ(there.error().code, Code::io_failed);

  ASSERT_TRUE(store.commit(one("next"), Sync::yes)) << "only one commit fails";
  store.power_cut();
  EXPECT_THAT(keys_of(read(store, Family::rows)), ElementsAre("next", "there"));
}
}  // namespace
}  // namespace nrm
