// C2SP tlog-proof: one spelling, and what is refused.
#include "common/ledger/log_proof.hpp"

#include <gtest/gtest.h>

#include "tests/support/tiled_records.hpp"

namespace nrm {
namespace {
LogProof some_proof() {
  test::TiledRecords records;
  records.grow_to(300);
  const auto tiles = records.tiles(300);
  return {.extra = "anything \n at all",
          .index = 77,
          .hashes = prove_inclusion(77, 300, hashes_at(tiles, 300)).value(),
          .note = records.note(300)};
}

TEST(LogProofText, IsReadAsItWasWritten) {
  LogProof proof = some_proof();
  EXPECT_EQ(read_log_proof(write_log_proof(proof)).value(), proof);
  proof.extra.clear();
  EXPECT_EQ(read_log_proof(write_log_proof(proof)).value(), proof);
  proof.hashes.clear();  // of a log of one record
  EXPECT_EQ(read_log_proof(write_log_proof(proof)).value(), proof);
}

TEST(LogProofText, HasTheShapeOfTheSpecification) {
  LogProof proof{.index = 3, .hashes = {Hash{}}, .note = "origin\n4\nroot\n\n\xe2\x80\x94 a b\n"};
  EXPECT_EQ(write_log_proof(proof),
            "c2sp.org/tlog-proof@v1\nindex 3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
            "origin\n4\nroot\n\n\xe2\x80\x94 a b\n");
}

TEST(LogProofText, OtherSpellingsAreRefused) {
  const std::string good = write_log_proof(some_proof());
  const auto with = [&](std::string_view what, std::string_view by) {
    std::string text = good;
    return text.replace(text.find(what), what.size(), by);
  };
  for (const std::string& bad :
       {std::string(), good.substr(1), with("@v1", "@v2"), with("index 77", "index 077"),
        with("index 77", "index +77"), with("index 77", "index "), with("index 77", "idx 77"),
        with("index 77\n", "index 77 \n"), with("index 77", "index 18446744073709551616"),
        with("extra ", "extra  "), with("extra ", "Extra "), with("=\n\n", "=\n"),
        good.substr(0, good.find("\n\n") + 1)})
    EXPECT_FALSE(read_log_proof(bad)) << bad;
  EXPECT_EQ(read_log_proof(std::string(log_proof_bytes_max + 1, 'c')).error().code,
            Code::too_large);
}
}  // namespace
}  // namespace nrm
