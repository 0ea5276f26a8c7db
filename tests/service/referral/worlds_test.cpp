// Seeded worlds: random news, commands and clocks against three small providers; after every step
// the promises are checked: no place is given twice, and every referral is in exactly one status,
// with an owner, in exactly one queue and under one clock until it is accepted or has ended.
//
// NRM_SEED=n runs one world again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "tests/service/referral/town.hpp"

namespace nrm::test {
namespace {
constexpr int statuses = 15;  // of ReferralStatus
constexpr int worlds = 60;
constexpr int steps = 250;
constexpr std::uint32_t cases = 8;
constexpr std::string_view organisations[] = {"haven", "lighthouse", "clinic", "hospital"};
constexpr std::string_view managements[] = {"managers", "north", "south"};

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    provider("haven", ServiceType::safe_accommodation, 1);
    provider("lighthouse", ServiceType::safe_accommodation, 2);
    provider("clinic", ServiceType::medical, 2);
    // Reached by telephone alone.
    providers_.push_back(town_.open_provider({.organisation = OrganisationId(id_of("hospital")),
                                              .service = ServiceType::medical,
                                              .places = 1,
                                              .by_hand = DeliveryChannel::phone}));
  }

  void step() {
    town_.now = town_.now + Milliseconds(1 + pick(3'600'000));
    learn(act());
    check();
  }
  // Only clocks from here on: whatever happens, something will happen to every open referral.
  void silence() {
    for (int i = 0; i < 200 && !town_.desk.clocks().empty(); ++i) {
      learn(fire_next());
      check();
    }
  }
  std::size_t referrals() const { return referrals_.size(); }
  std::size_t seen(ReferralStatus status) const {
    const auto found = seen_.find(status);
    return found == seen_.end() ? 0 : found->second;
  }

 private:
  static constexpr std::size_t clock_names =
      boost::mp11::mp_size<boost::describe::describe_enumerators<ClockName>>::value;
  std::uint64_t pick(std::uint64_t n) { return random_() % n; }
  CaseId some_case() {
    return CaseId(derive(id_of("case"), static_cast<std::uint32_t>(pick(cases))));
  }
  ReferralId some_referral() {
    return referrals_.empty() ? ReferralId(id_of("none")) : referrals_[pick(referrals_.size())];
  }
  // Any, when a few looks find none that was accepted.
  ReferralId some_taken_referral() {
    for (int look = 0; look < 16; ++look) {
      const ReferralId id = some_referral();
      const Referral* referral = town_.desk.find<Referral>(id);
      if (referral != nullptr && is_taken(referral->status)) return id;
    }
    return some_referral();
  }
  Urgency some_urgency() { return static_cast<Urgency>(pick(3)); }

  void provider(std::string_view organisation, ServiceType service, std::uint32_t places) {
    providers_.push_back(town_.open_provider(organisation, service, places));
  }

  Outcome act() {
    switch (pick(22)) {
      case 16:
      case 17:
        return own();
      case 18:
        return by_hand();
      case 19:
        return after_acceptance();
      case 20:
        return directory();
      case 21:
        return hand_over();
      case 0:
        return town_.report(
            some_case(), some_urgency(),
            {ServiceType::safe_accommodation, ServiceType::medical, ServiceType::legal_advice});
      case 1:
        return town_.consent(some_case(), pick(4) != 0);
      case 2:
        return town_.hear(some_case(),
                          FirstStageDecided{.outcome = static_cast<nrm::Outcome>(pick(2))});
      case 3:
        return pick(8) == 0 ? town_.close(some_case()) : fire_next();
      case 4:
        return end_a_service();
      case 5:
        return change_capacity();
      case 6:
        return manage();
      case 7:
      case 8:
        return fire_next();
      case 9:  // a clock that was replaced, or never ran
        return town_.apply(Due{referral_stream(some_referral()),
                               static_cast<ClockName>(pick(clock_names)), town_.now - hours(1)});
      default:
        return answer();
    }
  }

