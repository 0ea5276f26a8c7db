// Receipts: what proves inclusion, and every field that is not what was signed.
#include "common/ledger/receipt.hpp"

#include <gtest/gtest.h>

#include "tests/support/tiled_records.hpp"

namespace nrm {
namespace {
class ReceiptTest : public testing::Test {
 protected:
  ReceiptTest() {
    records_.append(R"({"seq":0,"text":"a \"record\" with ü and \\ "})");
    records_.grow_to(1'000);
    receipt_ = of(0);
  }
  Receipt of(std::uint64_t index) {
    const auto tiles = records_.tiles(1'000);
    return {.proof = {.extra = {},
                      .index = index,
                      .hashes = prove_inclusion(index, 1'000, hashes_at(tiles, 1'000)).value(),
                      .note = records_.note(1'000)},
            .leaf = leaf_hash(records_.record(index)),
            .record = records_.record(index),
            .keys = {key().vkey()}};
  }
  NoteKey key() const {
    return {records_.origin(), KeyType::ed25519, records_.signer().public_key()};
  }
  std::string refused(const Receipt& receipt) {
    const auto verdict = verify_receipt(receipt, {key()});
    return verdict ? "" : verdict.error().detail;
  }

  test::TiledRecords records_;
  Receipt receipt_;
};

TEST_F(ReceiptTest, ProvesInclusionWithTheKeyAlone) {
  for (const std::uint64_t index : {0, 1, 255, 256, 999}) {
    const auto read = read_receipt(write_receipt(of(index)));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->record, records_.record(index));
    const auto proven = verify_receipt(*read, {key()});
    ASSERT_TRUE(proven) << proven.error().detail;
    EXPECT_EQ(proven->checkpoint, records_.checkpoint(1'000));
    EXPECT_EQ(proven->by, key());
  }
  receipt_.record.reset();  // about a hash alone
  EXPECT_TRUE(verify_receipt(read_receipt(write_receipt(receipt_)).value(), {key()}));
}

TEST_F(ReceiptTest, EachFieldThatWasChangedIsNamed) {
  Receipt other = receipt_;
  (*other.record)[3] ^= 1;
  EXPECT_EQ(refused(other), "the record in it does not have the hash that it names");
  other = receipt_;
  other.leaf.bytes[0] ^= 1;
  EXPECT_EQ(refused(other), "the record in it does not have the hash that it names");
  other.record.reset();
  const std::string not_led =
      "its proof does not lead from the record, at this number, to the signed root";
  EXPECT_EQ(refused(other), not_led);
  other = receipt_;
  other.proof.index = 1;
  EXPECT_EQ(refused(other), not_led);
  other.proof.index = 1'000;
  EXPECT_EQ(refused(other), "its checkpoint is older than the record: it covers 1000 records");
  for (std::size_t i = 0; i < receipt_.proof.hashes.size(); ++i) {
    other = receipt_;
    other.proof.hashes[i].bytes[31] ^= 1;
    EXPECT_EQ(refused(other), not_led);
    other = receipt_;
    other.proof.hashes.erase(other.proof.hashes.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(refused(other), not_led);
  }
  other = receipt_;
  other.proof.note = records_.note(999);
  EXPECT_EQ(refused(other), not_led);
}

// Every byte of the file, one bit of it: nothing but `keys` (which nobody believes) may change and
// still verify, and nothing may verify as another record.
TEST_F(ReceiptTest, NoFlippedBitMakesAnotherReceipt) {
  const std::string good = write_receipt(of(300));
  const std::size_t extra_ends = good.find("\nindex ");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    const auto read = read_receipt(bad);
    if (!read) continue;
    const auto proven = verify_receipt(*read, {key()});
    if (!proven) continue;
    EXPECT_EQ(read->leaf, leaf_hash(records_.record(300))) << i;
    EXPECT_TRUE(!read->record || read->record == records_.record(300)) << i;
    EXPECT_EQ(proven->checkpoint, records_.checkpoint(1'000)) << i;
    EXPECT_LT(i, extra_ends) << "only in `keys`";
  }
}

TEST_F(ReceiptTest, TrustsNoKeyThatItBringsAlong) {
  EXPECT_EQ(verify_receipt(receipt_, {}).error().detail,
            "none of the keys given is one of tiles.test/identification/0");
  const NoteKey another{records_.origin(), KeyType::ed25519, crypto::Signer::random().public_key()};
  EXPECT_EQ(verify_receipt(receipt_, {another}).error().detail,
            "its checkpoint is not signed by the key given for tiles.test/identification/0");
  EXPECT_TRUE(verify_receipt(receipt_, {another, key()})) << "keys of a log are rotated";
}
}  // namespace
}  // namespace nrm
