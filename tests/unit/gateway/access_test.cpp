// Who is denied a case, who is the person, and what reaches whom when a consent is withdrawn: in
// single things, lists, queues, timelines, inbox and streams alike.
#include <gtest/gtest.h>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
class AccessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world.publish(Service::vault, {{case_stream(subject), DossierSealed{}}},
                  Actor{AccountId(world.id()), police, Role::first_responder});
    world.report(subject, police);
    world.publish(
        Service::referral,
        {{referral_stream(referral), ReferralRequested{.subject = subject}},
         {referral_stream(referral), ReferralOffered{.subject = subject, .organisation = shelter}},
         {referral_stream(referral), ReferralAccepted{.subject = subject}}});
  }

  // Everything of this case that a token can ask for, as one text.
  std::string everything(const std::string& token) {
    std::string out;
    for (const std::string& target :
         {case_path(), case_path("/timeline"), case_path("/referrals"), std::string("/v1/cases"),
          std::string("/v1/cases?reference=4FJ2K-7QX0M-9"), std::string("/v1/inbox"),
          std::string("/v1/queues/first_stage"), "/v1/referrals/" + referral.text()})
      out += world.get(target, token).body;
    const auto stream = world.get("/v1/inbox/stream?after=0", token);
    if (stream.stream) out += stream.stream().value_or("");
    return out;
  }
  bool sees(const std::string& token) {
    return everything(token).find(subject.text()) != std::string::npos;
  }
  std::string issue(Role role) {
    const std::string token = world.account(role, world.offices.case_management);
    return token;
  }
  // The account behind a token, as the vault knows it.
  AccountId account_of(const std::string& token) {
    return world.gateway->authentication().caller({"Bearer " + token, nullptr})->actor.account;
  }
  void on_case(Event event) {
    world.publish(Service::vault, {{case_stream(subject), std::move(event)}});
  }
  std::string case_path(std::string_view rest = "") {
    return "/v1/cases/" + subject.text() + std::string(rest);
  }

  World world;
  const CaseId subject{world.id()};
  const ReferralId referral{world.id()};
  const OrganisationId police{world.id()}, shelter{world.id()};
  const std::string reporter = world.account(Role::first_responder, police);
  const std::string provider = world.account(Role::service_provider, shelter);
  const std::string manager = world.account(Role::case_manager, world.offices.case_management);
  const std::string colleague = world.account(Role::case_manager, world.offices.case_management);
  const std::string authority =
      world.account(Role::competent_authority, world.offices.competent_authority);
};

TEST_F(AccessTest, ADeniedOrganisationSeesNothingAnywhere) {
  ASSERT_TRUE(sees(provider));
  on_case(AccessDenied{.organisation = shelter});
  EXPECT_FALSE(sees(provider));
  EXPECT_EQ(world.get(case_path(), provider).body,
            world.get("/v1/cases/" + world.id().text(), provider).body);
  on_case(DenialLifted{.organisation = shelter});
  EXPECT_TRUE(sees(provider));
}

TEST_F(AccessTest, ADeniedOrConflictedAccountSeesNothingAndItsColleagueAll) {
  for (const std::string& token : {manager, authority, reporter}) {
    ASSERT_TRUE(sees(token));
    on_case(ConflictDeclared{.account = account_of(token)});
    EXPECT_FALSE(sees(token));
    on_case(DenialLifted{.account = account_of(token)});
    EXPECT_TRUE(sees(token));
    on_case(AccessDenied{.account = account_of(token)});
    EXPECT_FALSE(sees(token));
  }
  EXPECT_TRUE(sees(colleague));
}

