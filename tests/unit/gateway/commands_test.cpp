// Commands beside reports: what each route sends, pointers, versions, rights, accounts, the clock.
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/gateway/world.hpp"

namespace nrm::gateway::test {
namespace {
class CommandsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world.says = [](const Question&) -> Said { return std::vector<Emit>{}; };
  }
  std::string on_case(std::string_view act) {
    return "/v1/cases/" + subject.text() + "/" + act.data();
  }
  std::string on_referral(std::string_view act) {
    return "/v1/referrals/" + subject.text() + "/" + act.data();
  }

  // A case and a referral of that id are there, for the offices to see.
  void publish_things() {
    world.publish(Service::identification, {{case_stream(subject), ReportReceived{}}});
    world.publish(Service::referral,
                  {{referral_stream(subject), ReferralRequested{.subject = CaseId(subject)}}});
  }

  World world;
  const Uuid subject = world.id();
  const std::string manager = world.account(Role::case_manager, world.offices.case_management);
  const std::string authority =
      world.account(Role::competent_authority, world.offices.competent_authority);
  const std::string provider = world.account(Role::service_provider, OrganisationId(world.id()));
  const std::string operators = world.account(Role::operator_, OrganisationId(world.id()));
};

TEST_F(CommandsTest, EachRouteSendsItsCommand) {
  world.freshness.projected(Service::vault, 42);  // a revocation is done when the rows have it
  struct Row {
    std::string path, token, body;
    Command command;
  };
  const CaseId id(subject);
  const ReferralId referral(subject);
  const std::string named = R"("referral":")" + subject.text() + '"';
  const std::vector<Row> rows{
      {on_case("first-stage-decision"), authority,
       R"({"outcome":"positive","ground":"evidence_sufficient"})",
       DecideFirstStage{id, Outcome::positive, DecisionGround::evidence_sufficient}},
      {on_case("second-stage-decision"), authority,
       R"({"outcome":"negative","ground":"evidence_insufficient"})",
       DecideSecondStage{id, Outcome::negative, DecisionGround::evidence_insufficient}},
      {on_case("plan"), manager, R"({"goals":["safety"],"agreed_by_person":true})",
       AgreePlan{id, {PlanGoal::safety}, true}},
      {on_case("services"), provider, "{" + named + R"(,"on":"2024-03-01","units":3})",
       RecordService{id, referral, *Date::parse("2024-03-01"), 3}},
      {on_case("reviews"), manager, "", HoldReview{id}},
      {on_case("service-ends"), provider, "{" + named + R"(,"reason":"goals_met"})",
       EndService{id, referral, ServiceEndReason::goals_met}},
      {on_case("information"), manager, R"({"channel":"in_person"})",
       InformPerson{id, InformChannel::in_person}},
      {on_case("closure-request"), manager, R"({"reason":"plan_completed"})",
       RequestClosure{id, ClosureReason::plan_completed}},
      {on_case("closure-approval"), authority, "{}", ApproveClosure{id}},
      {on_case("closure-refusal"), manager, "", RefuseClosure{id}},
      {on_case("consents"), manager,
       R"({"purpose":"support","given":true,"by":"guardian","language":"vi"})",
       RecordConsent{
           id, {ConsentPurpose::support, true, ConsentGiver::guardian, *Language::parse("vi")}}},
      {on_referral("acknowledgement"), provider, "", AcknowledgeOffer{referral}},
      {on_referral("acceptance"), provider, "{}", AcceptOffer{referral}},
      {on_referral("waitlisting"), provider, "", WaitlistOffer{referral}},
      {on_referral("refusal"), provider, R"({"reason":"no_capacity"})",
       DeclineOffer{referral, DeclineReason::no_capacity}},
      {on_referral("cancellation"), manager, R"({"reason":"person_declined"})",
       CancelReferral{referral, CancelReason::person_declined}},
      {on_referral("retry"), manager, "", RetryReferral{referral}},
      {"/v1/providers/" + subject.text() + "/capacity", provider, R"({"places":4})",
       ChangeCapacity{ProviderId(subject), 4}},
      {"/v1/accounts/" + subject.text() + "/revocation", operators, "",
       RevokeAccount{AccountId(subject)}},
      {"/v1/organisation-keys/" + subject.text() + "/approval", operators,
       R"({"fingerprint":"3f2a"})",
       ApproveOrganisationKey{OrganisationKeyId(subject), *Text<64>::parse("3f2a")}},
      {"/v1/organisation-keys/" + subject.text() + "/revocation", provider,
       R"({"reason":"compromised"})",
       RevokeOrganisationKey{OrganisationKeyId(subject), KeyRevocation::compromised}},
      {"/v1/sealed-items/" + subject.text() + "/requests", provider, "",
       RequestSealedItem{SealedItemId(subject)}},
      {"/v1/sealed-items/" + subject.text() + "/approval", provider,
       R"({"account":")" + subject.text() + "\"}",
       ApproveSealedItem{SealedItemId(subject), AccountId(subject)}},
      {"/v1/sealed-items/" + subject.text() + "/openings", provider, R"({"purpose":"safety"})",
       OpenSealedItem{SealedItemId(subject), OpeningPurpose::safety}}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.path);
    world.asked.clear();
    const auto response = world.post(row.path, row.token, row.body);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(member_of(response, "receipt/seq"), "41");
    ASSERT_EQ(world.asked.size(), 1u);
    std::string expected;
    write_command(expected, row.command);
    EXPECT_EQ(world.asked[0].data, expected);
    EXPECT_EQ(world.asked[0].type, type_of(row.command));
    EXPECT_EQ(world.asked[0].service, target_of(row.command));
    EXPECT_FALSE(world.asked[0].expects);
  }
}