  Outcome answer() {
    const ReferralId id = some_referral();
    const Referral* referral = town_.desk.find<Referral>(id);
    // Mostly who holds it; else anybody.
    const bool holder = pick(8) != 0 && referral != nullptr && referral->organisation;
    Actor actor{.account = AccountId(id_of("account")),
                .organisation = OrganisationId(id_of(organisations[pick(4)])),
                .role = Role::service_provider};
    if (holder) actor.organisation = *referral->organisation;
    switch (pick(5)) {
      case 0:
        return town_.apply(Command(AcknowledgeOffer{id}), actor);
      case 1:
        return town_.apply(Command(WaitlistOffer{id}), actor);
      case 2:
        return town_.apply(Command(DeclineOffer{id, DeclineReason::other}), actor);
      default:
        return town_.apply(Command(AcceptOffer{id}), actor);
    }
  }
  Outcome by_owner(const ReferralId& id, Command command) {
    const Referral* referral = town_.desk.find<Referral>(id);
    Actor actor{.account = AccountId(id_of("account")),
                .organisation = OrganisationId(id_of("managers")),
                .role = Role::case_manager};
    if (referral != nullptr && pick(8) != 0) actor.organisation = referral->owner;
    return town_.apply(std::move(command), actor);
  }
  Outcome manage() {
    const ReferralId id = some_referral();
    switch (pick(4)) {
      case 0:
        return by_owner(id, CancelReferral{id, pick(2) == 0 ? CancelReason::person_declined
                                                            : CancelReason::entered_in_error});
      case 1:
        return town_.ask(
            Role::case_manager, managements[pick(3)],
            RequestReferral{some_case(), ServiceType::medical, some_urgency(), pick(2) == 0});
      default:
        return by_owner(id, RetryReferral{id});
    }
  }
  Outcome own() {
    const ReferralId id = some_referral();
    switch (pick(7)) {
      case 0:
      case 1:
        return by_owner(
            id, RevokeOffer{id, RevokeReason::better_match, static_cast<AfterRevocation>(pick(3))});
      case 2:
        return by_owner(id, SendReferral{id});
      case 3:
        return by_owner(id, OverrideConsent{id, EmergencyGround::threat_to_life});
      case 4:
        return by_owner(id, RerouteReferral{id});
      case 5:
        return by_owner(id, KeepReferral{id});
      default:
        return by_owner(id, FailReferral{id, FailReason::nobody_could});
    }
  }
  Outcome by_hand() {
    const ReferralId id = some_referral();
    if (pick(3) == 0) return by_owner(id, RecordDelivery{id, DeliveryChannel::phone});
    const auto outcome = static_cast<HandOutcome>(pick(4));
    const auto reason =
        outcome == HandOutcome::declined ? std::optional(DeclineReason::no_capacity) : std::nullopt;
    return by_owner(id, RecordOutcome{id, DeliveryChannel::phone, outcome, reason});
  }
  Outcome after_acceptance() {
    const ReferralId id = some_taken_referral();
    switch (pick(4)) {
      case 0:
        return by_owner(id, StartReferral{id, town_.now.date()});
      case 1:
        return by_owner(id, HoldReferral{id, HoldReason::person_away});
      case 2:
        return by_owner(id, ResumeReferral{id});
      default:
        return by_owner(id, FailReferral{id, FailReason::person_did_not_arrive});
    }
  }
  Outcome directory() {
    const ProviderId id = providers_[pick(providers_.size())];
    if (pick(2) == 0)
      return town_.ask(Role::operator_, "operators",
                       SuspendProvider{id, SuspensionReason::safeguarding_concern});
    return town_.ask(Role::operator_, "operators", ReinstateProvider{id});
  }
  Outcome hand_over() {
    const CaseId id = some_case();
    const ReferralCase* file = town_.desk.find<ReferralCase>(id);
    const auto by = [&](const OrganisationId& organisation, Command command) {
      return town_.apply(std::move(command), Actor{.account = AccountId(id_of("account")),
                                                   .organisation = organisation,
                                                   .role = Role::case_manager});
    };
    if (file == nullptr) return {};
    const OrganisationId to(id_of(managements[pick(3)]));
    switch (pick(5)) {
      case 0:
        return by(file->owner, ProposeHandover{id, to, HandoverReason::moved_region});
      case 1:
        return by(to, AcceptHandover{id});
      case 2:
        return by(to, DeclineHandover{id, HandoverRefusal::no_capacity});
      case 3:
        return by(file->owner, RevokeHandover{id});
      default:
        return by(file->owner, NoteMatchingFacts{id,
                                                 {},
                                                 {},
                                                 {Exclusion{.ground = ExclusionGround::same_network,
                                                            .region = {},
                                                            .community = {},
                                                            .organisation = {},
                                                            .provider = {},
                                                            .other = some_case()}}});
    }
  }
  Outcome change_capacity() {
    return town_.ask(
        Role::case_manager, "managers",
        ChangeCapacity{providers_[pick(providers_.size())], static_cast<std::uint32_t>(pick(3))});
  }
  Outcome end_a_service() {
    const ReferralId id = some_referral();
    const Referral* referral = town_.desk.find<Referral>(id);
    return town_.hear(referral != nullptr ? referral->subject : some_case(),
                      ServiceEnded{.referral = id, .reason = ServiceEndReason::goals_met});
  }
  Outcome fire_next() {
    const Desk::Clocks& clocks = town_.desk.clocks();
    if (clocks.empty()) return {};
    const auto next = std::ranges::min_element(clocks, {}, [](const auto& c) { return c.second; });
    return town_.fire(next->first.first, next->first.second);
  }

