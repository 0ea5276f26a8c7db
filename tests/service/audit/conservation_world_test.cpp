// The conservation rule against the real deciders: five of them, their logs followed with random
// delay, random commands and clocks. Whatever order things happen in, the rule holds after every
// record; when all is still, nothing is on its way. (Crashes and the wire: tests/simulation.)
#include <gtest/gtest.h>

#include <random>

#include "common/base/codec.hpp"
#include "common/event/codec.hpp"
#include "services/audit/conservation.hpp"
#include "services/cores.hpp"
#include "tests/support/desk.hpp"
#include "tests/support/script.hpp"

namespace nrm {
namespace {
using test::Desk;
using test::id_of;
using enum Service;

constexpr Service services[] = {vault, identification, referral, assistance, closure};

struct Owner {
  std::unique_ptr<Desk> desk;
  std::vector<Record> log;
  std::map<Service, std::size_t> next;  // record of each followed log
};

class World {
 public:
  World(std::uint32_t seed, std::string_view pack) : random_(seed) {
    for (const Service service : services) {
      owners_[service].desk = std::make_unique<Desk>(core_of(service), test::policy_of(pack));
      for (const Service followed : core_of(service).follows()) owners_[service].next[followed] = 0;
      take(service, {}, OpenedNote{}, {});
    }
    for (int n = 0; n < 6; ++n) {
      ServiceOffering offering;
      offering.organisation = OrganisationId(id_of("house" + std::to_string(n % 3)));
      offering.service = n % 2 == 0 ? ServiceType::safe_accommodation : ServiceType::medical;
      offering.places = 1 + pick(2);
      command(RegisterProvider{offering}, Role::operator_, "operator");
    }
  }

  void report() {
    const bool adult = pick(2) == 0;
    SealDossier seal;
    seal.age_now = adult ? AgeBand::adult : AgeBand::child;
    seal.digest = Text<64>::parse("d" + std::to_string(++people_));
    seal.consents = {{ConsentPurpose::identification, true, {}, {}}};
    if (pick(4) != 0) seal.consents.push_back({ConsentPurpose::support, pick(5) != 0, {}, {}});
    command(seal, Role::first_responder, "police");
    const Record& sealed = owners_[vault].log.back();
    ASSERT_FALSE(sealed.rejection);
    cases_.push_back(CaseId(sealed.events[0].stream.id));
    if (pick(10) == 0) return;  // the connection breaks here: the dossier is abandoned
    ReportFacts facts;
    facts.age_now = seal.age_now;
    facts.region = owners_[vault].desk->policy().regions[0];
    facts.urgency = static_cast<Urgency>(pick(3));
    facts.needs = {ServiceType::safe_accommodation, ServiceType::medical};
    command(SubmitReport{cases_.back(), *seal.digest, facts}, Role::first_responder, "police");
  }

