// The conservation rule: one person's whole way holds at every moment and in every interleaving of
// the logs; each rule has a planted fault that is found and named.
#include "services/audit/conservation.hpp"

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <functional>
#include <random>

#include "common/base/codec.hpp"
#include "common/store/memory_store.hpp"
#include "services/audit/kept.hpp"

namespace nrm {
namespace {
template <class T>
T id(std::uint32_t n) {
  return T(derive(Uuid{}, n));
}
template <class T>
T text(std::string_view words) {
  return *T::parse(words);
}

const StreamKey kase = case_stream(id<Uuid>(1));
const StreamKey need = referral_stream(id<Uuid>(2));
const StreamKey full = provider_stream(id<Uuid>(3));
const StreamKey open_house = provider_stream(id<Uuid>(4));
const auto authority = id<OrganisationId>(10);

struct Entry {
  std::string name;
  std::string log;
  Record record;
};

// A history of all logs in one order in which it may have happened; entries have names, so that a
// fault can be planted in one.
class History {
 public:
  using Events = std::vector<Emit>;
  using Clocks = std::vector<ClockChange>;

  void add(std::string name, Service service, InputNote input, Events events, Clocks clocks = {}) {
    Record record;
    const std::string log = log_name(service);
    record.seq = next_[log]++;
    record.at = Instant{now_ += 1000};
    record.input = std::move(input);
    record.events = std::move(events);
    record.clocks = std::move(clocks);
    entries_.push_back({std::move(name), log, std::move(record)});
  }
  Record& at(std::string_view name) { return entry(name).record; }
  Entry& entry(std::string_view name) {
    for (Entry& one : entries_)
      if (one.name == name) return one;
    ADD_FAILURE() << "no entry " << name;
    return entries_.front();
  }
  // That another log's event came in; its effect is what the entry holds.
  ReceivedNote from(std::string_view name, std::uint32_t index = 0) {
    return {entry(name).log, at(name).seq, index, ""};
  }
  void blank(std::string_view name) {
    at(name).events.clear();
    at(name).clocks.clear();
  }
  void cut_after(std::string_view name) {
    for (; entries_.back().name != name; entries_.pop_back()) --next_[entries_.back().log];
  }
  void drop(std::string_view name) {
    std::erase_if(entries_, [&](const Entry& one) { return one.name == name; });
  }

  std::vector<Entry>& entries() { return entries_; }
  Instant now() const { return {now_}; }
  std::map<std::string, std::uint64_t> heads() const {
    std::map<std::string, std::uint64_t> out;
    for (const Entry& one : entries_) out[one.log] = one.record.seq + 1;
    return out;
  }