  void learn(const Outcome& outcome) {
    for (const ReferralId& id : requested_in(outcome)) referrals_.push_back(id);
    for (const Emit& emit : outcome.decision.events) {
      if (holds<PlaceReserved>(emit.event)) {
        const Provider* provider = town_.desk.find<Provider>(ProviderId(emit.stream.id));
        ASSERT_NE(provider, nullptr);
        EXPECT_LE(provider->reserved, provider->offering.places) << "one place given twice";
      }
      if (holds<ReferralCompleted>(emit.event) || holds<ReferralCancelled>(emit.event)) {
        EXPECT_TRUE(ended_.insert(emit.stream.id).second) << "ended twice: " << emit.stream.text();
      }
    }
  }

  void check() {
    EXPECT_EQ(town_.desk.faults(), std::vector<std::string>());
    std::map<ProviderId, std::uint32_t> taken;
    std::size_t clocks = handovers(), held = 0;
    for (const ReferralId& id : referrals_) {
      const Referral* referral = town_.desk.find<Referral>(id);
      ASSERT_NE(referral, nullptr) << "lost: " << id.text();
      check_one(id, *referral);
      ++seen_[referral->status];
      if (is_taken(referral->status)) ++taken[*referral->provider];
      if (is_held(referral->status)) ++held;
      if (clock_of(*referral)) ++clocks;
    }
    EXPECT_EQ(town_.desk.clocks().size(), clocks) << "a clock of nobody";
    EXPECT_EQ(rows("queue/"), clocks) << "a queue entry of nobody";
    EXPECT_EQ(rows("case/"), referrals_.size());
    EXPECT_EQ(rows("offered/") + rows("waiting/"), held);
    for (const ProviderId& id : providers_) {
      const Provider* provider = town_.desk.find<Provider>(id);
      ASSERT_NE(provider, nullptr);
      EXPECT_EQ(provider->reserved, taken[id]);
      EXPECT_EQ(
          rows("free/" + std::string(to_text(provider->offering.service)) + "/*/" + id.text()),
          provider->free_places() > 0 && !provider->suspended ? 1 : 0);
    }
  }
  // Hand-overs that wait for their answer: each has one clock and one queue entry.
  std::size_t handovers() const {
    std::size_t out = 0;
    for (std::uint32_t i = 0; i < cases; ++i) {
      const auto* file = town_.desk.find<ReferralCase>(CaseId(derive(id_of("case"), i)));
      if (file == nullptr || !file->handover) continue;
      if (file->handover->status != HandoverStatus::pending) continue;
      EXPECT_FALSE(file->ended) << "a closed case is not handed over";
      ++out;
    }
    return out;
  }

