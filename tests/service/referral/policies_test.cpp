// Rules that no pack here has, or not together: the person's word before each contact, the rungs of
// the ladder, accreditation, old figures.
#include <gtest/gtest.h>

#include "tests/service/referral/town.hpp"

namespace nrm::test {
namespace {
OrganisationId organisation(std::string_view name) { return OrganisationId(id_of(name)); }

template <class E>
std::vector<E> said(const Outcome& outcome) {
  std::vector<E> out;
  for (const Emit& emit : outcome.decision.events)
    if (const auto* event = get_if<E>(&emit.event)) out.push_back(*event);
  return out;
}

Policy each_contact() {
  Policy policy = policy_of("osce");
  policy.referral.consent = ReferralConsent::each_contact;
  return policy;
}

Consent word(std::string_view about, bool given) {
  Consent out{.purpose = ConsentPurpose::support, .given = given, .by = {}, .language = {}};
  out.recipients = {organisation(about)};
  return out;
}

// Two clinics of different size; the larger one is the better match.
struct Clinics : ReferralTown {
  CaseId subject{id_of("c1")};
  ReferralId referral;
  explicit Clinics(Policy policy) : ReferralTown(std::move(policy)) {
    open_provider("large", ServiceType::medical, 9);
    open_provider("small", ServiceType::medical, 1);
    consent(subject, true);
    referral = requested_in(report(subject, Urgency::urgent, {ServiceType::medical})).at(0);
  }
  const Referral& now() { return *desk.find<Referral>(referral); }
  Outcome speak(std::string_view about, bool given) {
    return hear(subject, ConsentRecorded{word(about, given)});
  }
};

TEST(EachContact, nobody_is_contacted_before_the_person_named_them) {
  Clinics town(each_contact());
  EXPECT_EQ(town.now().status, ReferralStatus::awaiting_consent);
  ASSERT_TRUE(town.now().proposed);
  EXPECT_EQ(town.now().proposed->organisation, organisation("large"));
  EXPECT_FALSE(town.now().organisation);
  // Who is only proposed knows nothing.
  const Outcome early = town.ask(Role::service_provider, "large", AcceptOffer{town.referral});
  ASSERT_TRUE(early.rejection);
  EXPECT_EQ(early.rejection->code, Code::not_found);

  const auto offers = said<ReferralOffered>(town.speak("large", true));
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].organisation, organisation("large"));
  EXPECT_TRUE(offers[0].consent) << "the entry of the ledger that allows it is named";
  EXPECT_EQ(town.desk.faults(), std::vector<std::string>());
}

TEST(EachContact, a_refusal_goes_on_to_the_next_who_needs_a_word_too) {
  Clinics town(each_contact());
  const Outcome refused = town.speak("large", false);
  EXPECT_TRUE(said<ReferralOffered>(refused).empty());
  ASSERT_TRUE(town.now().proposed);
  EXPECT_EQ(town.now().proposed->organisation, organisation("small"));
  const auto offers = said<ReferralOffered>(town.speak("small", true));
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].organisation, organisation("small"));
  ASSERT_EQ(offers[0].excluded.size(), 1u);
  EXPECT_EQ(offers[0].excluded[0], (ExcludedCount{ExcludedFor::denied, 1}));
}

TEST(EachContact, who_was_agreed_to_comes_before_a_better_match) {
  Clinics town(each_contact());
  town.hear(town.subject, ConsentRecorded{word("small", true)});
  // Nothing was proposed to it yet, so it waits for the larger one's word: refused, the other
  // comes.
  town.speak("large", false);
  EXPECT_EQ(town.now().status, ReferralStatus::offered);
  EXPECT_EQ(town.now().organisation, organisation("small"));
}

TEST(EachContact, a_word_taken_back_ends_what_rests_on_it) {
  Clinics town(each_contact());
  town.speak("large", true);
  EXPECT_EQ(town.now().status, ReferralStatus::offered);
  const Outcome back = town.speak("large", false);
  EXPECT_EQ(said<OfferRevoked>(back).size(), 1u);
  const Outcome late = town.ask(Role::service_provider, "large", AcceptOffer{town.referral});
  ASSERT_TRUE(late.rejection);
  EXPECT_EQ(late.rejection->code, Code::offer_revoked);
  town.speak("small", true);
  town.ask(Role::service_provider, "small", AcceptOffer{town.referral});
  EXPECT_EQ(town.now().status, ReferralStatus::accepted);
  const Outcome ended = town.speak("small", false);
  ASSERT_EQ(said<ReferralCancelled>(ended).size(), 1u);
  EXPECT_EQ(said<ReferralCancelled>(ended)[0].reason, CancelReason::consent_withdrawn);
  EXPECT_EQ(said<PlaceReleased>(ended).size(), 1u);
  EXPECT_EQ(town.desk.faults(), std::vector<std::string>());
}

