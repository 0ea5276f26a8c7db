// Who waits is called up: each free place once, in the order of the list, in records of a bounded
// size; and nobody is where the offering or the case says that the person may not be.
#include <gtest/gtest.h>

#include "tests/service/referral/town.hpp"

namespace nrm::test {
namespace {
constexpr auto provider_role = Role::service_provider;

CaseId case_of(std::size_t number) { return CaseId(id_of("person" + std::to_string(number))); }

struct CallUp : testing::Test, ReferralTown {
  ProviderId house;
  std::vector<ReferralId> waiting;  // longest first

  // `count` people wait at a house without a place.
  void let_wait(std::size_t count, Urgency urgency = Urgency::urgent) {
    house = open_provider("haven", ServiceType::medical, 1);
    for (std::size_t i = 0; i < count; ++i) {
      consent(case_of(i), true);
      const auto made = requested_in(report(case_of(i), urgency, {ServiceType::medical}));
      ASSERT_EQ(made.size(), 1U);
      now = now + Milliseconds(1);
      ASSERT_FALSE(ask(provider_role, "haven", WaitlistOffer{made.front()}).rejection);
      waiting.push_back(made.front());
    }
    ASSERT_FALSE(set_places(0).rejection);
  }
  Outcome set_places(std::uint32_t places) {
    return ask(provider_role, "haven", ChangeCapacity{house, places});
  }
  const Referral& referral(const ReferralId& id) const {
    return *static_cast<const View&>(desk).find<Referral>(id);
  }
  std::size_t offered() const {
    return static_cast<std::size_t>(std::ranges::count_if(waiting, [&](const ReferralId& id) {
      return referral(id).status == ReferralStatus::offered;
    }));
  }
  void TearDown() override { EXPECT_TRUE(desk.faults().empty()) << desk.faults().front(); }
};

// A house says its figure every morning.
TEST_F(CallUp, APlaceIsPromisedOnce) {
  let_wait(3);
  set_places(1);
  EXPECT_EQ(offered(), 1U);
  set_places(1);
  set_places(1);
  EXPECT_EQ(offered(), 1U) << "one bed is promised to one person";
  EXPECT_EQ(referral(waiting[0]).status, ReferralStatus::offered);
  // Declined, it is the next one's.
  ask(provider_role, "haven", DeclineOffer{waiting[0], DeclineReason::other});
  EXPECT_EQ(referral(waiting[1]).status, ReferralStatus::offered);
  EXPECT_EQ(referral(waiting[2]).status, ReferralStatus::waitlisted);
}

TEST_F(CallUp, WhoIsCalledUpInVainKeepsItsPlaceInTheList) {
  let_wait(2);
  const auto since = referral(waiting[0]).waiting_since;
  set_places(1);
  now = now + Milliseconds(1'000);
  ASSERT_FALSE(ask(provider_role, "haven", WaitlistOffer{waiting[0]}).rejection);
  EXPECT_EQ(referral(waiting[0]).waiting_since, since);
  set_places(1);
  EXPECT_EQ(referral(waiting[0]).status, ReferralStatus::offered);
  EXPECT_EQ(referral(waiting[1]).status, ReferralStatus::waitlisted);
}

// More than one record may hold (the desk looks): a clock that is due at once goes on.
TEST_F(CallUp, ManyAreCalledUpInSeveralRecords) {
  constexpr std::size_t many = 200;
  let_wait(many);
  const Outcome first = set_places(many);
  const std::size_t in_one = offered();
  EXPECT_GT(in_one, 20U);
  EXPECT_LT(in_one, many);
  int records = 1;
  while (desk.clocks().contains({provider_stream(house), ClockName::suspension_sweep})) {
    ASSERT_LT(++records, 20);
    fire(provider_stream(house), ClockName::suspension_sweep);
  }
  EXPECT_EQ(offered(), many);
}

TEST_F(CallUp, AHouseThatClosesLetsManyGoInSeveralRecords) {
  let_wait(200);
  open_provider("harbour", ServiceType::medical, 9);
  ask(provider_role, "haven", SuspendProvider{house, SuspensionReason::own_request});
  int records = 1;
  while (desk.clocks().contains({provider_stream(house), ClockName::suspension_sweep})) {
    ASSERT_LT(++records, 20);
    fire(provider_stream(house), ClockName::suspension_sweep);
  }
  for (const ReferralId& id : waiting)
    ASSERT_EQ(referral(id).organisation, OrganisationId(id_of("harbour")));
}

// The house moves to where the exploiter is.
TEST_F(CallUp, ANewOfferingIsHeldAgainstWhoIsThere) {
  let_wait(3);
  const Exclusion area{.ground = ExclusionGround::exploiters_area, .region = Region::parse("XX-N")};
  set_places(1);
  ASSERT_FALSE(ask(provider_role, "haven", AcceptOffer{waiting[0]}).rejection);
  ServiceOffering offering{.organisation = OrganisationId(id_of("haven")),
                           .service = ServiceType::medical,
                           .places = 1,
                           .located_in = Region::parse("XX-S")};
  ASSERT_FALSE(ask(provider_role, "haven", ChangeOffering{house, offering}).rejection);
  for (const std::size_t person : {0U, 1U})
    ASSERT_FALSE(ask(Role::case_manager, "managers",
                     NoteMatchingFacts{.subject = case_of(person), .exclusions = {area}})
                     .rejection);
  EXPECT_FALSE(referral(waiting[0]).at_risk);
  EXPECT_EQ(referral(waiting[1]).status, ReferralStatus::waitlisted);
  offering.located_in = Region::parse("XX-N");
  offering.places = 3;
  ASSERT_FALSE(ask(provider_role, "haven", ChangeOffering{house, offering}).rejection);
  EXPECT_TRUE(referral(waiting[0]).at_risk) << "who lives there is put before the owner";
  EXPECT_EQ(referral(waiting[1]).status, ReferralStatus::escalated) << "nobody else, so the ladder";
  EXPECT_EQ(referral(waiting[2]).status, ReferralStatus::offered) << "whom nothing keeps away";
  // And back: the risk is over.
  offering.located_in = Region::parse("XX-S");
  ASSERT_FALSE(ask(provider_role, "haven", ChangeOffering{house, offering}).rejection);
  EXPECT_FALSE(referral(waiting[0]).at_risk);
}

// The person is in hospital, and the house gets into trouble meanwhile.
TEST_F(CallUp, AHoldOutlivesARisk) {
  let_wait(1);
  set_places(1);
  const ReferralId id = waiting.front();
  const StreamKey stream = referral_stream(id);
  ask(provider_role, "haven", AcceptOffer{id});
  ask(provider_role, "haven", StartReferral{id, now.date()});
  ask(provider_role, "haven", HoldReferral{id, HoldReason::person_unwell});
  ask(Role::operator_, "operators", SuspendProvider{house, SuspensionReason::safeguarding_concern});
  EXPECT_TRUE(referral(id).at_risk);
  EXPECT_TRUE(desk.clocks().contains({stream, ClockName::escalation}));
  EXPECT_FALSE(desk.clocks().contains({stream, ClockName::waitlist_review}));
  const Outcome early = ask(provider_role, "haven", ResumeReferral{id});
  ASSERT_TRUE(early.rejection);
  EXPECT_EQ(early.rejection->code, Code::not_in_state);
  ask(Role::operator_, "operators", ReinstateProvider{house});
  EXPECT_EQ(referral(id).status, ReferralStatus::on_hold);
  EXPECT_TRUE(desk.clocks().contains({stream, ClockName::waitlist_review}));
  EXPECT_FALSE(desk.clocks().contains({stream, ClockName::escalation}));
  EXPECT_FALSE(ask(provider_role, "haven", ResumeReferral{id}).rejection);
  EXPECT_EQ(referral(id).status, ReferralStatus::in_progress);
}

// Identification's log is late by the whole life of the case.
TEST_F(CallUp, AReportAfterTheClosingIsThereWhenTheCaseIsOpenedAgain) {
  open_provider("haven", ServiceType::medical, 1);
  const CaseId subject = case_of(0);
  consent(subject, true);
  close(subject);
  EXPECT_TRUE(requested_in(report(subject, Urgency::urgent, {ServiceType::medical})).empty());
  hear(subject, CaseReopened{.cause = ReopenCause::came_back});
  const Outcome asked = ask(Role::case_manager, "managers",
                            RequestReferral{subject, ServiceType::medical, Urgency::urgent});
  ASSERT_FALSE(asked.rejection) << "the case has an owner";
  const auto made = requested_in(asked);
  ASSERT_EQ(made.size(), 1U);
  const Outcome accepted = ask(provider_role, "haven", AcceptOffer{made.front()});
  ASSERT_FALSE(accepted.rejection);
  const auto* said = get_if<ReferralAccepted>(&accepted.decision.events.back().event);
  ASSERT_NE(said, nullptr);
  EXPECT_EQ(said->reopenings, 1U) << "the closing before it does not end it";
}

// Bulgaria: the word about the only clinic has run out when its owner tries again.
TEST(Retry, BeginsARoundAlsoWhenThePersonMustBeAskedFirst) {
  ReferralTown town(policy_of("bulgaria"));
  const CaseId subject = case_of(0);
  const OrganisationId clinic(id_of("clinic"));
  town.open_provider("clinic", ServiceType::medical, 1);
  const auto word = [&](Date until) {
    return town.hear(subject, ConsentRecorded{{.purpose = ConsentPurpose::support,
                                               .given = true,
                                               .recipients = {clinic},
                                               .until = until}});
  };
  town.consent(subject, true);
  word(town.now.date().plus(2));
  const auto made = requested_in(town.report(subject, Urgency::urgent, {ServiceType::medical}));
  ASSERT_EQ(made.size(), 1U);
  town.ask(provider_role, "clinic", DeclineOffer{made.front(), DeclineReason::no_capacity});
  town.now = town.now + days(5);
  const auto retried = town.ask(Role::case_manager, "managers", RetryReferral{made.front()});
  ASSERT_FALSE(retried.rejection);
  const Referral& referral = *static_cast<const View&>(town.desk).find<Referral>(made.front());
  EXPECT_EQ(referral.status, ReferralStatus::awaiting_consent);
  word(town.now.date().plus(9));
  EXPECT_EQ(referral.status, ReferralStatus::offered) << "the clinic may be asked again";
  EXPECT_TRUE(town.desk.faults().empty());
}
}  // namespace
}  // namespace nrm::test
