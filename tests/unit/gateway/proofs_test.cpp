// Checkpoints, tiles, entries and receipts as the API gives them out, and the side that fetches
// them.
#include <gtest/gtest.h>

#include "common/bus/memory_bus.hpp"
#include "common/event/codec.hpp"
#include "common/ledger/receipt.hpp"
#include "tests/support/tiled_records.hpp"
#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
class ProofsTest : public ::testing::Test {
 protected:
  ProofsTest() {
    world.archived = [this](const std::string& log, const std::string& what) {
      fetched.push_back(log + ' ' + what);
      return tiles.at(what);
    };
    // Record 0 is the log's own, 1 is a report of the police.
    records.append(
        R"({"seq":0,"id":"5f0c1a2b-0000-4000-8000-000000000001","at":"2024-03-04T09:00:00.000Z"})");
    Record record{.seq = 1,
                  .id = world.id(),
                  .at = world.clock.now(),
                  .actor = Actor{AccountId(world.id()), police, Role::first_responder}};
    record.events = {
        {case_stream(subject), ReportReceived{.reference = *Text<16>::parse("4FJ2K-7QX0M-9"),
                                              .organisation = police,
                                              .owner = world.offices.competent_authority,
                                              .facts = some_facts(),
                                              .decide_by = world.clock.now()}}};
    std::string bytes;
    write_record(bytes, record);
    records.append(bytes);
    records.grow_to(300);
    tiles = records.tiles(300);
    for (const std::uint64_t seq : {0, 1}) {
      nrm::Receipt receipt{
          .proof = {.extra = {},
                    .index = seq,
                    .hashes = prove_inclusion(seq, 300, hashes_at(tiles, 300)).value(),
                    .note = records.note(300)},
          .leaf = leaf_hash(records.record(seq)),
          .record = records.record(seq),
          .keys = {verifier_key(records.origin(), records.signer().public_key())}};
      tiles.files["receipt/" + std::to_string(seq)] = write_receipt(receipt);
    }
    world.logs = {{.log = "vault/0", .head = 9}, {.log = "identification/0", .head = 301}};
  }
  NoteKey key() const {
    return {records.origin(), KeyType::ed25519, records.signer().public_key()};
  }
  // A quorum's word on the first `size` records.
  void witnesses_say(std::uint64_t size, std::string note) {
    world.witnessed->keep({"identification/0", size, world.clock.now(), std::move(note)});
    EXPECT_TRUE(world.witnessed->flush());
  }

  World world;
  const OrganisationId police{world.id()}, other{world.id()};
  const CaseId subject{world.id()};
  nrm::test::TiledRecords records;
  nrm::test::TileMap tiles;
  std::vector<std::string> fetched;
  const std::string auditor = world.account(Role::auditor, OrganisationId(world.id()));
  const std::string witness = world.account(Role::witness, OrganisationId(world.id()));
  const std::string reporter = world.account(Role::first_responder, police);
  const std::string stranger = world.account(Role::first_responder, other);
};