// A barred account's commands never reach the case, and take the same way as those for a case that
// never was: also when the service is silent, and when they are not well formed.
TEST_F(AccessTest, ABarredCommandIsAnsweredAsForACaseThatNeverWas) {
  const auto no_such_case = [](const Question&) -> Said {
    return Error(Code::not_found, "", "no such case");
  };
  world.says = no_such_case;
  const std::string body = R"({"outcome":"positive","ground":"evidence_sufficient"})";
  const auto absent =
      world.post("/v1/cases/" + world.id().text() + "/first-stage-decision", authority, body);
  on_case(AccessDenied{.account = account_of(authority)});
  const std::size_t asked = world.asked.size();
  const auto barred = world.post(case_path("/first-stage-decision"), authority, body);
  EXPECT_EQ(barred.status, 404);
  EXPECT_EQ(barred.body, absent.body);
  ASSERT_EQ(world.asked.size(), asked + 1);
  EXPECT_EQ(world.asked.back().data.find(subject.text()), std::string::npos);
  EXPECT_EQ(world.asked.back().data.size(), world.asked[0].data.size());
  // Whatever it would say of an id that never was, and whatever it does not say.
  world.says = [](const Question&) -> Said { return std::vector<Emit>(); };
  EXPECT_EQ(world.post(case_path("/first-stage-decision"), authority, body).body, absent.body);
  world.says = {};
  EXPECT_EQ(world.post(case_path("/first-stage-decision"), authority, body).status, 503);
  for (const std::string& path : {case_path(), "/v1/cases/" + world.id().text()})
    EXPECT_EQ(code_of(world.post(path + "/first-stage-decision", authority, body,
                                 {{"if-match", "no tag"}})),
              "bad_request");
  world.says = no_such_case;
  on_case(AccessDenied{.organisation = shelter});
  EXPECT_EQ(world.post("/v1/referrals/" + referral.text() + "/acknowledgement", provider, "").body,
            absent.body);
}

TEST_F(AccessTest, APersonAndAGuardianSeeTheirCaseAndWhoSawIt) {
  const auto one_case = [&](Role role) {
    const std::string digits(64, role == Role::person ? 'a' : 'b');
    world.publish(Service::vault,
                  {{account_stream(world.id()),
                    AccountIssued{.organisation = world.offices.case_management,
                                  .role = role,
                                  .token_digest = *Text<64>::parse(*token_digest(digits)),
                                  .subject = subject}}});
    return digits;
  };
  const std::string person = one_case(Role::person), guardian = one_case(Role::guardian);
  on_case(DossierOpened{{AccountId(world.id()), shelter, Role::service_provider},
                        OpeningPurpose::support,
                        {DataClass::identity}});
  const auto own = world.get("/v1/cases", person);
  EXPECT_EQ(items_of(own, "case"), std::vector{subject.text()});
  EXPECT_EQ(items_of(world.get("/v1/cases?reference=4FJ2K-7QX0M-9", person), "case").size(), 1u);
  EXPECT_EQ(items_of(world.get("/v1/cases?reference=4FJ2K-7QX0M-8", person), "case").size(), 0u);
  EXPECT_EQ(world.get("/v1/cases?status=reported", person).status, 400);
  EXPECT_EQ(member_of(world.get(case_path(), person), "identification_status"), "reported");
  EXPECT_EQ(member_of(world.get(case_path(), person), "reporter"), police.text());
  const auto types = items_of(world.get(case_path("/timeline"), person), "type");
  EXPECT_NE(std::ranges::find(types, DossierOpened::type), types.end());
  EXPECT_EQ(std::ranges::find(types, ReferralAccepted::type), types.end());
  // A guardian's account alone is no office; the appointment is.
  EXPECT_EQ(world.get(case_path(), guardian).status, 404);
  on_case(GuardianAppointed{account_of(guardian), GuardianKind::parent});
  EXPECT_EQ(world.get(case_path(), guardian).status, 200);
  on_case(GuardianshipEnded{account_of(guardian), GuardianshipEndReason::came_of_age});
  EXPECT_EQ(world.get(case_path(), guardian).status, 404);
  // Nobody else's.
  const CaseId other(world.id());
  EXPECT_EQ(world.get("/v1/cases/" + other.text(), person).status, 404);
}

// An entry that names others is theirs: a provider learns of it neither that nor who they are.
TEST_F(AccessTest, ConsentsAreShownToWhomTheyConcern) {
  const OrganisationId clinic(world.id());
  Consent named{ConsentPurpose::support, true};
  named.recipients = {clinic};
  on_case(ConsentRecorded{named});
  EXPECT_EQ(everything(provider).find(clinic.text()), std::string::npos);
  EXPECT_EQ(everything(reporter).find(clinic.text()), std::string::npos);
  named.recipients = {clinic, shelter};
  on_case(ConsentRecorded{named});
  EXPECT_EQ(everything(provider).find(clinic.text()), std::string::npos);
  EXPECT_NE(world.get(case_path(), provider).body.find("\"recipients\":[\"" + shelter.text()),
            std::string::npos);
  EXPECT_NE(world.get(case_path(), manager).body.find(clinic.text()), std::string::npos);
}

