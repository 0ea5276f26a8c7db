// Every opening had a ground: what the real decider lets through is found grounded, and each way of
// opening without one, written into the log by somebody who can, is found and named.
#include "services/audit/openings.hpp"

#include <gtest/gtest.h>

#include "services/audit/kept.hpp"
#include "tests/threats/case_desk.hpp"

namespace nrm::test {
namespace {
using enum DataClass;
const Actor manager = actor(Role::case_manager, "managers");
const Actor colleague = actor(Role::case_manager, "managers", "second");
const Actor authority = actor(Role::competent_authority, "owner");
const Actor provider = actor(Role::service_provider, "haven");
const Actor kim = actor(Role::first_responder, "kent", "kim");

// The vault's log of one case that was opened in every way there is.
struct VaultLog : CaseDesk {
  std::vector<Record> log;
  CaseId subject;

  VaultLog() {
    Record& first = log.emplace_back();
    first.at = now - days(1);
    for (const Actor& one :
         {manager, colleague, authority, provider, kim, actor(Role::first_responder, "avon")})
      first.events.push_back(
          {account_stream(one.account), AccountIssued{.organisation = one.organisation,
                                                      .role = one.role,
                                                      .token_digest = {},
                                                      .kind = {},
                                                      .scopes = {},
                                                      .expires = {},
                                                      .certificate = {},
                                                      .subject = {}}});
  }
  Outcome keep(const Actor& by, const Command& command) {
    Outcome out = ask(by, command);
    EXPECT_FALSE(out.rejection) << out.rejection->detail;
    write(by, out);
    return out;
  }
  void write(std::optional<Actor> by, const Outcome& outcome) {
    Record& record = log.emplace_back();
    record.seq = log.size() - 1;
    record.at = now;
    record.actor = std::move(by);
    record.events = outcome.decision.events;
  }
  void live() {
    const auto sealed =
        keep(actor(Role::first_responder, "avon"),
             SealDossier{AgeBand::adult,
                         {{ConsentPurpose::identification, true}, {ConsentPurpose::support, true}},
                         {identity, contact, safe_contact, narrative},
                         Text<64>::parse(std::string(64, '0'))});
    subject = CaseId(sealed.decision.events.at(0).stream.id);
    write({}, hear(referral_stream(id_of("r")),
                   ReferralAccepted{.subject = subject, .organisation = organisation("haven")}));
    keep(provider, OpenDossier{subject, OpeningPurpose::support, {identity}, {}, {}});
    keep(authority, OpenDossier{subject, OpeningPurpose::decision, {narrative}, {}, {}});
    keep(manager,
         OpenDossier{
             subject, OpeningPurpose::safety, {contact}, EmergencyGround::threat_to_life, {}});
    keep(kim, BreakGlass{subject, EmergencyGround::threat_to_life});
    keep(kim, OpenDossier{subject, OpeningPurpose::safety, {contact}, {}, {}});
    const std::vector<DataClass> all{identity, contact, safe_contact, narrative};
    const auto proposed = keep(manager, ProposeOpening{subject, OpeningPurpose::own_request, all});
    const ProposalId id(proposed.decision.events.at(0).stream.id);
    keep(colleague, ApproveOpening{id});
    keep(manager, OpenDossier{subject, OpeningPurpose::own_request, all, {}, id});
  }
  // The last record that opened something for this purpose.
  Record& opening(OpeningPurpose purpose) { return log[place(purpose)]; }
  std::size_t place(OpeningPurpose purpose) const {
    for (std::size_t i = log.size(); i-- > 0;)
      for (const Emit& emit : log[i].events)
        if (const auto* opened = get_if<DossierOpened>(&emit.event);
            opened && opened->purpose == purpose)
          return i;
    ADD_FAILURE();
    return 0;
  }
  DossierOpened& opened(OpeningPurpose purpose) {
    return get<DossierOpened>(opening(purpose).events.at(0).event);
  }
  std::size_t first_with(auto is) const {
    for (std::size_t i = 0; i < log.size(); ++i)
      for (const Emit& emit : log[i].events)
        if (is(emit.event)) return i;
    ADD_FAILURE();
    return 0;
  }
};

const Openings::Rules rules{{organisation("owner"), organisation("managers")}, {}};

TEST(Openings, WhatTheRulesLetThroughHasItsGround) {
  VaultLog vault;
  vault.live();
  Openings openings;
  for (const Record& record : vault.log) openings.take(record, rules);
  EXPECT_EQ(openings.groundless_count(), 0u)
      << openings.groundless().at(0).seq << ": " << openings.groundless().at(0).why;
  EXPECT_EQ(openings.openings(), 5u);
  using enum OpeningGround;
  EXPECT_EQ(openings.by_ground(),
            (std::map<OpeningGround, std::uint64_t>{
                {consent, 2}, {safety, 1}, {broken_glass, 1}, {own_request, 1}}));
  EXPECT_EQ(openings.by_two(), 1u);
}

TEST(Openings, WhoSupportsThePersonDoesSoAgainOnceTheCaseIsOpenAgain) {
  VaultLog vault;
  vault.live();
  auto& events = vault.opening(OpeningPurpose::support).events;
  for (const bool open : {true, false})
    events.insert(events.begin(),
                  {case_stream(vault.subject), SupportRelationNoted{OrganisationId(), open}});
  Openings openings;
  for (const Record& record : vault.log) openings.take(record, rules);
  EXPECT_EQ(openings.groundless_count(), 0u);
}

struct Planted {
  const char* why;
  OpeningPurpose found_at;
  std::function<void(VaultLog&)> plant;
};
std::vector<Planted> planted() {
  using enum OpeningPurpose;
  const auto drop = [](VaultLog& v, std::size_t at) { v.log[at].events.clear(); };
  return {
      {"there was no relation", support,
       [=](VaultLog& v) {
         drop(v, v.first_with([](const Event& e) { return holds<SupportRelationNoted>(e); }));
       }},
      {"there was no relation", support,
       [](VaultLog& v) {  // the case is closed, and nobody supports the person
         v.opening(support).events.insert(
             v.opening(support).events.begin(),
             {case_stream(v.subject), SupportRelationNoted{OrganisationId(), false}});
       }},
      {"no right and consent", support, [](VaultLog& v) { v.opened(support).classes = {medical}; }},
      {"no right and consent", decision,
       [](VaultLog& v) {
         const std::size_t sealed =
             v.first_with([](const Event& e) { return holds<DossierSealed>(e); });
         get<DossierSealed>(v.log[sealed].events.at(0).event).consents[0].given = false;
       }},
      {"another organisation or role", decision,
       [](VaultLog& v) {
         v.opened(decision).by.role = Role::case_manager;
         v.opening(decision).actor = v.opened(decision).by;
       }},
      {"not by who it says", decision, [](VaultLog& v) { v.opening(decision).actor = manager; }},
      {"no such account", support,
       [](VaultLog& v) {
         v.opened(support).by.account = AccountId(id_of("nobody"));
         v.opening(support).actor = v.opened(support).by;
       }},
      {"was revoked", support,
       [](VaultLog& v) {
         v.opening(support).events.insert(v.opening(support).events.begin(),
                                          {account_stream(provider.account), AccountRevoked{}});
       }},
      {"had expired", support,
       [](VaultLog& v) {
         for (Record& record : v.log)
           for (Emit& emit : record.events)
             if (auto* issued = get_if<AccountIssued>(&emit.event);
                 issued != nullptr && emit.stream == account_stream(provider.account))
               issued->expires = v.opening(support).at - hours(1);
       }},
      {"was barred", support,
       [](VaultLog& v) {
         AccessDenied denied;
         denied.organisation = organisation("haven");
         v.opening(support).events.insert(v.opening(support).events.begin(),
                                          {case_stream(v.subject), denied});
       }},
      {"no glass", safety,
       [=](VaultLog& v) {
         drop(v, v.first_with([](const Event& e) { return holds<BreakGlassStarted>(e); }));
       }},
      {"no glass", safety, [](VaultLog& v) { v.opening(safety).at = v.now + hours(1); }},
      {"more was opened", safety, [](VaultLog& v) { v.opened(safety).classes = {narrative}; }},
      {"nobody was told", safety, [](VaultLog& v) { v.opened(safety).notice_to.reset(); }},
      {"no second person", own_request,
       [=](VaultLog& v) {
         drop(v, v.first_with([](const Event& e) { return holds<OpeningApproved>(e); }));
       }},
      {"no second person", own_request,
       [](VaultLog& v) {
         const std::size_t at =
             v.first_with([](const Event& e) { return holds<OpeningApproved>(e); });
         get<OpeningApproved>(v.log[at].events.at(0).event).by = manager.account;
       }},
      {"no proposal was open", own_request,
       [](VaultLog& v) { v.opened(own_request).proposal.reset(); }},
      {"nobody may open that", support,
       [](VaultLog& v) {
         v.opened(support).classes = {identity, shelter_location};
       }},
      {"nothing to open", support,
       [](VaultLog& v) {
         v.opening(support).events.insert(v.opening(support).events.begin(),
                                          {case_stream(v.subject), DossierAbandoned{}});
       }},
  };
}

TEST(Openings, EachWithoutAGroundIsFoundAndNamed) {
  for (const Planted& one : planted()) {
    VaultLog vault;
    vault.live();
    const std::size_t at = vault.place(one.found_at);
    one.plant(vault);
    Openings openings;
    for (const Record& record : vault.log) openings.take(record, rules);
    ASSERT_GE(openings.groundless_count(), 1u) << one.why;
    EXPECT_EQ(openings.groundless().front().seq, at) << one.why;
    EXPECT_NE(openings.groundless().front().why.find(one.why), std::string::npos)
        << one.why << ", and not: " << openings.groundless().front().why;
  }
}

// Of a sealed item: its copy, its relation, and two people where the pack says so.
TEST(Openings, SealedItemsTakeTheirReaderAndASecondPerson) {
  for (const bool two : {false, true}) {
    VaultLog vault;
    vault.live();
    const StreamKey item = item_stream(id_of("item"));
    const auto write = [&](const Actor& by, Event event) {
      Outcome out;
      out.decision.events.push_back({item, std::move(event)});
      vault.write(by, out);
    };
    SealedItemStored stored;
    stored.subject = vault.subject;
    stored.class_ = SealedClass::shelter_location;
    stored.copies = {{OrganisationKeyId(id_of("key")), manager.organisation}};
    write(provider, stored);
    SealedItemOpened opened;
    opened.by = manager;
    opened.subject = vault.subject;
    if (two) {
      write(manager, SealedItemRequested{manager, vault.now + hours(1)});
      write(colleague, SealedItemApproved{colleague, manager.account});
      opened.approved_by = colleague.account;
    }
    write(manager, opened);
    Openings openings;
    for (const Record& record : vault.log)
      openings.take(record, {rules.offices, {SealedClass::shelter_location}});
    EXPECT_EQ(openings.groundless_count(), two ? 0u : 1u);
    opened.by = provider;  // has a relation, and no copy
    write(provider, opened);
    openings.take(vault.log.back(), rules);
    EXPECT_EQ(openings.groundless().back().why, "no copy was sealed to that organisation");
  }
}

// Kept half way and gone on from, it comes to the same.
TEST(Openings, MayBeKeptAndGoneOnFrom) {
  VaultLog vault;
  vault.live();
  for (std::size_t cut = 0; cut <= vault.log.size(); ++cut) {
    Openings before, after;
    for (std::size_t i = 0; i < cut; ++i) before.take(vault.log[i], rules);
    KeptWriter out;
    before.keep(out);
    KeptReader in(out.bytes());
    after.keep(in);
    ASSERT_TRUE(in.whole());
    for (std::size_t i = cut; i < vault.log.size(); ++i) after.take(vault.log[i], rules);
    EXPECT_EQ(after.groundless_count(), 0u) << cut;
    EXPECT_EQ(after.openings(), 5u);
    KeptReader cut_short(std::string_view(out.bytes()).substr(0, out.bytes().size() - 1));
    Openings damaged;
    damaged.keep(cut_short);
    EXPECT_FALSE(cut_short.whole());
  }
}
}  // namespace
}  // namespace nrm::test
