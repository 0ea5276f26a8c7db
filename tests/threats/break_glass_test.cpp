// Threat 24: break-glass under coercion. Whatever people do in whatever order: every opening behind
// broken glass has its notice and its review task, in the very record that broke it; nothing opens
// in the 61st minute; what is sealed to organisations, and the story, stay closed.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/threats/case_desk.hpp"

namespace nrm::test {
namespace {
using Dice = std::mt19937_64;

constexpr DataClass all_classes[] = {DataClass::identity,         DataClass::contact,
                                     DataClass::safe_contact,     DataClass::narrative,
                                     DataClass::medical,          DataClass::family,
                                     DataClass::shelter_location, DataClass::staff_identity};

struct Broken {
  Instant at;
  EmergencyId emergency;
};

// What a plain reader of the records may conclude.
class Reader {
 public:
  void take(const Outcome& outcome, Instant now) {
    for (const Emit& emit : outcome.decision.events) {
      if (const auto* glass = get_if<BreakGlassStarted>(&emit.event))
        take_started(*glass, emit.stream.id, outcome.decision, now);
      if (const auto* opened = get_if<DossierOpened>(&emit.event)) take_opened(*opened, now);
    }
  }
  int started = 0, behind_glass = 0;

 private:
  void take_started(const BreakGlassStarted& e, const Uuid& subject, const Decision& decision,
                    Instant now) {
    ++started;
    EXPECT_EQ(e.until, now + hours(1));
    EXPECT_EQ(e.overseer, organisation("overseer"));
    int reviews = 0, clocks = 0;
    for (const Emit& emit : decision.events)
      if (const auto* review = get_if<EmergencyReviewOpened>(&emit.event)) {
        ++reviews;
        EXPECT_EQ(emit.stream.id, e.emergency);
        EXPECT_EQ(review->subject, subject);
        EXPECT_EQ(review->by, e.by);
      }
    for (const ClockChange& clock : decision.clocks)
      clocks += clock.name == ClockName::break_glass_review && clock.due == e.review_by;
    EXPECT_EQ(reviews, 1);
    EXPECT_EQ(clocks, 1);
    glass_[e.by.account] = {now, e.emergency};
  }
  void take_opened(const DossierOpened& e, Instant now) {
    for (const DataClass one : e.classes) EXPECT_NE(one, DataClass::shelter_location);
    if (e.purpose == OpeningPurpose::safety) {
      EXPECT_TRUE(e.ground);
      EXPECT_TRUE(e.notice_to);
    }
    if (!e.emergency) return;
    ++behind_glass;
    const auto broken = glass_.find(e.by.account);
    ASSERT_NE(broken, glass_.end()) << "no glass was broken by this account";
    EXPECT_EQ(broken->second.emergency, *e.emergency);
    EXPECT_LT(now, broken->second.at + hours(1)) << "the 61st minute";
    for (const DataClass one : e.classes) EXPECT_NE(one, DataClass::narrative);
  }
  std::map<AccountId, Broken> glass_;
};

TEST(Threat24_BreakGlass, EveryReadBehindItHasNoticeAndReviewInTheSameRecord) {
  int started = 0, behind = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    CaseDesk desk;
    const CaseId subject = desk.seal();
    Reader reader;
    for (int step = 0; step < 60; ++step) {
      const bool police = dice() % 2 != 0;
      const Actor who = actor(police ? Role::first_responder : Role::service_provider,
                              police ? "kent" : "clinic", dice() % 2 != 0 ? "kim" : "lee");
      const auto classes = std::vector{all_classes[dice() % std::size(all_classes)]};
      const auto purpose = static_cast<OpeningPurpose>(dice() % 5);
      Command command =
          OpenDossier{subject, dice() % 4 != 0 ? OpeningPurpose::safety : purpose, classes, {}, {}};
      if (dice() % 6 == 0) command = BreakGlass{subject, EmergencyGround::threat_to_life};
      reader.take(desk.ask(who, command), desk.now);
      desk.now = desk.now + Milliseconds(static_cast<std::int64_t>(dice() % 1'800'000));
    }
    started += reader.started;
    behind += reader.behind_glass;
    ASSERT_EQ(desk.desk.faults(), std::vector<std::string>());
    if (HasFailure()) break;
  }
  EXPECT_GT(started, 1'000);
  EXPECT_GT(behind, 1'000);
}

TEST(Threat24_BreakGlass, TheSixtyFirstMinuteIsRefused) {
  CaseDesk desk;
  const CaseId subject = desk.seal();
  const Actor kim = actor(Role::first_responder, "kent", "kim");
  const OpenDossier opening{subject, OpeningPurpose::safety, {DataClass::contact}, {}, {}};
  ASSERT_FALSE(desk.ask(kim, BreakGlass{subject, EmergencyGround::threat_to_life}).rejection);
  desk.now = desk.now + std::chrono::minutes(60) - Milliseconds(1);
  EXPECT_FALSE(desk.ask(kim, opening).rejection);
  desk.now = desk.now + Milliseconds(1);
  const auto late = desk.ask(kim, opening);
  ASSERT_TRUE(late.rejection);
  EXPECT_EQ(late.rejection->code, Code::not_found);
}

// Mass use meets the same limit and the same alarm as any other opening.
TEST(Threat24_BreakGlass, MassUseIsLimitedAndEachIsReviewed) {
  CaseDesk desk;
  const Actor kim = actor(Role::first_responder, "kent", "kim");
  int opened = 0, broken = 0, alarms = 0;
  for (int i = 0; i < 150; ++i) {
    const CaseId subject = desk.seal();
    broken += !desk.ask(kim, BreakGlass{subject, EmergencyGround::threat_to_life}).rejection;
    const auto outcome =
        desk.ask(kim, OpenDossier{subject, OpeningPurpose::safety, {DataClass::contact}, {}, {}});
    opened += !outcome.rejection;
    for (const Emit& emit : outcome.decision.events) alarms += holds<AccessAnomaly>(emit.event);
  }
  EXPECT_EQ(opened, 100);
  EXPECT_EQ(alarms, 1);
  int reviews = 0;
  desk.desk.rows("queue/break_glass_review/", [&](std::string_view, std::string_view) {
    ++reviews;
    return true;
  });
  EXPECT_EQ(reviews, broken);
}

TEST(Threat24_BreakGlass, WithoutAnOverseerTheGlassStaysWhole) {
  Policy policy = policy_of("uk");
  policy.appointments->overseer.reset();
  CaseDesk desk(policy);
  const CaseId subject = desk.seal();
  const auto outcome = desk.ask(actor(Role::first_responder, "kent"),
                                BreakGlass{subject, EmergencyGround::threat_to_life});
  ASSERT_TRUE(outcome.rejection);
  EXPECT_EQ(outcome.rejection->code, Code::not_in_state);
}
}  // namespace
}  // namespace nrm::test