TEST_F(AccessTest, AWithdrawalReachesItsRecipientAsATaskAndANotice) {
  const WithdrawalId id(world.id());
  const Instant due = world.clock.now() + days(3);
  world.publish(Service::vault,
                {{withdrawal_stream(id),
                  WithdrawalNotified{subject, ConsentPurpose::support, shelter, due}}});
  EXPECT_EQ(items_of(world.get("/v1/withdrawals", provider), "withdrawal"), std::vector{id.text()});
  EXPECT_TRUE(items_of(world.get("/v1/withdrawals", reporter), "withdrawal").empty());
  const auto stream = world.get("/v1/notices/stream?after=0", provider);
  ASSERT_TRUE(stream.stream);
  EXPECT_NE(stream.stream().value_or("").find(WithdrawalNotified::type), std::string::npos);
  world.publish(Service::vault,
                {{withdrawal_stream(id),
                  WithdrawalOverdue{subject, shelter, world.offices.case_management}}});
  EXPECT_EQ(items_of(world.get("/v1/queues/withdrawal_overdue", manager), "when").size(), 1u);
  world.publish(Service::vault, {{withdrawal_stream(id),
                                  WithdrawalAcknowledged{subject, WithdrawalOutcome::purged, {}}}});
  EXPECT_TRUE(items_of(world.get("/v1/withdrawals", provider), "withdrawal").empty());
  EXPECT_TRUE(items_of(world.get("/v1/queues/withdrawal_overdue", manager), "when").empty());
}

TEST_F(AccessTest, AnOperationWaitsInTheQueueOfGroupsUntilAllAreReported) {
  const GroupEventId id(world.id());
  const StreamKey stream = group_stream(id);
  const auto queue = [&] { return world.get("/v1/queues/groups", manager); };
  world.publish(Service::identification,
                {{stream, GroupEventRecorded{.organisation = shelter,
                                             .owner = world.offices.case_management,
                                             .people = 3,
                                             .report_by = world.clock.now() + days(3)}}});
  world.publish(Service::identification, {{stream, GroupPersonReported{subject}}});
  ASSERT_EQ(items_of(queue(), "when").size(), 1u) << queue().body;
  EXPECT_NE(queue().body.find("\"people\":3,\"reported\":1"), std::string::npos) << queue().body;
  EXPECT_EQ(world.get("/v1/queues/groups", reporter).status, 403);
  world.publish(Service::identification,
                {{stream, GroupEventOverdue{world.offices.case_management, 2}}});
  EXPECT_NE(queue().body.find("\"overdue\":true"), std::string::npos);
  world.publish(Service::identification, {{stream, GroupEventClosed{.missing = 2}}});
  EXPECT_TRUE(items_of(queue(), "when").empty());
}

TEST_F(AccessTest, TheOverseerHasItsQueuesAndNotices) {
  const OrganisationId other(world.id());
  const std::string overseer = world.account(Role::auditor, *world.offices.overseer);
  const std::string auditor = world.account(Role::auditor, other);
  const EmergencyId id(world.id());
  const Actor kim{AccountId(world.id()), shelter, Role::service_provider};
  const Instant due = world.clock.now() + days(2);
  world.publish(
      Service::vault,
      {{case_stream(subject),
        BreakGlassStarted{id, kim, {}, world.clock.now() + hours(1), *world.offices.overseer, due}},
       {emergency_stream(id),
        EmergencyReviewOpened{subject, kim, {}, *world.offices.overseer, due}}});
  EXPECT_EQ(items_of(world.get("/v1/queues/break_glass_review", overseer), "when").size(), 1u);
  EXPECT_EQ(world.get("/v1/queues/break_glass_review", auditor).status, 403);
  EXPECT_EQ(world.get("/v1/queues/break_glass_review", manager).status, 403);
  const auto notices = world.get("/v1/notices/stream?after=0", overseer);
  EXPECT_NE(notices.stream().value_or("").find(BreakGlassStarted::type), std::string::npos);
  EXPECT_EQ(world.get(case_path(), overseer).status, 403) << "an auditor reads no case";
  world.publish(Service::vault, {{emergency_stream(id), EmergencyReviewed{subject, {}, {}}}});
  EXPECT_TRUE(items_of(world.get("/v1/queues/break_glass_review", overseer), "when").empty());
  world.publish(Service::vault, {{account_stream(account_of(provider)),
                                  AccessAnomaly{AnomalyKind::openings, shelter, 80,
                                                world.offices.overseer, world.clock.now()}}});
  EXPECT_EQ(items_of(world.get("/v1/queues/anomaly", overseer), "when").size(), 1u);
}

