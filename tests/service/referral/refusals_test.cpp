// The negative space: in every status, every command by everybody, and every clock. What the table
// does not allow is refused with this code and changes nothing.
#include <gtest/gtest.h>

#include "tests/service/referral/town.hpp"

namespace nrm::test {
namespace {
// The statuses, and an open status in a case that has been closed.
enum class Place {
  awaiting_consent,
  offered,
  acknowledged,
  waitlisted,
  accepted,
  escalated,
  completed,
  cancelled,
  closed_case
};
constexpr std::string_view place_names[] = {"awaiting_consent", "offered",   "acknowledged",
                                            "waitlisted",       "accepted",  "escalated",
                                            "completed",        "cancelled", "closed_case"};

enum class Who { holder, asked_before, other_provider, manager, other_manager, responder };
constexpr Who everybody[] = {Who::holder,  Who::asked_before,  Who::other_provider,
                             Who::manager, Who::other_manager, Who::responder};

// Answers of who was asked; what the owner asks for; what both may say once somebody has the
// person.
enum Verb {
  acknowledge,
  accept,
  waitlist,
  decline,
  retry,
  cancel,
  request,
  revoke,
  send,
  deliver,
  keep,
  reroute,
  start,
  hold,
  resume,
  fail
};
constexpr Verb all_verbs[] = {acknowledge, accept, waitlist, decline, retry, cancel,
                              request,     revoke, send,     deliver, keep,  reroute,
                              start,       hold,   resume,   fail};
constexpr bool is_answer(Verb verb) { return verb <= decline; }
constexpr bool is_of_both(Verb verb) { return verb >= start; }

constexpr auto done = std::optional<Code>();

// After the acceptance, to whoever has to do with it.
std::optional<Code> told_afterwards(Place place, Verb verb) {
  switch (place) {
    case Place::accepted:
      return verb == resume ? Code::not_in_state : done;
    case Place::completed:
    case Place::cancelled:
      return Code::already_decided;
    case Place::closed_case:
      return Code::case_closed;
    default:
      return Code::not_in_state;
  }
}

// What the holder is told. Nobody holds it before the first and after the last offer.
std::optional<Code> told_to_holder(Place place, Verb verb) {
  if (place == Place::awaiting_consent) return Code::not_found;
  if (place == Place::escalated) return Code::offer_expired;  // it was the last one asked
  if (is_of_both(verb)) return told_afterwards(place, verb);
  switch (place) {
    case Place::offered:
      return done;
    case Place::acknowledged:
      return verb == acknowledge ? Code::already_decided : done;
    case Place::waitlisted:
      return verb == acknowledge || verb == waitlist ? Code::already_decided : done;
    case Place::accepted:
    case Place::completed:
      return Code::already_decided;
    case Place::cancelled:
      return Code::not_in_state;
    case Place::closed_case:
      return Code::case_closed;
    case Place::awaiting_consent:
    case Place::escalated:
      break;
  }
  return Code::internal;
}

// Of an offer that is open; of one that is not, what became of it.
std::optional<Code> told_of_the_offer(Place place, Verb verb) {
  switch (place) {
    case Place::offered:
      return done;
    case Place::acknowledged:
    case Place::waitlisted:
      return verb == deliver ? Code::already_decided : done;
    case Place::accepted:
    case Place::completed:
    case Place::cancelled:
      return Code::already_decided;
    default:
      return Code::not_in_state;
  }
}

std::optional<Code> told_to_manager(Place place, Verb verb) {
  if (place == Place::closed_case) return Code::case_closed;
  const bool ended = place == Place::completed || place == Place::cancelled;
  switch (verb) {
    case request:
      return done;
    case cancel:
      return ended ? Code::already_decided : done;
    case revoke:
    case deliver:
      return told_of_the_offer(place, verb);
    case send:  // nothing here is a draft
    case keep:  // nor at risk
      return Code::not_in_state;
    case reroute:
      if (ended) return Code::already_decided;
      return place == Place::accepted ? done : Code::not_in_state;
    case start:
    case hold:
    case resume:
    case fail:
      return told_afterwards(place, verb);
    default:
      if (place == Place::awaiting_consent) return Code::consent_missing;
      return place == Place::escalated ? done : Code::not_in_state;
  }
}

std::optional<Code> expected(Place place, Verb verb, Who who) {
  const bool of_provider = is_answer(verb) || is_of_both(verb);
  switch (who) {
    case Who::responder:
      return Code::forbidden;
    case Who::manager:
      return is_answer(verb) ? Code::forbidden : told_to_manager(place, verb);
    case Who::other_manager:
      return is_answer(verb) ? Code::forbidden : Code::not_found;
    case Who::holder:
      return of_provider ? told_to_holder(place, verb) : Code::forbidden;
    case Who::asked_before:
      if (!of_provider) return Code::forbidden;
      return place == Place::awaiting_consent ? Code::not_found : Code::offer_expired;
    case Who::other_provider:
      return of_provider ? Code::not_found : Code::forbidden;
  }
  return Code::internal;
}

// A referral in that place: declined by `first`, then offered to `second`; `third` was never asked.
struct Scene : ReferralTown {
  CaseId subject{id_of("c1")};
  ReferralId referral;

