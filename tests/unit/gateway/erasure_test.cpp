// The receipt of an erasure, and the document that a person gets about themselves.
#include <gtest/gtest.h>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
class ErasureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world.report(subject, police);
    world.publish(Service::vault, {{organisation_stream(shelter),
                                    OrganisationRegistered{*Text<120>::parse("Safe house"),
                                                           OrganisationKind::service_provider}}});
  }
  template <class E>
  void happens(E event) {
    world.publish(Service::vault, {{case_stream(subject), std::move(event)}});
    world.clock.advance(hours(1));
  }
  void open(std::vector<DataClass> classes) {
    happens(DossierOpened{{AccountId(world.id()), shelter, Role::service_provider},
                          OpeningPurpose::safety,
                          std::move(classes)});
  }
  std::string path(const std::string& rest) { return "/v1/cases/" + subject.text() + rest; }
  std::string receipt() { return world.get(path("/erasure"), manager).body; }

  World world;
  const CaseId subject{world.id()};
  const OrganisationId police{world.id()}, shelter{world.id()};
  const std::string manager = world.account(Role::case_manager, world.offices.case_management);
  const std::string stranger = world.account(Role::case_manager, OrganisationId(world.id()));
  const std::string reporter = world.account(Role::first_responder, police);
};

TEST_F(ErasureTest, TheReceiptNamesEveryPlaceAndWhoKeepsCopies) {
  EXPECT_EQ(code_of(world.get(path("/erasure"), manager)), "not_found");
  open({DataClass::identity});
  open({DataClass::identity, DataClass::contact});
  happens(ErasureRequested{AccountId(world.id()), ErasureGround::unlawful, false,
                           world.clock.now() + days(7)});
  EXPECT_NE(receipt().find(R"("status":"asked","ground":"unlawful")"), std::string::npos);
  EXPECT_NE(receipt().find(R"({"place":"vault_store","state":"sealed")"), std::string::npos);
  happens(ErasureConfirmed{AccountId(world.id()), world.clock.now() + hours(72)});
  EXPECT_NE(receipt().find(R"("status":"confirmed")"), std::string::npos);
  happens(CaseErased{ErasureGround::unlawful, 3, *Instant::parse("2024-03-10T23:59:59.999Z")});
  const std::string erased = receipt();
  for (const char* part :
       {R"("status":"erased")", R"({"place":"vault_store","state":"destroyed")",
        R"({"place":"logs","state":"coded_facts")",
        R"({"place":"audit_archive","state":"coded_facts")",
        R"({"place":"gateway_rows","state":"coded_facts")",
        R"({"place":"backups","state":"unreadable_after","at":"2024-03-10T23:59:59.999Z")",
        R"("classes":["identity","contact"])"})
    EXPECT_NE(erased.find(part), std::string::npos) << part << '\n' << erased;
  EXPECT_NE(erased.find(shelter.text()), std::string::npos);
  world.publish(Service::vault, {{keys_stream(), EpochDestroyed{2}}});
  EXPECT_NE(receipt().find("unreadable_after"), std::string::npos) << "another epoch";
  world.clock.advance(days(8));
  EXPECT_NE(receipt().find(R"("state":"overdue")"), std::string::npos);
  world.publish(Service::vault, {{keys_stream(), EpochDestroyed{3}}});
  EXPECT_NE(receipt().find("unreadable_since"), std::string::npos);
}

// They are on streams of their own; what was read there is a copy like any other.
TEST_F(ErasureTest, TheReceiptNamesSealedItemsTheirReadersAndTokens) {
  const OrganisationId clinic{world.id()};
  const SealedItemId item{world.id()};
  const auto on_item = [&](Event event) {
    world.publish(Service::vault, {{item_stream(item), std::move(event)}});
    world.clock.advance(hours(1));
  };
  SealedItemStored stored;
  stored.subject = subject;
  stored.class_ = SealedClass::shelter_location;
  stored.organisation = shelter;
  on_item(stored);
  open({DataClass::identity});
  const Instant first = world.clock.now();
  SealedItemOpened opened;
  opened.subject = subject;
  opened.by = {AccountId(world.id()), clinic, Role::service_provider};
  on_item(opened);
  const Instant last = world.clock.now();
  on_item(opened);
  happens(ErasureRequested{});
  const auto has = [&](const std::string& part) {
    const std::string text = receipt();
    EXPECT_NE(text.find(part), std::string::npos) << part << '\n' << text;
  };
  has(R"({"place":"sealed_items","state":"sealed")");
  has(R"({"place":"duplicate_tokens","state":"keyed")");
  has(R"({"place":"tokens_in_backups","state":"keyed")");
  has(R"({"place":"organisation","state":"own_copies","at":")" + last.text() +
      R"(","organisation":")" + clinic.text() + R"(","classes":["shelter_location"]})");
  has(shelter.text() + R"(","classes":["identity"])");
  EXPECT_LT(first, last);
  // Who read a field and an item is named once, with both.
  opened.by.organisation = shelter;
  on_item(opened);
  has(shelter.text() + R"(","classes":["identity","shelter_location"])");
  happens(CaseErased{ErasureGround::unlawful, 3, *Instant::parse("2024-03-10T23:59:59.999Z")});
  has(R"({"place":"sealed_items","state":"destroyed","at":)");
  has(R"({"place":"duplicate_tokens","state":"destroyed","at":)");
  has(R"({"place":"tokens_in_backups","state":"keyed")");
}