TEST_F(AccessTest, AnOrganisationsListingIsCountedOverAllItsAccounts) {
  Listing listing({1'000, 1'500});
  const Instant now = world.clock.now();
  const OrganisationId force{world.id()};
  const auto somebody = [&](const OrganisationId& of) {
    return Actor{AccountId(world.id()), of, Role::first_responder};
  };
  const Actor one = somebody(force), two = somebody(force);
  EXPECT_EQ(listing.take(one, 800, now).anomaly, 800u) << "near its own limit";
  EXPECT_FALSE(listing.take(two, 399, now).anomaly);
  EXPECT_EQ(listing.take(two, 1, now).anomaly, 400u) << "near the organisation's";
  EXPECT_FALSE(listing.take(two, 301, now).allowed);
  EXPECT_TRUE(listing.take(two, 300, now).allowed) << "what was refused did not count";
  const Actor three = somebody(force);
  const auto refused = listing.take(three, 1, now);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.anomaly, 0u) << "told of each account that goes on";
  EXPECT_FALSE(listing.take(three, 1, now).anomaly) << "once";
  EXPECT_TRUE(listing.take(somebody(OrganisationId(world.id())), 1'000, now).allowed);
  EXPECT_TRUE(listing.take(somebody(force), 1, now + hours(1)).allowed);
}

TEST_F(AccessTest, ListingBeyondTheLimitIsRefusedAndToldToTheVault) {
  world.says = [](const Question&) -> Said { return std::vector<Emit>(); };
  Listing& listing = world.gateway->listing();
  const Actor by{account_of(manager), world.offices.case_management, Role::case_manager};
  const Instant now = world.clock.now();
  EXPECT_FALSE(listing.take(by, 799, now).anomaly);
  ASSERT_EQ(world.get("/v1/cases", manager).status, 200);  // the 800th: near the limit
  ASSERT_EQ(world.asked.size(), 1u);
  EXPECT_EQ(world.asked[0].type, NoteAnomaly::type);
  EXPECT_TRUE(listing.take(by, 200, now).allowed);
  const auto refused = world.get("/v1/cases", manager);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code_of(refused), "quota_exceeded");
  EXPECT_EQ(header_of(refused, "Retry-After"), "300");
  EXPECT_EQ(world.asked.size(), 1u) << "once an hour";
  EXPECT_EQ(world.get("/v1/cases", colleague).status, 200) << "each account has its own hour";
  world.clock.advance(hours(1));
  EXPECT_EQ(world.get("/v1/cases", manager).status, 200);
}

// Who follows from the beginning again and again reads as much as who lists; but is not cut off.
TEST_F(AccessTest, NewsAreCountedAsAListingAndNeverRefused) {
  world.says = [](const Question&) -> Said { return std::vector<Emit>(); };
  const Actor by{account_of(provider), shelter, Role::service_provider};
  ASSERT_FALSE(world.gateway->listing().take(by, 799, world.clock.now()).anomaly);
  const auto stream = world.get("/v1/inbox/stream?after=0.0", provider);
  ASSERT_TRUE(stream.stream);
  EXPECT_TRUE(world.asked.empty());
  EXPECT_NE(stream.stream().value(), "");
  ASSERT_EQ(world.asked.size(), 1u);
  EXPECT_EQ(world.asked[0].type, NoteAnomaly::type);
  EXPECT_TRUE(world.gateway->listing().take(by, 199, world.clock.now()).allowed);
  const auto again = world.get("/v1/inbox/stream?after=0.0", provider);
  EXPECT_NE(again.stream().value(), "");
}

TEST_F(AccessTest, AQuotaOfTheVaultIs429WithRetryAfter) {
  world.says = [](const Question&) -> Said { return Error(Code::quota_exceeded, "", "enough"); };
  const auto refused = world.post(case_path("/openings"), manager,
                                  R"({"purpose":"support","classes":["safe_contact"]})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header_of(refused, "Retry-After"), "300");
}

// A masked value that comes back in a form is refused, with its place.
TEST_F(AccessTest, AMaskedValueIsNeverWrittenBack) {
  std::string body = report_body();
  const std::string mask(mask_marker);
  body.replace(body.find("A. Person"), 9, "A. " + mask);
  const auto refused = world.post("/v1/reports", reporter, body);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(errors_of(refused), std::vector<std::string>{"/personal/name invalid_text"});
  EXPECT_TRUE(world.asked.empty());
}
}  // namespace
}  // namespace nrm::gateway::test