  void check_one(const ReferralId& id, const Referral& referral) {
    SCOPED_TRACE(town_.desk.state_json(referral_stream(id)));
    const ReferralStatus status = referral.status;
    const ReferralCase* file = town_.desk.find<ReferralCase>(referral.subject);
    ASSERT_NE(file, nullptr);
    if (!has_ended(status)) {
      EXPECT_EQ(referral.owner, file->owner) << "two owners of one case";
    }
    EXPECT_EQ(has_ended(status), ended_.contains(id));
    EXPECT_EQ(referral.due.has_value(), clock_of(referral).has_value());
    EXPECT_TRUE(!referral.at_risk || is_taken(status));
    // The list it is called up from keeps its turn.
    EXPECT_TRUE(referral.waiting_since || status != ReferralStatus::waitlisted);
    EXPECT_TRUE(!referral.waiting_since || is_held(status));
    EXPECT_EQ(referral.escalation.has_value(), status == ReferralStatus::escalated);
    EXPECT_EQ(referral.provider.has_value(), referral.organisation.has_value());
    if (is_held(status) || is_taken(status) || status == ReferralStatus::completed) {
      EXPECT_TRUE(referral.provider);
    }
    EXPECT_LE(referral.asked.size(), town_.desk.policy().offers_max);
    if (const auto clock = clock_of(referral)) {
      const auto running = town_.desk.clocks().find({referral_stream(id), *clock});
      ASSERT_NE(running, town_.desk.clocks().end()) << "without a clock";
      EXPECT_EQ(running->second, referral.due);
    }
    EXPECT_TRUE(!file->ended || has_ended(status)) << "runs in a closed case";
    if ((is_held(status) || is_taken(status)) && !referral.override_until) {
      EXPECT_EQ(file->support_consent, true) << "shared without consent";
    }
    if (is_held(status)) {
      const Provider* provider = town_.desk.find<Provider>(*referral.provider);
      EXPECT_FALSE(provider->suspended) << "offered to who may not take anybody";
    }
  }

  std::size_t rows(const std::string& prefix) const {
    std::size_t out = 0;
    for (const auto& row : town_.desk.all_rows()) out += row.first.starts_with(prefix);
    return out;
  }

  ReferralTown town_;
  std::mt19937_64 random_;
  std::vector<ProviderId> providers_;
  std::vector<ReferralId> referrals_;
  std::set<Uuid> ended_;
  std::map<ReferralStatus, std::size_t> seen_;
};

TEST(ReferralWorlds, keep_every_promise) {
  const char* one = std::getenv("NRM_SEED");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  std::map<ReferralStatus, std::size_t> seen;
  for (std::uint64_t seed = first; seed < first + (one != nullptr ? 1 : worlds); ++seed) {
    SCOPED_TRACE("NRM_SEED=" + std::to_string(seed));
    World world(seed);
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) world.step();
    if (!testing::Test::HasFailure()) world.silence();
    if (testing::Test::HasFailure()) return;
    for (int i = 0; i < statuses; ++i)
      seen[static_cast<ReferralStatus>(i)] += world.seen(static_cast<ReferralStatus>(i));
  }
  if (one != nullptr) return;
  for (int i = 0; i < statuses; ++i)  // the worlds went everywhere
    EXPECT_GT(seen[static_cast<ReferralStatus>(i)], 100u)
        << to_text(static_cast<ReferralStatus>(i));
}
}  // namespace
}  // namespace nrm::test
