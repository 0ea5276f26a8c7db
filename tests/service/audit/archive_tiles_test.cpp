// The archive as a server of tiles and proofs, fed over the bus as by services; and the mirror of
// it.
#include "services/audit/archive_tiles.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/bus/memory_bus.hpp"
#include "common/ledger/receipt.hpp"
#include "common/ledger/tiled_log.hpp"
#include "common/store/memory_store.hpp"
#include "services/audit/archive.hpp"
#include "services/audit/log_mirror.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiled_records.hpp"

namespace nrm {
namespace {
constexpr const char* log_is = "identification/0";

class ArchiveTilesTest : public testing::Test {
 protected:
  ArchiveTilesTest() { open(); }
  void open() {
    archive_.reset();
    archive_ =
        Archive::open(store_, {{log_is, link_, records_.origin(), records_.signer().public_key()}})
            .value();
  }
  // The owner's records and its checkpoint over them come over the wire.
  void grow_to(std::uint64_t size) {
    const std::uint64_t first = had_;
    records_.grow_to(size);
    wire::Records message{.log = log_is, .first = first, .head = size, .items = {}};
    for (std::uint64_t n = first; n < size; ++n) message.items.push_back(records_.record(n));
    ASSERT_TRUE(archive_->on(link_, message, Instant{1}));
    had_ = size;
    beat(records_.note(size));
  }
  void beat(const std::string& note) {
    ASSERT_TRUE(archive_->on(
        link_, wire::Beat{.log = log_is, .head = had_, .checkpoint = note, .at = {}}, Instant{1}));
    ASSERT_TRUE(archive_->commit(*bus_, Instant{1}));
    ASSERT_FALSE(archive_->stopped());
  }
  Result<std::string> fetch(const std::string& what) {
    return fetch_archived(store_, log_is, what);
  }

