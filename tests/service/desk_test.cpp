// The desk itself: each promise that it watches is broken once, and it must notice.
#include "tests/support/desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/script.hpp"

namespace nrm::test {
namespace {
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

enum class Break {
  nothing,
  impure,
  foreign_event,
  past_clock,
  rejected_clock,
  shared_row,
  impure_fold
};
Break broken = Break::nothing;
std::uint32_t calls = 0;

struct Note {
  static constexpr StreamKind kind = StreamKind::case_;
  std::uint32_t events = 0;
};
BOOST_DESCRIBE_STRUCT(Note, (), (events))

struct Sample {
  static constexpr Service service = Service::closure;
  using States = StateTypes<Note>;
  using Receives = EventTypes<ReportReceived>;

  static void evolve(Note& note, const Event&) {
    note.events += broken == Break::impure_fold ? ++calls : 1;
  }
  static Result<Decision> decide(const View&, const Input& input, const Policy&) {
    const auto& due = std::get<Due>(input.what);
    if (broken == Break::rejected_clock) return Error(Code::not_in_state);
    Decision decision;
    if (broken == Break::foreign_event)
      return decision.emit(due.stream, ReconsiderationWindowClosed{});
    const auto n = broken == Break::impure ? ++calls : 0;
    decision.emit(due.stream, ClosureRefused{.by = input.fresh<AccountId>(n)});
    if (broken == Break::past_clock)
      decision.set_clock(due.stream, ClockName::escalation, input.at - days(1));
    return decision;
  }
  static void rows(const StreamKey& stream, const Note&, Rows& out) {
    out.put(broken == Break::shared_row ? "queue" : "queue/" + stream.text());
  }
};

std::vector<std::string> faults_when(Break what) {
  broken = what;
  Desk desk(core_of<Sample>(), Policy());
  for (const char* name : {"one", "two"}) {
    const StreamKey stream = case_stream(id_of(name));
    desk.apply({.id = id_of("input"),
                .at = *Instant::parse("2023-07-03T09:00:00.000Z"),
                .actor = std::nullopt,
                .what = Due{.stream = stream, .name = ClockName::escalation, .set_for = {}}});
  }
  broken = Break::nothing;
  return desk.faults();
}

TEST(Desk, FindsNoFaultWithAGoodDecider) { EXPECT_THAT(faults_when(Break::nothing), IsEmpty()); }

TEST(Desk, SeesThatDecidingTwiceDiffers) {
  EXPECT_THAT(faults_when(Break::impure), Contains(HasSubstr("deciding twice differs")));
}

TEST(Desk, SeesAnEventOfAnotherService) {
  EXPECT_THAT(faults_when(Break::foreign_event), Contains(HasSubstr("of another service")));
}

TEST(Desk, SeesAClockSetIntoThePast) {
  EXPECT_THAT(faults_when(Break::past_clock), Contains(HasSubstr("set into the past")));
}

TEST(Desk, SeesAClockThatIsRejected) {
  EXPECT_THAT(faults_when(Break::rejected_clock), Contains(HasSubstr("was rejected")));
}

TEST(Desk, SeesTwoStatesWithOneRow) {
  EXPECT_THAT(faults_when(Break::shared_row), Contains(HasSubstr("two rows have one key")));
}

TEST(Desk, SeesThatFoldingAgainDiffers) {
  EXPECT_THAT(faults_when(Break::impure_fold), Contains(HasSubstr("folding again differs")));
}
}  // namespace
}  // namespace nrm::test