  explicit Scene(Place place) {
    open_provider("first", ServiceType::medical, 9);
    open_provider("second", ServiceType::medical, 8);
    open_provider("third", ServiceType::legal_advice, 1);
    if (place != Place::awaiting_consent) consent(subject, true);
    referral = requested_in(report(subject, Urgency::urgent, {ServiceType::medical})).at(0);
    if (place == Place::awaiting_consent) return;
    by("first", DeclineOffer{referral, DeclineReason::other});
    switch (place) {
      case Place::acknowledged:
        by("second", AcknowledgeOffer{referral});
        break;
      case Place::waitlisted:
        by("second", WaitlistOffer{referral});
        break;
      case Place::accepted:
        by("second", AcceptOffer{referral});
        break;
      case Place::escalated:
        by("second", DeclineOffer{referral, DeclineReason::other});
        break;
      case Place::cancelled:
        consent_taken_back_and_given();
        break;
      case Place::closed_case:
        close(subject);
        break;
      case Place::completed:
        by("second", AcceptOffer{referral});
        hear(subject, ServiceEnded{.referral = referral});
        break;
      default:
        break;
    }
  }

  void by(std::string_view organisation, Command command) {
    const Outcome outcome = ask(Role::service_provider, organisation, std::move(command));
    EXPECT_FALSE(outcome.rejection) << organisation;
  }
  void consent_taken_back_and_given() {
    consent(subject, false);
    consent(subject, true);
  }