// Two members of a board who chose the same key have two votes; a report that a colleague sends
// again is the same report.
TEST_F(CommandsTest, AKeyIsTheAccountsAndOfReportsTheOrganisations) {
  const OrganisationId& board = world.offices.competent_authority;
  const std::string member = world.account(Role::competent_authority, board);
  for (const std::string& token : {authority, member, member})
    world.post(on_case("first-stage-decision"), token,
               R"({"outcome":"positive","ground":"evidence_sufficient"})");
  ASSERT_EQ(world.asked.size(), 3u);
  EXPECT_EQ(world.asked[0].data, world.asked[1].data);
  EXPECT_NE(world.asked[0].key, world.asked[1].key);
  EXPECT_EQ(world.asked[1].key, world.asked[2].key);
  world.asked.clear();
  world.says = {};
  const OrganisationId force(world.id());
  for (const OrganisationId& of : {force, force, OrganisationId(world.id())})
    world.post("/v1/reports", world.account(Role::first_responder, of), report_body("anonymous"));
  ASSERT_EQ(world.asked.size(), 3u);
  EXPECT_EQ(world.asked[0].key, world.asked[1].key);
  EXPECT_NE(world.asked[1].key, world.asked[2].key);
}

TEST_F(CommandsTest, CreatedThingsAreNamed) {
  const Uuid made = world.id();
  world.says = [&](const Question& question) -> Said {
    if (question.type == RegisterOrganisation::type)
      return std::vector<Emit>{{organisation_stream(made), OrganisationRegistered{}}};
    if (question.type == RegisterProvider::type)
      return std::vector<Emit>{{provider_stream(made), ProviderRegistered{}}};
    return std::vector<Emit>{{referral_stream(made), ReferralRequested{}}};
  };
  const auto organisation =
      world.post("/v1/organisations", operators, R"({"name":"Kent Police","kind":"police"})");
  EXPECT_EQ(organisation.status, 201);
  EXPECT_EQ(member_of(organisation, "organisation"), made.text());
  const auto service = world.post("/v1/providers", provider,
                                  R"({"service":"medical","regions":["GB-LND"],"places":3})");
  EXPECT_EQ(member_of(service, "provider"), made.text());
  EXPECT_NE(world.asked.back().data.find(world.asked.back().actor.organisation.text()),
            std::string::npos);
  const auto referral =
      world.post(on_case("referrals"), manager, R"({"service":"medical","urgency":"urgent"})");
  EXPECT_EQ(referral.status, 201);
  EXPECT_EQ(member_of(referral, "referral"), made.text());
  EXPECT_EQ(header_of(referral, "Location"), "/v1/referrals/" + made.text());
}

