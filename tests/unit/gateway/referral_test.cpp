// What referral adds to what is read: room without names, a case that changes hands, an offer's
// reasons.
#include <gtest/gtest.h>

#include <filesystem>

#include "common/crypto/crypto.hpp"
#include "common/runtime/folder.hpp"
#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
class ReferralReads : public ::testing::Test {
 protected:
  ProviderId provider(std::uint32_t places, ServiceOffering offering = {}) {
    const ProviderId out(world.id());
    offering.organisation = shelter;
    offering.service = ServiceType::medical;
    offering.places = places;
    world.publish(Service::referral, {{provider_stream(out), ProviderRegistered{offering}}});
    return out;
  }
  http::Response room(const std::string& query) {
    return world.get("/v1/capacity?" + query, reporter);
  }
  std::string band() { return member_of(room("service=medical&region=XX-N"), "band"); }
  std::string case_path(std::string_view rest = "") {
    return "/v1/cases/" + subject.text() + std::string(rest);
  }

  World world;
  const CaseId subject{world.id()};
  const ReferralId referral{world.id()};
  const OrganisationId police{world.id()}, shelter{world.id()}, north{world.id()},
      south{world.id()};
  const std::string reporter = world.account(Role::first_responder, police);
  const std::string helper = world.account(Role::service_provider, shelter);
  const std::string manager = world.account(Role::case_manager, world.offices.case_management);
  const std::string northern = world.account(Role::case_manager, north);
  const std::string southern = world.account(Role::case_manager, south);
};

TEST_F(ReferralReads, RoomIsToldInBandsAndNobodyIsNamed) {
  EXPECT_EQ(band(), "none");
  const ProviderId first = provider(3);
  EXPECT_EQ(band(), "some");
  EXPECT_EQ(room("service=medical&region=XX-N").body.find("at_least"), std::string::npos)
      << "fewer than k are never counted aloud";
  provider(9);
  const auto many = room("service=medical&region=XX-N");
  EXPECT_EQ(member_of(many, "band"), "many");
  EXPECT_NE(many.body.find(R"("at_least":10)"), std::string::npos) << many.body;
  for (const Uuid& never : {Uuid(first), Uuid(shelter)})
    EXPECT_EQ(many.body.find(never.text()), std::string::npos);
  EXPECT_EQ(member_of(room("service=security&region=XX-N"), "band"), "none");
}

TEST_F(ReferralReads, RoomIsForSomebodyLikeThis) {
  ServiceOffering women;
  women.genders = {Gender::female};
  women.regions = {*Region::parse("XX-N")};
  women.special = {SpecialNeed::with_children};
  const ProviderId id = provider(9, women);
  const std::string query = "service=medical&region=XX-N&gender=";
  EXPECT_EQ(member_of(room(query + "female"), "band"), "many");
  EXPECT_EQ(member_of(room(query + "male"), "band"), "none");
  EXPECT_EQ(member_of(room(query + "female&special=with_children"), "band"), "many");
  EXPECT_EQ(member_of(room(query + "female&special=mobility"), "band"), "none");
  EXPECT_EQ(member_of(room("service=medical&region=XX-S&gender=female"), "band"), "none");
  world.publish(Service::referral,
                {{provider_stream(id), ProviderSuspended{SuspensionReason::other, shelter}}});
  EXPECT_EQ(member_of(room(query + "female"), "band"), "none");
  world.publish(Service::referral, {{provider_stream(id), ProviderReinstated{shelter}}});
  world.publish(Service::referral, {{provider_stream(id), ProviderCapacityChanged{0}}});
  const auto full = room(query + "female");
  EXPECT_EQ(member_of(full, "band"), "none");
  EXPECT_NE(full.body.find(R"("waiting_list":true)"), std::string::npos);
}

TEST_F(ReferralReads, AnEnquiryIsHeldToItsCodes) {
  EXPECT_EQ(room("region=XX-N").status, 422);
  EXPECT_EQ(room("service=medical").status, 422);
  EXPECT_EQ(room("service=medical&region=XX-Q").status, 422);
  EXPECT_EQ(room("service=medical&region=XX-N&gender=woman").status, 422);
  EXPECT_EQ(world.get("/v1/capacity?service=medical&region=XX-N").status, 401);
}