  test::TiledRecords records_;
  const std::unique_ptr<Store> kept_ = std::make_unique<MemoryStore>();
  Store& store_ = *kept_;
  MemoryNetwork network_{1};
  std::unique_ptr<Bus> bus_ = network_.join("audit");
  const std::unique_ptr<Bus> owner_ = network_.join("identification");
  const Link link_ = bus_->link_to("identification");
  std::unique_ptr<Archive> archive_;
  std::uint64_t had_ = 0;
};

TEST_F(ArchiveTilesTest, ServesEveryTileOfItsCheckpointAtEverySize) {
  for (const std::uint64_t size : {1, 2, 3, 255, 256, 257, 600, 65'537}) {
    grow_to(size);
    const test::TileMap wanted = records_.tiles(size);
    for (const auto& [path, bytes] : wanted.files) {
      if (path == "vkey") continue;
      const auto got = fetch(path);
      ASSERT_TRUE(got) << path << got.error().detail;
      EXPECT_EQ(*got, bytes) << path;
    }
    const auto log = TiledLog::open(std::make_shared<ArchiveTiles>(store_, log_is),
                                    records_.origin(), records_.signer().public_key());
    ASSERT_TRUE(log) << log.error().detail;
  }
  EXPECT_EQ(fetch("tile/0/000.p/7").value(), records_.tiles(7).files.at("tile/0/000.p/7"))
      << "of an earlier checkpoint, too";
}

TEST_F(ArchiveTilesTest, WhatIsNotThereIsNotFound) {
  grow_to(300);
  for (const char* what : {"tile/0/002", "tile/0/001", "tile/0/001.p/45", "tile/1/000.p/2",
                           "tile/entries/001", "tile/2/000.p/1", "tile/0/00", "", "vkey",
                           "receipt/", "receipt/+1", "receipt/01", "consistency/x", "../keys"}) {
    const auto got = fetch(what);
    ASSERT_FALSE(got) << what;
    EXPECT_EQ(got.error().code, Code::not_found) << what;
  }
}

// Its owner has answered the client before the archive has heard of it.
TEST_F(ArchiveTilesTest, ARecordThatIsOnItsWayIsNotSaidToBeMissing) {
  grow_to(300);
  EXPECT_EQ(fetch("receipt/300").error().code, Code::unavailable);
}

TEST_F(ArchiveTilesTest, ReceiptsAreThoseOfTheCheckpointThatAgreed) {
  grow_to(300);
  records_.grow_to(310);
  const wire::Records more{
      .log = log_is, .first = 300, .head = 301, .items = {records_.record(300)}};
  ASSERT_TRUE(archive_->on(link_, more, Instant{1}));
  ASSERT_TRUE(archive_->commit(*bus_, Instant{1}));
  EXPECT_EQ(fetch("receipt/300").error().code, Code::unavailable) << "no checkpoint covers it yet";
  for (const std::uint64_t seq : {0, 255, 256, 299}) {
    const auto receipt = read_receipt(fetch("receipt/" + std::to_string(seq)).value());
    ASSERT_TRUE(receipt) << receipt.error().detail;
    ASSERT_EQ(receipt->keys.size(), 1u);
    const auto proven = verify_receipt(*receipt, {read_note_key(receipt->keys[0]).value()});
    ASSERT_TRUE(proven) << proven.error().detail;
    EXPECT_EQ(proven->checkpoint, records_.checkpoint(300));
    EXPECT_EQ(receipt->record, records_.record(seq));
  }
  // Under a checkpoint that somebody else holds.
  auto older = read_receipt(fetch("receipt/7/8").value()).value();
  older.proof.note = records_.note(8);
  EXPECT_TRUE(verify_receipt(older, {read_note_key(older.keys[0]).value()}));
  EXPECT_EQ(fetch("receipt/7/7").error().code, Code::not_found);
  EXPECT_EQ(fetch("receipt/7/301").error().code, Code::not_found);
}

// An archive of an earlier build has records and no tiles.
TEST_F(ArchiveTilesTest, MakesTheTilesThatAnEarlierBuildDidNotKeep) {
  grow_to(66'000);
  Batch gone;
  std::map<std::string, std::string> tiles;
  ASSERT_TRUE(store_.scan(Family::merkle, {}, [&](std::string_view key, std::string_view value) {
    gone.erase(Family::merkle, std::string(key));
    tiles.emplace(key, value);
    return true;
  }));
  EXPECT_EQ(tiles.size(), 66'000u / 256 + 1);
  ASSERT_TRUE(store_.commit(gone, Sync::yes));
  open();
  std::map<std::string, std::string> again;
  ASSERT_TRUE(store_.scan(Family::merkle, {}, [&](std::string_view key, std::string_view value) {
    return again.emplace(key, value).second;
  }));
  EXPECT_EQ(again, tiles);
}

TEST_F(ArchiveTilesTest, AnswersOverTheBusInPieces) {
  // Records so long that a bundle is several messages.
  records_ = test::TiledRecords();
  for (int i = 0; i < 256; ++i)
    records_.append(std::string(3'000, static_cast<char>('a' + i % 26)));
  open();
  grow_to(256);
  const std::string wanted = records_.tiles(256).files.at("tile/entries/000");
  ASSERT_GT(wanted.size(), 2 * limits::feed_bytes_per_message_max);
  const auto gateway = network_.join("gateway");
  const Link link = gateway->link_to("audit");
  std::string got;
  for (std::uint64_t number = 1; got.size() < wanted.size(); ++number) {
    ASSERT_TRUE(gateway->send(
        link, wire::write(wire::Fetch{number, log_is, "tile/entries/000", got.size()})));
    network_.turn();
    std::vector<Delivery> came;
    bus_->receive(std::chrono::milliseconds(0), 10, came);
    ASSERT_EQ(came.size(), 1u);
    ASSERT_TRUE(archive_->on(came[0].link, *wire::read(came[0].frames), Instant{2}));
    ASSERT_TRUE(archive_->commit(*bus_, Instant{2}));
    network_.turn();
    came.clear();
    gateway->receive(std::chrono::milliseconds(0), 10, came);
    ASSERT_EQ(came.size(), 1u);
    const auto message = wire::read(came[0].frames);
    const auto& piece = std::get<wire::Fetched>(*message);
    EXPECT_EQ(piece.number, number);
    EXPECT_EQ(piece.whole, wanted.size());
    ASSERT_FALSE(piece.refused);
    got += piece.bytes;
  }
  EXPECT_EQ(got, wanted);
}

// --- mirror -------------------------------------------------------------------------------------

class ArchiveRemote final : public RemoteLog {
 public:
  explicit ArchiveRemote(const Store& store) : store_(store) {}
  Result<std::string> checkpoint() override { return fetch_archived(store_, log_is, "checkpoint"); }
  Result<void> tiles(const std::vector<Tile>& wanted, const Take& take) override {
    for (const Tile& tile : wanted) {
      if (--left == 0) return Error(Code::unavailable, "", "the line is cut");
      NRM_TRY_ASSIGN(std::string bytes, fetch_archived(store_, log_is, tile_path(tile)));
      if (change == tile_path(tile)) bytes[bytes.size() / 2] ^= 1;
      asked.push_back(tile_path(tile));
      NRM_TRY(take(tile, std::move(bytes)));
    }
    return {};
  }
  Result<Continuation> consistency(std::uint64_t size) override {
    NRM_TRY_ASSIGN(const std::string text,
                   fetch_archived(store_, log_is, "consistency/" + std::to_string(size)));
    return read_continuation(text);
  }

  std::vector<std::string> asked;
  std::string change;
  int left = -1;

 private:
  const Store& store_;
};

class MirrorTest : public ArchiveTilesTest {
 protected:
  Result<Mirrored> mirror(RemoteLog& remote) {
    return mirror_log(
        remote, {.folder = folder_.file("log"),
                 .keys = {{records_.origin(), KeyType::ed25519, records_.signer().public_key()}},
                 .progress = {}});
  }
  test::TemporaryFolder folder_;
};

TEST_F(MirrorTest, FetchesWhatIsNewAndIsAnExport) {
  ArchiveRemote remote(store_);
  grow_to(300);
  ASSERT_TRUE(mirror(remote));
  remote.asked.clear();
  grow_to(600);
  const auto again = mirror(remote);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->before.size, 300u);
  EXPECT_EQ(again->now, records_.checkpoint(600));
  for (const std::string& path : remote.asked)
    EXPECT_FALSE(path == "tile/0/000" || path == "tile/entries/000") << "full, and there";
  const auto log = TiledLog::open_folder(folder_.file("log"));
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_TRUE(log->check_hashes());
  EXPECT_TRUE(log->read(0, 600, [](auto, auto, auto&) { return true; }));
  remote.asked.clear();
  ASSERT_TRUE(mirror(remote));
  EXPECT_TRUE(remote.asked.empty()) << "nothing is new";
}

TEST_F(MirrorTest, GoesOnWhereItWasCut) {
  grow_to(2'000);
  ArchiveRemote remote(store_);
  remote.left = 5;
  EXPECT_EQ(mirror(remote).error().code, Code::unavailable);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("log/checkpoint")))
      << "nobody takes it for whole";
  const std::size_t fetched = remote.asked.size();
  remote.asked.clear();
  remote.left = -1;
  const auto done = mirror(remote);
  ASSERT_TRUE(done) << done.error().detail;
  std::size_t tiles = 0;
  each_tile(0, 2'000, [&](const Tile&) { return ++tiles > 0; });
  EXPECT_EQ(remote.asked.size(), tiles - fetched);
}

TEST_F(MirrorTest, AChangedFileIsNamedAndNothingIsTakenOver) {
  grow_to(600);
  for (const char* path :
       {"tile/0/001", "tile/entries/001", "tile/entries/002.p/88", "tile/1/000.p/2"}) {
    ArchiveRemote remote(store_);
    remote.change = path;
    const auto refused = mirror(remote);
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code, Code::corrupt);
    EXPECT_TRUE(refused.error().detail.starts_with(path)) << refused.error().detail;
    EXPECT_FALSE(std::filesystem::exists(folder_.file("log/checkpoint")));
    std::filesystem::remove_all(folder_.file("log"));
  }
}

// The same key signs: a rollback, and another history.
TEST_F(MirrorTest, ARollbackAndAnotherHistoryAreRefused) {
  ArchiveRemote remote(store_);
  grow_to(600);
  ASSERT_TRUE(mirror(remote));
  struct Forged final : RemoteLog {
    Continuation shown;
    Result<std::string> checkpoint() override { return shown.note; }
    Result<void> tiles(const std::vector<Tile>&, const Take&) override {
      ADD_FAILURE() << "nothing is fetched of another history";
      return {};
    }
    Result<Continuation> consistency(std::uint64_t) override { return shown; }
  } forged;
  forged.shown.note = records_.note(500);
  const auto back = mirror(forged);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Code::diverged);
  EXPECT_TRUE(back.error().detail.starts_with("ROLLBACK: ")) << back.error().detail;
  records_.grow_to(700);
  forged.shown = {.proof = records_.model().proof(500, 700), .note = records_.note(700)};
  const auto other = mirror(forged);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::diverged);
  EXPECT_TRUE(other.error().detail.starts_with("ANOTHER HISTORY: ")) << other.error().detail;
  const auto kept = TiledLog::open_folder(folder_.file("log"));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->size(), 600u) << "the folder stays the evidence";
}

TEST_F(MirrorTest, AKeyThatNoRecordNamesIsRefused) {
  ArchiveRemote remote(store_);
  grow_to(300);
  const auto own = crypto::Signer::random();
  const auto refused =
      mirror_log(remote, {.folder = folder_.file("log"),
                          .keys = {{records_.origin(), KeyType::ed25519, own.public_key()}},
                          .progress = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::corrupt);
}
}  // namespace
}  // namespace nrm
