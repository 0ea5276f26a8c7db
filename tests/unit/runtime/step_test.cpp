#include "common/runtime/log.hpp"
#include "tests/unit/runtime/step_fixture.hpp"

namespace nrm::test {
namespace {
const Uuid subject = *Uuid::parse("00000000-0000-4000-8000-000000000001");
const StreamKey stream = case_stream(subject);

TEST_F(StepFixture, AFreshLogBeginsWithWhatItIs) {
  EXPECT_EQ(step->head(), 1u);
  const auto bytes = store.get(Family::log, keys::log(0));
  ASSERT_TRUE(*bytes);
  EXPECT_NE((*bytes)->find(R"("service":"vault","partition":0,"sandbox":true)"), std::string::npos);
}

TEST_F(StepFixture, AnAnswerSaysWhereTheRecordIsAndCanBeChecked) {
  const auto answer = ask_and_commit(key('a'), consent(subject));
  EXPECT_FALSE(answer.rejection);
  EXPECT_EQ(answer.seq, 1u);
  const auto stored = store.get(Family::log, keys::log(1));
  ASSERT_TRUE(stored && *stored);
  EXPECT_EQ(**stored, answer.record);
  EXPECT_EQ(leaf_hash(**stored), answer.leaf);
  const auto text = open_note(std::string(answer.checkpoint), "test/vault/0", signer.public_key());
  ASSERT_TRUE(text);
  EXPECT_EQ(read_checkpoint(*text)->size, 2u);
}

TEST_F(StepFixture, TheSameRequestAgainGetsTheSameAnswerAndNoRecord) {
  const auto first = ask_and_commit(key('a'), consent(subject));
  const auto leaf = first.leaf;
  const auto again = ask_and_commit(key('a'), consent(subject));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.seq, 1u);
  EXPECT_EQ(again.leaf, leaf);
  EXPECT_EQ(step->head(), 2u);
}

TEST_F(StepFixture, TwiceInOneBatchIsOnceInTheLog) {
  ask(key('a'), consent(subject));
  ask(key('a'), consent(subject));
  const auto committed = commit();
  EXPECT_EQ(committed.records.size(), 1u);
  EXPECT_EQ(committed.answers.at(0).answer.seq, committed.answers.at(1).answer.seq);
}

TEST_F(StepFixture, TheSameKeyWithOtherContentIsRefusedAndChangesNothing) {
  ask_and_commit(key('a'), consent(subject));
  const auto before = whole_store();
  const auto answer = ask_and_commit(key('a'), consent(subject, false));
  ASSERT_TRUE(answer.rejection);
  EXPECT_EQ(answer.rejection->code, Code::key_reused);
  EXPECT_EQ(whole_store(), before);
}

// What a process asks itself has no actor, and a key that no client can have asked with.
TEST_F(StepFixture, WhatAProcessAsksItselfIsARecordWithoutAnActor) {
  RecordConsent command;
  command.subject = CaseId(subject);
  command.consent.given = true;
  step->ask_itself(command, now);
  step->ask_itself(command, now);
  const auto committed = commit();
  ASSERT_EQ(committed.records.size(), 2u) << "each is a request of its own";
  EXPECT_EQ(step->head(), 3u);
  json::Document document;
  std::vector<Record> records;
  for (const std::uint64_t seq : {1, 2}) {
    const auto bytes = store.get(Family::log, keys::log(seq));
    ASSERT_TRUE(*bytes && document.parse_trusted(**bytes));
    records.push_back(read_record(document.root()).value());
    EXPECT_FALSE(records.back().actor);
    EXPECT_FALSE(records.back().rejection);
  }
  EXPECT_NE(std::get<CommandNote>(records[0].input).key,
            std::get<CommandNote>(records[1].input).key);
}

TEST_F(StepFixture, ARejectionIsARecordAndIsRepeatedToo) {
  const auto answer = ask_and_commit(key('a'), consent(subject, false));
  ASSERT_TRUE(answer.rejection);
  EXPECT_EQ(answer.rejection->code, Code::consent_missing);
  EXPECT_EQ(answer.rejection->where, "/consent/given");
  EXPECT_EQ(answer.seq, 1u);
  const auto again = ask_and_commit(key('a'), consent(subject, false));
  EXPECT_EQ(again.rejection->code, Code::consent_missing);
  EXPECT_EQ(step->head(), 2u);
  EXPECT_EQ(step->fold().version(stream), 0u);
}

TEST_F(StepFixture, WhatIsNotACommandIsRefusedWithoutARecord) {
  for (const char* bad : {"", "{", "[]", R"({"subject":1})",
                          R"({"subject":"00000000-0000-4000-8000-000000000001"})"}) {
    const auto answer = ask_and_commit(key('x'), bad);
    ASSERT_TRUE(answer.rejection) << bad;
    EXPECT_TRUE(answer.record.empty()) << bad;
  }
  EXPECT_EQ(step->head(), 1u);
}

TEST_F(StepFixture, AStaleVersionIsRefused) {
  EXPECT_FALSE(ask_and_commit(key('a'), consent(subject), Expectation{stream, 0}).rejection);
  const auto stale = ask_and_commit(key('b'), consent(subject), Expectation{stream, 0});
  ASSERT_TRUE(stale.rejection);
  EXPECT_EQ(stale.rejection->code, Code::stale_version);
  EXPECT_FALSE(ask_and_commit(key('c'), consent(subject), Expectation{stream, 1}).rejection);
}

TEST_F(StepFixture, ABatchSeesItsOwnInputs) {
  for (char c = 'a'; c < 'f'; ++c) ask(key(c), consent(subject));
  EXPECT_EQ(commit().records.size(), 5u);
  EXPECT_EQ(step->fold().version(stream), 5u);
  ASSERT_TRUE(step->write_back());
  const auto row = store.get(Family::rows, "open/" + subject.text());
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(**row, "5");
}

TEST_F(StepFixture, AClockRunsOutOnceAndSaysWhenItWasSetFor) {
  ask_and_commit(key('a'), consent(subject));
  EXPECT_EQ(step->next_due(), now + days(1));
  EXPECT_TRUE(step->overdue(now, 10).empty());
  now = now + days(2);
  const auto overdue = step->overdue(now, 10);
  ASSERT_EQ(overdue.size(), 1u);
  step->due(overdue.at(0), now);
  step->due(overdue.at(0), now);  // came twice: it no longer runs
  EXPECT_EQ(commit().records.size(), 1u);
  EXPECT_TRUE(step->overdue(now, 10).empty());
  EXPECT_FALSE(step->next_due());
  EXPECT_EQ(ask_and_commit(key('b'), consent(subject)).rejection->code, Code::case_closed);
}

TEST_F(StepFixture, AMovedClockRunsOutAtItsNewTimeOnly) {
  ask_and_commit(key('a'), consent(subject));
  now = now + hours(12);
  ask_and_commit(key('b'), consent(subject));
  now = now + hours(13);
  EXPECT_TRUE(step->overdue(now, 10).empty());
  now = now + hours(12);
  EXPECT_EQ(step->overdue(now, 10).size(), 1u);
}

TEST_F(StepFixture, OverdueClocksComeInOrderAndInParts) {
  for (char c = 'a'; c < 'k'; ++c) {
    Uuid other = subject;
    other.bytes[0] = static_cast<std::uint8_t>(c);
    ask_and_commit(key(c), consent(other));
    now = now + hours(1);
  }
  now = now + days(3);
  std::size_t taken = 0;
  Instant last_due;
  while (true) {
    const auto part = step->overdue(now, 4);
    if (part.empty()) break;
    EXPECT_LE(part.size(), 4u);
    for (const Due& due : part) {
      EXPECT_LE(last_due, due.set_for);
      last_due = due.set_for;
      step->due(due, now);
    }
    taken += part.size();
    commit();
  }
  EXPECT_EQ(taken, 10u);
}

TEST_F(StepFixture, LogTimeNeverRunsBackwards) {
  ask_and_commit(key('a'), consent(subject));
  const Instant first = now;
  now = now - days(10);
  const auto answer = ask_and_commit(key('b'), consent(subject));
  EXPECT_NE(answer.record.find(first.text()), std::string::npos) << answer.record;
}

TEST_F(StepFixture, AReceivedEventMovesTheCursorWithItsEffect) {
  const LogPlace place{7, leaf_hash("the record before")};
  step->receive({.log = "identification/0",
                 .seq = 6,
                 .index = 0,
                 .hash = place.last.hex(),
                 .stream = stream,
                 .event = ReportReceived{}},
                std::nullopt, now);
  step->move_cursor("identification/0", place);
  EXPECT_EQ(commit().records.size(), 1u);
  store.power_cut();
  open();
  EXPECT_EQ(step->cursor("identification/0").next, 7u);
  EXPECT_EQ(step->cursor("identification/0").last, place.last);
  EXPECT_EQ(step->fold().version(stream), 1u);
}

TEST_F(StepFixture, EverythingIsThereAfterAPowerCut) {
  for (char c = 'a'; c < 'z'; ++c) ask_and_commit(key(c), consent(subject));
  ASSERT_TRUE(step->write_back());  // not synced: the cut takes it, and it is made again
  const auto before = whole_store();
  const auto root = step->checkpoint();
  store.power_cut();
  EXPECT_NE(whole_store(), before);
  open();
  EXPECT_EQ(whole_store(), before);
  EXPECT_EQ(step->checkpoint(), root);
  EXPECT_TRUE(ask_and_commit(key('a'), consent(subject)).repeated);
}

TEST_F(StepFixture, AFailedWriteIsAnErrorAndTheRetryFindsOut) {
  for (const bool applied : {false, true}) {
    const std::string k = key(applied ? 'p' : 'q');
    const auto head = step->head();
    ask(k, consent(subject));
    store.fail_next_commit(applied);
    EXPECT_FALSE(step->commit());
    open();  // the process ended; its successor finds what is there
    EXPECT_EQ(step->head(), applied ? head + 1 : head);
    EXPECT_EQ(ask_and_commit(k, consent(subject)).repeated, applied);
    EXPECT_EQ(step->head(), head + 1);
    tickets = 0;
  }
}

TEST_F(StepFixture, AStoreOfAnotherModeIsRefused) {
  const auto other = try_open(false);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::diverged);
}

