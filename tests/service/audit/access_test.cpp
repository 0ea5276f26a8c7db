// Who could see a case and who did, from the vault's log: the real decider writes it.
#include "services/audit/access_of_holder.hpp"

#include <gtest/gtest.h>

#include "tests/threats/case_desk.hpp"

namespace nrm::test {
namespace {
// A desk that keeps its records, as the vault's log would.
struct Logged : CaseDesk {
  std::vector<Record> log;

  // What `by` asks for and does not get is on record too.
  void keep_refusal(const Actor& by, const Command& command) {
    const Outcome outcome = ask(by, command);
    ASSERT_TRUE(outcome.rejection);
    Record record;
    record.seq = log.size();
    record.at = now;
    record.actor = by;
    record.input = CommandNote{command, {}, {}, {}};
    record.rejection = outcome.rejection;
    log.push_back(std::move(record));
  }
  void keep(const Outcome& outcome) {
    ASSERT_FALSE(outcome.rejection) << outcome.rejection->detail;
    Record record;
    record.seq = log.size();
    record.at = now;
    record.events = outcome.decision.events;
    log.push_back(std::move(record));
  }
  AccessReport at(const CaseId& subject, Instant moment) const {
    AccessHistory history(subject, moment, organisation("owner"), organisation("managers"));
    for (const Record& record : log)
      if (!history.take(record)) break;
    return history.report();
  }
};

std::vector<AccessGround> grounds(const AccessReport& report) {
  std::vector<AccessGround> out;
  for (const CouldSee& one : report.could)
    if (!one.barred) out.push_back(one.ground);
  return out;
}

// Its beginning and its end are in two logs: whichever the vault hears of first, it is over.
TEST(AccessHistory, AServiceWhoseEndCameFirstOpensNothing) {
  using enum AccessGround;
  Logged desk;
  const auto sealed = desk.ask(
      actor(Role::first_responder, "avon"),
      SealDossier{AgeBand::adult,
                  {{ConsentPurpose::identification, true}, {ConsentPurpose::support, true}},
                  {DataClass::identity},
                  Text<64>::parse(std::string(64, '0'))});
  desk.keep(sealed);
  const CaseId subject(sealed.decision.events.at(0).stream.id);
  const auto accept = [&] {
    desk.keep(
        desk.hear(referral_stream(id_of("r")),
                  ReferralAccepted{.subject = subject, .organisation = organisation("haven")}));
  };
  desk.keep(desk.hear(case_stream(subject), ServiceEnded{.organisation = organisation("haven")}));
  accept();
  EXPECT_EQ(grounds(desk.at(subject, desk.now)),
            (std::vector{reporter, competent_authority, case_management}));
  accept();  // another service
  EXPECT_EQ(grounds(desk.at(subject, desk.now)),
            (std::vector{reporter, competent_authority, case_management, service_in_force}));
}

TEST(AccessHistory, SaysWhoCouldAndWhoDidAtEachMoment) {
  using enum AccessGround;
  Logged desk;
  const Instant day = desk.now;
  const auto sealed = desk.ask(
      actor(Role::first_responder, "avon"),
      SealDossier{AgeBand::adult,
                  {{ConsentPurpose::identification, true}, {ConsentPurpose::support, true}},
                  {DataClass::identity},
                  Text<64>::parse(std::string(64, '0'))});
  desk.keep(sealed);
  const CaseId subject(sealed.decision.events.at(0).stream.id);
  desk.now = day + days(1);
  desk.keep(desk.hear(referral_stream(id_of("r")),
                      ReferralAccepted{.subject = subject, .organisation = organisation("haven")}));
  desk.now = day + days(2);
  desk.keep(desk.ask(actor(Role::service_provider, "haven"),
                     OpenDossier{subject, OpeningPurpose::support, {DataClass::identity}, {}, {}}));
  const Actor kim = actor(Role::first_responder, "kent", "kim");
  desk.keep(desk.ask(kim, BreakGlass{subject, EmergencyGround::threat_to_life}));
  desk.keep(
      desk.ask(kim, OpenDossier{subject, OpeningPurpose::safety, {DataClass::contact}, {}, {}}));
  desk.now = day + days(3);
  desk.keep(desk.ask(actor(Role::case_manager, "managers"),
                     DenyAccess{subject, {}, organisation("haven"), {}}));
  desk.keep(desk.ask(actor(Role::case_manager, "managers"),
                     RecordConsent{subject, {ConsentPurpose::support, false}}));

  const std::vector offices{reporter, competent_authority, case_management};
  EXPECT_TRUE(desk.at(subject, day - days(1)).could.empty()) << "there was no case yet";
  EXPECT_EQ(grounds(desk.at(subject, day)), offices);
  EXPECT_EQ(grounds(desk.at(subject, day + days(1))),
            (std::vector{reporter, competent_authority, case_management, service_in_force}));
  const AccessReport busy = desk.at(subject, day + days(2) + std::chrono::minutes(59));
  EXPECT_EQ(grounds(busy), (std::vector{reporter, competent_authority, case_management,
                                        service_in_force, break_glass}));
  ASSERT_EQ(busy.did.size(), 2u);
  EXPECT_EQ(busy.did[0].relation, service_in_force);
  EXPECT_EQ(busy.did[1].relation, break_glass);
  EXPECT_TRUE(busy.did[1].emergency);
  EXPECT_EQ(busy.did[1].ground, EmergencyGround::threat_to_life);
  EXPECT_EQ(busy.did[1].seq, 4u);
  EXPECT_TRUE(busy.consents[1].given);
  EXPECT_EQ(grounds(desk.at(subject, day + days(2) + hours(1))).size(), 4u) << "the glass is whole";
  const AccessReport last = desk.at(subject, day + days(4));
  EXPECT_EQ(grounds(last), offices);
  EXPECT_EQ(last.could.size(), 4u) << "who was denied is listed as barred";
  EXPECT_FALSE(last.consents[1].given);
  EXPECT_EQ(last.did.size(), 2u);
}

// A way that was not there was tried all the same.
TEST(AccessHistory, SaysWhoWasRefusedAndWhy) {
  Logged desk;
  const auto seal = [&](const char* digest) {
    const auto sealed = desk.ask(actor(Role::first_responder, "avon"),
                                 SealDossier{AgeBand::adult,
                                             {{ConsentPurpose::identification, true}},
                                             {DataClass::identity},
                                             Text<64>::parse(std::string(64, *digest))});
    desk.keep(sealed);
    return CaseId(sealed.decision.events.at(0).stream.id);
  };
  const CaseId subject = seal("0"), other = seal("1");
  const Actor clinic = actor(Role::service_provider, "clinic");
  desk.now = desk.now + days(1);
  const Instant tried = desk.now;
  desk.keep_refusal(clinic,
                    OpenDossier{subject, OpeningPurpose::support, {DataClass::identity}, {}, {}});
  desk.now = desk.now + days(1);
  EXPECT_TRUE(desk.at(subject, tried - hours(1)).refused.empty());
  EXPECT_TRUE(desk.at(other, desk.now).refused.empty());
  const AccessReport report = desk.at(subject, desk.now);
  EXPECT_TRUE(report.did.empty());
  ASSERT_EQ(report.refused.size(), 1u);
  EXPECT_EQ(report.refused[0].at, tried);
  EXPECT_EQ(report.refused[0].seq, 2u);
  EXPECT_EQ(report.refused[0].by.organisation, clinic.organisation);
  EXPECT_EQ(report.refused[0].command, "nrm.dossier.open.v1");
  EXPECT_FALSE(report.refused[0].code.empty());
}

// Asked by account, by organisation or by case, the answer is the same. An account that has expired
// sees nothing (the view by case counted it once).
TEST(AccessHistory, TheSameAskedByHolderAndByCase) {
  using enum AccessGround;
  Logged desk;
  const Instant day = desk.now;
  const auto issue = [&](const char* account, const char* of, Role role,
                         std::optional<Instant> expires = {}) {
    Record record;
    record.seq = desk.log.size();
    record.at = desk.now;
    AccountIssued issued{.organisation = organisation(of), .role = role, .token_digest = {}};
    issued.expires = expires;
    record.events = {{account_stream(id_of(account)), issued}};
    desk.log.push_back(std::move(record));
  };
  issue("a1", "avon", Role::first_responder);
  issue("a2", "avon", Role::first_responder, day + days(2));
  issue("m1", "managers", Role::case_manager);
  issue("h1", "haven", Role::service_provider);
  std::vector<CaseId> subjects;
  for (int i = 0; i < 3; ++i) {
    const auto sealed = desk.ask(
        actor(Role::first_responder, i == 2 ? "kent" : "avon", i == 2 ? "k1" : "a1"),
        SealDossier{AgeBand::adult,
                    {{ConsentPurpose::identification, true}, {ConsentPurpose::support, true}},
                    {DataClass::identity},
                    Text<64>::parse(std::string(64, '0'))});
    desk.keep(sealed);
    subjects.emplace_back(sealed.decision.events.at(0).stream.id);
  }
  desk.now = day + days(1);
  desk.keep(
      desk.hear(referral_stream(id_of("r")),
                ReferralAccepted{.subject = subjects[1], .organisation = organisation("haven")}));
  desk.keep(
      desk.ask(actor(Role::service_provider, "haven", "h1"),
               OpenDossier{subjects[1], OpeningPurpose::support, {DataClass::identity}, {}, {}}));
  desk.now = day + days(3);
  desk.keep(desk.ask(actor(Role::case_manager, "managers", "m1"),
                     DenyAccess{subjects[0], AccountId(id_of("a1")), {}, {}}));

  const Offices offices{organisation("owner"), organisation("managers")};
  const auto of = [&](std::optional<AccountId> account, std::optional<OrganisationId> whose,
                      Instant at) {
    AccessOfHolder history(account, whose, at, offices);
    for (const Record& record : desk.log)
      if (!history.take(record)) break;
    return history.report();
  };
  const auto open_ways = [](const HolderReport& report) {
    std::vector<std::pair<CaseId, AccessGround>> out;
    for (const HolderCase& one : report.could)
      if (!one.way.barred) out.emplace_back(one.subject, one.way.ground);
    return out;
  };
  for (const Instant at : {day - days(1), day, day + days(1), day + days(4)}) {
    std::vector<std::pair<CaseId, AccessGround>> avon, haven;
    for (const CaseId& subject : subjects)
      for (const CouldSee& way : desk.at(subject, at).could) {
        if (way.barred || way.accounts == 0) continue;
        if (way.organisation == organisation("avon")) avon.emplace_back(subject, way.ground);
        if (way.organisation == organisation("haven")) haven.emplace_back(subject, way.ground);
      }
    std::ranges::sort(avon);
    std::ranges::sort(haven);
    EXPECT_EQ(open_ways(of({}, organisation("avon"), at)), avon) << at.text();
    EXPECT_EQ(open_ways(of({}, organisation("haven"), at)), haven) << at.text();
    EXPECT_EQ(open_ways(of(AccountId(id_of("h1")), {}, at)), haven) << at.text();
  }
  // One account was denied; its colleague's had expired: nobody of theirs could see that case.
  const HolderReport last = of({}, organisation("avon"), day + days(4));
  ASSERT_EQ(last.accounts.size(), 2u);
  EXPECT_EQ(open_ways(last), (std::vector{std::pair(subjects[1], reporter)}));
  EXPECT_EQ(last.could.size(), 2u) << "the other is listed as barred";
  EXPECT_EQ(std::ranges::count(last.accounts, true, &HolderAccount::in_force), 1);
  const auto own = std::ranges::find(last.could, subjects[1], &HolderCase::subject);
  ASSERT_NE(own, last.could.end());
  EXPECT_EQ(own->way.accounts, 1u) << "expired ones do not count";
  const HolderReport did = of({}, organisation("haven"), day + days(4));
  ASSERT_EQ(did.did.size(), 1u);
  EXPECT_EQ(did.did[0].subject, subjects[1]);
  EXPECT_EQ(did.did[0].opening.relation, service_in_force);
  EXPECT_TRUE(of({}, organisation("haven"), day).did.empty()) << "not yet";
  EXPECT_TRUE(of(AccountId(id_of("m1")), {}, day + days(4)).did.empty());
}

// An opening that no relation explains shows as such, whatever the decider thought.
TEST(AccessHistory, AnOpeningWithoutRelationStandsOut) {
  AccessHistory history(CaseId(id_of("c")), Instant{2'000}, organisation("owner"),
                        organisation("managers"));
  Record record;
  record.at = Instant{1'000};
  record.events = {{case_stream(id_of("c")), DossierSealed{.organisation = organisation("avon")}},
                   {case_stream(id_of("c")), DossierOpened{actor(Role::service_provider, "haven"),
                                                           OpeningPurpose::support,
                                                           {DataClass::identity}}}};
  ASSERT_TRUE(history.take(record));
  ASSERT_EQ(history.report().did.size(), 1u);
  EXPECT_FALSE(history.report().did[0].relation);
}

// What is sealed to organisations is on streams of its own; who read it is told with the rest.
TEST(AccessHistory, AReadingOfASealedItemIsListed) {
  AccessHistory history(CaseId(id_of("c")), Instant{2'000}, organisation("owner"),
                        organisation("managers"));
  const Actor reader = actor(Role::service_provider, "haven");
  const auto stored = [](const char* subject) {
    SealedItemStored out;
    out.subject = CaseId(id_of(subject));
    out.class_ = SealedClass::shelter_location;
    return out;
  };
  const auto opened = [&](const char* subject) {
    return SealedItemOpened{.by = reader,
                            .purpose = OpeningPurpose::support,
                            .subject = CaseId(id_of(subject)),
                            .keys = {},
                            .approved_by = AccountId(id_of("second")),
                            .recipient = {}};
  };
  const StreamKey mine = item_stream(id_of("item")), other = item_stream(id_of("other"));
  Record record;
  record.at = Instant{1'000};
  record.seq = 7;
  record.events = {{case_stream(id_of("c")), DossierSealed{.organisation = organisation("avon")}},
                   {mine, stored("c")},
                   {other, stored("d")},
                   {other, opened("d")},
                   {mine, opened("c")}};
  ASSERT_TRUE(history.take(record));
  const AccessReport report = history.report();
  ASSERT_EQ(report.did.size(), 1u) << "another case's is not told of here";
  EXPECT_EQ(report.did[0].by, reader);
  EXPECT_EQ(report.did[0].seq, 7u);
  EXPECT_EQ(report.did[0].classes, std::vector{DataClass::shelter_location});
  EXPECT_EQ(report.did[0].item, SealedItemId(id_of("item")));
  EXPECT_EQ(report.did[0].approved_by, AccountId(id_of("second")));
  EXPECT_FALSE(report.did[0].relation);
}
}  // namespace
}  // namespace nrm::test