TEST_F(ProofsTest, TilesAreWhereTheSpecificationHasThem) {
  const auto tile = world.get("/v1/logs/identification-0/tile/0/001.p/44", witness);
  EXPECT_EQ(tile.status, 200);
  EXPECT_EQ(tile.body, tiles.files.at("tile/0/001.p/44"));
  EXPECT_EQ(tile.content_type, "application/octet-stream");
  EXPECT_EQ(header_of(tile, "Cache-Control"), "private, max-age=31536000, immutable");
  const auto entries = world.get("/v1/logs/identification-0/tile/entries/000", auditor);
  EXPECT_EQ(entries.status, 200);
  EXPECT_EQ(entries.body, tiles.files.at("tile/entries/000"));
  const auto note = world.get("/v1/logs/identification-0/checkpoint", witness);
  EXPECT_EQ(note.body, records.note(300));
  EXPECT_EQ(note.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(header_of(note, "Cache-Control"), "no-store");
  EXPECT_EQ(fetched, (std::vector<std::string>{"identification/0 tile/0/001.p/44",
                                               "identification/0 tile/entries/000",
                                               "identification/0 checkpoint"}));
}

TEST_F(ProofsTest, AWitnessReadsNoEntries) {
  for (const char* path : {"000", "000.p/3", "x001/000"})
    EXPECT_EQ(
        world.get("/v1/logs/identification-0/tile/entries/" + std::string(path), witness).status,
        403);
  EXPECT_TRUE(fetched.empty());
}

TEST_F(ProofsTest, WhatIsNoTileIsNotAskedFor) {
  for (const char* path :
       {"identification-0/tile/0/0", "identification-0/tile/8/000",
        "identification-0/tile/0/000.p/256", "identification-0/tile/x/000",
        "identification-1/tile/0/000", "identification/tile/0/000", "-/tile/0/000",
        "gateway-0/tile/0/000", "identification-0/tile/entries/1", "identification-0/receipts/x",
        "identification-0/receipts/301", "identification-0/receipts/01"})
    EXPECT_EQ(world.get("/v1/logs/" + std::string(path), auditor).status, 404) << path;
  EXPECT_TRUE(fetched.empty());
}

TEST_F(ProofsTest, ASilentArchiveIs503) {
  world.archived = nullptr;
  const auto answer = world.get("/v1/logs/identification-0/checkpoint", auditor);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(header_of(answer, "Retry-After"), "");
}

// The overseer learns of a listing of so many; the auditor goes on.
TEST_F(ProofsTest, ManyEntriesReadAreToldToTheVaultAndNeverRefused) {
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(world.get("/v1/logs/identification-0/tile/entries/000", auditor).status, 200);
  ASSERT_EQ(world.asked.size(), 1u) << "once an hour";
  EXPECT_EQ(world.asked[0].type, NoteAnomaly::type);
}

TEST_F(ProofsTest, AReceiptIsForWhoSentIt) {
  const auto mine = world.get("/v1/logs/identification-0/receipts/1", reporter);
  ASSERT_EQ(mine.status, 200) << mine.body;
  const auto receipt = read_receipt(mine.body);
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(verify_receipt(*receipt, {key()}));
  EXPECT_EQ(receipt->record, records.record(1));
  const auto theirs = world.get("/v1/logs/identification-0/receipts/1", stranger);
  EXPECT_EQ(theirs.status, 404);
  EXPECT_EQ(theirs.body, world.get("/v1/logs/identification-0/receipts/9000", stranger).body);
  EXPECT_EQ(world.get("/v1/logs/identification-0/receipts/0", reporter).status, 404)
      << "nobody sent it";
  const auto audited = world.get("/v1/logs/identification-0/receipts/0", auditor);
  ASSERT_EQ(audited.status, 200) << audited.body;
  EXPECT_TRUE(read_receipt(audited.body)->record);
}

// An organisation may have accounts that decide and accounts that help. A barred case has no
// receipts.
TEST_F(ProofsTest, AReceiptIsForItsSendersRoleAndOfNoBarredCase) {
  const std::string colleague = world.account(Role::competent_authority, police);
  EXPECT_EQ(world.get("/v1/logs/identification-0/receipts/1", colleague).status, 404);
  ASSERT_EQ(world.get("/v1/logs/identification-0/receipts/1", reporter).status, 200);
  const auto receipt =
      read_receipt(world.get("/v1/logs/identification-0/receipts/1", auditor).body);
  json::Document document;
  ASSERT_TRUE(document.parse_trusted(*receipt->record));
  const Record record = read_record(document.root()).value();
  ASSERT_FALSE(record.events.empty());
  world.report(CaseId(record.events[0].stream.id), police);
  EXPECT_EQ(world.get("/v1/logs/identification-0/receipts/1", reporter).status, 200);
  world.publish(Service::vault, {{record.events[0].stream, AccessDenied{.organisation = police}}});
  EXPECT_EQ(world.get("/v1/logs/identification-0/receipts/1", reporter).status, 404);
}

// Witnesses cosign a checkpoint now and then; what it covers is proven with it.
TEST_F(ProofsTest, AReceiptHasTheCosignaturesThatThereAre) {
  const nrm::test::TileMap older = records.tiles(260);
  const std::string cosigned = records.note(260) + "\xe2\x80\x94 ngo.example AAAAAAAAAAA=\n";
  witnesses_say(260, cosigned);
  nrm::Receipt at260 = read_receipt(tiles.files.at("receipt/1")).value();
  at260.proof.hashes = prove_inclusion(1, 260, hashes_at(older, 260)).value();
  at260.proof.note = records.note(300);  // the archive's own
  tiles.files["receipt/1/260"] = write_receipt(at260);
  const auto answer = world.get("/v1/logs/identification-0/receipts/1", reporter);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto receipt = read_receipt(answer.body);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->proof.note, cosigned);
  const auto proven = verify_receipt(*receipt, {key()});
  ASSERT_TRUE(proven) << proven.error().detail;
  EXPECT_EQ(proven->checkpoint.size, 260u);
}