TEST_F(CommandsTest, PointersOfCommandsBecomePointersOfBodies) {
  struct Row {
    std::string path, token, body, where;
    std::vector<std::string> errors;
  };
  const std::vector<Row> rows{
      {"/v1/providers",
       provider,
       R"({"service":"medical","regions":["XX"],"places":1})",
       "/offering/regions/0",
       {"/regions/0 out_of_range"}},
      {on_case("consents"),
       manager,
       R"({"purpose":"support","given":true,"by":"guardian","language":"vi"})",
       "/consent/language",
       {"/language out_of_range"}},
      {on_case("closure-request"),
       manager,
       R"({"reason":"plan_completed"})",
       "/reason",
       {"/reason out_of_range"}},
      {on_case("closure-request"), manager, R"({"reason":"plan_completed"})", "/subject", {}},
      {on_referral("retry"), manager, "", "/referral", {}}};
  publish_things();
  for (const Row& row : rows) {
    world.says = [&](const Question&) -> Said { return Error(Code::out_of_range, row.where); };
    const auto response = world.post(row.path, row.token, row.body);
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(errors_of(response), row.errors) << row.where;
  }
}

TEST_F(CommandsTest, IfMatchIsTheVersionInTheDecidingService) {
  const http::Headers headers{{"if-match", "\"1.2.3.4.5\""}};
  world.post(on_case("consents"), manager,
             R"({"purpose":"support","given":true,"by":"guardian","language":"vi"})", headers);
  world.post(on_case("first-stage-decision"), authority,
             R"({"outcome":"positive","ground":"evidence_sufficient"})", headers);
  world.post(on_case("plan"), manager, R"({"goals":["safety"],"agreed_by_person":true})", headers);
  world.post(on_case("closure-refusal"), manager, "", headers);
  world.post(on_referral("retry"), manager, "", {{"if-match", "\"7\""}});
  ASSERT_EQ(world.asked.size(), 5u);
  const std::uint64_t versions[] = {1, 2, 4, 5, 7};
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(world.asked[i].expects);
    EXPECT_EQ(world.asked[i].expects->version, versions[i]);
    EXPECT_EQ(world.asked[i].expects->stream,
              i < 4 ? case_stream(subject) : referral_stream(subject));
  }
  world.says = [](const Question&) -> Said { return Error(Code::stale_version); };
  publish_things();
  EXPECT_EQ(world.post(on_referral("retry"), manager, "", {{"if-match", "\"7\""}}).status, 412);
}

// What a service refuses is told to who may see the thing; for others there is nothing, in the same
// words whatever the service said.
TEST_F(CommandsTest, ThingsThatCannotBeSeenAreNotThere) {
  const std::string stranger = world.account(Role::case_manager, OrganisationId(world.id()));
  publish_things();
  std::set<std::string> bodies;
  for (const Error& error :
       {Error(Code::forbidden), Error(Code::not_found, "/subject"), Error(Code::not_in_state),
        Error(Code::stale_version, "", "it is at version 7"), Error(Code::too_early, "/subject")}) {
    world.says = [&](const Question&) -> Said { return error; };
    const auto unseen = world.post(on_case("closure-refusal"), stranger, "");
    EXPECT_EQ(unseen.status, 404);
    bodies.insert(unseen.body);
    EXPECT_EQ(world.post(on_case("closure-refusal"), manager, "").status,
              row_of(error.code).status);
    EXPECT_EQ(world.post(on_referral("retry"), stranger, "").status, 404);
  }
  EXPECT_EQ(bodies.size(), 1u);
}

// A receipt's record may hold others' events: who declines does not learn who is asked next.
TEST_F(CommandsTest, AReceiptShowsARecordOnlyToWhomAllOfItIsFor) {
  const http::Headers wanted{{"prefer", "return=representation"}};
  const auto shown = [&](std::string_view act, const std::string& token, std::string body,
                         std::vector<Emit> events) {
    world.says = [&](const Question&) -> Said { return events; };
    const auto response = world.post(on_referral(act), token, std::move(body), wanted);
    EXPECT_EQ(response.status, 200) << response.body;
    return !member_of(response, "receipt/record").empty();
  };
  const Emit declined{referral_stream(subject), ReferralDeclined{}},
      offered{referral_stream(subject), ReferralOffered{}},
      accepted{referral_stream(subject), ReferralAccepted{}};
  EXPECT_TRUE(shown("acceptance", provider, "{}", {accepted}));
  EXPECT_FALSE(shown("refusal", provider, R"({"reason":"no_capacity"})", {declined, offered}));
  EXPECT_FALSE(shown("acceptance", provider, "{}", {accepted, offered}));
  EXPECT_TRUE(shown("retry", manager, "", {offered}));
}