TEST_F(ErasureTest, OnlyCaseManagementReadsIt) {
  happens(ErasureRequested{});
  EXPECT_EQ(code_of(world.get(path("/erasure"), stranger)), "not_found");
  EXPECT_EQ(code_of(world.get(path("/erasure"), reporter)), "forbidden");
  EXPECT_EQ(code_of(world.post(path("/subject-access"), stranger, R"({"language":"ro"})")),
            "not_found");
  EXPECT_TRUE(world.asked.empty()) << "nothing was opened for them";
  const auto absent = world.get("/v1/cases/" + world.id().text() + "/erasure", manager);
  EXPECT_EQ(code_of(absent), "not_found");
}

TEST_F(ErasureTest, ThePersonsDocumentIsInTheirLanguageAndRecordedFirst) {
  open({DataClass::identity});
  SealedItemStored stored;
  stored.subject = subject;
  stored.class_ = SealedClass::shelter_location;
  stored.organisation = shelter;
  SealedItemOpened read;
  read.subject = subject;
  read.by = {AccountId(world.id()), shelter, Role::service_provider};
  read.purpose = OpeningPurpose::support;
  const SealedItemId item{world.id()};
  world.publish(Service::vault, {{item_stream(item), stored}, {item_stream(item), read}});
  world.clock.advance(hours(1));
  read.purpose = OpeningPurpose::safety;
  const std::string last = world.clock.now().text();
  world.publish(Service::vault, {{item_stream(item), read}});
  const SealedItemId others{world.id()};  // of another case: not this person's business
  stored.subject = read.subject = CaseId(world.id());
  read.by.role = Role::auditor;
  world.publish(Service::vault, {{item_stream(others), stored}, {item_stream(others), read}});
  world.opened = R"({"identity":{"name":"Ana \"Z\""},"medical":{"health_notes":"insulin"}})";
  world.says = [&](const Question& question) -> Said {
    EXPECT_EQ(question.type, OpenDossier::type);
    EXPECT_NE(question.data.find(R"("purpose":"own_request")"), std::string::npos);
    return std::vector<Emit>{{case_stream(subject), DossierOpened{}}};
  };
  const auto answer = world.post(path("/subject-access"), manager, R"({"language":"ro"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(member_of(answer, "language"), "ro");
  EXPECT_EQ(member_of(answer, "title"), "Ce se păstrează despre dumneavoastră");
  EXPECT_EQ(member_of(answer, "reference"), "4FJ2K-7QX0M-9");
  EXPECT_EQ(member_of(answer, "receipt/log"), "vault/0");
  for (const char* part :
       {R"({"label":"Nume","value":"Ana \"Z\""})", "insulin", "Safe house", "pentru a vă proteja",
        "nrm.case.report_received.v1", R"("classes":["Adăpostul)"})
    EXPECT_NE(answer.body.find(part), std::string::npos) << part << '\n' << answer.body;
  const auto other = world.post(path("/subject-access"), manager, R"({"language":"ja"})",
                                {{"idempotency-key", "other"}});
  EXPECT_EQ(member_of(other, "language"), "en");
  for (const char* language : {"bg", "vi", "sq", "en"}) {
    const auto one = world.post(path("/subject-access"), manager,
                                R"({"language":")" + std::string(language) + R"("})",
                                {{"idempotency-key", language}});
    EXPECT_EQ(member_of(one, "language"), language);
    EXPECT_EQ(one.body.find("\"label\":\"rights\""), std::string::npos) << "a missing label";
  }
}
}  // namespace
}  // namespace nrm::gateway::test