TEST_F(StepFixture, RebuildGivesTheSameBytes) {
  for (char c = 'a'; c < 'n'; ++c) {
    Uuid other = subject;
    other.bytes[0] = static_cast<std::uint8_t>(c % 4);
    ask_and_commit(key(c), consent(other, c % 5 != 0));
  }
  now = now + days(2);
  for (const Due& due : step->overdue(now, 2)) step->due(due, now);
  commit();
  ASSERT_TRUE(step->write_back());
  const auto before = whole_store();
  ASSERT_TRUE(rebuild(core_of<LedgerOfNotes>(), store));
  EXPECT_EQ(whole_store(), before);
}

// Written back after every record, never, or now and then: nobody can tell by asking.
TEST_F(StepFixture, WhenItIsWrittenBackMakesNoDifference) {
  std::string after_each, never;
  for (std::string* told : {&after_each, &never}) {
    forget_everything();
    entropy = seeded_entropy(1);
    now = *Instant::parse("2023-07-03T09:00:00.000Z");
    open();
    for (char c = 'a'; c < 'n'; ++c) {
      Uuid other = subject;
      other.bytes[0] = static_cast<std::uint8_t>(c % 4);
      ask_and_commit(key(c), consent(other, c % 5 != 0));
      now = now + hours(7);
      for (const Due& due : step->overdue(now, 2)) step->due(due, now);
      if (!step->idle()) commit();
      if (told == &after_each) {
        ASSERT_TRUE(step->write_back());
      }
      step->fold().rows("open/", [&](std::string_view row, std::string_view value) {
        told->append(row).append(1, '=').append(value).append(1, ' ');
        return true;
      });
      step->fold().clocks([&](const keys::DueKey& due) {
        told->append(due.due.text()).append(due.stream.text()).append(1, ' ');
        return true;
      });
      *told += ask_and_commit(key('a'), consent(subject)).record;
    }
    ASSERT_TRUE(step->write_back());
    *told += whole_store();
  }
  EXPECT_EQ(after_each, never);
}

