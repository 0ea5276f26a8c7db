#include "common/runtime/fold.hpp"

#include <gtest/gtest.h>

#include "common/store/memory_store.hpp"
#include "tests/unit/runtime/ledger_of_notes.hpp"

namespace nrm::test {
namespace {
Uuid id_of(std::uint8_t n) {
  Uuid id;
  id.bytes[15] = n;
  return id;
}

class FoldTest : public ::testing::Test {
 protected:
  void give(std::uint8_t n) { fold.apply(case_stream(id_of(n)), ConsentRecorded{}, Instant{}); }
  void flush() {
    Batch batch;
    fold.flush(batch);
    ASSERT_TRUE(store.commit(batch, Sync::no));
  }
  std::string rows(std::string_view prefix) const {
    std::string out;
    fold.rows(prefix, [&](std::string_view key, std::string_view value) {
      out.append(key.substr(key.size() - 2)).append("=").append(value).append(" ");
      return true;
    });
    return out;
  }

  std::vector<std::string> scribbled;  // over memory that was given back
  MemoryStore store;
  Fold fold{core_of<LedgerOfNotes>(), store};
};

TEST_F(FoldTest, RowsOfThisBatchLieOverStoredOnesInKeyOrder) {
  give(2);
  give(4);
  flush();
  give(1);
  give(4);
  give(9);
  EXPECT_EQ(rows("open/"), "01=1 02=1 04=2 09=1 ");
  fold.apply(case_stream(id_of(2)), DossierAbandoned{}, Instant{});

  EXPECT_EQ(rows("open/"), "01=1 04=2 09=1 ");
  flush();
  EXPECT_EQ(rows("open/"), "01=1 04=2 09=1 ");
}

// A decider looks for what follows from each row. The cache of lists is full by then, is emptied
// for one more, and must not take the list that is being walked with it.
TEST_F(FoldTest, RowsAreWalkedWhileOthersAreLookedAt) {
  Batch stored;
  for (int i = 0; i < 5; ++i)
    stored.put(Family::rows, "waiting/" + std::string(64, 'x') + "/0" + std::to_string(i), "");
  ASSERT_TRUE(store.commit(stored, Sync::no));
  for (std::size_t i = 1; i < limits::cached_row_lists_max; ++i)
    EXPECT_EQ(rows("case/" + std::to_string(i)), "");
  std::string seen;
  fold.rows("waiting/", [&](std::string_view key, std::string_view) {
    seen.append(key.substr(key.size() - 2)).append(" ");
    EXPECT_EQ(rows("another/" + seen), "");
    for (int i = 0; i < 64; ++i) std::string(100, 'y').swap(scribbled.emplace_back());
    return true;
  });
  EXPECT_EQ(seen, "00 01 02 03 04 ");
}

TEST_F(FoldTest, RowsStopWhenTheReaderHasEnough) {
  for (std::uint8_t n = 1; n < 20; ++n) give(n);
  int seen = 0;
  fold.rows("open/", [&](std::string_view, std::string_view) { return ++seen < 3; });
  EXPECT_EQ(seen, 3);
}

TEST_F(FoldTest, OnlyWhatChangedIsWritten) {
  give(1);
  flush();
  Batch nothing;
  fold.flush(nothing);
  EXPECT_TRUE(nothing.empty());
  fold.apply(case_stream(id_of(1)), DossierOpened{}, Instant{});  // changes the version alone

  Batch one;
  fold.flush(one);
  EXPECT_EQ(one.changes().size(), 1u);
}

TEST_F(FoldTest, WhatCameAndWentBetweenTwoFlushesNeverMeetsTheStore) {
  const auto stream = case_stream(id_of(1));
  give(1);
  EXPECT_EQ(rows("open/"), "01=1 ");
  fold.set_clock({stream, ClockName::review, Instant{1'000}});
  fold.clocks([](const keys::DueKey&) { return true; });
  fold.set_clock({stream, ClockName::review, std::nullopt});
  fold.apply(stream, DossierAbandoned{}, Instant{});
  EXPECT_EQ(rows("open/"), "");
  Batch batch;
  fold.flush(batch);
  for (const auto& change : batch.changes())
    EXPECT_EQ(change.family, Family::state) << family_name(change.family);
}

TEST_F(FoldTest, WhatIsAskedTwiceIsRightAfterEveryWrite) {
  for (std::uint8_t n = 1; n < 5; ++n) {
    give(n);
    for (int look = 0; look < 2; ++look) EXPECT_EQ(rows("open/").size(), 5u * n);
    flush();
    EXPECT_EQ(rows("open/").size(), 5u * n);
  }
}

TEST_F(FoldTest, AClockSetAgainLeavesOneKey) {
  const auto stream = case_stream(id_of(1));
  give(1);
  fold.set_clock({stream, ClockName::review, Instant{1'000}});
  fold.set_clock({stream, ClockName::review, Instant{2'000}});
  EXPECT_FALSE(fold.runs(stream, ClockName::review, Instant{1'000}));
  EXPECT_TRUE(fold.runs(stream, ClockName::review, Instant{2'000}));
  flush();
  int keys_there = 0;
  ASSERT_TRUE(store.scan(
      Family::due, {},
      [&](std::string_view key, std::string_view) {
        EXPECT_EQ(keys::read_due(key)->due, Instant{2'000});
        return ++keys_there > 0;
      },
      false));
  EXPECT_EQ(keys_there, 1);
  fold.set_clock({stream, ClockName::review, std::nullopt});
  EXPECT_FALSE(fold.runs(stream, ClockName::review, Instant{2'000}));
}

TEST_F(FoldTest, AnotherFoldReadsWhatThisOneWrote) {
  give(1);
  give(1);
  fold.set_clock({case_stream(id_of(1)), ClockName::review, Instant{5}});
  flush();
  const Fold other(core_of<LedgerOfNotes>(), store);
  EXPECT_EQ(other.version(case_stream(id_of(1))), 2u);
  EXPECT_EQ(other.find<Note>(id_of(1))->given, 2u);
  EXPECT_TRUE(other.runs(case_stream(id_of(1)), ClockName::review, Instant{5}));
  EXPECT_EQ(other.find<Note>(id_of(2)), nullptr);
}
}  // namespace
}  // namespace nrm::test