// Another pack is in force from a moment on: its regions, its clocks and its k answer from then.
TEST_F(ReferralReads, RoomIsToldByThePackInForce) {
  std::string bytes = *read_file(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/uk.json");
  bytes.replace(
      bytes.rfind('}'), 1,
      ",\"appointments\":{\"competent_authority\":\"00000000-0000-4000-8000-000000000001\","
      "\"case_management\":\"00000000-0000-4000-8000-000000000002\"}}");
  const std::string digest = crypto::sha256(bytes).hex(), in = world.folder.path();
  const PolicyAdoptions adopted{
      {{read_policy(bytes)->name(), digest, world.clock.now() + hours(1)}}};
  std::filesystem::create_directory(in + "/policy");
  ASSERT_TRUE(write_file(in + '/' + adopted_pack_file(digest), bytes, 0600));
  ASSERT_TRUE(write_file(in + "/policy/adopted", to_json(adopted), 0600));
  provider(9);
  EXPECT_EQ(room("service=medical&region=XX-N").status, 200);
  EXPECT_EQ(room("service=medical&region=GB-LND").status, 422);
  world.clock.advance(hours(1));
  EXPECT_EQ(room("service=medical&region=XX-N").status, 422);
  EXPECT_EQ(room("service=medical&region=GB-LND").status, 200);
}

TEST_F(ReferralReads, ACaseThatChangesHandsIsSeenByWhoHasIt) {
  world.report(subject, police);
  for (const std::string& token : {northern, southern})
    EXPECT_EQ(world.get(case_path(), token).status, 404);
  HandoverProposed proposed{.from = world.offices.case_management,
                            .to = north,
                            .reason = HandoverReason::moved_region,
                            .preview = {},
                            .answer_by = world.clock.now() + days(5)};
  proposed.preview.region = *Region::parse("XX-N");
  proposed.preview.services = {ServiceType::medical};
  world.publish(Service::referral, {{case_stream(subject), proposed}});
  // A preview, and not the case.
  EXPECT_EQ(items_of(world.get("/v1/handovers", northern), "case"),
            std::vector<std::string>{subject.text()});
  EXPECT_TRUE(items_of(world.get("/v1/handovers", southern), "case").empty());
  EXPECT_EQ(world.get(case_path(), northern).status, 404);
  EXPECT_TRUE(items_of(world.get("/v1/cases", northern), "case").empty());

  world.publish(Service::referral,
                {{case_stream(subject), CaseHandedOver{world.offices.case_management, north}}});
  EXPECT_TRUE(items_of(world.get("/v1/handovers", northern), "case").empty());
  EXPECT_EQ(world.get(case_path(), northern).status, 200);
  EXPECT_EQ(world.get(case_path("/timeline"), northern).status, 200);
  EXPECT_EQ(items_of(world.get("/v1/cases", northern), "case"),
            std::vector<std::string>{subject.text()});
  EXPECT_EQ(world.get(case_path(), southern).status, 404);
  EXPECT_EQ(world.get(case_path(), manager).status, 200) << "the state owner answers for all";

  world.publish(Service::referral, {{case_stream(subject), CaseHandedOver{north, south}}});
  EXPECT_EQ(world.get(case_path(), northern).status, 404);
  EXPECT_EQ(world.get(case_path(), southern).status, 200);
}

TEST_F(ReferralReads, QueuesHoldOnesOwnWork) {
  world.report(subject, police);
  world.publish(
      Service::referral,
      {{referral_stream(referral), ReferralRequested{.subject = subject, .owner = north}},
       {referral_stream(referral),
        ReferralEscalated{.subject = subject, .to = north, .reason = {}, .solve_by = {}}}});
  const auto escalated = [&](const std::string& token) {
    return world.get("/v1/queues/escalated", token);
  };
  EXPECT_NE(escalated(northern).body.find(referral.text()), std::string::npos);
  EXPECT_EQ(escalated(southern).status, 200);
  EXPECT_EQ(escalated(southern).body.find(referral.text()), std::string::npos);
  EXPECT_NE(escalated(manager).body.find(referral.text()), std::string::npos);
}

TEST_F(ReferralReads, TheReasonsOfAnOfferAreNotForTheProvider) {
  world.report(subject, police);
  ReferralOffered offered{.subject = subject,
                          .provider = ProviderId(world.id()),
                          .organisation = shelter,
                          .service = ServiceType::medical,
                          .profile = {},
                          .answer_by = world.clock.now() + hours(24),
                          .candidates = 3,
                          .attempt = 1};
  offered.chosen_for = {MatchReason::own_region};
  offered.excluded = {{ExcludedFor::same_network, 1}};
  offered.consent = LedgerEntry{7, 0};
  world.publish(Service::referral,
                {{referral_stream(referral), ReferralRequested{.subject = subject}},
                 {referral_stream(referral), offered},
                 {referral_stream(referral), ReferralAccepted{.subject = subject}}});
  const auto theirs = world.get(case_path("/timeline"), helper);
  ASSERT_EQ(theirs.status, 200);
  EXPECT_NE(theirs.body.find(R"("candidates":3)"), std::string::npos);
  for (const std::string_view never : {"same_network", "chosen_for", R"("consent")"})
    EXPECT_EQ(theirs.body.find(never), std::string::npos) << never;
  EXPECT_NE(world.get(case_path("/timeline"), manager).body.find("same_network"),
            std::string::npos);
}

TEST_F(ReferralReads, AReferralSpeaksFhir) {
  world.report(subject, police);
  world.publish(Service::referral,
                {{referral_stream(referral), ReferralRequested{.subject = subject}},
                 {referral_stream(referral), ReferralAcknowledged{}}});
  const auto item = world.get("/v1/referrals/" + referral.text(), reporter);
  EXPECT_EQ(member_of(item, "status"), "acknowledged");
  EXPECT_EQ(member_of(item, "task_status"), "requested");
  EXPECT_EQ(member_of(item, "task_business_status"), "acknowledged");
}
}  // namespace
}  // namespace nrm::gateway::test