  Outcome say(Verb verb, Who who) {
    switch (who) {
      case Who::holder:
        return ask(Role::service_provider, "second", command(verb));
      case Who::asked_before:
        return ask(Role::service_provider, "first", command(verb));
      case Who::other_provider:
        return ask(Role::service_provider, "third", command(verb));
      case Who::manager:
        return ask(Role::case_manager, "managers", command(verb));
      case Who::other_manager:
        return ask(Role::case_manager, "strangers", command(verb));
      case Who::responder:
        break;
    }
    return ask(Role::first_responder, "second", command(verb));
  }
  Command command(Verb verb) const {
    switch (verb) {
      case acknowledge:
        return AcknowledgeOffer{referral};
      case accept:
        return AcceptOffer{referral};
      case waitlist:
        return WaitlistOffer{referral};
      case decline:
        return DeclineOffer{referral, DeclineReason::other};
      case retry:
        return RetryReferral{referral};
      case cancel:
        return CancelReferral{referral, CancelReason::person_declined};
      case revoke:
        return RevokeOffer{referral, RevokeReason::better_match, AfterRevocation::next_match};
      case send:
        return SendReferral{referral};
      case deliver:
        return RecordDelivery{referral, DeliveryChannel::phone};
      case keep:
        return KeepReferral{referral};
      case reroute:
        return RerouteReferral{referral};
      case start:
        return StartReferral{referral, now.date()};
      case hold:
        return HoldReferral{referral, HoldReason::safety};
      case resume:
        return ResumeReferral{referral};
      case fail:
        return FailReferral{referral, FailReason::provider_unable};
      case request:
        break;
    }
    return RequestReferral{subject, ServiceType::medical, Urgency::routine};
  }
};

class ReferralRefusals : public testing::TestWithParam<Place> {};

TEST_P(ReferralRefusals, by_command_and_actor) {
  const Place place = GetParam();
  for (const Verb verb : all_verbs)
    for (const Who who : everybody) {
      SCOPED_TRACE(testing::Message() << "command " << verb << " by " << static_cast<int>(who));
      Scene scene(place);
      const std::string before = scene.desk.whole();
      const Outcome outcome = scene.say(verb, who);
      const auto code = expected(place, verb, who);
      EXPECT_EQ(outcome.rejection.has_value(), code.has_value());
      if (outcome.rejection && code) {
        EXPECT_EQ(row_of(outcome.rejection->code).name, row_of(*code).name);
        EXPECT_EQ(scene.desk.whole(), before);
      } else {
        EXPECT_FALSE(outcome.nothing());
        EXPECT_NE(scene.desk.whole(), before);
      }
      EXPECT_EQ(scene.desk.faults(), std::vector<std::string>());
    }
}

TEST_P(ReferralRefusals, clocks_that_do_not_run_do_nothing) {
  for (const ClockName name :
       {ClockName::answer_offer, ClockName::waitlist_review, ClockName::awaiting_consent,
        ClockName::escalation, ClockName::first_stage, ClockName::plan, ClockName::review}) {
    SCOPED_TRACE(to_text(name));
    Scene scene(GetParam());
    const Referral* referral = scene.desk.find<Referral>(scene.referral);
    ASSERT_NE(referral, nullptr);
    const bool runs = clock_of(referral->status) == name;
    EXPECT_EQ(scene.desk.clocks().contains({referral_stream(scene.referral), name}), runs);
    EXPECT_EQ(scene.fire(scene.referral, name).nothing(), !runs);
    EXPECT_EQ(scene.desk.faults(), std::vector<std::string>());
  }
}

// An offer's clock that was replaced while its input was on the way.
TEST_P(ReferralRefusals, a_clock_of_an_earlier_offer_does_nothing) {
  Scene scene(GetParam());
  const std::string before = scene.desk.whole();
  for (const ClockName name : {ClockName::answer_offer, ClockName::waitlist_review,
                               ClockName::awaiting_consent, ClockName::escalation})
    EXPECT_TRUE(
        scene.apply(Due{referral_stream(scene.referral), name, scene.now - hours(1)}).nothing());
  EXPECT_EQ(scene.desk.whole(), before);
}

INSTANTIATE_TEST_SUITE_P(InEveryState, ReferralRefusals,
                         testing::Values(Place::awaiting_consent, Place::offered,
                                         Place::acknowledged, Place::waitlisted, Place::accepted,
                                         Place::escalated, Place::completed, Place::cancelled,
                                         Place::closed_case),
                         [](const auto& place) {
                           return std::string(place_names[static_cast<int>(place.param)]);
                         });

TEST(ReferralLimits, a_case_that_runs_at_its_limit_still_closes_in_one_decision) {
  ReferralTown town;
  const CaseId subject(id_of("c1"));
  town.open_provider("clinic", ServiceType::medical, 100);
  town.consent(subject, true);
  const auto needs = {ServiceType::medical, ServiceType::legal_advice};
  const Outcome first = town.report(subject, Urgency::routine, needs);  // held back, and counted
  EXPECT_TRUE(requested_in(first).empty());
  std::vector<ReferralId> made;
  const auto request = [&] {
    return town.ask(Role::case_manager, "managers",
                    RequestReferral{subject, ServiceType::medical, Urgency::routine});
  };
  // The first takes the place of the need that the report named; one stays held back.
  for (std::size_t i = 0; i + 1 < limits::open_referrals_per_case_max; ++i) {
    const Outcome outcome = request();
    ASSERT_FALSE(outcome.rejection) << i;
    made.push_back(requested_in(outcome).at(0));
    const Outcome accepted = town.ask(Role::service_provider, "clinic", AcceptOffer{made.back()});
    ASSERT_FALSE(accepted.rejection) << i;
  }
  ASSERT_TRUE(request().rejection);
  EXPECT_EQ(request().rejection->code, Code::not_in_state);

  town.hear(subject, FirstStageDecided{.outcome = nrm::Outcome::positive});
  const Outcome closed = town.close(subject);
  EXPECT_EQ(closed.decision.events.size(), 2 * made.size() + 2);
  EXPECT_EQ(town.desk.faults(), std::vector<std::string>());
}
}  // namespace
}  // namespace nrm::test