// Neither chosen for it nor offered on it, and a new word for longer is heard.
TEST(EachContact, a_word_that_has_run_out_is_none) {
  Clinics town(each_contact());
  Consent for_a_day = word("large", true);
  for_a_day.until = town.ReferralTown::now.date();
  EXPECT_EQ(said<ReferralOffered>(town.hear(town.subject, ConsentRecorded{for_a_day})).size(), 1u);
  const auto request = [&] {
    return town.ask(Role::case_manager, "managers",
                    RequestReferral{town.subject, ServiceType::medical, Urgency::routine});
  };
  EXPECT_EQ(said<ReferralOffered>(request()).size(), 1u) << "the day is not over";
  town.ReferralTown::now = town.ReferralTown::now + hours(24);
  const Outcome late = request();
  EXPECT_TRUE(said<ReferralOffered>(late).empty());
  EXPECT_EQ(said<ReferralAwaitsConsent>(late).size(), 1u);
  town.speak("small", true);
  const auto offers = said<ReferralOffered>(request());
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].organisation, organisation("small"));
  EXPECT_EQ(offers[0].chosen_for, std::vector{MatchReason::consent_given});
  for_a_day.until = town.ReferralTown::now.date();
  const auto again = said<ReferralOffered>(town.hear(town.subject, ConsentRecorded{for_a_day}));
  ASSERT_EQ(again.size(), 1u) << "who waited for it is offered";
  EXPECT_EQ(again[0].organisation, organisation("large"));
  EXPECT_EQ(town.desk.faults(), std::vector<std::string>());
}

// Where consent to support covers each contact, a refusal of one organisation still counts.
TEST(GeneralConsent, a_refusal_by_name_counts_in_every_pack) {
  Clinics town(policy_of("osce"));
  EXPECT_EQ(town.now().organisation, organisation("large"));
  EXPECT_TRUE(town.speak("large", true).nothing());
  const Outcome refused = town.speak("large", false);
  EXPECT_EQ(said<OfferRevoked>(refused).size(), 1u);
  EXPECT_EQ(town.now().organisation, organisation("small"));
}

TEST(Ladder, silence_climbs_from_the_providers_organisation_to_the_state_owner) {
  Policy policy = policy_of("osce");
  policy.offers_max = 1;
  policy.referral.ladder = {EscalationLevel::provider_organisation, EscalationLevel::case_manager,
                            EscalationLevel::state_owner};
  Clinics town(policy);
  const auto due = [&](ClockName name) { return town.fire(town.referral, name); };
  const Outcome first = due(ClockName::answer_offer);
  ASSERT_EQ(said<ReferralReminded>(first).size(), 1u);
  EXPECT_EQ(town.now().organisation, organisation("large")) << "it may still answer";
  const Outcome second = due(ClockName::answer_offer);
  EXPECT_EQ(said<ReferralExpired>(second).size(), 1u);
  ASSERT_EQ(said<ReferralEscalated>(second).size(), 1u);
  EXPECT_EQ(said<ReferralEscalated>(second)[0].to, organisation("managers"));
  EXPECT_FALSE(said<ReferralEscalated>(second)[0].level);
  // The case manager is the state owner here: it hears of it again, and there is no rung above.
  EXPECT_EQ(said<ReferralEscalationOverdue>(due(ClockName::escalation)).size(), 1u);
  EXPECT_EQ(town.desk.faults(), std::vector<std::string>());
}

TEST(Ladder, an_emergency_waits_for_no_reminder) {
  Policy policy = policy_of("osce");
  policy.referral.ladder = {EscalationLevel::provider_organisation, EscalationLevel::case_manager};
  ReferralTown town(policy);
  town.open_provider("large", ServiceType::medical, 9);
  town.consent(CaseId(id_of("c1")), true);
  const ReferralId id =
      requested_in(town.report(CaseId(id_of("c1")), Urgency::emergency, {ServiceType::medical}))
          .at(0);
  const Outcome silent = town.fire(id, ClockName::answer_offer);
  EXPECT_TRUE(said<ReferralReminded>(silent).empty());
  EXPECT_EQ(said<ReferralExpired>(silent).size(), 1u);
}

TEST(Ladder, a_pack_without_case_managers_goes_to_the_state_owner_at_once) {
  Policy policy = policy_of("osce");
  policy.referral.ladder = {EscalationLevel::state_owner};
  ReferralTown town(policy);
  town.consent(CaseId(id_of("c1")), true);
  const Outcome nobody = town.report(CaseId(id_of("c1")), Urgency::urgent, {ServiceType::medical});
  ASSERT_EQ(said<ReferralEscalated>(nobody).size(), 1u);
  EXPECT_EQ(said<ReferralEscalated>(nobody)[0].level, EscalationLevel::state_owner);
}