  // One random thing; most commands are refused, as they should be.
  void step() {
    switch (pick(9)) {
      case 0:
        return act_on_case();
      case 1:
        return act_on_referral();
      case 2:
        return pick(2) == 0 ? act_on_support() : act_on_matter();
      case 3:
        return void(fire_earliest(now_ + days(3'000)));
      default:
        return deliver();
    }
  }

  // Everything is delivered and every clock that is due has been taken up.
  void come_to_rest() {
    do {
      while (deliver_one(owner_with_input())) {
      }
    } while (fire_earliest(now_));
  }

  Verdict verdict(bool at_rest) const {
    Horizon horizon{now_, {}, at_rest};
    for (const auto& [service, owner] : owners_)
      horizon.heads[log_name(service)] = owner.log.size();
    return conservation_.finish(horizon);
  }
  // The record that a violation blames, as a log has it.
  std::string blamed(const Verdict& verdict) const {
    std::string out;
    if (verdict.holds()) return out;
    const Violation& first = verdict.violations.front();
    for (const auto& [service, owner] : owners_)
      if (log_name(service) == first.log) write_record(out, owner.log.at(first.seq));
    return out;
  }
  std::string faults() const {
    std::string out;
    for (const auto& [service, owner] : owners_)
      for (const auto& fault : owner.desk->faults()) out += fault + '\n';
    return out;
  }

 private:
  std::uint32_t pick(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }

  void take(Service service, Input input, InputNote note, std::optional<Actor> actor) {
    now_ = now_ + Milliseconds(1 + pick(60'000));
    Owner& owner = owners_[service];
    Record record;
    record.seq = owner.log.size();
    input.id = record.id = derive(Uuid{}, ++inputs_);
    input.at = record.at = now_;
    input.actor = record.actor = actor;
    record.input = note;
    if (!std::holds_alternative<OpenedNote>(note)) {
      auto outcome = owner.desk->apply(input);
      if (outcome.nothing() && std::holds_alternative<ReceivedNote>(note)) return;
      record.events = outcome.decision.events;
      record.clocks = outcome.decision.clocks;
      record.rejection = outcome.rejection;
    }
    conservation_.take(log_name(service), record);
    owner.log.push_back(std::move(record));
  }

  void command(Command what, Role role, std::string_view organisation) {
    const Actor actor{AccountId(id_of(pick(2) == 0 ? "anna" : "ben")),
                      OrganisationId(id_of(organisation)), role};
    Input input;
    input.what = what;
    take(target_of(what), input, CommandNote{what, {}, {}, {}}, actor);
  }

  void act_on_case() {
    if (cases_.empty()) return;
    const CaseId one = cases_[pick(cases_.size())];
    const auto outcome = pick(3) == 0 ? Outcome::negative : Outcome::positive;
    switch (pick(10)) {
      case 8:
        if (pick(3) == 0) return command(ReopenCase{one, {}}, Role::case_manager, "managers");
        return pick(2) == 0 ? command(EraseCase{one, ErasureGround::person_asked, pick(2) == 0},
                                      Role::case_manager, "managers")
                            : command(ConfirmErasure{one}, Role::case_manager, "managers");
      case 0:
        return command(DecideFirstStage{one, outcome, {}}, Role::competent_authority, "owner");
      case 1:
        return command(DecideSecondStage{one, outcome, {}}, Role::competent_authority, "owner");
      case 2:
        return command(RequestReferral{one, ServiceType::medical, {}}, Role::case_manager,
                       "managers");
      case 3:
        return command(RecordConsent{one, {ConsentPurpose::support, pick(4) != 0, {}, {}}},
                       Role::case_manager, "managers");
      case 4:
        return command(AgreePlan{one, {PlanGoal::safety}, true}, Role::case_manager, "managers");
      case 5:
        return command(InformPerson{one, {}}, Role::case_manager, "managers");
      case 6:
        return command(RequestClosure{one, {}, ClosureEvidence{.needs_reviewed = true}},
                       Role::case_manager, "managers");
      case 7:
        return pick(4) == 0 ? command(RefuseClosure{one}, Role::case_manager, "managers")
                            : command(ApproveClosure{one}, Role::case_manager, "managers");
      default:
        return command(HoldReview{one}, Role::case_manager, "managers");
    }
  }

  // What begins a matter of its own, and what is said of a file.
  void act_on_support() {
    if (cases_.empty()) return;
    const CaseId one = cases_[pick(cases_.size())];
    const auto manager = [&](Command what) {
      command(std::move(what), Role::case_manager, "managers");
    };
    switch (pick(12)) {
      case 0:
        return manager(OpenProcedure{one, static_cast<ProcedureKind>(pick(5)), {}, {}});
      case 1:
        return manager(OpenProcedure{one, ProcedureKind::compensation_claim, now_.date(), {}});
      case 2:
        return manager(RaiseAlarm{one, {}});
      case 3:
        return manager(
            ReportIncident{one, {}, static_cast<IncidentSeverity>(pick(3)), now_.date()});
      case 4:
      case 5:
        return manager(StartMoveOn{one});
      case 6:
        return manager(RecordContact{one, {}, {}});
      case 7:
        return manager(AssessRisk{one, {}});
      case 8:
        return manager(SetContactRules{one, {{}, {InformChannel::e_mail}, true, false}});
      case 9:
        return manager(DetermineBestInterests{one, {}});
      case 10:
        return manager(EndChildPathway{one});
      default:
        return command(AppointGuardian{one, AccountId(id_of("mary")), {}}, Role::case_manager,
                       "managers");
    }
  }

  // Of a random record of assistance or closure: the next thing that somebody may say.
  void act_on_matter() {
    const auto& log = owners_[pick(4) == 0 ? closure : assistance].log;
    const Record& record = log[pick(log.size())];
    if (record.events.empty()) return;
    const auto [kind, id] = record.events[pick(record.events.size())].stream;
    const auto manager = [&](Command what) {
      command(std::move(what), Role::case_manager, "managers");
    };
    switch (kind) {
      case StreamKind::procedure:
        return pick(2) == 0 ? manager(EndProcedure{ProcedureId(id), ProcedureEnd::withdrawn})
                            : manager(RecordProcedure{ProcedureId(id), ProcedureStep::filed, {}});
      case StreamKind::alarm:
        return manager(EndAlarm{AlarmId(id), {}});
      case StreamKind::incident:
        return manager(CloseIncident{IncidentId(id), {}});
      case StreamKind::notice:
        return manager(AcknowledgeChildNotice{ChildNoticeId(id)});
      case StreamKind::transition:
        return pick(2) == 0
                   ? manager(AgreeTransition{TransitionId(id), {TransitionStep::housing}, true})
                   : manager(ExtendMoveOn{TransitionId(id), {}, 1 + pick(90)});
      case StreamKind::visit:
        return pick(4) == 0 ? manager(RefuseFollowUp{FollowUpId(id)})
                            : manager(RecordFollowUp{FollowUpId(id), {}, {}});
      default:
        return;
    }
  }

  void act_on_referral() {
    const auto& log = owners_[referral].log;
    const Record& record = log[pick(log.size())];
    for (const Emit& emitted : record.events) {
      if (emitted.stream.kind != StreamKind::referral) continue;
      const ReferralId one(emitted.stream.id);
      const std::string house = "house" + std::to_string(pick(3));
      if (const auto* accepted = get_if<ReferralAccepted>(&emitted.event))
        return command(EndService{accepted->subject, one, ServiceEndReason::goals_met},
                       Role::case_manager, "managers");
      switch (pick(8)) {
        case 0:
          return command(AcknowledgeOffer{one}, Role::service_provider, house);
        case 1:
          return command(WaitlistOffer{one}, Role::service_provider, house);
        case 2:
          return command(DeclineOffer{one, {}}, Role::service_provider, house);
        case 3:
          return command(RetryReferral{one}, Role::case_manager, "managers");
        case 4:
          return command(CancelReferral{one, CancelReason::person_declined}, Role::case_manager,
                         "managers");
        default:
          return command(AcceptOffer{one}, Role::service_provider, house);
      }
    }
  }

  // Time jumps to the first clock that runs out, and it is taken up; false: none until `limit`.
  bool fire_earliest(Instant limit) {
    std::optional<std::pair<Service, Due>> first;
    for (const Service service : services)
      for (const auto& [clock, due] : owners_[service].desk->clocks())
        if (!first || due < first->second.set_for)
          first = {service, {clock.first, clock.second, due}};
    if (!first || first->second.set_for > limit) return false;
    const auto& [service, due] = *first;
    // The law gives a day for this and the feed takes a second: time jumps no further ahead of it.
    if (due.name == ClockName::report_follows) {
      while (owners_[vault].next[identification] < owners_[identification].log.size())
        deliver_one({{vault, identification}});
      if (!owners_[vault].desk->clocks().contains({due.stream, due.name})) return true;
    }
    now_ = std::max(now_, due.set_for);
    Input input;
    input.what = due;
    take(service, input, DueNote{due.name, due.stream, due.set_for}, std::nullopt);
    return true;
  }

  // The next event of one followed log, if the follower wants it. False: nothing to deliver.
  bool deliver_one(std::optional<std::pair<Service, Service>> link) {
    if (!link) return false;
    const auto [follower, followed] = *link;
    const Record record = owners_[followed].log[owners_[follower].next[followed]++];
    for (std::uint32_t i = 0; i < record.events.size(); ++i) {
      const Emit& emitted = record.events[i];
      if (!core_of(follower).wants(type_of(emitted.event))) continue;
      Input input;
      input.what = Received{log_name(followed), record.seq, i, "", emitted.stream, emitted.event};
      take(follower, input, ReceivedNote{log_name(followed), record.seq, i, ""}, record.actor);
    }
    return true;
  }
  // Several: most records are of no use to most followers, and the feeds keep up in life.
  void deliver() {
    for (int n = 0; n < 4; ++n) deliver_one(owner_with_input());
  }

  std::optional<std::pair<Service, Service>> owner_with_input() {
    std::vector<std::pair<Service, Service>> links;
    for (const auto& [service, owner] : owners_)
      for (const auto& [followed, next] : owner.next)
        if (next < owners_.at(followed).log.size()) links.emplace_back(service, followed);
    if (links.empty()) return std::nullopt;
    return links[pick(links.size())];
  }

  std::mt19937 random_;
  std::map<Service, Owner> owners_;
  std::vector<CaseId> cases_;
  Conservation conservation_;
  Instant now_{1'690'000'000'000};
  std::uint32_t inputs_ = 0;
  int people_ = 0;
};

std::string told(const Verdict& verdict) {
  std::string out;
  for (std::size_t i = 0; i < verdict.violations.size() && i < 5; ++i) {
    const Violation& one = verdict.violations[i];
    out += std::string(to_text(one.rule)) + " (" + std::string(sentence(one.rule)) + ") at " +
           one.log + ' ' + std::to_string(one.seq) + ' ' + one.stream.text() + '\n';
  }
  return out;
}

TEST(ConservationWorld, HoldsAfterEveryStepAndAtRest) {
  std::map<Place, std::uint64_t> reached;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    World world(seed, seed % 2 == 0 ? "uk" : "osce");
    for (int step = 0; step < 6'000; ++step) {
      if (step % 400 == 0) world.report();
      world.step();
      if (step % 10 != 0) continue;
      const Verdict verdict = world.verdict(false);
      ASSERT_TRUE(verdict.holds()) << "seed " << seed << ", step " << step << '\n'
                                   << told(verdict) << world.blamed(verdict);
      for (const auto& [place, streams] : verdict.streams) reached[place] += streams;
    }
    world.come_to_rest();
    const Verdict verdict = world.verdict(true);
    ASSERT_TRUE(verdict.holds()) << "seed " << seed << '\n'
                                 << told(verdict) << world.blamed(verdict);
    EXPECT_EQ(verdict.pending, 0u) << "seed " << seed;
    EXPECT_EQ(world.faults(), "") << "seed " << seed;
    for (const auto& [place, streams] : verdict.streams) reached[place] += streams;
  }
  // A world in which nothing happens proves nothing: these ends are all reached.
  for (const Place place :
       {Place::dossier_abandoned, Place::negative, Place::identification_ended, Place::escalated,
        Place::completed, Place::cancelled, Place::support_ended, Place::closure_checklist,
        Place::closed, Place::procedure_running, Place::procedure_ended, Place::alarm_ended,
        Place::incident_closed, Place::child_notice_ended, Place::child_ended,
        Place::transition_ended, Place::data_erased, Place::visit_ended})
    EXPECT_GT(reached[place], 0u) << to_text(place);
}
}  // namespace
}  // namespace nrm