TEST_F(StepFixture, AnInterruptedRebuildIsBegunAnew) {
  for (char c = 'a'; c < 'g'; ++c) ask_and_commit(key(c), consent(subject));
  ASSERT_TRUE(step->write_back());
  const auto before = whole_store();
  Batch half;  // what a rebuild() that died has done: the mark, and some keys dropped
  put_not_folded(half);
  half.erase(Family::state, keys::state(stream));
  ASSERT_TRUE(store.commit(half, Sync::no));
  ASSERT_FALSE(folded_until(store));
  open();
  EXPECT_EQ(whole_store(), before);
}

// What a version wrote that put states into the batch of every record.
TEST_F(StepFixture, StatesThatDoNotSayWhatTheyCoverAreMadeAnew) {
  for (char c = 'a'; c < 'g'; ++c) ask_and_commit(key(c), consent(subject));
  ASSERT_TRUE(step->write_back());
  const auto before = whole_store();
  Batch unmarked;
  unmarked.erase(Family::meta, "folded");
  ASSERT_TRUE(store.commit(unmarked, Sync::yes));
  open();
  EXPECT_EQ(step->fold().version(stream), 6u) << "and not twice";
  EXPECT_EQ(whole_store(), before);
}

// After an upgrade: other rows follow from the same log.
TEST_F(StepFixture, StatesThatAnotherVersionFoldedAreMadeAnew) {
  for (char c = 'a'; c < 'g'; ++c) ask_and_commit(key(c), consent(subject));
  ASSERT_TRUE(step->write_back());
  const auto before = whole_store();
  std::string mark = store.get(Family::meta, "folded").value().value();
  for (const std::size_t size : {mark.size(), mark.size() - 8}) {  // the first one had no number
    Batch other;
    if (size == mark.size()) ++mark.back();
    other.put(Family::meta, "folded", mark.substr(0, size));
    other.put(Family::rows, "open/no longer made", "");
    ASSERT_TRUE(store.commit(other, Sync::yes));
    const auto folded = folded_until(store);
    ASSERT_FALSE(folded);
    EXPECT_EQ(folded.error().code, Code::unavailable);
    open();
    EXPECT_EQ(whole_store(), before);
  }
}

TEST_F(StepFixture, AFoldAheadOfItsLogIsRefused) {
  ask_and_commit(key('a'), consent(subject));
  Batch ahead;
  put_folded_until(7, ahead);
  ASSERT_TRUE(store.commit(ahead, Sync::no));
  const auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::corrupt);
}
}  // namespace
}  // namespace nrm::test