TEST_F(ProofsTest, AReceiptIsNotOfACosignedCheckpointThatDoesNotCoverIt) {
  witnesses_say(1, records.note(1));
  const auto newest = world.get("/v1/logs/identification-0/receipts/1", reporter);
  EXPECT_EQ(read_receipt(newest.body)->proof.note, records.note(300));
}

TEST_F(ProofsTest, ACaseHasTheReceiptOfItsReport) {
  world.publish(Service::identification, {});  // record 0
  world.report(subject, police);               // record 1
  const auto answer = world.get("/v1/cases/" + subject.text() + "/receipt", reporter);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(read_receipt(answer.body)->proof.index, 1u);
  EXPECT_EQ(world.get("/v1/cases/" + subject.text() + "/receipt", stranger).status, 404);
}

// --- the side that fetches ----------------------------------------------------------------------

class ArchiveSideTest : public ::testing::Test {
 protected:
  ArchiveSideTest() {
    audit = network.join("audit");
    bus = network.join("gateway");
    side = std::make_unique<ArchiveSide>(ArchiveSide::Parts{*bus, ticks});
  }
  void fetch(const std::string& what) {
    side->fetch("vault/0", what,
                [this](Result<std::string> result) { got.push_back(std::move(result)); });
  }
  void turn() {
    side->turn(std::chrono::milliseconds(0));
    while (network.turn()) {
    }
  }
  std::vector<std::pair<Link, wire::Fetch>> asked() {
    std::vector<Delivery> came;
    audit->receive(std::chrono::milliseconds(0), 1'000, came);
    std::vector<std::pair<Link, wire::Fetch>> out;
    for (const Delivery& one : came)
      out.emplace_back(one.link, std::get<wire::Fetch>(*wire::read(one.frames)));
    return out;
  }
  void answer(const std::pair<Link, wire::Fetch>& to, std::uint64_t whole, std::string_view bytes) {
    ASSERT_TRUE(
        audit->send(to.first, wire::write(wire::Fetched{to.second.number, {}, whole, bytes})));
    while (network.turn()) {
    }
    turn();
  }

  MemoryNetwork network{3};
  ManualClock ticks{Instant{1'000'000}};
  std::unique_ptr<Bus> audit, bus;
  std::unique_ptr<ArchiveSide> side;
  std::vector<Result<std::string>> got;
};

TEST_F(ArchiveSideTest, PutsPiecesTogether) {
  fetch("tile/entries/000");
  turn();
  auto first = asked();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].second.from, 0u);
  answer(first[0], 5, "abc");
  EXPECT_TRUE(got.empty());
  auto second = asked();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].second.from, 3u);
  answer(second[0], 5, "de");
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].value(), "abcde");
}

TEST_F(ArchiveSideTest, BelievesNoLengthThatCannotBe) {
  for (const auto& [whole, bytes] : std::vector<std::pair<std::uint64_t, std::string>>{
           {1ull << 40, "abc"}, {5, ""}, {2, "abc"}}) {
    got.clear();
    fetch("checkpoint");
    turn();
    answer(asked().at(0), whole, bytes);
    ASSERT_EQ(got.size(), 1u) << whole;
    EXPECT_EQ(got[0].error().code, Code::unavailable);
  }
}

TEST_F(ArchiveSideTest, SilenceAndCrowdsAreUnavailable) {
  for (std::size_t i = 0; i < archive_fetches_max + 1; ++i) fetch("checkpoint");
  ASSERT_EQ(got.size(), 1u) << "no more than may wait";
  EXPECT_EQ(got[0].error().code, Code::unavailable);
  turn();
  ticks.advance(archive_deadline);
  turn();
  EXPECT_EQ(got.size(), archive_fetches_max + 1);
  auto late = asked();
  got.clear();
  answer(late.at(0), 1, "x");
  EXPECT_TRUE(got.empty()) << "too late is not answered twice";
  fetch("checkpoint");
  EXPECT_TRUE(got.empty()) << "there is room again";
  side->close();
  EXPECT_EQ(got.size(), 1u);
  fetch("checkpoint");
  EXPECT_EQ(got.size(), 2u);
}
}  // namespace
}  // namespace nrm::gateway::test