TEST_F(CommandsTest, AnOpeningPassesThroughWhatTheVaultOpened) {
  world.opened = R"({"name":"A. Person"})";
  const auto response =
      world.post(on_case("openings"), manager, R"({"purpose":"support","classes":["identity"]})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(member_of(response, "opened/name"), "A. Person");
  EXPECT_EQ(member_of(response, "receipt/log"), "vault/0");
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
}

TEST_F(CommandsTest, AnAccountsTokenIsTheSameForARetryAndTheVaultGetsItsDigest) {
  const Uuid made = world.id();
  world.says = [&](const Question&) -> Said {
    return std::vector<Emit>{{account_stream(made), AccountIssued{}}};
  };
  const std::string body =
      R"({"organisation":")" + world.id().text() + R"(","role":"first_responder"})";
  const auto first = world.post("/v1/accounts", operators, body);
  const auto again = world.post("/v1/accounts", operators, body);
  const auto other = world.post("/v1/accounts", operators, body, {{"idempotency-key", "other"}});
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(member_of(first, "account"), made.text());
  const std::string token = member_of(first, "token");
  EXPECT_EQ(token, member_of(again, "token"));
  EXPECT_NE(token, member_of(other, "token"));
  EXPECT_EQ(world.asked[0].data.find(token), std::string::npos);
  EXPECT_NE(world.asked[0].data.find(*token_digest(token)), std::string::npos);
}

TEST_F(CommandsTest, TheSandboxClockMovesOncePerKey) {
  const auto move = [&](std::string by, std::string key) {
    return world.post("/v1/sandbox/clock", operators, R"({"advance":")" + by + "\"}",
                      {{"idempotency-key", std::move(key)}});
  };
  EXPECT_EQ(member_of(move("35d", "a"), "now"), "2024-04-08T09:00:00.000Z");
  EXPECT_EQ(member_of(move("35d", "a"), "now"), "2024-04-08T09:00:00.000Z");
  EXPECT_EQ(code_of(move("36d", "a")), "key_reused");
  EXPECT_EQ(member_of(move("1h", "b"), "now"), "2024-04-08T10:00:00.000Z");
  EXPECT_EQ(errors_of(move("soon", "c")), std::vector<std::string>{"/advance out_of_range"});
  EXPECT_EQ(member_of(world.get("/v1/sandbox/clock", operators), "now"),
            "2024-04-08T10:00:00.000Z");
}

TEST_F(CommandsTest, OnlyASandboxHasAMovableClock) {
  Gateway production({.store = world.store,
                      .ask = {},
                      .status = {},
                      .freshness = world.freshness,
                      .clock = world.clock,
                      .sandbox = nullptr,
                      .offices = world.offices,
                      .secret = Sensitive<std::string>(std::string(32, 's'))});
  http::Request request{.method = "POST", .path = "/v1/sandbox/clock"};
  request.headers = {{"authorization", "Bearer " + operators},
                     {"idempotency-key", "k"},
                     {"content-type", "application/json"}};
  request.body = R"({"advance":"1d"})";
  http::Response out;
  production.handle(request, [&](http::Response response) { out = std::move(response); });
  EXPECT_EQ(out.status, 409);
  EXPECT_EQ(code_of(out), "clock_not_movable");
}

TEST_F(CommandsTest, ADownServiceIs503AndSafeToRetry) {
  world.says = [](const Question&) -> Said { return Error(Code::unavailable); };
  const auto response = world.post(on_case("reviews"), manager, "");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(code_of(response), "unavailable");
  EXPECT_EQ(header_of(response, "Retry-After"), "1");
}
}  // namespace
}  // namespace nrm::gateway::test