TEST(Matching, accreditation_is_asked_of_the_services_that_the_pack_names) {
  Policy policy = policy_of("osce");
  policy.referral.accredited = {ServiceType::medical};
  ReferralTown town(policy);
  town.open_provider("plain", ServiceType::medical, 9);
  town.consent(CaseId(id_of("c1")), true);
  const Outcome nobody = town.report(CaseId(id_of("c1")), Urgency::urgent, {ServiceType::medical});
  ASSERT_EQ(said<ReferralEscalated>(nobody).size(), 1u);
  EXPECT_EQ(said<ReferralEscalated>(nobody)[0].excluded,
            (std::vector<ExcludedCount>{{ExcludedFor::not_accredited, 1}}));
}

TEST(Matching, an_old_figure_ranks_behind_a_fresh_one) {
  Policy policy = policy_of("osce");
  policy.referral.capacity_fresh_days = 7;
  ReferralTown town(policy);
  town.open_provider("old", ServiceType::medical, 9);
  town.now = town.now + hours(24 * 8);
  town.open_provider("fresh", ServiceType::medical, 1);
  town.consent(CaseId(id_of("c1")), true);
  const auto offers = said<ReferralOffered>(
      town.report(CaseId(id_of("c1")), Urgency::urgent, {ServiceType::medical}));
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].organisation, organisation("fresh"));
  EXPECT_EQ(offers[0].chosen_for, std::vector{MatchReason::fresh_capacity});
}

// A wait that began while a risk to life stood for the consent ends with it.
TEST(Override, a_waiting_list_is_no_way_around_consent) {
  ReferralTown town;
  town.open_provider("clinic", ServiceType::medical, 1);
  const CaseId subject(id_of("c1"));
  const ReferralId id =
      requested_in(town.report(subject, Urgency::urgent, {ServiceType::medical})).at(0);
  const Outcome overridden = town.ask(Role::case_manager, "managers",
                                      OverrideConsent{id, EmergencyGround::medical_emergency});
  ASSERT_EQ(said<ReferralConsentOverridden>(overridden).size(), 1u);
  const Instant until = said<ReferralConsentOverridden>(overridden)[0].until;
  ASSERT_EQ(said<ReferralOffered>(overridden).size(), 1u);
  EXPECT_LE(said<ReferralOffered>(overridden)[0].answer_by, until);
  EXPECT_FALSE(said<ReferralOffered>(overridden)[0].consent) << "there is none to name";
  const Outcome waits = town.ask(Role::service_provider, "clinic", WaitlistOffer{id});
  ASSERT_EQ(said<ReferralWaitlisted>(waits).size(), 1u);
  EXPECT_LE(said<ReferralWaitlisted>(waits)[0].review_at, until);
  town.now = until;
  const Outcome over = town.fire(id, ClockName::waitlist_review);
  EXPECT_TRUE(said<ReferralOffered>(over).empty());
  EXPECT_EQ(town.desk.find<Referral>(id)->status, ReferralStatus::awaiting_consent);
  EXPECT_EQ(town.desk.faults(), std::vector<std::string>());
}

// More people than fit into one record: a clock that is due at once goes on until all are moved.
TEST(Suspension, a_large_provider_is_emptied_in_steps) {
  ReferralTown town;
  const ProviderId large = town.open_provider("large", ServiceType::medical, 1000);
  std::vector<ReferralId> taken, offered;
  for (std::uint32_t i = 0; i < 160; ++i) {
    const CaseId subject(derive(id_of("case"), i));
    town.consent(subject, true);
    const auto id =
        requested_in(town.report(subject, Urgency::urgent, {ServiceType::medical})).at(0);
    (i % 2 == 0 ? taken : offered).push_back(id);
    if (i % 2 == 0) town.ask(Role::service_provider, "large", AcceptOffer{id});
  }
  const auto sweep = [&] {
    int turns = 0;
    const std::pair clock{provider_stream(large), ClockName::suspension_sweep};
    for (; turns < 20 && town.desk.clocks().contains(clock); ++turns)
      town.fire(provider_stream(large), ClockName::suspension_sweep);
    return turns;
  };
  const Outcome suspended = town.ask(
      Role::operator_, "operators", SuspendProvider{large, SuspensionReason::safeguarding_concern});
  ASSERT_FALSE(suspended.rejection);
  EXPECT_LE(suspended.decision.events.size(), limits::events_per_record_max);
  // Nobody may take anybody new before all are moved.
  const Outcome late = town.ask(Role::service_provider, "large", AcceptOffer{offered.back()});
  ASSERT_TRUE(late.rejection);
  EXPECT_GT(sweep(), 1);
  for (const ReferralId& id : offered)
    EXPECT_EQ(town.desk.find<Referral>(id)->status, ReferralStatus::escalated);
  for (const ReferralId& id : taken) EXPECT_TRUE(town.desk.find<Referral>(id)->at_risk);
  EXPECT_FALSE(town.ask(Role::operator_, "operators", ReinstateProvider{large}).rejection);
  sweep();
  for (const ReferralId& id : taken) EXPECT_FALSE(town.desk.find<Referral>(id)->at_risk);
  EXPECT_EQ(town.desk.faults(), std::vector<std::string>());
}
}  // namespace
}  // namespace nrm::test
