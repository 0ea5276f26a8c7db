// Decisions of earlier engines: made again by rules that were kept, or counted; never passed over.
#include "common/runtime/recompute.hpp"

#include "common/runtime/log.hpp"
#include "tests/unit/runtime/step_fixture.hpp"

namespace nrm::test {
namespace {
// As the engine before decided: the clock ran two days.
struct EarlierRules : LedgerOfNotes {
  static Result<Decision> decide(const View& view, const Input& input, const Policy& policy) {
    auto decision = LedgerOfNotes::decide(view, input, policy);
    if (decision)
      for (ClockChange& clock : decision->clocks)
        if (clock.due) clock.due = *clock.due + days(1);
    return decision;
  }
};

class RecomputeEngines : public StepFixture {
 protected:
  void SetUp() override {
    StepFixture::SetUp();
    for (char c = 'a'; c < 'e'; ++c) ask_and_commit(key(c), consent(Uuid{}));
    ask_and_commit(key('x'), consent(Uuid{}, false));  // refused
    ASSERT_TRUE(read_log(store, 0, [&](std::uint64_t, std::string_view bytes) {
      log.emplace_back(bytes);
      return true;
    }));
    ASSERT_EQ(log.size(), 6u);
  }
  // From this record on the log is by that engine.
  void by_engine(std::size_t from, const std::string& engine) {
    for (std::size_t i = from; i < log.size(); ++i)
      log[i].replace(log[i].rfind("\"engine\":"), std::string::npos, "\"engine\":" + engine + "}");
  }
  // The first fault, with its number; the newest engine is 2.
  std::string recompute(const Recompute::Golden& golden) {
    MemoryStore target;
    Recompute again(core_of<LedgerOfNotes>(), {policy, "digest"}, target,
                    {.named = [](const ReceivedNote&) -> Result<const Record*> {
                       return Error(Code::not_found);
                     },
                     .beside = [](const Command&) { return Recompute::Beside::nothing; },
                     .golden = golden},
                    {.at = {}, .engine = 0, .stored = Fold::Stored::nothing, .newest = 2});
    std::string out;
    for (std::size_t seq = 0; seq < log.size(); ++seq) {
      const auto difference = again.take(seq, log[seq]);
      EXPECT_TRUE(difference);
      if (out.empty() && !difference->empty()) out = std::to_string(seq) + ": " + *difference;
    }
    counts = again.counts();
    return out;
  }
  static const Core* none(std::uint32_t) { return nullptr; }

  std::vector<std::string> log;
  Recompute::Counts counts;
};

TEST_F(RecomputeEngines, WithoutTheirRulesTheyAreCounted) {
  by_engine(3, "2");
  EXPECT_EQ(recompute(none), "");
  EXPECT_EQ(counts.by_older_rules, 3u) << "the opening and two commands";
  EXPECT_EQ(counts.decided, 3u);
  EXPECT_EQ(counts.by_golden_rules, 0u);
}

TEST_F(RecomputeEngines, ByTheirOwnRulesTheyAreMadeAgain) {
  by_engine(3, "2");
  const auto same = [](std::uint32_t engine) {
    EXPECT_EQ(engine, 1u);
    return &core_of<LedgerOfNotes>();
  };
  EXPECT_EQ(recompute(same), "");
  EXPECT_EQ(counts.by_older_rules, 0u);
  EXPECT_EQ(counts.decided, 5u);
  EXPECT_EQ(counts.by_golden_rules, 2u);
  // What the rules kept of it do not give is a fault, as ever.
  const auto other = [](std::uint32_t) { return &core_of<EarlierRules>(); };
  EXPECT_NE(recompute(other).find("1: decided again it gives"), std::string::npos);
  EXPECT_EQ(counts.after_fault, 4u);
}

TEST_F(RecomputeEngines, NobodyGoesBackToAnEarlierOneOrNamesOneThatNeverWas) {
  by_engine(2, "2");
  by_engine(4, "1");
  EXPECT_EQ(recompute(none), "4: it names an engine that did not write this log then");
  by_engine(2, "2");
  by_engine(5, "3");
  EXPECT_EQ(recompute(none), "5: it names an engine that did not write this log then");
  by_engine(0, "0");
  EXPECT_EQ(recompute(none), "0: it names an engine that did not write this log then");
}
}  // namespace
}  // namespace nrm::test
