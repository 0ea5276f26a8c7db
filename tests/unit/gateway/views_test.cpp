#include "services/gateway/views.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "common/crypto/crypto.hpp"

namespace nrm::gateway {
namespace {
constexpr std::string_view noon = "2024-03-04T12:00:00.000Z";
Instant at(std::string_view text = noon) { return *Instant::parse(text); }

template <class View>
std::vector<std::string> keys(const View& view, const Uuid& id = {}) {
  Rows rows;
  Views::rows(StreamKey{View::kind, id}, view, rows);
  std::vector<std::string> out;
  for (const auto& [key, value] : rows.all()) out.push_back(key);
  return out;
}

template <class View>
bool in(const View& view, std::string_view prefix) {
  return std::ranges::any_of(keys(view), [&](const auto& key) { return key.starts_with(prefix); });
}

CaseView reported() {
  CaseView view;
  Views::evolve(view,
                ReportReceived{.reference = *Text<16>::parse("AAAAA-AAAAA-A"),
                               .decide_by = at("2024-03-11T23:59:59.999Z")},
                at());
  return view;
}

TEST(CaseView, SealedButNotReportedIsInNoList) {
  CaseView view;
  Views::evolve(view, DossierSealed{}, at());
  EXPECT_TRUE(keys(view).empty());
  EXPECT_EQ(view.versions.vault, 1u);
}

TEST(CaseView, MovesThroughTheQueuesOfItsStates) {
  CaseView view = reported();
  EXPECT_TRUE(in(view, "queue/first_stage/2024-03-11T23:59:59.999Z/"));
  EXPECT_TRUE(in(view, "case_status/reported/"));
  Views::evolve(view, FirstStageOverdue{}, at());
  EXPECT_TRUE(view.overdue);
  Views::evolve(view, FirstStageDecided{.outcome = Outcome::positive}, at());
  Views::evolve(view, RecoveryPeriodStarted{at("2024-04-03T23:59:59.999Z")}, at());
  EXPECT_FALSE(view.overdue);
  EXPECT_TRUE(in(view, "queue/recovery/2024-04-03T23:59:59.999Z/"));
  EXPECT_FALSE(in(view, "queue/first_stage"));
  Views::evolve(view, RecoveryPeriodEnded{}, at());
  EXPECT_TRUE(in(view, "queue/second_stage/2024-03-04T12:00:00.000Z/"));
  Views::evolve(view, SecondStageDecided{.outcome = Outcome::negative, .reconsider_until = at()},
                at());
  EXPECT_TRUE(in(view, "queue/reconsideration/"));
  Views::evolve(view, ReconsiderationWindowClosed{}, at());
  EXPECT_FALSE(in(view, "queue/"));
  EXPECT_EQ(view.versions.identification, 7u);
}

TEST(CaseView, SupportAndClosureHaveQueuesOfTheirOwn) {
  CaseView view = reported();
  Views::evolve(view, SupportOpened{.plan_by = at()}, at());
  EXPECT_TRUE(in(view, "queue/plan/"));
  Views::evolve(view, PlanAgreed{.review_at = at()}, at());
  EXPECT_TRUE(in(view, "queue/review/"));
  Views::evolve(view, SupportEnded{}, at());
  EXPECT_FALSE(in(view, "queue/review/"));
  Views::evolve(
      view,
      ClosureFileOpened{.opened_at = at(), .obligations = {Obligation::identification_running}},
      at());
  EXPECT_TRUE(in(view, "queue/closure_checklist/"));
  Views::evolve(view, ObligationMet{Obligation::identification_running, {}}, at());
  EXPECT_TRUE(view.obligations.empty());
  Views::evolve(view, ClosureRequested{.approve_by = at()}, at());
  EXPECT_TRUE(in(view, "queue/closure_approval/"));
  EXPECT_FALSE(in(view, "queue/closure_checklist/"));
  Views::evolve(view, ClosureRefused{}, at());
  EXPECT_TRUE(in(view, "queue/closure_checklist/"));
  Views::evolve(view, CaseClosed{.reason = ClosureReason::plan_completed}, at());
  EXPECT_FALSE(in(view, "queue/closure"));
  EXPECT_EQ(view.closure, ClosureStatus::closed);
}

// The logs of five services reach the gateway in any order relative to each other.
TEST(CaseView, IsTheSameInWhateverOrderTheLogsCome) {
  const std::map<int, std::vector<Event>> logs{
      {0,
       {DossierSealed{.consents = {{ConsentPurpose::support, true}}},
        ConsentRecorded{{ConsentPurpose::support, false}}}},
      {1,
       {ReportReceived{.decide_by = at()}, FirstStageDecided{.outcome = Outcome::positive},
        RecoveryPeriodStarted{at()}}},
      {2, {ReferralCaseOpened{}, SupportConsentNoted{true}}},
      {3, {SupportOpened{.plan_by = at()}, PlanAgreed{.review_at = at()}, ServiceGiven{}}},
      {4,
       {ClosureFileOpened{.opened_at = at()}, ObligationNoted{Obligation::support_running, {}}}}};
  std::vector<int> order{0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4};
  auto random = seeded_entropy(3);
  std::string first;
  for (int round = 0; round < 50; ++round) {
    CaseView view;
    std::map<int, std::size_t> next;
    for (const int log : order) Views::evolve(view, logs.at(log)[next[log]++], at());
    if (first.empty()) first = to_json(view);
    ASSERT_EQ(to_json(view), first);
    for (std::size_t i = order.size(); i-- > 1;) {
      unsigned char byte = 0;
      random->fill(&byte, 1);
      std::swap(order[i], order[byte % (i + 1)]);
    }
  }
}

TEST(ReferralView, GoesFromShelfToShelf) {
  ReferralView view;
  const OrganisationId organisation(Uuid{{9}});
  const std::string inbox = "inbox/" + organisation.text() + "/";
  Views::evolve(view, ReferralRequested{}, at());
  Views::evolve(view, ReferralAwaitsConsent{}, at());
  EXPECT_TRUE(in(view, "queue/awaiting_consent/"));
  const ReferralOffered offered{.organisation = organisation, .answer_by = at(), .attempt = 1};
  Views::evolve(view, offered, at());
  EXPECT_TRUE(in(view, inbox + "1/2024-03-04T12:00:00.000Z/"));
  EXPECT_FALSE(in(view, "queue/"));
  Views::evolve(view, ReferralAcknowledged{}, at());
  EXPECT_TRUE(in(view, inbox + "1/"));
  EXPECT_EQ(view.due, at());
  Views::evolve(view, ReferralWaitlisted{at()}, at());
  EXPECT_TRUE(in(view, inbox + "2/"));
  Views::evolve(view, ReferralExpired{}, at());
  Views::evolve(view, ReferralEscalated{.reason = EscalationReason::nobody_left}, at());
  EXPECT_FALSE(in(view, "inbox/"));
  EXPECT_TRUE(in(view, "queue/escalated/"));
  Views::evolve(view, offered, at());
  Views::evolve(view, ReferralAccepted{}, at());
  EXPECT_TRUE(in(view, inbox + "3/"));
  EXPECT_TRUE(in(view, "supporter/" + organisation.text() + "/"));
  Views::evolve(view, ReferralCompleted{}, at());
  EXPECT_FALSE(in(view, "inbox/"));
  EXPECT_FALSE(in(view, "supporter/"));
}

// A matter that is open waits with whoever has its case now, and with nobody else of a part.
template <class View, class Begun, class HandedOver>
void expect_moves(std::string_view queue, Begun begun, HandedOver handed_over) {
  const OrganisationId before(Uuid{{1}}), after(Uuid{{2}});
  const std::string waits = "queue/" + std::string(queue) + '/';
  const auto part = [&](const OrganisationId& one) {
    return "queue_of/" + one.text() + '/' + std::string(queue) + '/';
  };
  begun.owner = before;
  handed_over.owner = after;
  View view;
  Views::evolve(view, Event(begun), at());
  EXPECT_TRUE(in(view, waits) && in(view, part(before))) << queue;
  Views::evolve(view, Event(handed_over), at());
  EXPECT_TRUE(in(view, waits) && in(view, part(after))) << queue;
  EXPECT_FALSE(in(view, part(before))) << queue;
}

TEST(MatterViews, MoveWithTheirCase) {
  expect_moves<ProcedureView>("procedure", ProcedureOpened{}, ProcedureHandedOver{});
  expect_moves<AlarmView>("missing_alarm", AlarmRaised{}, AlarmHandedOver{});
  expect_moves<IncidentView>("incident", IncidentReported{}, IncidentHandedOver{});
  expect_moves<NoticeView>("child_notice", ChildNoticeRaised{}, ChildNoticeHandedOver{});
  expect_moves<TransitionView>("move_on", MoveOnStarted{}, TransitionHandedOver{});
  expect_moves<ChildView>("guardian", ChildPathwayOpened{.status = ChildStatus::guardian_awaited},
                          ChildHandedOver{});
  expect_moves<VisitView>("follow_up", FollowUpPlanned{}, FollowUpHandedOver{});
}

// Each body that decides has rows of its own; where two offices answer, both have one.
TEST(CaseView, WaitsWithWhoeverDecidesIt) {
  const OrganisationId board(Uuid{{3}}), region(Uuid{{4}});
  CaseView view = reported();
  Views::evolve(view, DeciderAppointed{.owner = board}, at());
  EXPECT_TRUE(in(view, "queue_of/" + board.text() + "/first_stage/"));
  Views::evolve(view, CaseHandedOver{.to = region}, at());
  EXPECT_FALSE(in(view, "queue_of/" + region.text() + "/first_stage/"));
  Views::evolve(view, ClosureFileOpened{.opened_at = at()}, at());
  Views::evolve(view, ClosureRequested{.approve_by = at()}, at());
  for (const OrganisationId& one : {board, region})
    EXPECT_TRUE(in(view, "queue_of/" + one.text() + "/closure_approval/"));
}

TEST(AccountView, HasATokenRowUntilItIsRevoked) {
  AccountView view;
  Views::evolve(view, AccountIssued{.token_digest = *Text<64>::parse("ab12")});
  EXPECT_EQ(keys(view), std::vector<std::string>{"token/ab12"});
  Views::evolve(view, AccountRevoked{});
  EXPECT_TRUE(keys(view).empty());
}

TEST(ProviderView, CountsItsPlaces) {
  ProviderView view;
  Views::evolve(view, ProviderRegistered{{.places = 2}});
  Views::evolve(view, PlaceReserved{});
  Views::evolve(view, ProviderCapacityChanged{5});
  EXPECT_EQ(view.reserved, 1u);
  EXPECT_EQ(view.offering.places, 5u);
  Views::evolve(view, PlaceReleased{});
  EXPECT_EQ(view.reserved, 0u);
}

TEST(Views, FollowEveryLogAndSurviveTheirCodec) {
  const Core& core = core_of<Views>();
  EXPECT_EQ(core.follows().size(), 6u);
  CaseView view = reported();
  view.obligations = {{Obligation::referral_open, Uuid{{1}}}};
  Boxed<CaseView> box;
  box.value = view;
  std::string text;
  core.write(StreamKind::case_, box, text);
  json::Document document;
  ASSERT_TRUE(document.parse_trusted(text));
  const auto again = core.read(StreamKind::case_, document.root());
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(static_cast<const Boxed<CaseView>&>(**again).value), to_json(view));
}
}  // namespace
}  // namespace nrm::gateway
