// Tiles: their paths, proofs made from them against the model, and every fault named by its file.
#include "common/ledger/tiles.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <set>

#include "common/ledger/tile_folder.hpp"
#include "common/ledger/tiled_log.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiled_records.hpp"

namespace nrm {
namespace {
using test::TiledRecords;
using test::TileMap;

const bool seeded = setenv("RC_PARAMS", "seed=6962 max_success=200", 0) == 0;
constexpr std::uint64_t sizes[] = {0, 1, 2, 3, 255, 256, 257, 65'535, 65'536, 65'537};

TiledRecords& records() {
  static TiledRecords grown = [] {
    TiledRecords out;
    out.grow_to(65'537);
    return out;
  }();
  return grown;
}

Result<TiledLog> open(const TileMap& tiles) {
  return TiledLog::open(std::make_shared<TileMap>(tiles), records().origin(),
                        records().signer().public_key());
}

TEST(TilePath, HasGroupsOfThreeDigits) {
  EXPECT_EQ(tile_path(0), "000");
  EXPECT_EQ(tile_path(999), "999");
  EXPECT_EQ(tile_path(1'000), "x001/000");
  EXPECT_EQ(tile_path(1'234'067), "x001/x234/067");
  EXPECT_EQ(tile_path({Tile::entries, 1'067, 3}), "tile/entries/x001/067.p/3");
  EXPECT_EQ(tile_path({2, 5, tile_width}), "tile/2/005");
}

TEST(TilePath, HasOneSpelling) {
  for (const char* bad : {"",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile/8/000",
                          "tile/-1/000",
                          "tile/00/000",
                          "tile/0/0",
                          "tile/0/00",
                          "tile/0/0000",
                          "tile/0/x000/000",
                          "tile/0/001/000",
                          "tile/0/x001/x000",
                          "tile/0/000.p/0",
                          "tile/0/000.p/256",
                          "tile/0/000.p/01",
                          "tile/0/000.p/",
                          "tile/0/000.p",
                          "tile/0/000/",
                          "tile/data/000",
                          "tile/0/000.p/+1",
                          "tile/0/../000",
                          "tile/0/%300",
                          "tile/entries/00a",
                          "tile/0/x001/x002/x003/x004/x005/x006/x007/008"})
    EXPECT_FALSE(read_tile_path(bad)) << bad;
}

RC_GTEST_PROP(TilePath, ReadsWhatItWrites, ()) {
  RC_ASSERT(seeded);
  const Tile tile{*rc::gen::inRange(-1, 8), *rc::gen::inRange<std::uint64_t>(0, 1ull << 50),
                  *rc::gen::inRange(1u, 257u)};
  RC_ASSERT(read_tile_path(tile_path(tile)) == tile);
}

TEST(EachTile, IsTheSpecificationsExample) {       // tlog-tiles, Partial Tiles: a tree of 70,000
  std::map<int, std::pair<int, unsigned>> levels;  // full ones, width of the partial one
  each_tile(0, 70'000, [&](const Tile& tile) {
    if (tile.width == tile_width)
      ++levels[tile.level].first;
    else
      levels[tile.level].second = tile.width;
    return true;
  });
  EXPECT_EQ(levels, (std::map<int, std::pair<int, unsigned>>{
                        {-1, {273, 112}}, {0, {273, 112}}, {1, {1, 17}}, {2, {0, 1}}}));
}

TEST(EachTile, OfALogThatGrewLeavesOutWhatIsThere) {
  for (const std::uint64_t from : {0, 1, 255, 256, 300, 511})
    for (const std::uint64_t size : {256, 257, 300, 512, 70'000}) {
      if (from > size) continue;
      std::set<std::string> all, had, added;
      const auto into = [](std::set<std::string>& set) {
        return [&set](const Tile& tile) { return set.insert(tile_path(tile)).second; };
      };
      each_tile(0, size, into(all));
      each_tile(0, from, into(had));
      each_tile(from, size, into(added));
      for (const std::string& path : all)
        EXPECT_EQ(added.contains(path), !had.contains(path)) << path;
      for (const std::string& path : added) EXPECT_TRUE(all.contains(path));
    }
}

TEST(TiledLogAtSizes, GivesTheModelsRootRecordsAndProofs) {
  for (const std::uint64_t size : sizes) {
    const auto tiles = std::make_shared<TileMap>(records().tiles(size));
    const auto log = TiledLog::open(tiles, records().origin(), records().signer().public_key());
    ASSERT_TRUE(log) << size << log.error().detail;
    ASSERT_TRUE(log->check_hashes());
    std::uint64_t next = 0;
    ASSERT_TRUE(
        log->read(0, size, [&](std::uint64_t seq, std::string_view record, const Hash& leaf) {
          EXPECT_EQ(seq, next++);
          EXPECT_EQ(record, records().record(seq));
          EXPECT_EQ(leaf, records().model().leaf(seq));
          return !testing::Test::HasFailure();
        }));
    EXPECT_EQ(next, size);
    for (const std::uint64_t index :
         {0ul, 1ul, 254ul, 255ul, 256ul, 65'535ul, size / 2, size - 1}) {
      if (index >= size) continue;
      tiles->reads = 0;
      const auto proof = log->inclusion_proof(index, records().model().leaf(index));
      ASSERT_TRUE(proof) << size << ' ' << index;
      EXPECT_EQ(*proof, records().model().path(index, size));
      EXPECT_LE(tiles->reads, 6) << "two or three tiles a level, each once";
      EXPECT_FALSE(log->inclusion_proof(index, leaf_hash("another")));
    }
    for (const std::uint64_t old : sizes) {
      if (old > size) continue;
      const auto proof = log->consistency_proof(records().checkpoint(old));
      ASSERT_TRUE(proof) << old << ' ' << size;
      EXPECT_EQ(*proof, old == 0 ? std::vector<Hash>() : records().model().proof(old, size));
    }
  }
}

RC_GTEST_PROP(TiledLogProperty, ProofsAreTheModels, ()) {
  const auto size = *rc::gen::inRange<std::uint64_t>(1, 2'000);
  const auto index = *rc::gen::inRange<std::uint64_t>(0, size);
  const auto old = *rc::gen::inRange<std::uint64_t>(0, size + 1);
  const TileMap tiles = records().tiles(size);
  const ReadHashes read = hashes_at(tiles, size);
  RC_ASSERT(prove_inclusion(index, size, read).value() == records().model().path(index, size));
  if (old > 0)
    RC_ASSERT(prove_consistency(old, size, read).value() == records().model().proof(old, size));
  RC_ASSERT(root_of(size, read).value() == records().model().root(size));
}

TEST(TiledLogRange, BeginsAndEndsAnywhere) {
  const auto log = open(records().tiles(1'000));
  ASSERT_TRUE(log);
  for (const auto& [from, to] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {0, 0}, {255, 257}, {300, 900}, {999, 1'000}}) {
    std::vector<std::uint64_t> got;
    ASSERT_TRUE(log->read(from, to, [&](std::uint64_t seq, std::string_view, const Hash&) {
      got.push_back(seq);
      return true;
    }));
    EXPECT_EQ(got.size(), to - from);
    if (!got.empty()) {
      EXPECT_EQ(got.front(), from);
      EXPECT_EQ(got.back(), to - 1);
    }
  }
}

// Partial tiles may be deleted when the full one is there.
TEST(TiledLogPartial, TakesTheFullTileThatHasCome) {
  TileMap tiles = records().tiles(1'024);
  const TileMap before = records().tiles(1'000);
  tiles.files["checkpoint"] = before.files.at("checkpoint");
  const auto log = open(tiles);
  ASSERT_FALSE(log) << "level 1 was partial at 1,000 with another width";
  tiles.files["tile/1/000.p/3"] = before.files.at("tile/1/000.p/3");
  const auto shorter = open(tiles);
  ASSERT_TRUE(shorter) << shorter.error().detail;
  std::uint64_t count = 0;
  ASSERT_TRUE(shorter->read(0, 1'000, [&](auto, auto, auto&) { return ++count > 0; }));
  EXPECT_EQ(count, 1'000u);
}

// The whole verdict on a log: opened, hashes, records.
Result<void> verdict(const TileMap& tiles) {
  NRM_TRY_ASSIGN(const TiledLog log, open(tiles));
  NRM_TRY(log.check_hashes());
  return log.read(0, log.size(), [](auto, auto, auto&) { return true; });
}

TEST(TiledLogFaults, AreNamedByTheFile) {
  const TileMap whole = records().tiles(66'000 - 500);  // two full levels would be 65,536
  ASSERT_TRUE(verdict(whole));
  std::uint64_t seed = 1;
  for (const auto& [path, bytes] : whole.files) {
    if (path == "vkey") continue;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    if (path.find(".p/") == path.npos && path != "checkpoint" && seed >> 60 != 0) continue;
    for (const char* how : {"flip", "cut", "add", "remove"}) {
      TileMap tiles = whole;
      std::string& file = tiles.files[path];
      if (how[0] == 'f') file[(seed >> 20) % file.size()] ^= 1;
      if (how[0] == 'c') file.pop_back();
      if (how[0] == 'a') file += 'x';
      if (how[0] == 'r') tiles.files.erase(path);
      const auto found = verdict(tiles);
      ASSERT_FALSE(found) << path << ' ' << how;
      EXPECT_TRUE(found.error().detail.starts_with(path + ":"))
          << path << ' ' << how << ": " << found.error().detail;
    }
  }
}

// Whoever holds the key signs another root over the same tiles.
TEST(TiledLogFaults, ASignedRootOfAnotherHistoryIsTheCheckpoints) {
  TileMap tiles = records().tiles(700);
  tiles.files["checkpoint"] =
      sign_note(write_checkpoint({records().origin(), 700, leaf_hash("another")}),
                records().origin(), records().signer());
  const auto found = verdict(tiles);
  ASSERT_FALSE(found);
  EXPECT_TRUE(found.error().detail.starts_with("checkpoint: was signed over another history"))
      << found.error().detail;
}

TEST(TiledLogFaults, SwappedFilesAreFound) {
  TileMap tiles = records().tiles(1'000);
  std::swap(tiles.files["tile/entries/001"], tiles.files["tile/entries/002"]);
  EXPECT_EQ(verdict(tiles).error().detail,
            "tile/entries/001: record 256 is not the one that was signed");
  tiles = records().tiles(1'000);
  std::swap(tiles.files["tile/0/001"], tiles.files["tile/0/002"]);
  EXPECT_EQ(verdict(tiles).error().detail, "tile/0/001: does not add up to the signed root");
}

TEST(TiledLogConsistency, AnotherHistoryHasDiverged) {
  const auto log = open(records().tiles(700));
  ASSERT_TRUE(log);
  Checkpoint other = records().checkpoint(300);
  other.root = leaf_hash("another");
  EXPECT_EQ(log->consistency_proof(other).error().code, Code::diverged);
  other = records().checkpoint(300);
  other.origin = "tiles.test/referral/0";
  EXPECT_EQ(log->consistency_proof(other).error().code, Code::diverged);
}

TEST(TileFolderTest, IsReadAsItWasWritten) {
  const test::TemporaryFolder folder;
  const TileMap tiles = records().tiles(600);
  tiles.write_to(folder.path());
  const auto log = TiledLog::open_folder(folder.path());
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ(log->checkpoint(), records().checkpoint(600));
  std::uint64_t count = 0;
  ASSERT_TRUE(log->read(0, 600, [&](auto, auto, auto&) { return ++count > 0; }));
  EXPECT_EQ(count, 600u);

  std::filesystem::remove(folder.file("tile/entries/001"));
  const auto gone = log->read(0, 600, [](auto, auto, auto&) { return true; });
  EXPECT_EQ(gone.error().code, Code::not_found);
  EXPECT_TRUE(gone.error().detail.starts_with("tile/entries/001: is missing"))
      << gone.error().detail;
  std::ofstream(folder.file("tile/0/000"), std::ios::app) << std::string(100, 'x');
  EXPECT_EQ(log->read(0, 1, [](auto, auto, auto&) { return true; }).error().detail,
            "tile/0/000: is longer than such a file can be");
  std::ofstream(folder.file("vkey")) << "nonsense\n";
  EXPECT_EQ(TiledLog::open_folder(folder.path()).error().detail,
            "vkey: a verifier key has three parts");
  std::filesystem::remove(folder.file("checkpoint"));
  EXPECT_FALSE(TiledLog::open_folder(folder.path()));
}
}  // namespace
}  // namespace nrm