 private:
  std::vector<Entry> entries_;
  std::map<std::string, std::uint64_t> next_;
  std::int64_t now_ = 1'700'000'000'000;
};

const Instant later{1'800'000'000'000};
ClockChange set(const StreamKey& stream, ClockName name) { return {stream, name, later}; }
ClockChange clear(const StreamKey& stream, ClockName name) { return {stream, name, std::nullopt}; }
DueNote due(const StreamKey& stream, ClockName name) { return {name, stream, later}; }

ReferralOffered offer(const StreamKey& provider) {
  ReferralOffered offered;
  offered.subject = CaseId(kase.id);
  offered.provider = ProviderId(provider.id);
  return offered;
}
ReportReceived report() {
  ReportReceived received;
  received.reference = text<Text<16>>("4FJ2K-7QX0M-9");
  received.organisation = id<OrganisationId>(11);
  received.owner = authority;
  received.dossier = text<Text<64>>("d1");
  return received;
}

void identification_part(History& h) {
  using enum Service;
  h.add("overdue", identification, due(kase, ClockName::first_stage),
        {{kase, FirstStageOverdue{later, authority}}}, {set(kase, ClockName::escalation)});
  h.add("first", identification, CommandNote{},
        {{kase, FirstStageDecided{Outcome::positive, {}, authority, {}}},
         {kase, RecoveryPeriodStarted{later}}},
        {clear(kase, ClockName::escalation), set(kase, ClockName::recovery)});
  h.add("recovered", identification, due(kase, ClockName::recovery),
        {{kase, RecoveryPeriodEnded{authority, {}}}});
  h.add("second", identification, CommandNote{},
        {{kase, SecondStageDecided{Outcome::positive, {}, authority, {}}}});
}

void closing_part(History& h) {
  using enum Service;
  h.add("identified", closure, h.from("second"),
        {{kase, ObligationMet{Obligation::identification_running, {}}}});
  h.add("service ended", assistance, CommandNote{},
        {{kase, ServiceEnded{ReferralId(need.id), {}, {}}}, {kase, SupportEnded{}}},
        {clear(kase, ClockName::review)});
  h.add("completed", referral, h.from("service ended", 0),
        {{need, ReferralCompleted{CaseId(kase.id), {}}},
         {open_house, PlaceReleased{ReferralId(need.id)}}});
  h.add("referral met", closure, h.from("completed"),
        {{kase, ObligationMet{Obligation::referral_open, need.id}}});
  h.add("support met", closure, h.from("service ended", 1),
        {{kase, ObligationMet{Obligation::support_running, {}}}});
  h.add("informed", closure, CommandNote{},
        {{kase, PersonInformed{}}, {kase, ObligationMet{Obligation::person_not_informed, {}}}});
  h.add("asked", closure, CommandNote{}, {{kase, ClosureRequested{id<AccountId>(20), {}, later}}},
        {set(kase, ClockName::closure_approval)});
  h.add("closed", closure, CommandNote{},
        {{kase, CaseClosed{{}, id<AccountId>(20), id<AccountId>(21), {}}}},
        {clear(kase, ClockName::closure_approval), set(kase, ClockName::retention)});
  h.add("identification ended", identification, h.from("closed"), {{kase, IdentificationEnded{}}});
  h.add("referral ended", referral, h.from("closed"), {{kase, ReferralCaseEnded{}}});
}

// One person from the sealed dossier to the closed case: nothing is left out.
History good() {
  using enum Service;
  History h;
  for (const Service service : {vault, identification, referral, assistance, closure})
    h.add("opened " + log_name(service), service, OpenedNote{},
          {{StreamKey{}, LogOpened{service, 0, true, "uk@1", ""}}});
  for (const auto& [name, provider] : {std::pair{"full", full}, std::pair{"house", open_house}}) {
    ProviderRegistered registered;
    registered.offering.places = 1;
    h.add(name, referral, CommandNote{}, {{provider, registered}});
  }
  DossierSealed sealed;
  sealed.digest = text<Text<64>>("d1");
  h.add("sealed", vault, CommandNote{}, {{kase, sealed}}, {set(kase, ClockName::report_follows)});
  h.add("reported", identification, CommandNote{}, {{kase, report()}},
        {set(kase, ClockName::first_stage)});
  h.add("dossier reported", vault, h.from("reported"), {{kase, DossierReported{}}},
        {clear(kase, ClockName::report_follows)});
  ReferralCaseOpened file;
  file.owner = authority;
  h.add("referral case", referral, h.from("reported"),
        {{kase, file},
         {need, ReferralRequested{CaseId(kase.id), authority, {}, {}}},
         {need, ReferralAwaitsConsent{CaseId(kase.id)}}},
        {set(need, ClockName::awaiting_consent)});
  h.add("closure file", closure, h.from("reported"),
        {{kase, ClosureFileOpened{
                    authority,
                    later,
                    {Obligation::identification_running, Obligation::person_not_informed}}}});
  h.add("consent", referral, h.from("sealed"),
        {{kase, SupportConsentNoted{true}}, {need, offer(full)}},
        {clear(need, ClockName::awaiting_consent), set(need, ClockName::answer_offer)});
  h.add("referral noted", closure, h.from("referral case", 1),
        {{kase, ObligationNoted{Obligation::referral_open, need.id}}});
  h.add("declined", referral, CommandNote{},
        {{need, ReferralDeclined{ProviderId(full.id), {}}}, {need, offer(open_house)}},
        {set(need, ClockName::answer_offer)});
  h.add("acknowledged", referral, CommandNote{}, {{need, ReferralAcknowledged{}}});
  h.add("accepted", referral, CommandNote{},
        {{open_house, PlaceReserved{ReferralId(need.id)}},
         {need, ReferralAccepted{CaseId(kase.id), ProviderId(open_house.id), {}, authority, {}}}},
        {clear(need, ClockName::answer_offer)});
  h.add("support", assistance, h.from("accepted", 1),
        {{kase, SupportOpened{authority, later}},
         {kase, ServiceStarted{ReferralId(need.id), ProviderId(open_house.id), {}, {}, {}}}},
        {set(kase, ClockName::plan)});
  h.add("support noted", closure, h.from("support"),
        {{kase, ObligationNoted{Obligation::support_running, {}}}});
  h.add("plan", assistance, CommandNote{}, {{kase, PlanAgreed{{}, later}}},
        {clear(kase, ClockName::plan), set(kase, ClockName::review)});
  identification_part(h);
  closing_part(h);
  return h;
}

// With everything in memory, and with next to nothing: the verdict is the same.
Verdict verdict_of(History& h, bool at_rest, std::size_t records = SIZE_MAX) {
  MemoryStore scratch;
  Conservation conservation, spilled;
  spilled.spill_to(scratch, 1);
  for (const Entry& one : h.entries()) {
    if (records-- == 0) break;
    conservation.take(one.log, one.record);
    spilled.take(one.log, one.record);
  }
  const Horizon horizon{h.now(), h.heads(), at_rest};
  Verdict verdict = conservation.finish(horizon);
  const Verdict same = spilled.finish(horizon);
  EXPECT_EQ(same.violations, verdict.violations);
  EXPECT_EQ(same.pending, verdict.pending);
  EXPECT_EQ(same.streams, verdict.streams);
  return verdict;
}

std::string told(const Verdict& verdict) {
  std::string out;
  for (const Violation& one : verdict.violations)
    out += std::string(to_text(one.rule)) + " at " + one.log + " " + std::to_string(one.seq) + "\n";
  return out;
}

TEST(Conservation, AWholeCaseHolds) {
  History h = good();
  const Verdict verdict = verdict_of(h, true);
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_EQ(verdict.pending, 0u);
  EXPECT_EQ(verdict.people, 1u);
  EXPECT_EQ(verdict.closed, 1u);
  EXPECT_EQ(verdict.records, h.entries().size());
  EXPECT_EQ(verdict.streams, (std::map<Place, std::uint64_t>{{Place::dossier_reported, 1},
                                                             {Place::identification_ended, 1},
                                                             {Place::referral_case_ended, 1},
                                                             {Place::completed, 1},
                                                             {Place::support_ended, 1},
                                                             {Place::closed, 1}}));
}

// Every clock is met, ran out or runs; every offer has one fate; at every moment.
TEST(Conservation, EveryClockAndEveryOfferHasOneFate) {
  History h = good();
  for (std::size_t n = 0; n <= h.entries().size(); ++n) {
    const Verdict verdict = verdict_of(h, false, n);
    for (const auto& [name, fates] : verdict.clocks)
      EXPECT_EQ(fates.set, fates.met + fates.late + fates.ran_out + fates.running)
          << to_text(name) << " after " << n;
    const OfferFates& offers = verdict.offers;
    EXPECT_EQ(offers.made,
              offers.accepted + offers.declined + offers.expired + offers.withdrawn + offers.open);
  }
  const Verdict end = verdict_of(h, true);
  EXPECT_EQ(end.clocks.at(ClockName::first_stage).ran_out, 1u) << "and its decision came after";
  EXPECT_EQ(end.clocks.at(ClockName::answer_offer).running, 0u);
  EXPECT_EQ(end.offers.accepted, 1u);
  EXPECT_EQ(end.offers.declined, 1u);
}

// Kept after any record and gone on from, it comes to the same verdict.
TEST(Conservation, MayBeKeptAndGoneOnFrom) {
  History h = good();
  const Verdict straight = verdict_of(h, true);
  for (std::size_t cut = 0; cut <= h.entries().size(); ++cut) {
    MemoryStore scratch_before, scratch_after;
    Conservation before, after;
    if (cut % 2 == 0) before.spill_to(scratch_before, 2);
    if (cut % 3 == 0) after.spill_to(scratch_after, 2);
    std::size_t n = 0;
    for (const Entry& one : h.entries())
      if (n++ < cut) before.take(one.log, one.record);
    KeptWriter out;
    before.keep(out);
    KeptReader in(out.bytes());
    after.keep(in);
    ASSERT_TRUE(in.whole());
    n = 0;
    for (const Entry& one : h.entries())
      if (n++ >= cut) after.take(one.log, one.record);
    const Verdict verdict = after.finish({h.now(), h.heads(), true});
    EXPECT_TRUE(verdict.holds()) << "kept after " << cut << ":\n" << told(verdict);
    EXPECT_EQ(verdict.streams, straight.streams);
    EXPECT_EQ(verdict.people, straight.people);
    EXPECT_EQ(verdict.records, straight.records);
  }
}

TEST(Conservation, HoldsAfterEveryRecord) {
  History h = good();
  for (std::size_t n = 0; n <= h.entries().size(); ++n) {
    const Verdict verdict = verdict_of(h, false, n);
    EXPECT_TRUE(verdict.holds()) << "after " << n << " records:\n" << told(verdict);
  }
}

TEST(Conservation, TheInterleavingOfTheLogsDoesNotMatter) {
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    History h = good();
    std::map<std::string, std::vector<Record>> logs;
    for (const Entry& one : h.entries()) logs[one.log].push_back(one.record);
    Conservation conservation;
    std::map<std::string, std::size_t> next;
    while (!logs.empty()) {
      auto log = std::next(logs.begin(), static_cast<std::ptrdiff_t>(random() % logs.size()));
      conservation.take(log->first, log->second[next[log->first]++]);
      const Verdict moment = conservation.finish({h.now(), h.heads(), false});
      ASSERT_TRUE(moment.holds()) << told(moment);
      if (next[log->first] == log->second.size()) logs.erase(log);
    }
    const Verdict verdict = conservation.finish({h.now(), h.heads(), true});
    EXPECT_TRUE(verdict.holds()) << told(verdict);
    EXPECT_EQ(verdict.pending, 0u);
  }
}

TEST(Conservation, AnonymousNotificationsNeedNothingElse) {
  History h;
  h.add("opened", Service::identification, OpenedNote{}, {});
  NotificationRecorded notification;
  notification.reference = text<Text<16>>("0");
  notification.owner = authority;
  h.add("notified", Service::identification, CommandNote{}, {{kase, notification}});
  const Verdict verdict = verdict_of(h, true);
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_EQ(verdict.people, 0u);
  EXPECT_EQ(verdict.notifications, 1u);
}

// --- lag or loss --------------------------------------------------------------------------------

TEST(Conservation, AnEffectOnItsWayIsPendingNotLost) {
  History h = good();
  h.cut_after("accepted");
  Verdict verdict = verdict_of(h, false);
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_EQ(verdict.pending, 1u);
  verdict = verdict_of(h, true);  // nobody is on the way any more
  ASSERT_EQ(verdict.violation_count, 1u) << told(verdict);
  EXPECT_EQ(verdict.violations[0],
            (Violation{Rule::service_of_acceptance, "referral/0", h.at("accepted").seq, need}));
}

TEST(Conservation, WhatTheFollowerHasPassedIsLost) {
  History h = good();
  h.cut_after("accepted");
  // Assistance has taken something later of referral's log, and started nothing.
  h.add("passed", Service::assistance, ReceivedNote{"referral/0", h.at("accepted").seq + 1, 0, ""},
        {});
  h.add("more", Service::referral, CommandNote{}, {});
  const Verdict verdict = verdict_of(h, false);
  ASSERT_EQ(verdict.violation_count, 1u) << told(verdict);
  EXPECT_EQ(verdict.violations[0].rule, Rule::service_of_acceptance);
}

TEST(Conservation, AnArchiveThatIsBehindIsNotALoss) {
  History h = good();
  auto heads = h.heads();
  Conservation conservation;
  for (const Entry& one : h.entries())
    if (one.log != "vault/0" && one.log != "closure/0") conservation.take(one.log, one.record);
  const Verdict verdict = conservation.finish({h.now(), heads, true});
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_GT(verdict.pending, 0u);
}

// --- planted faults -----------------------------------------------------------------------------

struct Fault {
  Rule rule;
  std::string where;  // the log that is blamed
  std::function<void(History&)> plant;
};

// The time to keep the data has passed: closure orders, the vault erases, closure notes it.
void erase(History& h) {
  using enum Service;
  h.add("ordered", closure, due(kase, ClockName::retention),
        {{kase, ErasureOrdered{{}, 1, later, {}}}}, {set(kase, ClockName::erasure_order)});
  h.add("erasure asked", vault, h.from("ordered"),
        {{kase, ErasureRequested{{}, ErasureGround::retention_ended, false, later}}},
        {set(kase, ClockName::erasure_answer)});
  h.add("erasure confirmed", vault, CommandNote{},
        {{kase, ErasureConfirmed{id<AccountId>(21), later}}},
        {clear(kase, ClockName::erasure_answer), set(kase, ClockName::erasure_hold)});
  h.add("erased", vault, due(kase, ClockName::erasure_hold),
        {{kase, CaseErased{ErasureGround::retention_ended, 1, later}}});
  h.add("erasure noted", closure, h.from("erased"),
        {{kase, ErasureNoted{ErasureGround::retention_ended}}},
        {clear(kase, ClockName::erasure_order)});
}

std::vector<Fault> faults() {
  const std::string vault = "vault/0", identification = "identification/0", referral = "referral/0",
                    assistance = "assistance/0", closure = "closure/0";
  const auto again = [](History& h, std::string_view name, std::size_t index = 0) {
    h.at(name).events.push_back(h.at(name).events[index]);
  };
  return {
      {Rule::dense_log, referral, [](History& h) { h.drop("acknowledged"); }},
      {Rule::time_forward, assistance, [](History& h) { h.at("plan").at = Instant{}; }},
      {Rule::own_events, referral,
       [](History& h) {
         h.at("acknowledged").events.push_back({kase, ServiceGiven{}});
       }},
      {Rule::received_in_order, closure,
       [](History& h) { h.at("support met").input = h.from("support"); }},
      {Rule::cause_exists, identification,
       [](History& h) {
         h.at("identification ended").input = ReceivedNote{"closure/0", 99, 0, ""};
       }},
      {Rule::no_dead_letter, vault,
       [](History& h) {
         h.blank("dossier reported");
         h.at("dossier reported").rejection = Error(Code::not_in_state);
       }},
      {Rule::legal_transition, identification, [=](History& h) { again(h, "second"); }},
      {Rule::reported_once, identification, [=](History& h) { again(h, "reported"); }},
      {Rule::reference_unique, identification,
       [](History& h) {
         h.at("second").events.push_back({case_stream(id<Uuid>(99)), report()});
       }},
      {Rule::dossier_of_report, identification,
       [](History& h) {
         get<ReportReceived>(h.at("reported").events[0].event).dossier = text<Text<64>>("another");
       }},
      {Rule::dossier_kept, identification,
       [](History& h) { h.at("dossier reported").events[0].event = DossierAbandoned{}; }},
      {Rule::somewhere, referral, [](History& h) { h.at("declined").events.pop_back(); }},
      {Rule::owned, identification,
       [](History& h) {
         get<ReportReceived>(h.at("reported").events[0].event).owner = OrganisationId{};
       }},
      {Rule::one_clock, identification, [](History& h) { h.at("first").clocks.pop_back(); }},
      {Rule::clock_taken_up, assistance,
       [](History& h) {
         h.at("plan").clocks[1].due = h.at("plan").at + hours(0);
         h.drop("service ended");
         h.cut_after("second");
       }},
      {Rule::one_answer, referral,
       [](History& h) {
         auto& events = h.at("completed").events;
         events.insert(events.begin(), {need, ReferralDeclined{ProviderId(open_house.id), {}}});
       }},
      {Rule::answer_by_holder, referral,
       [](History& h) {
         get<ReferralAccepted>(h.at("accepted").events[1].event).provider = ProviderId(full.id);
       }},
      {Rule::places_within_capacity, referral,
       [](History& h) {
         get<ProviderRegistered>(h.at("house").events[0].event).offering.places = 0;
       }},
      {Rule::place_of_accepted, referral, [](History& h) { h.at("completed").events.pop_back(); }},
      {Rule::one_service, assistance, [=](History& h) { again(h, "support", 1); }},
      {Rule::service_of_acceptance, referral, [](History& h) { h.blank("support"); }},
      {Rule::support_has_services, assistance,
       [](History& h) { h.at("service ended").events.pop_back(); }},
      {Rule::service_ends_with_referral, referral,
       [](History& h) {
         h.blank("service ended");
         h.at("completed").input = CommandNote{};
         h.at("completed").events[0].event = ReferralCancelled{CaseId(kase.id), {}};
       }},
      {Rule::referral_ends_with_service, assistance, [](History& h) { h.blank("completed"); }},
      {Rule::report_in_referral, identification,
       [](History& h) {
         auto& events = h.at("referral case").events;
         events.erase(events.begin());
         h.blank("referral ended");
       }},
      {Rule::report_in_closure, identification,
       [](History& h) {
         h.blank("closure file");
         h.cut_after("second");
       }},
      {Rule::obligations_met, closure, [](History& h) { h.blank("support met"); }},
      {Rule::two_people, closure,
       [](History& h) {
         get<CaseClosed>(h.at("closed").events[0].event).approved_by = id<AccountId>(20);
       }},
      {Rule::closed_once, closure, [=](History& h) { again(h, "closed"); }},
      {Rule::closed_everywhere, closure, [](History& h) { h.blank("identification ended"); }},
      {Rule::end_has_closure, identification, [](History& h) { h.blank("closed"); }},
      {Rule::kept_for_procedures, closure,
       [](History& h) {
         h.add("", Service::closure, CommandNote{},
               {{kase, ObligationNoted{Obligation::procedure_running, id<Uuid>(30)}}});
         h.add("", Service::closure, due(kase, ClockName::retention),
               {{kase, ErasureOrdered{{}, 1, later, {}}}}, {set(kase, ClockName::erasure_order)});
       }},
      {Rule::erasure_noted, vault,
       [](History& h) {
         erase(h);
         h.blank("erasure noted");
       }},
      {Rule::silence_recorded, identification, [](History& h) { h.blank("overdue"); }},
  };
}

TEST(ConservationFaults, EachIsFoundAndNamed) {
  for (const Fault& fault : faults()) {
    History h = good();
    fault.plant(h);
    const Verdict verdict = verdict_of(h, true);
    EXPECT_FALSE(verdict.holds()) << to_text(fault.rule);
    EXPECT_TRUE(std::any_of(
        verdict.violations.begin(), verdict.violations.end(),
        [&](const Violation& one) { return one.rule == fault.rule && one.log == fault.where; }))
        << "expected " << to_text(fault.rule) << " in " << fault.where << ", told:\n"
        << told(verdict);
  }
}

TEST(ConservationFaults, EveryRuleHasOneAndASentence) {
  std::set<Rule> planted;
  for (const Fault& fault : faults()) planted.insert(fault.rule);
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Rule>>([&](auto d) {
    EXPECT_TRUE(planted.contains(d.value)) << d.name;
    EXPECT_FALSE(sentence(d.value).empty()) << d.name;
  });
}

TEST(ConservationFaults, TheListIsBoundedAndTheCountIsNot) {
  Conservation conservation;
  Record record;
  record.events = {{kase, IdentificationEnded{}}};
  for (std::uint64_t n = 0; n < 3'000; ++n) {
    record.seq = n;
    conservation.take("identification/0", record);
  }
  const Verdict verdict = conservation.finish({});
  EXPECT_EQ(verdict.violations.size(), 1'000u);
  EXPECT_GE(verdict.violation_count, 2'999u);
}

// A negative decision rests when its window has passed; the case stays open until it is closed.
TEST(Conservation, TheNegativePathHolds) {
  History h = good();
  h.cut_after("plan");
  h.add("negative", Service::identification, CommandNote{},
        {{kase, FirstStageDecided{Outcome::negative, {}, authority, later}}},
        {clear(kase, ClockName::first_stage), set(kase, ClockName::reconsideration)});
  h.add("window", Service::identification, due(kase, ClockName::reconsideration),
        {{kase, ReconsiderationWindowClosed{}}});
  const Verdict verdict = verdict_of(h, true);
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_EQ(verdict.streams.at(Place::negative), 1u);
}

TEST(Conservation, TheEndOfTheDataHolds) {
  History h = good();
  erase(h);
  const Verdict verdict = verdict_of(h, true);
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_EQ(verdict.streams.at(Place::data_erased), 1u);
}

// Reopened: what ended with the case may stay ended until it begins again.
TEST(Conservation, AReopenedCaseHolds) {
  History h = good();
  h.add("reopened", Service::closure, CommandNote{},
        {{kase, CaseReopened{{}, id<AccountId>(20), {Obligation::person_not_informed}}}},
        {clear(kase, ClockName::retention)});
  const Verdict verdict = verdict_of(h, true);
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_EQ(verdict.closed, 0u);
  EXPECT_EQ(verdict.streams.at(Place::closure_checklist), 1u);
}

// Nobody left, escalated, overdue, tried again, waitlisted, cancelled by the closure.
TEST(Conservation, TheLongWayOfAReferralHolds) {
  History h = good();
  h.cut_after("consent");
  const auto step = [&](InputNote input, History::Events events, History::Clocks clocks) {
    h.add("", Service::referral, std::move(input), std::move(events), std::move(clocks));
  };
  const CaseId subject(kase.id);
  step(due(need, ClockName::answer_offer),
       {{need, ReferralExpired{ProviderId(full.id)}},
        {need, ReferralEscalated{subject, authority, {}}}},
       {set(need, ClockName::escalation)});
  step(due(need, ClockName::escalation), {{need, ReferralEscalationOverdue{authority}}},
       {set(need, ClockName::escalation)});
  step(CommandNote{}, {{need, offer(open_house)}},
       {clear(need, ClockName::escalation), set(need, ClockName::answer_offer)});
  step(CommandNote{}, {{need, ReferralWaitlisted{later}}},
       {clear(need, ClockName::answer_offer), set(need, ClockName::waitlist_review)});
  step(due(need, ClockName::waitlist_review), {{need, ReferralWaitlisted{later}}},
       {set(need, ClockName::waitlist_review)});
  step(CommandNote{}, {{need, ReferralCancelled{subject, CancelReason::person_declined}}},
       {clear(need, ClockName::waitlist_review)});
  const Verdict verdict = verdict_of(h, true);
  EXPECT_TRUE(verdict.holds()) << told(verdict);
  EXPECT_EQ(verdict.streams.at(Place::cancelled), 1u);
}
}  // namespace
}  // namespace nrm
